"""The index on disk: one folder that holds the manifest, the vectors and the vector cache, opened, mended and written as a whole.

index/manifest.sqlite3     the truth
index/vectors-<token>/     Chroma; a rebuild takes a new folder, because Chroma keeps a damaged one open until the process ends
index/cache.sqlite3        vectors by content; may be deleted at any time
index/write.lock           held while writing
"""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from configs.settings import RetrievalSettings
from retrieval.corpus import Corpus
from retrieval.embed import make_embedder
from retrieval.embed.cache import CachedEmbedder, VectorCache
from retrieval.embed.starter import StarterVectors
from retrieval.errors import EmbedderUnavailable, IndexBusy, IndexCorrupt, RetrievalError, from_os
from retrieval.ingest import Ingestor, IngestReport, Progress, write_lock
from retrieval.manifest import Manifest
from retrieval.store import VectorStore

log = logging.getLogger(__name__)
LOCK_WAIT_S = 5.0
PROBE_K = 10


class Index:
    """Manifest, vectors and the corpus in memory. Whoever shares it between threads lets one of them write at a time."""

    def __init__(self, settings: RetrievalSettings, data_dir: Path, mend: bool = False) -> None:
        """Open or create the index and finish what a crash left half-done.

        Args:
            settings: models and lengths.
            data_dir: the folder above ``index/``.
            mend: put a damaged part aside and build it anew: vectors from the manifest, a manifest from nothing (ingest fills it).

        Raises:
            IndexCorrupt: a part cannot be read and ``mend`` is off.
            StorageFull: no room.
        """
        self.folder = data_dir / "index"
        self._settings = settings
        self.embedder: CachedEmbedder | None = None
        self.embedder_reason: RetrievalError | None = None
        self.store: VectorStore | None = None
        self._cache: VectorCache | None = None
        self.recovered = 0
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise from_os(error, self.folder) from error
        self.manifest = self._open_manifest(mend)
        try:
            self._open_embedder()
            self._recover_or_wait(mend)
            self.corpus = self._load_corpus()
        except BaseException:
            self.close()
            raise

    def ingest(self, paths: Sequence[Path], progress: Progress | None, collection: str) -> IngestReport:
        """Bring the index to what the files say and swap the corpus.

        Raises:
            IndexBusy: another process is writing.
        """
        with write_lock(self.folder / "write.lock", LOCK_WAIT_S):
            try:
                report = self._ingestor().ingest(paths, progress, collection)
            except EmbedderUnavailable as reason:
                self.dense_off(reason)
                self._ingestor().recover()
                report = self._ingestor().ingest(paths, progress, collection)
            finally:
                self.corpus = self._load_corpus()
        return report

    def rebuild(self) -> None:
        """Build the vectors anew from the manifest, in a new folder.

        Raises:
            IndexBusy: another process is writing.
        """
        with write_lock(self.folder / "write.lock", LOCK_WAIT_S):
            if self.embedder is not None:
                self._new_vectors()
                self._recover()
            self.corpus = self._load_corpus()

    def dense_off(self, reason: RetrievalError) -> None:
        """Go on with keyword search alone."""
        log.warning("dense search is off: %s %s", reason.code, reason.values)
        self.embedder, self.embedder_reason = None, reason
        if self.store:
            self.store.close()
        self.store = None

    def close(self) -> None:
        """Let go of every file."""
        if self.store:
            self.store.close()
        if self._cache:
            self._cache.close()
        self.manifest.close()

    def _ingestor(self) -> Ingestor:
        return Ingestor(self.manifest, self.store, self.embedder, self._settings.max_chunk_chars)

    def _load_corpus(self) -> Corpus:
        return Corpus.load(self.manifest, self._settings.bm25_k1, self._settings.bm25_b)

    def _open_manifest(self, mend: bool) -> Manifest:
        path = self.folder / "manifest.sqlite3"
        try:
            return Manifest(path)
        except IndexCorrupt:
            if not mend:
                raise
            log.warning("the manifest is damaged and put aside; ingest the documents again")
            path.replace(path.with_suffix(".damaged"))
            _delete_sqlite(path)
            return Manifest(path)

    def _open_embedder(self) -> None:
        try:
            embedder = make_embedder(self._settings)
        except EmbedderUnavailable as reason:
            self.dense_off(reason)
            return
        if embedder is None:
            return
        path = self.folder / "cache.sqlite3"
        try:
            self._cache = VectorCache(path)
        except IndexCorrupt:
            _delete_sqlite(path)
            self._cache = VectorCache(path)
        self.embedder = CachedEmbedder(
            embedder, self._cache, StarterVectors(self._settings.starter_vectors, embedder.name, embedder.dimension)
        )

    def _recover_or_wait(self, mend: bool) -> None:
        try:
            with write_lock(self.folder / "write.lock", LOCK_WAIT_S):
                try:
                    self._open_store()
                    self._recover()
                except IndexCorrupt:
                    if not mend or self.embedder is None:
                        raise
                    self._new_vectors()
                    self._recover()
        except IndexBusy:
            # Another process is in the middle of an ingest. What it has published is whole; recovery is its business.
            log.warning("the index is being written by another process; opened as it is")
            if self.embedder is not None and self.store is None:
                self._open_store()

    def _open_store(self) -> None:
        if self.embedder is None:
            return
        token = self.manifest.fact("vectors")
        if token is None:
            self._new_vectors()
            return
        self.store = VectorStore(self.folder / f"vectors-{token}", self.embedder.name)
        # A damaged graph shows at the first search, so that search is done now.
        self.store.query(np.full(self.embedder.dimension, self.embedder.dimension**-0.5, dtype=np.float32), PROBE_K)

    def _new_vectors(self) -> None:
        assert self.embedder is not None
        if self.store:
            self.store.close()
        token = secrets.token_hex(4)
        self.manifest.set_fact("vectors", token)
        for folder in self.folder.glob("vectors-*"):
            shutil.rmtree(folder, ignore_errors=True)
        self.store = VectorStore(self.folder / f"vectors-{token}", self.embedder.name)

    def _recover(self) -> None:
        try:
            self.recovered = self._ingestor().recover()
        except EmbedderUnavailable as reason:
            self.dense_off(reason)
            self.recovered = self._ingestor().recover()


def _delete_sqlite(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
