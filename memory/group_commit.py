"""Group commit: one connection to a SQLite file in a thread of its own, which carries out in one transaction what many ask for at once.

A statement that is sent to another thread costs more than the statement, and a durable commit costs a flush of the disk. Both are shared
by all who ask while the thread is busy; everybody still waits until what they asked for is committed.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

T = TypeVar("T")
Kind = Literal["BEGIN", "BEGIN IMMEDIATE", ""]
"""How the transaction of a job begins: for reading, for writing; empty: the job has none and runs alone."""
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[sqlite3.Connection], Any]
    kind: Kind
    done: asyncio.Future[Any]


class GroupCommit:
    """Use ``open_file``. A job may be run a second time, after the first was rolled back; jobs keep their order."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection, self._thread = connection, thread
        self._waiting: deque[_Job] = deque()
        self._working: asyncio.Task[None] | None = None

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what some reading returns; it sees everything that was asked for before."""
        return await self._ask(work, "BEGIN")

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do some writing, and return once it is committed. It is finished even when nobody waits for it any more.

        Raises:
            sqlite3.Error: nothing of it was written.
        """
        return await self._ask(work, "BEGIN IMMEDIATE")

    async def alone(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do what no transaction may be around."""
        return await self._ask(work, "")

    async def settle(self) -> None:
        """Wait until everything that was asked for is done."""
        while self._working is not None:
            await asyncio.wait([self._working])

    def _ask(self, work: Callable[[sqlite3.Connection], T], kind: Kind) -> asyncio.Future[T]:
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Job(work, kind, done))
        if self._working is None:  # the task begins once all who can ask now have asked, and belongs to none of them
            self._working = asyncio.create_task(self._work(), context=Context())
        return done

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                jobs = self._next()
                try:
                    results = await loop.run_in_executor(self._thread, self._carry_out, jobs)
                except RuntimeError as closed:  # the thread has ended: nobody may wait for it
                    results = [(None, sqlite3.ProgrammingError(str(closed)))] * len(jobs)
                for job, (result, failure) in zip(jobs, results, strict=True):
                    if not job.done.done():
                        job.done.set_exception(failure) if failure is not None else job.done.set_result(result)
        finally:
            self._working = None

    def _next(self) -> list[_Job]:
        jobs = [self._waiting.popleft()]
        while jobs[0].kind and self._waiting and self._waiting[0].kind and len(jobs) < _AT_ONCE:
            jobs.append(self._waiting.popleft())
        return jobs

    def _carry_out(self, jobs: Sequence[_Job]) -> list[tuple[Any, Exception | None]]:
        """Return result or failure of each job; where one of many fails, each is done again for itself."""
        connection = self._connection
        try:
            if not jobs[0].kind:
                return [(jobs[0].work(connection), None)]
            connection.execute(max(job.kind for job in jobs))
            results: list[tuple[Any, Exception | None]] = [(job.work(connection), None) for job in jobs]
            connection.execute("COMMIT")
            return results
        except Exception as failure:  # whatever it is, whoever waits must hear of it
            begun = connection.in_transaction
            if begun:
                connection.execute("ROLLBACK")
            if len(jobs) == 1 or not begun:  # where not even a transaction begins, it does not begin for one alone either
                return [(None, failure)] * len(jobs)
            return [result for job in jobs for result in self._carry_out([job])]


def finishes(database: Any) -> bool:
    """Tell whether a database finishes what it was asked for even when whoever asked is cancelled."""
    return isinstance(getattr(database, "commits", None), GroupCommit)


@asynccontextmanager
async def open_file(path: Path, pragmas: Sequence[str]) -> AsyncIterator[GroupCommit]:
    """Open a file, and close it once everything that was asked for is done.

    Args:
        path: of the file, which is made when absent.
        pragmas: of the connection.
    """
    with ThreadPoolExecutor(1, path.stem) as thread:
        loop = asyncio.get_running_loop()
        connection = await loop.run_in_executor(thread, _connect, path)
        commits = GroupCommit(connection, thread)
        try:
            await commits.alone(lambda run: [run.execute(f"PRAGMA {pragma}").fetchall() for pragma in pragmas])
            yield commits
        finally:
            await commits.settle()
            await loop.run_in_executor(thread, connection.close)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
