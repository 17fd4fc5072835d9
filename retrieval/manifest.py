"""The one truth about what is indexed: documents, their state and their chunks, in SQLite.

A document's row goes ``pending`` → ``ready`` → ``removing``. Only chunks of ready rows are searched; the vector store follows the
manifest, and after a crash ``Ingestor.recover`` makes it follow again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from retrieval.documents import Chunk, Document
from retrieval.errors import sqlite_errors

_CHUNK_COLUMNS = ", ".join(field.name for field in fields(Chunk))
_SCHEMA = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, version TEXT NOT NULL, cut INTEGER NOT NULL, path TEXT NOT NULL,
    collection TEXT NOT NULL, keywords TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'removing')));
CREATE INDEX IF NOT EXISTS documents_id ON documents (id);
CREATE TABLE IF NOT EXISTS chunks (
    document INTEGER NOT NULL REFERENCES documents (seq) ON DELETE CASCADE, {_CHUNK_COLUMNS}, PRIMARY KEY (document, ordinal));
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of ``documents``; ``cut`` is the chunk length it was cut with."""

    seq: int
    id: str
    version: str
    cut: int
    path: str
    collection: str
    keywords: str
    state: str


class Manifest:
    """The SQLite file, shared by threads under one lock. Each public method is one transaction."""

    def __init__(self, path: Path) -> None:
        """Open or create the file and check it.

        Raises:
            IndexCorrupt, IndexBusy, StorageFull: see `sqlite_errors`.
        """
        self._path, self._lock = path, threading.RLock()
        with sqlite_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, check_same_thread=False, timeout=10, isolation_level=None)
            try:
                self._database.executescript(_SCHEMA)
                problem = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
                if problem != "ok":
                    raise sqlite3.DatabaseError(problem)
            except sqlite3.Error:
                self._database.close()
                raise

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, sqlite_errors(self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def add(self, document: Document, chunks: list[Chunk], cut: int) -> int:
        """Write a document as pending and return its number."""
        words = "\n".join(document.keywords)
        values = (document.id, document.version, cut, document.path, document.collection, words)
        marks = ", ".join("?" * (1 + len(fields(Chunk))))
        with self._transaction() as database:
            seq = database.execute(
                "INSERT INTO documents (id, version, cut, path, collection, keywords, state) VALUES (?, ?, ?, ?, ?, ?, 'pending')", values
            ).lastrowid
            assert seq is not None
            database.executemany(f"INSERT INTO chunks VALUES ({marks})", [(seq, *astuple(chunk)) for chunk in chunks])
        return seq

    def publish(self, seq: int) -> None:
        """Make a pending row ready; in the same transaction every other row of that document begins to go."""
        with self._transaction() as database:
            database.execute("UPDATE documents SET state = 'ready' WHERE seq = ?", (seq,))
            database.execute(
                "UPDATE documents SET state = 'removing' WHERE seq != ? AND id = (SELECT id FROM documents WHERE seq = ?)", (seq, seq)
            )

    def retire(self, seqs: list[int]) -> None:
        """Take documents out of search; their rows stay until their vectors are gone."""
        with self._transaction() as database:
            database.executemany("UPDATE documents SET state = 'removing' WHERE seq = ?", [(seq,) for seq in seqs])

    def forget(self, seqs: list[int]) -> None:
        """Delete rows and their chunks."""
        with self._transaction() as database:
            database.executemany("DELETE FROM documents WHERE seq = ?", [(seq,) for seq in seqs])

    def moved(self, seq: int, path: str) -> None:
        """Note where an unchanged document lies now."""
        with self._transaction() as database:
            database.execute("UPDATE documents SET path = ? WHERE seq = ?", (path, seq))

    def set_fact(self, name: str, value: str) -> None:
        """Keep one named value, such as the folder of the vectors."""
        with self._transaction() as database:
            database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def fact(self, name: str) -> str | None:
        """Return a named value."""
        rows = self._rows("SELECT value FROM facts WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def entries(self, state: str) -> list[Entry]:
        """Return the documents in one state, in the order of their ids."""
        names = ", ".join(field.name for field in fields(Entry))
        return [Entry(*row) for row in self._rows(f"SELECT {names} FROM documents WHERE state = ? ORDER BY id, seq", (state,))]

    def chunks(self, seq: int) -> list[Chunk]:
        """Return the chunks of one document in reading order."""
        rows = self._rows(f"SELECT {_CHUNK_COLUMNS} FROM chunks WHERE document = ? ORDER BY ordinal", (seq,))
        return [_chunk(row) for row in rows]

    def ready(self) -> list[tuple[Chunk, str]]:
        """Return every searchable chunk with the keywords of its document, in a fixed order, from one snapshot."""
        columns = ", ".join(f"chunks.{field.name}" for field in fields(Chunk))
        rows = self._rows(
            f"SELECT documents.keywords, {columns} FROM chunks JOIN documents ON documents.seq = chunks.document "
            "WHERE documents.state = 'ready' ORDER BY documents.id, chunks.ordinal",
            (),
        )
        return [(_chunk(row[1:]), row[0]) for row in rows]

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock, sqlite_errors(self._path):
            return self._database.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()


def _chunk(row: tuple[Any, ...]) -> Chunk:
    values = dict(zip((field.name for field in fields(Chunk)), row, strict=True))
    return Chunk(**values | {"reviewed": bool(values["reviewed"])})
