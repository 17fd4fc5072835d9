"""Files into the index, one document at a time, so that a crash at any point leaves both indexes in step after `Ingestor.recover`.

For each document: its row and chunks as ``pending`` → vectors into the store → row ``ready``, older rows ``removing`` (one
transaction: readers see the old version or the new one) → old vectors out of the store → old rows deleted.
"""

from __future__ import annotations

import fcntl
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from retrieval.chunk import chunk_document
from retrieval.documents import Chunk, Document, read_documents
from retrieval.embed.cache import CachedEmbedder
from retrieval.errors import DocumentError, IndexBusy, from_os
from retrieval.ingest_text import embedded_text
from retrieval.manifest import Entry, Manifest
from retrieval.store import VectorStore

log = logging.getLogger(__name__)
Progress = Callable[[int, int, str], None]
REPAIR_BATCH = 256


@dataclass(slots=True)
class IngestReport:
    """What one ingest did: counts of documents, how many chunks were written, and every file or line that failed."""

    added: int = 0
    unchanged: int = 0
    replaced: int = 0
    removed: int = 0
    chunks: int = 0
    failed: list[tuple[str, DocumentError]] = field(default_factory=list)


@contextmanager
def write_lock(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the right to write the index; the kernel takes it back when the process dies.

    Raises:
        IndexBusy: another process, or another thread, still holds it after ``wait_s`` seconds.
    """
    deadline = time.monotonic() + wait_s
    try:
        file = path.open("w")
    except OSError as error:
        raise from_os(error, path) from error
    with file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise IndexBusy("index_busy", path=str(path)) from None
                time.sleep(0.02)
        yield


class Ingestor:
    """Writes manifest and vectors; whoever calls it holds the write lock."""

    def __init__(self, manifest: Manifest, store: VectorStore | None, embedder: CachedEmbedder | None, max_chars: int) -> None:
        """Without store and embedder only the manifest is written, which is all that keyword search needs."""
        self._manifest, self._store, self._embedder, self._max_chars = manifest, store, embedder, max_chars

    def ingest(self, paths: Sequence[Path], progress: Progress | None = None, collection: str = "knowledge") -> IngestReport:
        """Bring the index to what the files say now.

        A document that was indexed from under ``paths`` and is no longer there is removed. A file that fails keeps the version that
        was indexed before: a typing error must not take knowledge away.
        """
        report = IngestReport()
        documents = self._read(paths, collection, report)
        known = {entry.id: entry for entry in self._manifest.entries("ready")}
        for done, document in enumerate(documents):
            if progress:
                progress(done, len(documents), document.title)
            self._one(document, known.get(document.id), report)
        self._remove([entry for entry in known.values() if self._is_gone(entry, paths, documents, report)], report)
        if progress:
            progress(len(documents), len(documents), "")
        return report

    def _read(self, paths: Sequence[Path], collection: str, report: IngestReport) -> list[Document]:
        documents: dict[str, Document] = {}
        for path in paths:
            for found in read_documents(path.resolve(), collection):
                if isinstance(found, Document) and found.id in documents:
                    found = DocumentError("document_duplicate", path=found.path, id=found.id, other=documents[found.id].path)
                if isinstance(found, Document) and not chunk_document(found, self._max_chars):
                    found = DocumentError("document_empty", path=found.path)
                if isinstance(found, DocumentError):
                    report.failed.append((found.values["path"], found))
                else:
                    documents[found.id] = found
        return list(documents.values())

    def _one(self, document: Document, known: Entry | None, report: IngestReport) -> None:
        if known and (known.version, known.cut) == (document.version, self._max_chars):
            report.unchanged += 1
            if known.path != document.path:
                self._manifest.moved(known.seq, document.path)
            return
        chunks = chunk_document(document, self._max_chars)
        self._finish(self._manifest.add(document, chunks, self._max_chars))
        report.chunks += len(chunks)
        report.added += known is None
        report.replaced += known is not None

    def _finish(self, seq: int) -> None:
        """Take a pending row to the end."""
        self._embed(self._manifest.chunks(seq))
        self._manifest.publish(seq)
        self._sweep()

    def _sweep(self) -> int:
        """Delete the vectors and then the rows of whatever is ``removing``."""
        entries = self._manifest.entries("removing")
        if entries and self._store:
            self._store.delete([chunk.id for entry in entries for chunk in self._manifest.chunks(entry.seq)])
        if entries:
            self._manifest.forget([entry.seq for entry in entries])
        return len(entries)

    def _remove(self, entries: list[Entry], report: IngestReport) -> None:
        self._manifest.retire([entry.seq for entry in entries])
        self._sweep()
        report.removed += len(entries)

    def _is_gone(self, entry: Entry, paths: Sequence[Path], documents: list[Document], report: IngestReport) -> bool:
        path = Path(entry.path)
        under = any(path == root or root in path.parents for root in (given.resolve() for given in paths))
        return under and entry.path not in {path for path, _ in report.failed} and entry.id not in {d.id for d in documents}

    def _embed(self, chunks: list[Chunk]) -> None:
        if not (self._store and self._embedder and chunks):
            return
        vectors = self._embedder.embed_passages([embedded_text(chunk) for chunk in chunks])
        self._store.upsert([chunk.id for chunk in chunks], vectors, [chunk.language for chunk in chunks])

    def recover(self) -> int:
        """Finish what a crash left half-done and bring the vectors into step; return how many things were mended."""
        mended = self._sweep()
        for entry in self._manifest.entries("pending"):
            self._finish(entry.seq)
            mended += 1
        if self._store is None:
            return mended
        ready = {chunk.id: chunk for chunk, _ in self._manifest.ready()}
        present = self._store.ids()
        stray, missing = sorted(present - ready.keys()), [chunk for identity, chunk in ready.items() if identity not in present]
        if stray:
            self._store.delete(stray)
        for start in range(0, len(missing), REPAIR_BATCH):
            self._embed(missing[start : start + REPAIR_BATCH])
        if stray or missing:
            log.info("index mended: %d vectors removed, %d computed", len(stray), len(missing))
        return mended + len(stray) + len(missing)
