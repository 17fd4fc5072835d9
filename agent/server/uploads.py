"""Uploaded files on their way into the index: kept, taken in one after another, and told of while they are.

A file stays under ``data_dir/uploads``, sealed with the keys of the record, and belongs to whoever has brought it and to the thread they
named. Only while it is read it stands there as it came. Uploading one of the same name replaces what came of it.
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
from pathlib import Path
from typing import cast

from agent.server.carrying import where
from agent.server.errors import NotFound, Unavailable
from agent.server.jobs import JobRecord, Jobs, now
from agent.server.shelves import Owned, Owners, Shelf
from agent.server.tidying import drop_deleted, seal_left
from agent.wire.knowledge import Stage
from configs.errors import ShensiError
from memory.persistence import Stores
from memory.sealed_files import SealedWriter
from retrieval.errors import IndexBusy
from retrieval.ingest import IngestReport
from retrieval.search import Retriever
from retrieval.tenants import bare, named

log = logging.getLogger(__name__)
WAITING = 32
"""Uploads that may wait for their turn in this process."""
BEAT_S = 5.0
BUSY_TRIES = 12
ABANDONED_S = 86_400
"""What came in so long ago and was never taken in was left behind by a crash."""
_COUNTS = ("added", "replaced", "removed", "unchanged", "chunks")


class Uploads:
    """The queue of one process. Use ``start`` and ``stop``."""

    def __init__(self, stores: Stores, retriever: Retriever, data_dir: Path) -> None:
        self.jobs, self.owners = Jobs(stores.store), Owners(stores.store)
        self._stores, self._retriever, self._data_dir = stores, retriever, data_dir
        self._queue: asyncio.Queue[tuple[JobRecord, Path]] = asyncio.Queue(WAITING)
        self._here: dict[str, JobRecord] = {}
        self._before: dict[str, Owned | None] = {}
        """Whose a file was before; theirs it stays where the new one cannot be taken in."""
        self._stop = threading.Event()
        self._worker: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._incoming = data_dir.resolve() / "uploads" / f".incoming-{secrets.token_hex(8)}"

    def start(self) -> None:
        """Begin to take in what is submitted."""
        for old in self._incoming.parent.glob(".incoming-*"):
            if time.time() - old.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(old, ignore_errors=True)
        seal_left(self._incoming.parent, self._stores, self._retriever)
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

    def writer(self, tenant: str, collection: str, file: str, content: Path) -> SealedWriter:
        """Return what a file that is coming in is written with."""
        return self._shelf(tenant, collection).writer(file, content)

    async def submit(self, tenant: str, owned: Owned, tier: str, content: Path) -> JobRecord:
        """Put an uploaded file in the queue; ``owned.job`` becomes the job's id.

        Raises:
            Unavailable: too many wait already.
        """
        stored, at = named(owned.collection, tenant), now()
        job = JobRecord(id=owned.job, tenant=tenant, collection=stored, file=owned.file, tier=tier, created=at, updated=at)
        if self._queue.full():
            raise Unavailable("uploads_full", retry_after=30)
        before = await self.owners.of(tenant, owned.collection, owned.file)
        await self.owners.note(tenant, owned)  # before it can come to its turn: a file of nobody is not taken in
        try:
            self._queue.put_nowait((job, content))
        except asyncio.QueueFull:
            await self.owners.back(tenant, owned.collection, owned.file, before)
            raise Unavailable("uploads_full", retry_after=30) from None
        self._here[job.id], self._before[job.id] = job, before
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
        shelf, stored = self._shelf(tenant, collection), named(collection, tenant)
        async with self._writing:
            if file is None:
                removed = await asyncio.to_thread(self._retriever.remove, [stored])
                for owned in await self.owners.all(tenant):
                    if owned.collection == collection:
                        await self._disown(shelf, owned.file)
                await asyncio.to_thread(shutil.rmtree, shelf.folder, True)
                await asyncio.to_thread(self._retriever.compact)
                return removed[stored]
            return await self._remove(shelf, stored, file)

    async def forget(self, tenant: str, owner: str, thread: str | None = None) -> int:
        """Delete what an owner has uploaded, all of it or what belongs to one thread, and return how many files that were.

        Raises:
            IndexBusy: another process is writing; what is not deleted yet still belongs to them.
        """
        gone = [one for one in await self.owners.all(tenant) if one.owner == owner and thread in (None, one.thread)]
        for one in gone:
            stored = named(one.collection, tenant)
            async with self._writing:
                await self._remove(self._shelf(tenant, one.collection), stored, one.file)
            await self.jobs.forget(tenant, stored, one.file)
        return len(gone)

    async def _remove(self, shelf: Shelf, stored: str, file: str) -> int:
        path = shelf.path(file)
        count = (await asyncio.to_thread(self._retriever.files, stored)).get(str(path), 0)
        if not count and not shelf.sealed(file).is_file() and await self.owners.of(shelf.tenant, shelf.collection, file) is None:
            raise NotFound("file_missing")
        path.unlink(missing_ok=True)
        if count:
            await asyncio.to_thread(self._retriever.ingest, [shelf.folder], None, stored, only=[path])
            await asyncio.to_thread(self._retriever.compact)
        await self._disown(shelf, file)
        return count

    async def _disown(self, shelf: Shelf, file: str) -> None:
        if not shelf.sealed(file).is_file():
            await self.owners.note_gone(shelf, file)
        shelf.sealed(file).unlink(missing_ok=True)
        await self.owners.forget(shelf.tenant, shelf.collection, file)

    async def _work(self) -> None:
        try:
            await drop_deleted(self._incoming.parent, self._stores, self.owners)
        except Exception as error:  # at the next start again
            log.warning("files that were deleted elsewhere are still here: %s", where(error))
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
            before = self._before.pop(job.id, None)
            if job.state == "failed":
                await self.owners.back(job.tenant, bare(job.collection), job.file, before)
            await self.jobs.keep(job)
            self._here.pop(job.id, None)

    async def _take_in(self, job: JobRecord, content: Path) -> None:
        async with self._writing:
            if await self.owners.of(job.tenant, bare(job.collection), job.file) is None:  # deleted while it waited
                job.state = "interrupted"
                return
            job.state = "running"
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
        """Bring the index to a file and put that away; where it cannot be taken in, the one before it stays."""
        shelf = self._shelf(job.tenant, bare(job.collection))
        path = shelf.unseal(job.file, content)
        try:
            report = self._patiently(job, path, shelf)
        finally:
            path.unlink(missing_ok=True)
        if _taken(report):
            os.replace(content, shelf.sealed(job.file))
        return report

    def _shelf(self, tenant: str, collection: str) -> Shelf:
        return Shelf.of(self._data_dir, tenant, collection, self._stores)

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
