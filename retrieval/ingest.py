"""Files into the index, so that a crash at any point leaves both indexes in step after `Ingestor.recover`.

First everything is read: new and changed documents go into the manifest as ``pending``, a few hundred a transaction. Then, in batches:
vectors into the store → rows ``ready``, older rows ``removing`` (one transaction: readers see the old version or the new one) → old
vectors out of the store and the cache → old rows deleted. A batch is acknowledged once its rows are ready. Pending rows that a crash
left behind are dropped: nobody was told of them, and what they cost, their vectors, is in the cache.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from retrieval.documents import Chunk
from retrieval.embed.cache import CachedEmbedder
from retrieval.errors import DocumentError
from retrieval.ingest_text import embedded_text
from retrieval.manifest import Manifest
from retrieval.records import grouped
from retrieval.scan import Found, Scan
from retrieval.store import VectorStore

log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]
"""Told how much is done, of how much, and of what: ``reading`` counts files, ``embedding`` and ``writing`` count chunks."""
Prune = Callable[[list[bytes]], None]
PENDING_CHUNKS = 1000
"""Chunks held in memory before they go into the manifest."""
BATCH_CHUNKS = 256
"""Chunks embedded and acknowledged together; the cache is committed more often, so that a crash costs little."""
WRITE_BATCH_CHUNKS = 2000
"""The same where there is nothing to embed."""
REPAIR_BATCH = 256
SWEEP_DOCUMENTS = 500


@dataclass(slots=True)
class IngestReport:
    """What one ingest did: counts of documents, how many chunks were written, every file or line that failed, and seconds a stage."""

    added: int = 0
    unchanged: int = 0
    replaced: int = 0
    removed: int = 0
    chunks: int = 0
    failed: list[tuple[str, DocumentError]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=lambda: {"reading": 0.0, "embedding": 0.0, "writing": 0.0})
    cut_anew: bool = False
    """Documents whose own text did not change were cut otherwise than before."""
    stopped: bool = False

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += time.perf_counter() - start


class Ingestor:
    """Writes manifest and vectors; whoever calls it holds the write lock."""

    def __init__(
        self, manifest: Manifest, store: VectorStore | None, embedder: CachedEmbedder | None, max_chars: int, prune: Prune | None = None
    ) -> None:
        """Without store and embedder only the manifest is written, which is all that keyword search needs."""
        self._manifest, self._store, self._embedder, self._max_chars, self._prune = manifest, store, embedder, max_chars, prune

    def ingest(self, scan: Scan, progress: Progress | None = None, stop: threading.Event | None = None) -> IngestReport:
        """Bring the index to what the files of a scan say now.

        A document that was indexed from a file of the scan and is no longer there is removed. A file that fails keeps the version that
        was indexed before: a typing error must not take knowledge away. When ``stop`` is set, what was acknowledged so far stays.
        """
        report, tell = IngestReport(), progress or (lambda done, total, what: None)
        pending: list[tuple[int, int]] = []
        try:
            self._read(scan, pending, report, tell, stop)
            if not report.stopped:
                self._write(pending, report, tell, stop)
            if not report.stopped:
                self._finish(scan, report)
        finally:
            self._manifest.forget([entry.seq for entry in self._manifest.entries("pending")])
        return report

    def _read(self, scan: Scan, pending: list[tuple[int, int]], report: IngestReport, tell: Progress, stop: threading.Event | None) -> None:
        held: list[Found] = []
        size = 0
        with report.timed("reading"):
            for found in scan.documents(report.failed, lambda done, total: tell(done, total, "reading")):
                if stop and stop.is_set():
                    report.stopped = True
                    return
                held.append(found)
                size += len(found.chunks)
                if size >= PENDING_CHUNKS:
                    self._add(held, pending, report)
                    size = 0
            self._add(held, pending, report)
            report.unchanged += scan.unchanged
            report.cut_anew = scan.cut_anew
            self._manifest.moved(scan.moved)

    def _add(self, held: list[Found], pending: list[tuple[int, int]], report: IngestReport) -> None:
        seqs = self._manifest.add([(one.document, one.chunks) for one in held], self._max_chars) if held else []
        for seq, one in zip(seqs, held, strict=True):
            pending.append((seq, len(one.chunks)))
            report.replaced += one.known
            report.added += not one.known
        held.clear()

    def _write(self, pending: list[tuple[int, int]], report: IngestReport, tell: Progress, stop: threading.Event | None) -> None:
        total, stage = sum(count for _, count in pending), "embedding" if self._embedder else "writing"
        size = max(BATCH_CHUNKS, self._embedder.together) if self._embedder else WRITE_BATCH_CHUNKS
        for batch in _batches(pending, size):
            if stop and stop.is_set():
                report.stopped = True
                return
            tell(report.chunks, total, stage)
            chunks = [chunk for seq, _ in batch for chunk in self._manifest.chunks(seq)] if self._embedder else []
            self._embed(chunks, report, partial(_further, tell, report.chunks, total, stage))
            with report.timed("writing"):
                self._manifest.publish([seq for seq, _ in batch])
                self._sweep()
            report.chunks += sum(count for _, count in batch)
        tell(report.chunks, total, stage)

    def _finish(self, scan: Scan, report: IngestReport) -> None:
        """Let go of what is no longer in the files, and only then note that they are done."""
        with report.timed("writing"):
            gone = scan.gone()
            if gone:
                self.remove(gone)
            report.removed += len(gone)
            self._manifest.keep_files(scan.collection, scan.records, scan.vanished)

    def remove(self, seqs: Collection[int]) -> None:
        """Take documents out of search, store, cache and manifest."""
        self._manifest.retire(seqs)
        self._sweep()

    def _sweep(self) -> int:
        """Delete the vectors and then the rows of whatever is ``removing``."""
        seqs = [entry.seq for entry in self._manifest.entries("removing")]
        for some in grouped(seqs, SWEEP_DOCUMENTS):
            ids, hashes = self._manifest.unused(some)
            if self._store:
                self._store.delete(ids)
            if self._prune:
                self._prune(hashes)
            self._manifest.forget(some)
        return len(seqs)

    def _embed(self, chunks: Sequence[Chunk], report: IngestReport | None = None, tell: Callable[[int], None] | None = None) -> None:
        if not (self._store and self._embedder and chunks):
            return
        report = report or IngestReport()
        with report.timed("embedding"):
            vectors = self._embedder.embed_passages([embedded_text(chunk) for chunk in chunks], tell)
        with report.timed("writing"):
            languages, collections = [chunk.language for chunk in chunks], [chunk.collection for chunk in chunks]
            self._store.upsert([chunk.id for chunk in chunks], vectors, languages, collections)

    def recover(self) -> int:
        """Undo or finish what a crash left half-done and bring the vectors into step; return how many things were mended."""
        pending = [entry.seq for entry in self._manifest.entries("pending")]
        mended = self._sweep() + len(pending)
        self._manifest.forget(pending)
        if self._store is None:
            return mended
        ready, present = self._manifest.ready_ids(), self._store.ids()
        stray, missing = sorted(present - ready.keys()), ready.keys() - present
        if stray:
            self._store.delete(stray)
        for seqs in grouped(sorted({ready[identity] for identity in missing}), REPAIR_BATCH):
            self._embed([chunk for seq in seqs for chunk in self._manifest.chunks(seq) if chunk.id in missing])
        if stray or missing:
            log.info("index mended: %d vectors removed, %d computed", len(stray), len(missing))
        return mended + len(stray) + len(missing)


def _further(tell: Progress, done: int, total: int, stage: str, more: int) -> None:
    tell(done + more, total, stage)


def _batches(pending: list[tuple[int, int]], size: int) -> Iterator[list[tuple[int, int]]]:
    """Yield documents of together about ``size`` chunks, at least one."""
    batch: list[tuple[int, int]] = []
    chunks = 0
    for seq, count in pending:
        batch.append((seq, count))
        chunks += count
        if chunks >= size:
            yield batch
            batch, chunks = [], 0
    if batch:
        yield batch
