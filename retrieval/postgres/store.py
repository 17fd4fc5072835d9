"""Vectors in PostgreSQL with pgvector: exact search over a matrix in memory while they are few, an HNSW graph in the server above.

A table for each model and rebuild, so that vectors of two never meet; in it a part for each language of each collection. A part that has
outgrown the exact search gets a graph of its own, a partial index, so that neither tenants nor languages cost one another anything.
The table is the truth; the matrices are read from it, and a search in them does not ask the server at all.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.embed import Vectors
from retrieval.errors import IndexCorrupt
from retrieval.matrix import Matrix, unit
from retrieval.postgres.database import Database
from retrieval.postgres.schema import need_vectors
from retrieval.store import DEFAULT_COLLECTION, Key, few

if TYPE_CHECKING:
    from psycopg import Connection

BATCH = 2000
LONGEST = 2000
"""pgvector makes graphs of vectors up to this length; longer ones are searched exactly, by the server where they are many."""
GRAPH = "m = 24, ef_construction = 150"
"""``evaluation.speed`` measures which of the true neighbours it finds."""


@dataclass(slots=True)
class _Part:
    """One language of one collection; ``matrix`` where it is searched exactly."""

    number: int
    size: int
    matrix: Matrix | None = None


class PostgresStore:
    """The `VectorStore` of many hosts."""

    def __init__(self, database: Database, model: str, dimension: int, exact_up_to: int = 20_000) -> None:
        """Open or create the table of a model.

        Args:
            database: belongs to whoever opened it.
            model: what keeps vectors apart: the embedder's name, and which rebuild they are of.
            dimension: length of a vector.
            exact_up_to: vectors a language that are searched exactly; the collections that are too big for it use the graph.

        Raises:
            IndexCorrupt: there is no pgvector, or something else is in its place.
            IndexAway: the server does not answer.
        """
        self._database, self._dimension, self._exact_up_to = database, dimension, exact_up_to
        self._changing = threading.RLock()
        self._parts: dict[Key, _Part] = {}
        self.space = f"vectors_{hashlib.sha256(f'{model}:{dimension}'.encode()).hexdigest()[:12]}"
        need_vectors(database)
        with database.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (self.space,))
            connection.execute(
                f'CREATE TABLE IF NOT EXISTS {self.space} (id text COLLATE "C" PRIMARY KEY, part bigint NOT NULL, '
                f"embedding vector({dimension}) NOT NULL)".encode()
            )
        self._look()
        self._grow()

    def upsert(self, ids: list[str], vectors: Vectors, languages: list[str], collections: Sequence[str] | None = None) -> None:
        """Write vectors ``[n, d]``; an id that exists is overwritten."""
        keys = list(zip(languages, collections or [DEFAULT_COLLECTION] * len(ids), strict=True))
        with self._changing:
            for key in sorted(set(keys)):
                rows = [i for i, other in enumerate(keys) if other == key]
                part = self._part(key)
                for start in range(0, len(rows), BATCH):
                    some = rows[start : start + BATCH]
                    part.size += self._write(part, {ids[i]: vectors[i] for i in some})
                if part.matrix is not None:
                    part.matrix.upsert([ids[i] for i in rows], vectors[rows])
            self._grow()

    def _part(self, key: Key) -> _Part:
        if key not in self._parts:
            with self._database.transaction() as connection:
                number, size = connection.execute(
                    "INSERT INTO vector_parts (space, language, collection) VALUES (%s, %s, %s) ON CONFLICT (space, language, collection) "
                    "DO UPDATE SET space = excluded.space RETURNING part, size",
                    (self.space, *key),
                ).fetchall()[0]
            # A new dictionary, not a changed one: searches in other threads are going through the old one.
            self._parts = {**self._parts, key: _Part(number, size, Matrix([], np.zeros((0, 0), np.float32)))}
        return self._parts[key]

    def _write(self, part: _Part, vectors: dict[str, Vectors]) -> int:
        """Write at most `BATCH` vectors and return how many of them are new."""
        with self._database.transaction() as connection:
            found = connection.execute(
                f"INSERT INTO {self.space} SELECT id, %s, vector::vector FROM unnest(%s::text[], %s::text[]) AS new (id, vector) "
                "ON CONFLICT (id) DO UPDATE SET embedding = excluded.embedding RETURNING xmax = 0".encode(),
                (part.number, list(vectors), [_text(vector) for vector in vectors.values()]),
            ).fetchall()
            new = sum(bool(row[0]) for row in found)
            connection.execute("UPDATE vector_parts SET size = size + %s WHERE part = %s", (new, part.number))
        return new

    def delete(self, ids: list[str]) -> None:
        """Delete vectors, also what other models made of the same texts; unknown ids are no error."""
        with self._changing:
            for start in range(0, len(ids), BATCH):
                with self._database.transaction() as connection:
                    for (space,) in connection.execute("SELECT DISTINCT space FROM vector_parts").fetchall():
                        _delete(connection, space, ids[start : start + BATCH])
            self._look()
            self._forget(ids)

    def follow(self, added: Sequence[tuple[str, str, str]], removed: Collection[str]) -> None:
        """Take over what may have been written by another process; what this one wrote costs nothing here."""
        wanted: dict[Key, list[str]] = {}
        for identity, language, collection in added:
            wanted.setdefault((language, collection), []).append(identity)
        with self._changing:
            self._forget(removed)
            self._look()
            for key, ids in wanted.items():
                if key in self._parts and (matrix := self._parts[key].matrix) is not None:
                    missing = [identity for identity in ids if identity not in matrix]
                    if missing:
                        matrix.upsert(*self._vectors("id = ANY(%s)", missing))

    def _look(self) -> None:
        """See which parts there are and read into memory what is to be searched exactly; matrices that are in memory already stay."""
        rows = self._database.rows("SELECT language, collection, part, size FROM vector_parts WHERE space = %s", (self.space,))
        parts = {}
        for language, collection, number, size in rows:
            old = self._parts.get((language, collection))
            parts[language, collection] = _Part(number, size, old.matrix if old else None)
        small = few({key: part.size for key, part in parts.items()}, self._exact_up_to)
        for key, part in parts.items():
            if key not in small:
                part.matrix = None
            elif part.matrix is None:
                part.matrix = Matrix(*self._vectors("part = %s", part.number))
        self._parts = parts

    def _vectors(self, condition: str, value: object) -> tuple[list[str], Vectors]:
        query = f"SELECT id, vector_send(embedding) FROM {self.space} WHERE {condition} ORDER BY id"
        rows = self._database.rows(query, (value,))
        # As it goes over the wire: two numbers of two bytes, the first of them the length, then the components.
        vectors = np.frombuffer(b"".join(row[1][4:] for row in rows), dtype=">f4").astype(np.float32)
        return [row[0] for row in rows], vectors.reshape(len(rows), self._dimension)

    def _grow(self) -> None:
        """Give each part that is too big to be searched exactly its graph; one that shrinks again is read when it is next looked at."""
        small = few({key: part.size for key, part in self._parts.items()}, self._exact_up_to)
        for key, part in self._parts.items():
            if key not in small:
                self._make_graph(part)
                part.matrix = None

    def _make_graph(self, part: _Part) -> None:
        name = f"{self.space}_{part.number}"
        if self._dimension > LONGEST or self._database.rows("SELECT 1 WHERE to_regclass(%s) IS NOT NULL", (name,)):
            return
        with self._database.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (self.space,))
            connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
            connection.execute(
                f"CREATE INDEX IF NOT EXISTS {name} ON {self.space} USING hnsw (embedding vector_cosine_ops) WITH ({GRAPH}) "
                f"WHERE part = {part.number}".encode()
            )
            connection.execute(f"ANALYZE {self.space}".encode())

    def _forget(self, ids: Collection[str]) -> None:
        for part in self._parts.values():
            if part.matrix is not None:
                part.matrix.delete(ids)

    def ids(self) -> set[str]:
        """Return every id that has a vector."""
        return {row[0] for row in self._database.rows(f"SELECT id FROM {self.space}")}

    def query(
        self, vector: Vectors, k: int, language: str | None = None, collections: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return the ``k`` nearest ``(id, cosine distance)``, nearest first.

        Raises:
            IndexAway: the server is needed and does not answer.
            IndexCorrupt: the table is gone.
        """
        found: list[tuple[str, float]] = []
        for (spoken, collection), part in self._parts.items():
            if language in (None, spoken) and (collections is None or collection in collections):
                matrix = part.matrix
                found += self._nearest(part, vector, k) if matrix is None else matrix.nearest(vector, k)
        return sorted(found, key=lambda pair: (pair[1], pair[0]))[:k]

    def _nearest(self, part: _Part, vector: Vectors, k: int) -> list[tuple[str, float]]:
        # The number of the part stands in the text: a prepared statement with a parameter in its place could not use the graph.
        query = f"SELECT id, embedding <=> %s::vector AS far FROM {self.space} WHERE part = {part.number} ORDER BY far LIMIT %s"
        found = [(str(identity), float(far)) for identity, far in self._database.rows(query, (_text(unit(vector[None])[0]), k))]
        if 2 * len(found) < min(k, part.size):
            raise IndexCorrupt("index_corrupt", path=self._database.where, reason="the vector graph is incomplete")
        return found

    def drop_others(self) -> None:
        """Delete the vectors of other models and of earlier rebuilds."""
        with self._changing, self._database.transaction() as connection:
            for (space,) in connection.execute("SELECT DISTINCT space FROM vector_parts WHERE space != %s", (self.space,)).fetchall():
                connection.execute(f"DROP TABLE IF EXISTS {space}".encode())
                connection.execute("DELETE FROM vector_parts WHERE space = %s", (space,))

    def close(self) -> None:
        """Let go of the matrices."""
        self._parts = {}


def _delete(connection: Connection[Any], space: str, ids: list[str]) -> None:
    connection.execute(
        f"WITH gone AS (DELETE FROM {space} WHERE id = ANY(%s) RETURNING part), "
        "sizes AS (SELECT part, count(*) AS lost FROM gone GROUP BY part) "
        "UPDATE vector_parts SET size = size - lost FROM sizes WHERE vector_parts.part = sizes.part".encode(),
        (ids,),
    )


def _text(vector: Vectors) -> str:
    """Return a vector as the server reads it; nine digits bring a float32 back as it was."""
    return f"[{','.join(f'{number:.9g}' for number in vector.tolist())}]"
