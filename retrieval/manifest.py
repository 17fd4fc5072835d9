"""The one truth about what is indexed: documents, their state and their chunks, in SQLite.

A document's row goes ``pending`` → ``ready`` → ``removing``. Only chunks of ready rows are searched; the vector store follows the
manifest, and after a crash ``Ingestor.recover`` makes it follow again. Whatever changes what is searchable raises the generation and
notes which chunks are gone, so that a reader in another process needs to fetch the differences only.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any, Protocol

from retrieval.documents import Chunk, Document
from retrieval.embed.starter import key_of
from retrieval.errors import IndexCorrupt, sqlite_errors
from retrieval.ingest_text import embedded_text
from retrieval.records import KEPT_GENERATIONS, Entry, FileRecord, ManifestReader, told_as
from retrieval.schema import CHUNK_COLUMNS, NewerSchema, upgrade

__all__ = ["Entry", "Manifest"]
_RECORD = tuple(field.name for field in fields(Document) if field.name not in ("path", "collection", "version"))
_ADD_DOCUMENT = (
    "INSERT INTO documents (id, version, cut, path, collection, keywords, record, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending') "
    "RETURNING seq"
)
_COLUMNS = ", ".join(f'"{name}"' for name in CHUNK_COLUMNS)
_ADD_CHUNK = f"INSERT INTO chunks (document, hash, {_COLUMNS}) VALUES (?, ?{', ?' * len(CHUNK_COLUMNS)})"
_KEEP_FILE = """INSERT INTO files (collection, path, size, mtime_ns, hash, how, problems) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (collection, path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, hash = excluded.hash,
    how = excluded.how, problems = excluded.problems"""
_NEXT = """INSERT INTO facts VALUES ('generation', '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(facts.value AS INTEGER) + 1 AS TEXT) RETURNING value"""
_SET = "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_OLDER = (
    "SELECT o.seq FROM documents o JOIN documents n ON n.collection = o.collection AND n.id = o.id "
    "WHERE n.seq = ? AND o.seq != n.seq AND o.state != 'removing'"
)
_NOTE_GONE = "INSERT INTO gone SELECT ?, chunks.id FROM chunks JOIN documents ON seq = document WHERE seq = ? AND state = 'ready'"


class Statements(Protocol):
    """What a transaction may be told. The statements are such as SQLite and PostgreSQL both read, with ``?`` for each value."""

    def execute(self, query: str, values: Sequence[Any] = ..., /) -> Any:
        """Carry out a statement and return its cursor."""

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> Any:
        """Carry out a statement once a row."""


class Manifest(ManifestReader):
    """The SQLite file, shared by threads under one lock. Each public method is one transaction."""

    def __init__(self, path: Path) -> None:
        """Open or create the file, bring it to today's shape and check it.

        Raises:
            IndexCorrupt, IndexBusy, StorageFull: see `sqlite_errors`; also for a file of a later version of this program.
        """
        self._lock = threading.RLock()
        with sqlite_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, check_same_thread=False, timeout=10, isolation_level=None)
            try:
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                    self._database.execute(f"PRAGMA {pragma}")
                upgrade(self._database)
                problem = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
                if problem != "ok":
                    raise sqlite3.DatabaseError(problem)
                super().__init__(path)
            except NewerSchema as error:
                self._database.close()
                raise IndexCorrupt("index_newer", path=str(path), version=str(error)) from error
            except BaseException:
                self._database.close()
                raise

    def compact(self) -> None:
        """Leave nothing of what was deleted, not even in the note of what is gone, which names it, or in what was written ahead.

        Whoever wants to know the differences since before is told to read everything anew.
        """
        with self._transaction() as database:
            raised = f"CAST(CAST(value AS INTEGER) + {KEPT_GENERATIONS} AS TEXT)"
            database.execute(f"UPDATE facts SET value = {raised} WHERE name = 'generation'")
            database.execute("DELETE FROM gone")
        self._truncate()

    def _truncate(self) -> None:
        with self._lock, sqlite_errors(self._path):
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[Statements]:
        with self._lock, sqlite_errors(self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def add(self, documents: Sequence[tuple[Document, list[Chunk]]], cut: int) -> list[int]:
        """Write documents as pending and return their numbers."""
        seqs: list[int] = []
        with self._transaction() as database:
            for document, chunks in documents:
                words = "\n".join(document.keywords)
                values = (document.id, document.version, cut, document.path, document.collection, words, record_of(document))
                seq = database.execute(_ADD_DOCUMENT, values).fetchall()[0][0]
                rows = [(seq, key_of(embedded_text(chunk)), *astuple(chunk)) for chunk in chunks]
                database.executemany(_ADD_CHUNK, rows)
                seqs.append(seq)
        return seqs

    def publish(self, seqs: Iterable[int]) -> None:
        """Make pending rows ready; in the same transaction every other row of those documents begins to go."""
        with self._transaction() as database:
            generation = self._next_generation(database)
            for seq in seqs:
                for (older,) in database.execute(_OLDER, (seq,)).fetchall():
                    self._retire(database, older, generation)
                row = (generation, time.time(), seq)
                database.execute("UPDATE documents SET state = 'ready', generation = ?, at = ? WHERE seq = ?", row)

    def retire(self, seqs: Iterable[int]) -> None:
        """Take documents out of search; their rows stay until their vectors are gone."""
        with self._transaction() as database:
            generation = self._next_generation(database)
            for seq in seqs:
                self._retire(database, seq, generation)

    @staticmethod
    def _retire(database: Statements, seq: int, generation: int) -> None:
        database.execute(_NOTE_GONE, (generation, seq))
        database.execute("UPDATE documents SET state = 'removing' WHERE seq = ?", (seq,))

    @staticmethod
    def _next_generation(database: Statements) -> int:
        generation = int(database.execute(_NEXT).fetchall()[0][0])
        database.execute("DELETE FROM gone WHERE generation <= ?", (generation - KEPT_GENERATIONS,))
        return generation

    def forget(self, seqs: Iterable[int]) -> None:
        """Delete rows and their chunks."""
        with self._transaction() as database:
            database.executemany("DELETE FROM documents WHERE seq = ?", [(seq,) for seq in seqs])

    def moved(self, places: Iterable[tuple[int, str]]) -> None:
        """Note where unchanged documents lie now."""
        with self._transaction() as database:
            database.executemany("UPDATE documents SET path = ? WHERE seq = ?", [(path, seq) for seq, path in places])

    def keep_files(self, collection: str, files: Iterable[FileRecord], gone: Iterable[str] = ()) -> None:
        """Note files of which everything is indexed, and forget others."""
        with self._transaction() as database:
            database.executemany("DELETE FROM files WHERE collection = ? AND path = ?", [(collection, path) for path in gone])
            rows = [(collection, one.path, one.size, one.mtime_ns, one.hash, one.how, told_as(one.problems)) for one in files]
            database.executemany(_KEEP_FILE, rows)

    def forget_files(self, collection: str) -> None:
        """Forget every file of a collection."""
        with self._transaction() as database:
            database.execute("DELETE FROM files WHERE collection = ?", (collection,))

    def set_fact(self, name: str, value: str) -> None:
        """Keep one named value, such as the folder of the vectors."""
        with self._transaction() as database:
            database.execute(_SET, (name, value))

    def close(self) -> None:
        """Close the file."""
        super().close()
        with self._lock:
            self._database.close()


def record_of(document: Document) -> str:
    """Return every field of a document but its path, collection and version, as JSON."""
    return json.dumps({name: getattr(document, name) for name in _RECORD}, ensure_ascii=False)
