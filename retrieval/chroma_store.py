"""Vectors in Chroma's embedded client: exact search over a matrix in memory while they are few, Chroma's graph above.

The server of chromadb 1.5.9 has an open hole (CVE-2026-45829), so only ``PersistentClient`` is used. Filtering by a ``where`` clause
costs 25 ms where a Chroma collection of its own costs nothing, hence one for each language of each of our collections. The model's name
is part of its name: vectors of two models never meet. Chroma is the truth; the matrices are read from it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.chroma import BATCH, chroma_errors, open_client, rows_of
from retrieval.embed import Vectors
from retrieval.errors import IndexCorrupt
from retrieval.matrix import Matrix
from retrieval.store import DEFAULT_COLLECTION, Key, few

LAYOUT = 2
"""Counts up when what lies in the folder changes its meaning; the vectors of another layout are dropped and written anew."""
GRAPH = {"space": "cosine", "max_neighbors": 24, "ef_construction": 150, "ef_search": 300}
"""Found 99.8 % of 50 true neighbours among 50,000 (``evaluation.speed`` measures it); Chroma's defaults 96 % among 20,000."""


@dataclass(slots=True)
class _Part:
    """One language of one collection; ``matrix`` where it is searched exactly."""

    chroma: Any
    matrix: Matrix | None = None


