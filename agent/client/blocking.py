"""The client for programs that wait: ``Client``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


class Client:
    """A service, over HTTP; one object may be used by several threads.

    with Client("http://127.0.0.1:8000", key="…") as client:
        for event in client.stream("孩子发烧 39 度怎么办？", thread="t1"):
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
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            url: where the service is.
            key: an API key or a bearer token.
            language: ``zh`` or ``en``, of messages and labels.
            user: for which of the caller's own users; each has a record and threads apart from all others.
            timeout_s: how long to wait for an answer; a stream may be silent for so long.
            retries: how often to try again.
            transport: another way to send requests.
        """
        self._connection = Connection(url, key, language, user, timeout_s, retries or Retries())
        self._http = httpx.Client(**self._connection.options(), transport=transport)
        self.threads = Threads(self)
        self.memory = Memory(self)
        self.knowledge = Knowledge(self)
        self.tools = Tools(self)
        self.reports = Reports(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def ask(self, question: str, *, thread: str, language: str | None = None) -> Turn:
        """Ask, and wait for the whole answer.

        Raises:
            TurnWaits: it asks something first; ``resume`` answers.
        """
        return threads.finished(self.send(threads.ask(thread, question, language)))

    def stream(self, question: str, *, thread: str, language: str | None = None) -> Iterator[Event]:
        """Ask, and yield what happens, ``done`` last; a connection that breaks on the way is taken up where it broke.

        Raises:
            TurnFailed: the turn ended with an error.
            StreamBroken: the connection could not be taken up again.
        """
        return self._follow(thread, threads.stream(thread, question, language))

    def resume(self, thread: str, answer: Any = None) -> Turn:
        """Answer what a turn asks, or go on with one that was broken off, and wait for the end."""
        return threads.finished(self.send(threads.resume(thread, answer)))

    def resume_stream(self, thread: str, answer: Any = None) -> Iterator[Event]:
        """Do the same, and yield what happens."""
        return self._follow(thread, threads.resume_stream(thread, answer))

    def follow(self, thread: str, turn: str) -> Iterator[Event]:
        """Yield what happens to a turn that was accepted before, or happened: it is not run again."""
        return self._follow(thread, threads.follow(thread, turn))

    def send(self, call: Call[T]) -> T:
        """Send a call, again where that helps, and return its answer.

        Raises:
            ClientError: it did not succeed.
        """
        retries = self._connection.retries
        for attempt in range(retries.attempts):
            try:
                with _opened(call.content) as content:
                    response = self._http.send(self._http.build_request(**{**call.request(), "content": content}))
                pause = retries.after_answer(attempt, response, call.repeatable)
                if pause is None:
                    return call.read(response)
            except httpx.TransportError as error:
                pause = retries.after_failure(attempt, error, call.repeatable)
                if pause is None:
                    raise failed(error) from error
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _follow(self, thread: str, call: Call[None]) -> Iterator[Event]:
        following, retries, attempt = Following(thread, call), self._connection.retries, 0
        while True:
            try:
                with self._http.stream(**following.request()) as response:
                    pause = retries.after_answer(attempt, response, following.repeatable)
                    if response.is_error and pause is None:
                        response.read()
                        raise error_of(response)
                    if not response.is_error:
                        for piece in response.iter_bytes():
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
            time.sleep(pause)


@contextmanager
def _opened(content: Any) -> Iterator[Any]:
    """Yield what is to be sent; a file is opened anew for each attempt and read in pieces."""
    if not isinstance(content, Path):
        yield content
        return
    with content.open("rb") as file:
        yield iter(lambda: file.read(_PIECE), b"")


class _Part:
    def __init__(self, client: Client) -> None:
        self._client = client


def _now(make: Callable[P, Call[T]]) -> Callable[Concatenate[Any, P], T]:
    """Return the method that sends what ``make`` describes."""

    def method(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        client: Client = self._client
        return client.send(make(*args, **kwargs))

    return update_wrapper(method, make)


class Threads(_Part):
    """Conversations."""

    page = _now(threads.page)
    create = _now(threads.create)
    get = _now(threads.get)
    rename = _now(threads.rename)
    delete = _now(threads.delete)
    export = _now(threads.export)
    cancel = _now(threads.cancel)
    feedback = _now(threads.feedback)
    feedback_given = _now(threads.feedback_given)
    withdraw_feedback = _now(threads.withdraw_feedback)


class Memory(_Part):
    """What is remembered."""

    people = _now(memory.people)
    facts = _now(memory.facts)
    waiting = _now(memory.waiting)
    contradictions = _now(memory.contradictions)
    history = _now(memory.history)
    fact_history = _now(memory.fact_history)
    edit = _now(memory.edit)
    confirm = _now(memory.confirm)
    forget = _now(memory.forget)
    undo = _now(memory.undo)
    export = _now(memory.export)
    take_in = _now(memory.take_in)
    erase = _now(memory.erase)
    erase_everything = _now(memory.erase_everything)


class Knowledge(_Part):
    """What is searched."""

    collections = _now(knowledge.collections)
    files = _now(knowledge.files)
    upload = _now(knowledge.upload)
    job = _now(knowledge.job)
    jobs = _now(knowledge.jobs)
    remove_file = _now(knowledge.remove_file)
    remove = _now(knowledge.remove)
    search = _now(knowledge.search)
    chunk = _now(knowledge.chunk)

    def wait(self, job: Job, *, every_s: float = 0.5) -> Iterator[Job]:
        """Yield the job each time it is looked at, until it has ended."""
        while job.state in ("waiting", "running"):
            time.sleep(every_s)
            job = self.job(job.id)
            yield job


class Tools(_Part):
    """What needs no model."""

    bmi = _now(tools.bmi)
    drug = _now(tools.drug)
    check = _now(tools.check)
    triage = _now(tools.triage)
    departments = _now(tools.departments)
    all_departments = _now(tools.all_departments)


class Reports(_Part):
    """Check-up and laboratory reports."""

    read = _now(reports.read)
    confirm = _now(reports.confirm)
    series = _now(reports.series)
