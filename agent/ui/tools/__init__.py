"""One quick tool a file."""
