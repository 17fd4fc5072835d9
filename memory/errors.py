"""Errors of the memory.

ShensiError
└── StorageError           a database that cannot be opened, read or written
    ├── StorageBusy        another process holds the data folder
    ├── StorageFull        no space or no right to write
    ├── StorageCorrupt     the file is no database of ours, or what is in it was changed by somebody else
    ├── StorageAway        the database server does not answer
    ├── KeyProblem         no key, a key that cannot be read, or another key than the one it was written with
    ├── BadRecord          an exported record that cannot be taken back in
    └── EditRefused        a value that a fact of its kind cannot have
"""

from __future__ import annotations

import sqlite3
import sys

from configs.errors import ShensiError


class StorageError(ShensiError):
    """The stores cannot be used."""


class StorageBusy(StorageError):
    """Another process works on the same data folder."""


class StorageFull(StorageError):
    """Nothing can be written: the disk is full or read-only."""


class StorageCorrupt(StorageError):
    """A database file is damaged."""


class StorageAway(StorageError):
    """The database server cannot be reached."""


class KeyProblem(StorageError):
    """What is stored cannot be deciphered here; nothing was changed."""


class BadRecord(StorageError):
    """An exported record that cannot be read; nothing was stored."""


class EditRefused(StorageError):
    """A value that makes no sense for the fact; nothing was changed."""


def database_errors() -> tuple[type[Exception], ...]:
    """Return what a database may raise; PostgreSQL's driver is not imported for it."""
    driver = sys.modules.get("psycopg")
    pool = sys.modules.get("psycopg_pool")
    ours = (sqlite3.Error, OSError)
    return (*ours, *((driver.Error,) if driver else ()), *((pool.PoolTimeout, pool.PoolClosed) if pool else ()))


def storage_error(error: Exception, where: str) -> StorageError:
    """Translate what a database or the file system says into one of ours."""
    said = str(error).lower()
    if type(error).__module__.split(".")[0] in ("psycopg", "psycopg_pool"):
        return _server_error(error, where)
    if any(
        words in said for words in ("full", "disk i/o", "no space", "too large", "readonly", "read-only", "permission", "unable to open")
    ):
        return StorageFull("storage_full", path=where, reason=said)
    if "locked" in said or "busy" in said:
        return StorageBusy("storage_busy", path=where)
    if isinstance(error, sqlite3.DatabaseError):
        return StorageCorrupt("storage_corrupt", path=where, reason=said)
    return StorageError("storage_failed", path=where, reason=said)


def _server_error(error: Exception, where: str) -> StorageError:
    state = str(getattr(error, "sqlstate", "") or "")
    if state.startswith("53") or state == "25006":
        return StorageFull("storage_full", path=where, reason=f"SQLSTATE {state}")
    if not state or state.startswith(("08", "28", "3D", "57")):
        # Only the kind: what a driver says of a connection may quote its password.
        return StorageAway("storage_away", path=where, reason=f"SQLSTATE {state}" if state else type(error).__name__)
    return StorageError("storage_failed", path=where, reason=f"SQLSTATE {state}")