class ChromaStore:
    """The `VectorStore` of one folder."""

    def __init__(self, folder: Path, model: str, exact_up_to: int = 20_000) -> None:
        """Open or create the store.

        Args:
            folder: where Chroma keeps its files.
            model: the embedder's name.
            exact_up_to: vectors a language that are searched exactly; the collections that are too big for it use the graph.

        Raises:
            IndexCorrupt: the files cannot be read.
        """
        self._folder, self._exact_up_to = folder, exact_up_to
        self._writing = threading.RLock()
        self._suffix = hashlib.sha256(f"{LAYOUT}:{model}".encode()).hexdigest()[:12]
        self._parts: dict[Key, _Part] = {}
        with chroma_errors(self._folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._client: Any = open_client(folder)
            try:
                self._parts = self._found_parts()
            except BaseException:
                self.close()
                raise

    def _found_parts(self) -> dict[Key, _Part]:
        # Matrices that are in memory already stay.
        parts = {}
        for collection in self._client.list_collections():
            if collection.name.endswith(self._suffix):
                key = (collection.metadata["language"], collection.metadata["collection"])
                old = self._parts.get(key)
                parts[key] = _Part(self._chroma(key), old.matrix if old else None)
            else:
                self._client.delete_collection(collection.name)
        for part in self._small(parts):
            if part.matrix is None:
                part.matrix = self._read(part.chroma)
        return parts

    def _chroma(self, key: Key) -> Any:
        language, collection = key
        digest = hashlib.sha256(collection.encode("utf-8", "replace")).hexdigest()[:12]
        # `embedding_function=None`: Chroma's default would fetch a model from the network at the first call.
        return self._client.get_or_create_collection(
            f"chunks-{language}-{digest}-{self._suffix}",
            embedding_function=None,
            metadata={"language": language, "collection": collection},
            configuration={"hnsw": GRAPH},
        )

    def _small(self, parts: dict[Key, _Part]) -> list[_Part]:
        """Return the parts to search exactly."""
        return [parts[key] for key in few({key: part.chroma.count() for key, part in parts.items()}, self._exact_up_to)]

    def _read(self, chroma: Any) -> Matrix:
        ids = chroma.get(include=[])["ids"]
        blocks = [rows_of(chroma, ids[start : start + BATCH]) for start in range(0, len(ids), BATCH)]
        found = [identity for some, _ in blocks for identity in some]
        if not len(ids) == len(found) == chroma.count():
            raise self._incomplete()
        return Matrix(found, np.concatenate([vectors for _, vectors in blocks] or [np.zeros((0, 0), np.float32)]))

    def upsert(self, ids: list[str], vectors: Vectors, languages: list[str], collections: Sequence[str] | None = None) -> None:
        """Write vectors ``[n, d]``; an id that exists is overwritten."""
        keys = list(zip(languages, collections or [DEFAULT_COLLECTION] * len(ids), strict=True))
        with self._writing, chroma_errors(self._folder):
            for key in sorted(set(keys)):
                rows = [i for i, other in enumerate(keys) if other == key]
                part = self._part(key)
                for start in range(0, len(rows), BATCH):
                    batch = rows[start : start + BATCH]
                    part.chroma.upsert(ids=[ids[i] for i in batch], embeddings=vectors[batch])
                if part.matrix is not None:
                    part.matrix.upsert([ids[i] for i in rows], vectors[rows])
            self._leave_big_ones_to_the_graph()

    def _part(self, key: Key) -> _Part:
        if key not in self._parts:
            # A new dictionary, not a changed one: searches in other threads are going through the old one.
            self._parts = {**self._parts, key: _Part(self._chroma(key), Matrix([], np.zeros((0, 0), np.float32)))}
        return self._parts[key]

    def _leave_big_ones_to_the_graph(self) -> None:
        # One that shrinks below the limit again is read when the store is next opened.
        small = {id(part) for part in self._small(self._parts)}
        for part in self._parts.values():
            part.matrix = part.matrix if id(part) in small else None

    def delete(self, ids: list[str]) -> None:
        """Delete vectors; unknown ids are no error."""
        with self._writing, chroma_errors(self._folder):
            for part in self._parts.values():
                for start in range(0, len(ids), BATCH):
                    part.chroma.delete(ids=ids[start : start + BATCH])
            self._forget(ids)

    def follow(self, added: Sequence[tuple[str, str, str]], removed: Collection[str]) -> None:
        """Take over what may have been written by another process; what this one wrote costs nothing here."""
        wanted: dict[Key, list[str]] = {}
        for identity, language, collection in added:
            wanted.setdefault((language, collection), []).append(identity)
        with self._writing, chroma_errors(self._folder):
            self._forget(removed)
            wanted = {key: ids for key, ids in wanted.items() if not self._holds(key, ids)}
            if wanted:
                # Chroma reads what others wrote only when it is opened.
                self._client.close()
                self._client = open_client(self._folder)
                self._parts = self._found_parts()
            for key, ids in wanted.items():
                if key in self._parts and (matrix := self._parts[key].matrix) is not None:
                    matrix.upsert(*rows_of(self._parts[key].chroma, [identity for identity in ids if identity not in matrix]))
            self._leave_big_ones_to_the_graph()

    def _holds(self, key: Key, ids: list[str]) -> bool:
        from chromadb.errors import ChromaError

        if (part := self._parts.get(key)) is None:
            return False
        if (matrix := part.matrix) is not None:
            return all(identity in matrix for identity in ids)
        try:
            return len(rows_of(part.chroma, ids)[0]) == len(ids)
        except ChromaError:
            return False

    def _forget(self, ids: Collection[str]) -> None:
        for part in self._parts.values():
            if part.matrix is not None:
                part.matrix.delete(ids)

    def ids(self) -> set[str]:
        """Return every id that has a vector."""
        with chroma_errors(self._folder):
            return {identity for part in self._parts.values() for identity in part.chroma.get(include=[])["ids"]}

    def query(
        self, vector: Vectors, k: int, language: str | None = None, collections: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return the ``k`` nearest ``(id, cosine distance)``, nearest first.

        Raises:
            IndexCorrupt: the store fails, or returns far fewer than it holds (its graph is gone, its table is not).
        """
        while True:
            parts = self._parts
            try:
                found = self._search(parts, vector, k, language, collections)
            except IndexCorrupt:
                # `follow` may just have closed what this thread was reading.
                with self._writing:
                    if self._parts is parts:
                        raise
            else:
                return sorted(found, key=lambda pair: (pair[1], pair[0]))[:k]

    def _search(
        self, parts: dict[Key, _Part], vector: Vectors, k: int, language: str | None, collections: Collection[str] | None
    ) -> list[tuple[str, float]]:
        found: list[tuple[str, float]] = []
        with chroma_errors(self._folder):
            for (spoken, collection), part in parts.items():
                if language in (None, spoken) and (collections is None or collection in collections):
                    matrix = part.matrix
                    found += self._nearest(part.chroma, vector, k) if matrix is None else matrix.nearest(vector, k)
        return found

    def _nearest(self, chroma: Any, vector: Vectors, k: int) -> Iterator[tuple[str, float]]:
        result = chroma.query(query_embeddings=[vector], n_results=k, include=["distances"])
        ids = result["ids"][0]
        # Counting takes longer than searching, so only a short answer is held against how many there are.
        if len(ids) < k and 2 * len(ids) < min(k, chroma.count()):
            raise self._incomplete()
        return zip(ids, map(float, result["distances"][0]), strict=True)

    def close(self) -> None:
        """Let go of the files; a client that never came up has nothing to let go of."""
        if hasattr(self, "_client"):
            self._client.close()

    def _incomplete(self) -> IndexCorrupt:
        return IndexCorrupt("index_corrupt", path=str(self._folder), reason="the vector graph is incomplete")
