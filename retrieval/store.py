"""Vectors in Chroma's embedded client, one collection a language.

The server of chromadb 1.5.9 has an open hole (CVE-2026-45829), so only ``PersistentClient`` is used. Filtering by a ``where`` clause
costs 25 ms where a collection of its own costs nothing, hence one a language. The model's name is part of the collection's name:
vectors of two models never meet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from retrieval.embed import Vectors
from retrieval.errors import IndexCorrupt, StorageFull

BATCH = 5000
"""Chroma refuses more than 5461 rows in a call."""
EF_SEARCH = 200
"""Candidates that the graph search keeps; the default of 100 lost more neighbours than it saved time."""


class VectorStore:
    """Ids and vectors, nothing else: the manifest holds the texts."""

    def __init__(self, folder: Path, model: str) -> None:
        """Open or create the store.

        Raises:
            IndexCorrupt: the files cannot be read.
        """
        import chromadb
        from chromadb.config import Settings

        self._folder = folder
        self._suffix = hashlib.sha256(model.encode()).hexdigest()[:12]
        self._collections: dict[str, Any] = {}
        with self._errors():
            folder.mkdir(parents=True, exist_ok=True)
            self._client: Any = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
            try:
                self._open_collections()
            except BaseException:
                self.close()
                raise

    def _open_collections(self) -> None:
        for collection in self._client.list_collections():
            _, language, suffix = collection.name.split("-")
            if suffix == self._suffix:
                self._collections[language] = self._collection(language)
            else:
                self._client.delete_collection(collection.name)

    def _collection(self, language: str) -> Any:
        # `embedding_function=None`: Chroma's default would fetch a model from the network at the first call.
        return self._client.get_or_create_collection(
            f"chunks-{language}-{self._suffix}",
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
        )

    def upsert(self, ids: list[str], vectors: Vectors, languages: list[str]) -> None:
        """Write vectors ``[n, d]``; an id that exists is overwritten."""
        with self._errors():
            for language in sorted(set(languages)):
                rows = [i for i, other in enumerate(languages) if other == language]
                if language not in self._collections:
                    # A new dictionary, not a changed one: searches in other threads are going through the old one.
                    self._collections = {**self._collections, language: self._collection(language)}
                collection = self._collections[language]
                for start in range(0, len(rows), BATCH):
                    batch = rows[start : start + BATCH]
                    collection.upsert(ids=[ids[i] for i in batch], embeddings=vectors[batch])

    def delete(self, ids: list[str]) -> None:
        """Delete vectors; unknown ids are no error."""
        with self._errors():
            for collection in self._collections.values():
                for start in range(0, len(ids), BATCH):
                    collection.delete(ids=ids[start : start + BATCH])

    def ids(self) -> set[str]:
        """Return every id that has a vector."""
        with self._errors():
            return {identity for collection in self._collections.values() for identity in collection.get(include=[])["ids"]}

    def query(self, vector: Vectors, k: int, language: str | None = None) -> list[tuple[str, float]]:
        """Return the ``k`` nearest ``(id, cosine distance)``, nearest first, of one language or of all.

        Raises:
            IndexCorrupt: the store fails, or returns far fewer than it holds (its graph is gone, its table is not).
        """
        found: list[tuple[str, float]] = []
        with self._errors():
            for name, collection in self._collections.items():
                if language in (None, name):
                    found += self._nearest(collection, vector, k)
        return sorted(found, key=lambda pair: (pair[1], pair[0]))[:k]

    def _nearest(self, collection: Any, vector: Vectors, k: int) -> Iterator[tuple[str, float]]:
        wanted = min(k, collection.count())
        if not wanted:
            return iter(())
        result = collection.query(query_embeddings=[vector], n_results=wanted, include=["distances"])
        # Counted again, because an ingest may just have deleted some.
        if 2 * len(result["ids"][0]) < min(wanted, collection.count()):
            raise IndexCorrupt("index_corrupt", path=str(self._folder), reason="the vector graph is incomplete")
        return zip(result["ids"][0], map(float, result["distances"][0]), strict=True)

    def close(self) -> None:
        """Let go of the files; a client that never came up has nothing to let go of."""
        if hasattr(self, "_client"):
            self._client.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Translate what Chroma raises; its Rust core reports damage as InternalError, ValueError or AttributeError."""
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, ValueError, AttributeError, RuntimeError, OSError) as error:
            if "full" in str(error).lower() and "disk" in str(error).lower():
                raise StorageFull("storage_full", path=str(self._folder)) from error
            raise IndexCorrupt("index_corrupt", path=str(self._folder), reason=str(error).splitlines()[0][:200]) from error
