"""What the manifest hands out, and every question that can be put to it without changing it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from retrieval.documents import Chunk
from retrieval.errors import DocumentError, sqlite_errors
from retrieval.schema import CHUNK_COLUMNS

KEPT_GENERATIONS = 1000
"""How far behind a reader may be and still be told the differences instead of everything."""
_CHUNK = ", ".join(f"chunks.{name}" for name in CHUNK_COLUMNS)


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


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when everything in it was indexed. ``how`` names what else decides on the outcome: readers, lengths, tier."""

    path: str
    size: int
    mtime_ns: int
    hash: str
    how: str
    problems: tuple[DocumentError, ...] = ()
    """Lines of it that could not be read; they are told again while the file stays as it is."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened between two generations: chunks with their documents' keywords, and the ids of chunks that are gone."""

    generation: int
    added: list[tuple[Chunk, str]]
    removed: set[str]


@dataclass(frozen=True, slots=True)
class CollectionSummary:
    """One collection in numbers; ``languages`` counts chunks, ``changed`` is seconds since 1970, 0 where it is not known."""

    name: str
    documents: int
    chunks: int
    languages: dict[str, int]
    changed: float


class ManifestReader:
    """Reads on a connection of its own, so that a search never waits for a writer."""

    def __init__(self, path: Path) -> None:
        """Open the file, which exists."""
        self._path, self._reading = path, threading.RLock()
        with sqlite_errors(path):
            self._reader = sqlite3.connect(path, check_same_thread=False, timeout=10, isolation_level=None)
            self._reader.execute("PRAGMA query_only = ON")
        self._seen, self._generation = -1, 0

    def generation(self) -> int:
        """Return a number that grows whenever what is searchable changes, in whichever process; microseconds where it did not."""
        with self._reading, sqlite_errors(self._path):
            seen = self._reader.execute("PRAGMA data_version").fetchone()[0]
            if seen != self._seen:
                self._generation, self._seen = int(self.fact("generation") or 0), seen
            return self._generation

    def changes(self, since: int) -> Changes | None:
        """Return the differences to a generation, from one snapshot; None when they are no longer known one by one."""
        with self._snapshot():
            now = int(self.fact("generation") or 0)
            if now < since or now - since >= KEPT_GENERATIONS:
                return None
            removed = {row[0] for row in self._rows("SELECT chunk FROM gone WHERE generation > ?", (since,))}
            return Changes(now, self._searchable("AND documents.generation > ?", (since,)), removed)

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """Let everything that is read inside be of one moment."""
        with self._reading, sqlite_errors(self._path):
            self._reader.execute("BEGIN")
            try:
                yield
            finally:
                self._reader.execute("COMMIT")

    def ready(self) -> list[tuple[Chunk, str]]:
        """Return every searchable chunk with the keywords of its document, in a fixed order, from one snapshot."""
        return self._searchable("", ())

    def _searchable(self, condition: str, values: tuple[object, ...]) -> list[tuple[Chunk, str]]:
        rows = self._rows(
            f"SELECT documents.keywords, {_CHUNK} FROM chunks JOIN documents ON documents.seq = chunks.document "
            f"WHERE documents.state = 'ready' {condition} ORDER BY documents.id, documents.seq, chunks.ordinal",
            values,
        )
        return [(chunk_of(row[1:]), row[0]) for row in rows]

    def ready_ids(self) -> dict[str, int]:
        """Return the id of every searchable chunk and the number of its document."""
        query = "SELECT chunks.id, document FROM chunks JOIN documents ON seq = document WHERE state = 'ready'"
        return dict(self._rows(query, ()))

    def counts(self) -> tuple[int, int]:
        """Return how many documents and chunks are searchable."""
        documents = self._rows("SELECT COUNT(*) FROM documents WHERE state = 'ready'", ())[0][0]
        return documents, self._rows("SELECT COUNT(*) FROM chunks JOIN documents ON seq = document WHERE state = 'ready'", ())[0][0]

    def chunks(self, seq: int) -> list[Chunk]:
        """Return the chunks of one document in reading order."""
        return [chunk_of(row) for row in self._rows(f"SELECT {_CHUNK} FROM chunks WHERE document = ? ORDER BY ordinal", (seq,))]

    def entries(self, state: str) -> list[Entry]:
        """Return the documents in one state, in the order of their ids."""
        return self._entries("state = ? ORDER BY id, seq", (state,))

    def entry(self, collection: str, identity: str) -> Entry | None:
        """Return the searchable document of that name, if there is one."""
        return next(iter(self._entries("collection = ? AND id = ? AND state = 'ready'", (collection, identity))), None)

    def under(self, collection: str, root: str) -> list[Entry]:
        """Return the searchable documents from one file, or from the files under a folder."""
        condition = "collection = ? AND (path = ? OR (path >= ? AND path < ?)) AND state = 'ready' ORDER BY id"
        return self._entries(condition, (collection, root, f"{root.rstrip('/')}/", f"{root.rstrip('/')}0"))

    def in_collection(self, collection: str) -> list[Entry]:
        """Return the searchable documents of one collection."""
        return self._entries("collection = ? AND state = 'ready' ORDER BY id", (collection,))

    def _entries(self, condition: str, values: tuple[object, ...]) -> list[Entry]:
        names = ", ".join(field.name for field in fields(Entry))
        return [Entry(*row) for row in self._rows(f"SELECT {names} FROM documents WHERE {condition}", values)]

    def record(self, seq: int) -> dict[str, Any] | None:
        """Return every field of a document but path, collection and version; None for one that an older program indexed."""
        rows = self._rows("SELECT record FROM documents WHERE seq = ?", (seq,))
        return json.loads(rows[0][0]) if rows and rows[0][0] else None

    def files(self, collection: str, root: str) -> dict[str, FileRecord]:
        """Return the file of that path, or the files under that folder, by path."""
        columns, condition = "path, size, mtime_ns, hash, how, problems", "collection = ? AND (path = ? OR (path >= ? AND path < ?))"
        rows = self._rows(
            f"SELECT {columns} FROM files WHERE {condition}", (collection, root, f"{root.rstrip('/')}/", f"{root.rstrip('/')}0")
        )
        return {path: FileRecord(path, size, mtime, digest, how, _problems(told)) for path, size, mtime, digest, how, told in rows}

    def unused(self, seqs: Sequence[int]) -> tuple[list[str], list[bytes]]:
        """Return the chunk ids and the text hashes that nothing but these documents, which are to go, makes use of."""
        ids: list[str] = []
        hashes: set[bytes] = set()
        for seq in seqs:
            ids += [row[0] for row in self._rows(f"SELECT o.id FROM chunks o WHERE o.document = ? AND NOT {_SAME_ID}", (seq,))]
            query = f"SELECT o.hash FROM chunks o WHERE o.document = ? AND o.hash IS NOT NULL AND NOT {_SAME_TEXT}"
            hashes |= {row[0] for row in self._rows(query, (seq,))}
        return ids, sorted(hashes)

    def collections(self) -> list[CollectionSummary]:
        """Return the collections in the order of their names."""
        found: dict[str, CollectionSummary] = {}
        for name, documents, changed in self._rows(
            "SELECT collection, COUNT(*), MAX(at) FROM documents WHERE state = 'ready' GROUP BY collection ORDER BY collection", ()
        ):
            found[name] = CollectionSummary(name, documents, 0, {}, changed)
        query = (
            "SELECT documents.collection, chunks.language, COUNT(*) FROM chunks JOIN documents ON seq = document "
            "WHERE state = 'ready' GROUP BY 1, 2 ORDER BY 3 DESC"
        )
        for name, language, count in self._rows(query, ()):
            found[name].languages[language] = count
        return [
            CollectionSummary(one.name, one.documents, sum(one.languages.values()), one.languages, one.changed) for one in found.values()
        ]

    def fact(self, name: str) -> str | None:
        """Return a named value."""
        rows = self._rows("SELECT value FROM facts WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._reading, sqlite_errors(self._path):
            return self._reader.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._reading:
            self._reader.close()


_OTHER = "SELECT 1 FROM chunks c JOIN documents d ON d.seq = c.document WHERE d.state != 'removing'"
_SAME_ID = f"EXISTS ({_OTHER} AND c.id = o.id AND (d.collection, d.id) = (SELECT collection, id FROM documents WHERE seq = o.document))"
_SAME_TEXT = f"EXISTS ({_OTHER} AND c.hash = o.hash)"


def chunk_of(row: Sequence[Any]) -> Chunk:
    """Return the chunk of a row of its columns."""
    values = dict(zip(CHUNK_COLUMNS, row, strict=True))
    return Chunk(**values | {"reviewed": bool(values["reviewed"])})


def _problems(text: str) -> tuple[DocumentError, ...]:
    return tuple(DocumentError(code, **values) for code, values in json.loads(text))


def told_as(problems: Collection[DocumentError]) -> str:
    """Return problems as they are kept."""
    return json.dumps([(problem.code, problem.values) for problem in problems], ensure_ascii=False)


def grouped(seqs: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Yield ``seqs`` in pieces of at most ``size``."""
    for start in range(0, len(seqs), size):
        yield seqs[start : start + size]
