"""Vectors kept by content, so that a text is embedded once: a rebuild, a crash or a moved file costs a look-up."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from retrieval.cooldown import Cooldown, close_model
from retrieval.embed import Embedder, SparseEmbedder, Vectors, Weights
from retrieval.embed.starter import StarterVectors, key_of
from retrieval.errors import sqlite_errors

BATCH = 16
"""Texts embedded between two commits, what a crash can lose; a model that works in batches says itself how many."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (model TEXT, hash BLOB, vector BLOB NOT NULL, PRIMARY KEY (model, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS weights (model TEXT, hash BLOB, weights TEXT NOT NULL, PRIMARY KEY (model, hash)) WITHOUT ROWID;
"""


class VectorCache:
    """A SQLite file of ``(embedder name, sha256 of text) -> float32`` bytes, and likewise of token weights in JSON."""

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
        self._write("vectors", [(model, key, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)])

    def get_weights(self, model: str, key: bytes) -> Weights | None:
        """Return token weights, or None where there are none or they cannot be read."""
        with self._lock, sqlite_errors(self._path):
            row = self._database.execute("SELECT weights FROM weights WHERE model = ? AND hash = ?", (model, key)).fetchone()
        try:
            return {str(token): float(weight) for token, weight in json.loads(row[0]).items()} if row else None
        except (ValueError, TypeError, AttributeError):
            return None

    def count_weights(self, model: str) -> int:
        """Return of how many texts token weights are kept."""
        with self._lock, sqlite_errors(self._path):
            return int(self._database.execute("SELECT COUNT(*) FROM weights WHERE model = ?", (model,)).fetchone()[0])

    def has_weights(self, model: str, key: bytes) -> bool:
        """Return whether token weights are kept, be they none."""
        with self._lock, sqlite_errors(self._path):
            return self._database.execute("SELECT 1 FROM weights WHERE model = ? AND hash = ?", (model, key)).fetchone() is not None

    def put_weights(self, model: str, keys: list[bytes], weights: Sequence[Weights]) -> None:
        """Keep token weights under ``keys``, all or none."""
        self._write("weights", [(model, key, json.dumps(row, ensure_ascii=False)) for key, row in zip(keys, weights, strict=True)])

    def _write(self, table: str, rows: Sequence[tuple[str, bytes, bytes | str]]) -> None:
        with self._lock, sqlite_errors(self._path):
            self._database.execute("BEGIN")
            self._database.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", rows)
            self._database.execute("COMMIT")

    def forget(self, keys: Sequence[bytes]) -> None:
        """Delete what is kept of texts, whichever model it is from."""
        rows = [(key,) for key in keys]
        with self._lock, sqlite_errors(self._path):
            self._database.execute("BEGIN")
            for table in ("vectors", "weights"):
                # One look-up a model: the key begins with it, and a scan of all vectors would take seconds.
                model = self._database.execute(f"SELECT MIN(model) FROM {table}").fetchone()[0]
                while model is not None:
                    self._database.executemany(f"DELETE FROM {table} WHERE model = ? AND hash = ?", [(model, *row) for row in rows])
                    model = self._database.execute(f"SELECT MIN(model) FROM {table} WHERE model > ?", (model,)).fetchone()[0]
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
        self.batch: int = getattr(embedder, "batch", BATCH)
        self.together: int = getattr(embedder, "together", 0)
        self.sparse = embedder if isinstance(embedder, SparseEmbedder) else None
        self.cooldown: Cooldown | None = getattr(embedder, "cooldown", None)

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, d]``."""
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: list[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return float32 ``[n, d]``; ``progress`` is told how many of the texts have their vector."""
        keys = [key_of(text) for text in texts]
        found = [self._known(key) for key in keys]
        missing = [i for i, vector in enumerate(found) if vector is None]
        result = np.stack([np.zeros(self.dimension, np.float32) if v is None else v for v in found]) if found else self._none()
        for start in range(0, len(missing), self.batch):
            batch = missing[start : start + self.batch]
            result[batch] = self._embed([texts[i] for i in batch], [keys[i] for i in batch])
            if progress:
                progress(len(texts) - len(missing) + start + len(batch))
        self.passage_weights(texts)
        return result

    def question_weights(self, text: str) -> Weights:
        """Return the token weights of a question; nothing where the model has none."""
        return self.sparse.embed_sparse_queries([text])[0] if self.sparse else {}

    def known_weights(self, texts: Sequence[str]) -> list[Weights | None]:
        """Return the token weights of passages as far as the cache has them."""
        return [self._cache.get_weights(self.name, key_of(text)) for text in texts]

    def lacks_weights(self, passages: int) -> bool:
        """Return whether the weights of some of so many passages may be missing, as after switching the sparse arm on."""
        return self.sparse is not None and self._cache.count_weights(self.name) < passages

    def passage_weights(self, texts: Sequence[str]) -> None:
        """Compute and keep the token weights that the cache lacks; nothing where the model has none."""
        if self.sparse is None:
            return
        missing = list(dict.fromkeys(text for text in texts if not self._cache.has_weights(self.name, key_of(text))))
        for start in range(0, len(missing), self.batch):
            batch = missing[start : start + self.batch]
            self._cache.put_weights(self.name, [key_of(text) for text in batch], self.sparse.embed_sparse_passages(batch))

    def close(self) -> None:
        """End the threads and connections of the model; the cache belongs to whoever opened it."""
        close_model(self._embedder)

    def _embed(self, texts: list[str], keys: list[bytes]) -> Vectors:
        if self.sparse is None:
            vectors = self._embedder.embed_passages(texts)
        else:
            vectors, weights = self.sparse.embed_passages_both(texts)
            self._cache.put_weights(self.name, keys, weights)
        self._cache.put(self.name, keys, vectors)
        return vectors

    def _known(self, key: bytes) -> Vectors | None:
        shipped = self._starter.get(key) if self._starter else None
        return shipped if shipped is not None else self._cache.get(self.name, key, self.dimension)

    def _none(self) -> Vectors:
        return np.zeros((0, self.dimension), np.float32)
