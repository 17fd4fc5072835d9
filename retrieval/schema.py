"""The tables of the manifest and the way from an older shape to today's."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import MISSING, fields

from retrieval.documents import Chunk

log = logging.getLogger(__name__)
VERSION = 2
"""Counts up when a table changes in a way that `upgrade` has to know about; kept in ``PRAGMA user_version``."""
CHUNK_COLUMNS = tuple(field.name for field in fields(Chunk))

_TABLES = f"""
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, version TEXT NOT NULL, cut INTEGER NOT NULL, path TEXT NOT NULL,
    collection TEXT NOT NULL, keywords TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'removing')));
CREATE TABLE IF NOT EXISTS chunks (
    document INTEGER NOT NULL REFERENCES documents (seq) ON DELETE CASCADE, {", ".join(CHUNK_COLUMNS)}, PRIMARY KEY (document, ordinal));
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    collection TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, hash TEXT NOT NULL,
    how TEXT NOT NULL, problems TEXT NOT NULL, PRIMARY KEY (collection, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone (generation INTEGER NOT NULL, chunk TEXT NOT NULL);
"""
# Columns that came later; what an older row has in them is said by the default.
_LATER = {
    "documents": {"record": "TEXT", "generation": "INTEGER NOT NULL DEFAULT 0", "at": "REAL NOT NULL DEFAULT 0"},
    "chunks": {"hash": "BLOB"},
}
_INDEXES = """
DROP INDEX IF EXISTS documents_id;
CREATE INDEX IF NOT EXISTS documents_name ON documents (collection, id);
CREATE INDEX IF NOT EXISTS documents_path ON documents (collection, path);
CREATE INDEX IF NOT EXISTS documents_state ON documents (state, generation);
CREATE INDEX IF NOT EXISTS chunks_hash ON chunks (hash);
CREATE INDEX IF NOT EXISTS gone_generation ON gone (generation);
"""


class NewerSchema(Exception):
    """The file was written by a later version of the program."""


def upgrade(database: sqlite3.Connection) -> None:
    """Bring the tables of an open database to today's shape, in one transaction.

    Raises:
        NewerSchema: this program is older than the file.
        sqlite3.Error: the file cannot be read or written.
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        found = database.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            raise NewerSchema(str(found))
        _statements(database, _TABLES)
        for table, columns in _LATER.items():
            _add_columns(database, table, columns)
        added = _add_columns(database, "chunks", {name: f"NOT NULL DEFAULT {value!r}" for name, value in _defaults().items()})
        if "collection" in added:
            database.execute("UPDATE chunks SET collection = (SELECT collection FROM documents WHERE seq = document)")
        _statements(database, _INDEXES)
        if found != VERSION:
            database.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _statements(database: sqlite3.Connection, script: str) -> None:
    # `executescript` would commit the transaction first.
    for statement in script.split(";"):
        if statement.strip():
            database.execute(statement)


def _defaults() -> dict[str, object]:
    return {field.name: field.default for field in fields(Chunk) if field.default is not MISSING}


def _add_columns(database: sqlite3.Connection, table: str, columns: dict[str, str]) -> list[str]:
    present = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
    missing = [name for name in columns if name not in present]
    for name in missing:
        log.info("the manifest's %s gets the column %s", table, name)
        database.execute(f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}")
    return missing
