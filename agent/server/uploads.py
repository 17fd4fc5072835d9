"""Uploaded files on their way into the index: kept, taken in one after another, and told of while they are.

A file stays under ``data_dir/uploads`` by the name it came with, so that uploading it again replaces what came of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from agent.server.carrying import where
from agent.server.errors import NotFound, Unavailable
from agent.server.jobs import JobRecord, Jobs, now
from agent.service import ConsultService
from agent.wire.knowledge import Stage
from configs.errors import ShensiError
from retrieval.errors import IndexBusy
from retrieval.ingest import IngestReport
from retrieval.tenants import bare, named

log = logging.getLogger(__name__)
WAITING = 32
"""Uploads that may wait for their turn in this process."""
BEAT_S = 5.0
BUSY_TRIES = 12
ABANDONED_S = 86_400
"""What came in so long ago and was never taken in was left behind by a crash."""
_COUNTS = ("added", "replaced", "removed", "unchanged", "chunks")


@dataclass(frozen=True)
class Shelf:
    """Where the files of one collection lie."""

    folder: Path

    @classmethod
    def of(cls, data_dir: Path, tenant: str, collection: str) -> Shelf:
        """Return the shelf of a tenant's collection."""
        return cls(data_dir.resolve() / "uploads" / (f"tenant-{tenant}" if tenant else "shared") / collection)

    def path(self, file: str) -> Path:
        """Return where a file lies, or would lie."""
        return self.folder / file


class Uploads:
    """The queue of one process. Use ``start`` and ``stop``."""

    def __init__(self, service: ConsultService) -> None:
        self.jobs = Jobs(service.stores.store)
        self._retriever = service.context.retriever
        self._data_dir = service.settings.storage.data_dir
        self._queue: asyncio.Queue[tuple[JobRecord, Path]] = asyncio.Queue(WAITING)
        self._here: dict[str, JobRecord] = {}
        self._stop = threading.Event()
        self._worker: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._incoming = service.settings.storage.data_dir.resolve() / "uploads" / f".incoming-{secrets.token_hex(8)}"

    def start(self) -> None:
        """Begin to take in what is submitted."""
        for old in self._incoming.parent.glob(".incoming-*"):
            if time.time() - old.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(old, ignore_errors=True)
        self._worker = asyncio.create_task(self._work(), name="uploads")

    async def stop(self) -> None:
        """End soon; what was acknowledged stays, and what was not is told as interrupted."""
        self._stop.set()
        if self._worker:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker
        for job in [job for job in self._here.values() if not job.ended]:
            job.state = "interrupted"
            await self.jobs.keep(job)
        shutil.rmtree(self._incoming, ignore_errors=True)

    def room(self) -> Path:
        """Return where to write a file that is coming in.

        Raises:
            Unavailable: too many wait already.
        """
        if self._queue.full():
            raise Unavailable("uploads_full", retry_after=30)
        self._incoming.mkdir(parents=True, exist_ok=True)
        return self._incoming / secrets.token_hex(8)

    async def submit(self, tenant: str, collection: str, file: str, tier: str, content: Path) -> JobRecord:
        """Put an uploaded file in the queue.

        Raises:
            Unavailable: too many wait already.
        """
        stored, at = named(collection, tenant), now()
        job = JobRecord(id=secrets.token_hex(8), tenant=tenant, collection=stored, file=file, tier=tier, created=at, updated=at)
        try:
            self._queue.put_nowait((job, content))
        except asyncio.QueueFull:
            raise Unavailable("uploads_full", retry_after=30) from None
        self._here[job.id] = job
        await self.jobs.keep(job)
        await self.jobs.prune(tenant)
        return job

    async def job(self, tenant: str, identity: str) -> JobRecord:
        """Return a job of a tenant, as it is at this moment where this process has it.

        Raises:
            NotFound: there is none of that name.
        """
        here = self._here.get(identity)
        return here if here is not None and here.tenant == tenant else await self.jobs.get(tenant, identity)

    async def remove(self, tenant: str, collection: str, file: str | None = None) -> int:
        """Take a collection, or one uploaded file of it, out of the index and return how many documents that were.

        Raises:
            NotFound: there is no such file among the uploaded ones.
            IndexBusy: another process is writing.
        """
        shelf, stored = Shelf.of(self._data_dir, tenant, collection), named(collection, tenant)
        async with self._writing:
            if file is None:
                removed = await asyncio.to_thread(self._retriever.remove, [stored])
                await asyncio.to_thread(shutil.rmtree, shelf.folder, True)
                return removed[stored]
            path = shelf.path(file)
            count = (await asyncio.to_thread(self._retriever.files, stored)).get(str(path), 0)
            if not count and not path.is_file():
                raise NotFound("file_missing")
            path.unlink(missing_ok=True)
            await asyncio.to_thread(self._retriever.ingest, [shelf.folder], None, stored, only=[path])
            return count

    async def _work(self) -> None:
        while True:
            job, content = await self._queue.get()
            try:
                await self._take_in(job, content)
            except Exception as error:
                job.state = "failed"
                job.complain(error if isinstance(error, ShensiError) else ShensiError("internal"))
                if not isinstance(error, ShensiError):
                    log.error("an upload failed: %s", where(error))
            finally:
                content.unlink(missing_ok=True)
            await self.jobs.keep(job)
            self._here.pop(job.id, None)

    async def _take_in(self, job: JobRecord, content: Path) -> None:
        job.state = "running"
        async with self._writing:
            work = asyncio.create_task(asyncio.to_thread(self._ingest, job, content))
            try:
                while not work.done():
                    for one in list(self._here.values()):
                        await self.jobs.keep(one)
                    await asyncio.wait({work}, timeout=BEAT_S)
            except asyncio.CancelledError:
                await asyncio.wait({work})  # it sees the stop; the index must not be closed under it
                raise
        report = work.result()
        job.counts = {name: getattr(report, name) for name in _COUNTS}
        for _, error in report.failed[:100]:
            job.complain(error)
        job.state = "interrupted" if report.stopped else "done" if _taken(report) or not report.failed else "failed"

    def _ingest(self, job: JobRecord, content: Path) -> IngestReport:
        """Put the file in its place and bring the index to it; one that cannot be taken in leaves the file before it in its place."""
        shelf = Shelf.of(self._data_dir, job.tenant, bare(job.collection))
        shelf.folder.mkdir(parents=True, exist_ok=True)
        path, before = shelf.path(job.file), content.with_suffix(".before")
        if path.exists():
            os.replace(path, before)
        os.replace(content, path)
        taken = False
        try:
            report = self._patiently(job, path, shelf)
            taken = _taken(report)
        finally:
            if not taken:
                path.unlink(missing_ok=True)
                if before.exists():
                    os.replace(before, path)
            before.unlink(missing_ok=True)
        return report

    def _patiently(self, job: JobRecord, path: Path, shelf: Shelf) -> IngestReport:
        def progress(done: int, total: int, stage: str) -> None:
            job.done, job.total, job.stage = done, total, cast(Stage, stage)

        for attempt in range(BUSY_TRIES):
            try:
                return self._retriever.ingest([shelf.folder], progress, job.collection, tier=job.tier, only=[path], stop=self._stop)
            except IndexBusy:  # another process is writing; five seconds were waited already
                if attempt == BUSY_TRIES - 1 or self._stop.is_set():
                    raise
        raise AssertionError("unreachable")


def _taken(report: IngestReport) -> bool:
    return bool(report.added or report.replaced or report.unchanged or report.removed)
