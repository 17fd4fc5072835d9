"""The service over HTTP; imported by ``python -m agent serve`` and nothing else."""
