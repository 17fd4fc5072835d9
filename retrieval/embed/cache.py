"""Vectors kept by content, so that a text is embedded once: a rebuild, a crash or a moved file costs a look-up."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from retrieval.embed import Embedder, Vectors
from retrieval.embed.starter import StarterVectors, key_of
from retrieval.errors import sqlite_errors

BATCH = 16
"""Texts embedded between two commits: what a crash can lose."""

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (model TEXT, hash BLOB, vector BLOB NOT NULL, PRIMARY KEY (model, hash)) WITHOUT ROWID"


class VectorCache:
    """A SQLite file of ``(embedder name, sha256 of text) -> float32`` bytes."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            IndexCorrupt: not a SQLite file.
            StorageFull: no room.
        """
        self._path, self._lock = path, threading.Lock()
        with sqlite_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, check_same_thread=False, timeout=10, isolation_level=None)
            try:
                # NORMAL may lose the last commits when the power fails, never the file; a lost vector is computed again.
                self._database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _SCHEMA)
            except sqlite3.Error:
                self._database.close()
                raise

    def get(self, model: str, key: bytes, dimension: int) -> Vectors | None:
        """Return the vector float32 ``[dimension]``, or None."""
        with self._lock, sqlite_errors(self._path):
            row = self._database.execute("SELECT vector FROM vectors WHERE model = ? AND hash = ?", (model, key)).fetchone()
        if row is None or len(row[0]) != 4 * dimension:
            return None
        return np.frombuffer(row[0], dtype="<f4").astype(np.float32)

    def put(self, model: str, keys: list[bytes], vectors: Vectors) -> None:
        """Keep ``vectors`` ``[n, d]`` under ``keys``, all or none."""
        rows = [(model, key, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        with self._lock, sqlite_errors(self._path):
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            self._database.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()


class CachedEmbedder:
    """An embedder whose passages go through the cache. Questions do not: they rarely repeat and hold patients' words."""

    def __init__(self, embedder: Embedder, cache: VectorCache, starter: StarterVectors | None = None) -> None:
        self._embedder, self._cache, self._starter = embedder, cache, starter
        self.name, self.dimension = embedder.name, embedder.dimension

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, d]``."""
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: list[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return float32 ``[n, d]``; ``progress`` is told how many of the texts have their vector."""
        keys = [key_of(text) for text in texts]
        found = [self._known(key) for key in keys]
        missing = [i for i, vector in enumerate(found) if vector is None]
        result = np.stack([np.zeros(self.dimension, np.float32) if v is None else v for v in found]) if found else self._none()
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            result[batch] = self._embedder.embed_passages([texts[i] for i in batch])
            self._cache.put(self.name, [keys[i] for i in batch], result[batch])
            if progress:
                progress(len(texts) - len(missing) + start + len(batch))
        return result

    def _known(self, key: bytes) -> Vectors | None:
        shipped = self._starter.get(key) if self._starter else None
        return shipped if shipped is not None else self._cache.get(self.name, key, self.dimension)

    def _none(self) -> Vectors:
        return np.zeros((0, self.dimension), np.float32)
