"""Exported records on the disk."""

from __future__ import annotations

import os
from pathlib import Path

from agent.errors import BadCall
from memory.errors import BadRecord


def write_private(path: Path, document: str) -> None:
    """Write a file that only its owner may read.

    Raises:
        BadCall: it is there already, or cannot be written.
    """
    try:
        with open(path, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(document)
    except OSError as error:
        raise BadCall("export_output", path=str(path), reason=error.strerror or type(error).__name__) from error


def read_bytes(path: Path) -> bytes:
    """Read a file.

    Raises:
        BadRecord: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadRecord("record_invalid", where=str(path), reason=error.strerror or type(error).__name__) from error
