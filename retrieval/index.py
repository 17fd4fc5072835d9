"""The index on disk: one folder that holds the manifest, the vectors and the vector cache, opened, mended and written as a whole.

index/manifest.sqlite3     the truth
index/vectors-<token>/     Chroma; a rebuild takes a new folder, because Chroma keeps a damaged one open until the process ends
index/cache.sqlite3        vectors by content; may be deleted at any time
index/postings.npz         the compiled keyword index; may be deleted at any time
index/write.lock           held while writing
With ``retrieval.index_url`` the manifest, the vectors and the lock are in PostgreSQL.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from configs.settings import RetrievalSettings
from retrieval.corpus import Corpus
from retrieval.embed import Embedder, make_embedder
from retrieval.embed.cache import CachedEmbedder, VectorCache
from retrieval.errors import EmbedderUnavailable, IndexBusy, IndexCorrupt, RetrievalError, from_os
from retrieval.ingest import Ingestor, IngestReport, Progress
from retrieval.live import LiveCorpus
from retrieval.opening import cached, open_cache, weigh
from retrieval.place import TOKEN, place_of
from retrieval.readers import Limits
from retrieval.records import Changes
from retrieval.scan import Request, Scan
from retrieval.store import VectorStore

log = logging.getLogger(__name__)
LOCK_WAIT_S = 5.0
Wrap = Callable[[Embedder], Embedder]
BUILT_IN = "knowledge"
"""The collection of the starter knowledge."""


class Index:
    """Manifest, vectors and the corpus in memory. Whoever shares it between threads lets one of them write at a time."""

    def __init__(self, settings: RetrievalSettings, data_dir: Path, mend: bool = False, wrap: Wrap | None = None) -> None:
        """Open or create the index and finish what a crash left half-done.

        Args:
            settings: models and lengths.
            data_dir: the folder above ``index/``.
            mend: put a damaged part aside and build it anew: vectors from the manifest, a manifest from nothing (ingest fills it).
            wrap: puts something in the place of the model, which embeds faster and equally.

        Raises:
            IndexCorrupt: a part cannot be read and ``mend`` is off.
            StorageFull: no room.
        """
        self.folder = data_dir / "index"
        self._settings, self._wrap = settings, wrap
        self.embedder: CachedEmbedder | None = None
        self.embedder_reason: RetrievalError | None = None
        self.store: VectorStore | None = None
        self._cache: VectorCache | None = None
        self._token: str | None = None
        self._opened = ExitStack()
        self.recovered = 0
        self.behind = False  # whether what was ingested last still lacks vectors
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise from_os(error, self.folder) from error
        self._place = place_of(settings, self.folder)
        self._opened.callback(self._place.close)
        try:
            self.manifest, self.put_aside = self._place.open_manifest(mend)
            self._opened.callback(self.manifest.close)
            self._live = LiveCorpus(self.manifest, settings, self.folder, self._follow)
            self._open_embedder()
            self._recover_or_wait(mend)
        except BaseException:
            self.close()
            raise

    @property
    def corpus(self) -> Corpus:
        """What is searchable now, also what another process has published since."""
        return self._live.now()

    def _follow(self, changes: Changes | None) -> None:
        """Bring the vectors up to what another process wrote."""
        if self.store is None or self.embedder is None:
            return
        if self.manifest.fact(TOKEN) not in (None, self._token):
            old = self.store
            self._open_store()
            old.close()
        elif changes is not None:
            self.store.follow([(chunk.id, chunk.language, chunk.collection) for chunk, _ in changes.added], changes.removed)

    def ingest(
        self,
        paths: Sequence[Path],
        progress: Progress | None = None,
        collection: str = BUILT_IN,
        *,
        tier: str = "medium",
        only: Sequence[Path] | None = None,
        stop: threading.Event | None = None,
    ) -> IngestReport:
        """Bring the index to what the files say and, where it is searched, the corpus with it.

        Args:
            paths: files and folders.
            progress: see `retrieval.ingest.Progress`.
            collection: where the documents belong.
            tier: of documents that do not name their own.
            only: look at nothing but these files or folders below ``paths``; those that are gone are removed.
            stop: when set, the ingest ends early; what was acknowledged stays.

        Raises:
            IndexBusy: another process is writing.
        """
        roots = tuple(dict.fromkeys(path.resolve() for path in paths))
        request = Request(roots, collection, tier, None if only is None else tuple(only))
        with self.writing():
            try:
                if self.behind:
                    self._catch_up()
                report = self._ingestor().ingest(self._scan(request), progress, stop)
            except EmbedderUnavailable as reason:
                self._fall_behind(reason)
                report = self._ingestor(vectors=False).ingest(self._scan(request), progress, stop)
            if report.cut_anew:
                self._live.forget(compiled=True)
        self._live.refresh()
        return report

    def _scan(self, request: Request) -> Scan:
        return Scan(request, self.manifest, Limits.of(self._settings), self._settings.max_chunk_chars)

    def remove(self, collections: Sequence[str]) -> dict[str, int]:
        """Remove whole collections and return how many documents each held.

        Raises:
            IndexBusy: another process is writing.
        """
        removed = {}
        with self.writing():
            for name in collections:
                seqs = [entry.seq for entry in self.manifest.in_collection(name)]
                self._ingestor().remove(seqs)
                self.manifest.forget_files(name)
                removed[name] = len(seqs)
        return removed

    def rebuild(self) -> None:
        """Build the vectors anew from the manifest, in a new folder; the next ingest reads every file, changed or not.

        Raises:
            IndexBusy: another process is writing.
        """
        with self.writing():
            if self.embedder is not None:
                self._new_vectors()
                self._recover()
                self.manifest.publish([])  # every other worker takes up the new vectors
            if self.store is not None:
                self._place.settle(self.store)
            for collection in self.manifest.collections():
                self.manifest.forget_files(collection.name)
            self._live.forget(compiled=True)

    def writing(self) -> AbstractContextManager[None]:
        """Return the right to write."""
        return self._place.writing(LOCK_WAIT_S)

    def close(self) -> None:
        """Let go of every file."""
        for part in (self.store, self.embedder, self._cache):
            if part:
                part.close()
        self._opened.close()

    def _ingestor(self, vectors: bool = True) -> Ingestor:
        store, embedder = (self.store, self.embedder) if vectors else (None, None)
        return Ingestor(self.manifest, store, embedder, self._settings.max_chunk_chars, self._prune)

    def _fall_behind(self, reason: RetrievalError) -> None:
        """Go on without vectors for what is new; the model, or its server, may be back at the next ingest."""
        log.warning("new documents have no vectors for now: %s %s", reason.code, reason.values)
        self.behind = True

    def _catch_up(self) -> int:
        """Bring the vectors, and the token weights where there are any, up to the manifest."""
        mended = self._ingestor().recover()
        if self.embedder:
            weigh(self.manifest, self.embedder)
        self.behind = False
        return mended

    def _prune(self, hashes: list[bytes]) -> None:
        """Forget cached vectors, also where no embedder serves now: what was deleted must not stay in the cache."""
        path = self.folder / "cache.sqlite3"
        if self._cache is None and path.exists():
            self._cache = open_cache(path)
        if self._cache:
            self._cache.forget(hashes)

    def _open_embedder(self) -> None:
        try:
            embedder = make_embedder(self._settings)
        except EmbedderUnavailable as reason:
            log.warning("dense search is off: %s %s", reason.code, reason.values)
            self.embedder_reason, embedder = reason, None
        if embedder is not None:
            self._cache = open_cache(self.folder / "cache.sqlite3")
            self.embedder = cached(self._wrap(embedder) if self._wrap else embedder, self._cache, self._settings)

    def _recover_or_wait(self, mend: bool) -> None:
        try:
            with self.writing():
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
        if self.embedder is not None:
            self._token = self.manifest.fact(TOKEN) or self._place.new_vectors(self.manifest)
            self.store = self._place.open_vectors(self._token, self.embedder, self._settings.exact_up_to)

    def _new_vectors(self) -> None:
        if self.store:
            self.store.close()
        self._place.new_vectors(self.manifest)
        self._open_store()

    def _recover(self) -> None:
        try:
            self.recovered = self._catch_up()
        except EmbedderUnavailable as reason:
            self._fall_behind(reason)
            self.recovered = self._ingestor(vectors=False).recover()
