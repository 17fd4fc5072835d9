"""The client for programs that do several things at once: ``AsyncClient``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import update_wrapper
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import httpx

from agent.client import knowledge, memory, reports, threads, tools
from agent.client.calls import Call
from agent.client.connection import Connection
from agent.client.errors import StreamBroken, error_of
from agent.client.following import Following
from agent.client.retry import Retries, failed
from agent.schema import Event, Turn
from agent.wire.knowledge import Job

P = ParamSpec("P")
T = TypeVar("T")
_PIECE = 1 << 20


class AsyncClient:
    """The same as ``Client``, with everything to be awaited.

    async with AsyncClient("http://127.0.0.1:8000", key="…") as client:
        async for event in client.stream("孩子发烧 39 度怎么办？", thread="t1"):
            ...
    """

    def __init__(
        self,
        url: str,
        *,
        key: str = "",
        language: str = "",
        user: str = "",
        timeout_s: float = 120.0,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet; the arguments are those of ``Client``."""
        self._connection = Connection(url, key, language, user, timeout_s, retries or Retries())
        self._http = httpx.AsyncClient(**self._connection.options(), transport=transport)
        self.threads = AsyncThreads(self)
        self.memory = AsyncMemory(self)
        self.knowledge = AsyncKnowledge(self)
        self.tools = AsyncTools(self)
        self.reports = AsyncReports(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def ask(self, question: str, *, thread: str, language: str | None = None) -> Turn:
        """Ask, and wait for the whole answer.

        Raises:
            TurnWaits: it asks something first; ``resume`` answers.
        """
        return threads.finished(await self.send(threads.ask(thread, question, language)))

    def stream(self, question: str, *, thread: str, language: str | None = None) -> AsyncIterator[Event]:
        """Ask, and yield what happens, ``done`` last; a connection that breaks on the way is taken up where it broke.

        Raises:
            TurnFailed: the turn ended with an error.
            StreamBroken: the connection could not be taken up again.
        """
        return self._follow(thread, threads.stream(thread, question, language))

    async def resume(self, thread: str, answer: Any = None) -> Turn:
        """Answer what a turn asks, or go on with one that was broken off, and wait for the end."""
        return threads.finished(await self.send(threads.resume(thread, answer)))

    def resume_stream(self, thread: str, answer: Any = None) -> AsyncIterator[Event]:
        """Do the same, and yield what happens."""
        return self._follow(thread, threads.resume_stream(thread, answer))

    def follow(self, thread: str, turn: str) -> AsyncIterator[Event]:
        """Yield what happens to a turn that was accepted before, or happened: it is not run again."""
        return self._follow(thread, threads.follow(thread, turn))

    async def send(self, call: Call[T]) -> T:
        """Send a call, again where that helps, and return its answer.

        Raises:
            ClientError: it did not succeed.
        """
        retries = self._connection.retries
        for attempt in range(retries.attempts):
            content = _pieces(call.content) if isinstance(call.content, Path) else call.content
            try:
                response = await self._http.send(self._http.build_request(**{**call.request(), "content": content}))
                pause = retries.after_answer(attempt, response, call.repeatable)
                if pause is None:
                    return call.read(response)
            except httpx.TransportError as error:
                pause = retries.after_failure(attempt, error, call.repeatable)
                if pause is None:
                    raise failed(error) from error
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def _follow(self, thread: str, call: Call[None]) -> AsyncIterator[Event]:
        following, retries, attempt = Following(thread, call), self._connection.retries, 0
        while True:
            try:
                async with self._http.stream(**following.request()) as response:
                    pause = retries.after_answer(attempt, response, following.repeatable)
                    if response.is_error and pause is None:
                        await response.aread()
                        raise error_of(response)
                    if not response.is_error:
                        async for piece in response.aiter_bytes():
                            for event in following.feed(piece):
                                attempt = 0
                                yield event
                        if following.ended:
                            return
                        pause = retries.pause(attempt)
            except httpx.TransportError as error:
                pause = retries.after_failure(attempt, error, following.repeatable)
                if pause is None:
                    raise failed(error) from error
            if pause is None:
                raise StreamBroken("client_stream_broken")
            attempt += 1
            await asyncio.sleep(pause)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    """Yield a file in pieces, read beside the loop."""
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


class _Part:
    def __init__(self, client: AsyncClient) -> None:
        self._client = client


def _awaited(make: Callable[P, Call[T]]) -> Callable[Concatenate[Any, P], Awaitable[T]]:
    """Return the method that sends what ``make`` describes."""

    async def method(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        client: AsyncClient = self._client
        return await client.send(make(*args, **kwargs))

    update_wrapper(method, make)
    return method


class AsyncThreads(_Part):
    """Conversations."""

    page = _awaited(threads.page)
    create = _awaited(threads.create)
    get = _awaited(threads.get)
    rename = _awaited(threads.rename)
    delete = _awaited(threads.delete)
    export = _awaited(threads.export)
    cancel = _awaited(threads.cancel)
    feedback = _awaited(threads.feedback)
    feedback_given = _awaited(threads.feedback_given)
    withdraw_feedback = _awaited(threads.withdraw_feedback)


class AsyncMemory(_Part):
    """What is remembered."""

    people = _awaited(memory.people)
    facts = _awaited(memory.facts)
    waiting = _awaited(memory.waiting)
    contradictions = _awaited(memory.contradictions)
    history = _awaited(memory.history)
    fact_history = _awaited(memory.fact_history)
    edit = _awaited(memory.edit)
    confirm = _awaited(memory.confirm)
    forget = _awaited(memory.forget)
    undo = _awaited(memory.undo)
    export = _awaited(memory.export)
    take_in = _awaited(memory.take_in)
    erase = _awaited(memory.erase)
    erase_everything = _awaited(memory.erase_everything)


class AsyncKnowledge(_Part):
    """What is searched."""

    collections = _awaited(knowledge.collections)
    files = _awaited(knowledge.files)
    upload = _awaited(knowledge.upload)
    job = _awaited(knowledge.job)
    jobs = _awaited(knowledge.jobs)
    remove_file = _awaited(knowledge.remove_file)
    remove = _awaited(knowledge.remove)
    search = _awaited(knowledge.search)
    chunk = _awaited(knowledge.chunk)

    async def wait(self, job: Job, *, every_s: float = 0.5) -> AsyncIterator[Job]:
        """Yield the job each time it is looked at, until it has ended."""
        while job.state in ("waiting", "running"):
            await asyncio.sleep(every_s)
            job = await self.job(job.id)
            yield job


class AsyncTools(_Part):
    """What needs no model."""

    bmi = _awaited(tools.bmi)
    drug = _awaited(tools.drug)
    check = _awaited(tools.check)
    triage = _awaited(tools.triage)
    departments = _awaited(tools.departments)
    all_departments = _awaited(tools.all_departments)


class AsyncReports(_Part):
    """Check-up and laboratory reports."""

    read = _awaited(reports.read)
    confirm = _awaited(reports.confirm)
    series = _awaited(reports.series)
