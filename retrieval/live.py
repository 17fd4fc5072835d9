"""The corpus as it is now: compiled once, then kept up with whatever this or another process publishes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from configs.settings import RetrievalSettings
from retrieval.corpus import Corpus
from retrieval.manifest import Manifest
from retrieval.records import Changes

FollowVectors = Callable[[Changes | None], None]


class LiveCorpus:
    """Asks the manifest before each use whether anything changed, which takes microseconds, and then applies the differences only."""

    def __init__(self, manifest: Manifest, settings: RetrievalSettings, folder: Path, follow: FollowVectors) -> None:
        """Compile nothing yet.

        Args:
            manifest: what is searchable.
            settings: the parameters of keyword search.
            folder: where compiled postings are kept.
            follow: brings the vectors up; None for whatever may have changed.
        """
        self._manifest, self._settings, self._follow = manifest, settings, follow
        self._postings = folder / "postings.npz"
        self._corpus: Corpus | None = None
        self._generation = 0
        self._refreshing = threading.Lock()

    def now(self) -> Corpus:
        """Return what is searchable now.

        The first call compiles everything, which an ingest alone never needs. While one thread follows a change, others go on with the
        picture before it.
        """
        corpus = self._corpus
        if corpus is not None and self._manifest.generation() == self._generation:
            return corpus
        if self._refreshing.acquire(blocking=corpus is None):
            try:
                self._corpus = self._load() if self._corpus is None else self._changed(self._corpus)
            finally:
                self._refreshing.release()
        assert self._corpus is not None
        return self._corpus

    def refresh(self) -> None:
        """Apply what changed now, if anybody has searched yet, so that the next search does not have to."""
        if self._corpus is not None:
            with self._refreshing:
                self._corpus = self._changed(self._corpus)

    def forget(self, compiled: bool = False) -> None:
        """Compile anew at the next use; with ``compiled`` from the texts, not from the file of postings."""
        if compiled:
            self._postings.unlink(missing_ok=True)
        with self._refreshing:
            self._corpus = None

    def _load(self) -> Corpus:
        # Read before the rest: what is published in between is then applied once more, which changes nothing.
        self._generation = self._manifest.generation()
        self._follow(None)
        return Corpus.load(self._manifest, self._settings.bm25_k1, self._settings.bm25_b, self._postings)

    def _changed(self, corpus: Corpus) -> Corpus:
        changes = self._manifest.changes(self._generation)
        if changes is None:
            return self._load()
        if changes.generation != self._generation:
            self._follow(changes)
            if changes.added or changes.removed:
                corpus = corpus.changed(changes.added, changes.removed)
            self._generation = changes.generation
        return corpus
