"""The paths, one resource a file; each offers ``router``."""
