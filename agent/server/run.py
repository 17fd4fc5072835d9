"""One turn being answered: its events as they come, and everybody who reads them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any, Literal

from agent.schema import AskEvent, DoneEvent, ErrorEvent, Event, Turn
from agent.server.errors import Conflict
from agent.server.events import Numbering, Place, told_again
from agent.service import ConsultService
from configs.errors import ShensiError
from graphs.state import ConsultInput

State = Literal["running", "paused", "waiting", "done", "cancelled", "abandoned", "failed"]
"""``paused``: who asked has gone away, and whoever asks again finds it where it was; ``waiting``: for the reader's answer."""
Why = Literal["", "paused", "cancelled", "abandoned", "moved", "dropped"]
"""Why the work was stopped: the reader left; somebody cancelled it; nobody came back;
it goes on elsewhere or later; its thread goes."""
Seen = tuple[Place, Event] | None


class Run:
    """A turn and its events, kept until it has ended and the last reader is gone; how many there are is bounded by the answer's length."""

    def __init__(self, service: ConsultService, start: ConsultInput, language: str) -> None:
        """Nothing runs yet.

        Args:
            service: of the owner.
            start: the turn.
            language: of the messages of errors.
        """
        self.service, self.start, self.language = service, start, language
        self.state: State = "running"
        self.detached = False
        """Whether it goes on without readers: it was accepted before a crash."""
        self.turn: Turn | None = None
        self.question: Any = None
        """What it waits for."""
        self.error: ShensiError | None = None
        self.why: Why = ""
        self.work: asyncio.Task[Event | None] | None = None
        """What may be cancelled."""
        self.watcher: asyncio.Task[None] | None = None
        """What writes down the end, whatever becomes of the work."""
        self.events: list[tuple[Place, Event]] = []
        self._numbering = Numbering(start["turn"], secrets.token_hex(2))
        self._readers = 0
        self._news = asyncio.Event()

    @classmethod
    def ended(cls, service: ConsultService, start: ConsultInput, language: str, turn: Turn | None, error: ShensiError | None) -> Run:
        """Return a turn whose end lies in the store, to be told again."""
        run = cls(service, start, language)
        if turn is not None:
            for event in told_again(turn):
                run.add(event)
        run.end("done" if turn is not None else "cancelled", error)
        return run

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state != "running"

    def add(self, event: Event) -> None:
        """Tell everybody what happened."""
        if isinstance(event, DoneEvent):
            self.turn = event.turn
        if isinstance(event, AskEvent):
            self.question = event.question
        self.events.append((self._numbering.place(event), event))
        self._ring()

    def end(self, state: State, error: ShensiError | None = None) -> None:
        """Tell everybody that nothing more will come, and why."""
        if error is not None:
            self.error = error
            self.add(ErrorEvent(code=error.code, message=error.message(self.language)))
        self.state = state
        self._ring()

    def reading(self, after: str | None = None) -> Reading:
        """Return somebody who reads from the beginning, or from after the event with this id; they must ``leave``."""
        self._readers += 1
        return Reading(self, Place.read(after))

    def left(self) -> None:
        """Note that a reader has left."""
        self._readers -= 1
        if not self._readers and not self.over and not self.detached:
            self.stop("paused")

    def stop(self, why: Why) -> None:
        """Stop the work; the first reason counts."""
        self.why = self.why or why
        if self.work is not None:
            self.work.cancel()

    async def settled(self) -> None:
        """Wait until the end is written down."""
        if self.watcher is not None:
            await asyncio.wait([self.watcher])

    async def wait(self, timeout: float | None = None) -> bool:
        """Wait until something happens; say whether it did."""
        news = self._news
        try:
            await asyncio.wait_for(news.wait(), timeout)
        except TimeoutError:
            return False
        return True

    def _ring(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Reading:
    """Somebody who follows a turn."""

    def __init__(self, run: Run, seen: Place | None) -> None:
        self.run = run
        self._seen = seen
        self._left = False

    async def events(self, heartbeat_s: float | None = None) -> AsyncIterator[Seen]:
        """Yield what is new until the end, ``None`` where nothing has come for a while."""
        run = self.run
        told = next((n for n, (place, _) in enumerate(run.events, start=1) if place == self._seen), 0)
        while True:
            while told < len(run.events):
                place, event = run.events[told]
                told += 1
                if place.follows(self._seen):
                    yield place, event
            if run.over:
                return
            if not await run.wait(heartbeat_s):
                yield None

    async def result(self) -> Turn:
        """Wait for the end and return the turn.

        Raises:
            ShensiError: it has none; where it waits for the reader, ``Conflict`` with what is asked in ``question``.
        """
        while not self.run.over:
            await self.run.wait()
        if self.run.error is not None:
            raise self.run.error
        if self.run.turn is None:
            raise Conflict("turn_waits")
        return self.run.turn

    def leave(self) -> None:
        """Say that nobody reads here any more."""
        if not self._left:
            self._left = True
            self.run.left()
