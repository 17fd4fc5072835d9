"""Errors of the memory.

ShensiError
└── StorageError           a database that cannot be opened, read or written
├── StorageBusy        another process holds the data folder
├── StorageFull        no space or no right to write
└── StorageCorrupt     the file is no database of ours
"""

from __future__ import annotations

import sqlite3

from configs.errors import ShensiError


class StorageError(ShensiError):
    """The stores cannot be used."""


class StorageBusy(StorageError):
    """Another process works on the same data folder."""


class StorageFull(StorageError):
    """Nothing can be written: the disk is full or read-only."""


class StorageCorrupt(StorageError):
    """A database file is damaged."""


def storage_error(error: sqlite3.Error | OSError, where: str) -> StorageError:
    """Translate what SQLite or the file system says into one of ours."""
    said = str(error).lower()
    if any(
        words in said for words in ("full", "disk i/o", "no space", "too large", "readonly", "read-only", "permission", "unable to open")
    ):
        return StorageFull("storage_full", path=where, reason=said)
    if "locked" in said or "busy" in said:
        return StorageBusy("storage_busy", path=where)
    if isinstance(error, sqlite3.DatabaseError):
        return StorageCorrupt("storage_corrupt", path=where, reason=said)
    return StorageError("storage_failed", path=where, reason=said)
