"""All turns being answered here: accepted once, answered once, told as often as somebody asks.

A turn is written down as open before anything runs and as a reply when it has ended, each in one transaction of the store. Between the two
the graph's own checkpoints say how far it has come. So whoever finds an open turn, this process after a crash, another one, or the client
who has lost the connection, goes on with it where it was.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from agent.server.carrying import Carrier
from agent.server.claims import open_claims
from agent.server.endings import conversations, fingerprint, give_up, note, opened, told, turn_of_key
from agent.server.errors import Conflict, NotFound, Unavailable, Unprocessable
from agent.server.run import Reading, Run, Why
from agent.service import ConsultService
from configs.errors import ShensiError
from configs.server import ServerSettings
from graphs.state import ConsultInput
from memory.conversations import Record, Standing, open_turns

log = logging.getLogger(__name__)


class Runs(Carrier):
    """Use ``Runs.open``."""

    def __init__(self, service: ConsultService, settings: ServerSettings) -> None:
        super().__init__()
        self._service, self._settings = service, settings
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._room = asyncio.Semaphore(settings.resumed_at_once)
        self._stopping = False

    @classmethod
    @asynccontextmanager
    async def open(cls, service: ConsultService, settings: ServerSettings) -> AsyncIterator[Runs]:
        """Take up what a crash cut off, and serve; what is unfinished at the end is left for the next start."""
        runs = cls(service, settings)
        async with open_claims(service.stores, settings.lease_s, runs._called_off) as runs.claims:
            await runs.recover()
            sweeping = asyncio.create_task(runs._sweep())
            try:
                yield runs
            finally:
                sweeping.cancel()
                await runs._halt()

    @property
    def running(self) -> int:
        """How many turns are being answered here."""
        return len(self.live)

    async def submit(
        self, service: ConsultService, thread: str, content: str, *, language: str | None = None, reader: str = "zh", key: str = ""
    ) -> Reading:
        """Accept a question, or find the turn that it already is, and return a reader of it, who must leave in the end.

        Args:
            service: of the owner.
            thread: where it is asked.
            content: the question.
            language: of the answer, where one is asked for.
            reader: the language of messages.
            key: asked again under the same key, a question is the same turn.

        Raises:
            QuestionRejected, NotFound, Conflict, Unprocessable: nothing was stored.
        """
        start = service.prepare(content, thread=thread, language=language, turn=turn_of_key(service, thread, key) if key else "")
        asked = fingerprint(start["question"], language)
        async with self._alone(service, thread):
            standing = await self._standing(service, thread, start["turn"])
            begun = standing.open
            same = standing.reply or (begun if begun and begun["start"]["turn"] == start["turn"] else None)
            if same is not None and same["fingerprint"] != asked:
                raise Unprocessable("idempotency_mismatch")
            if standing.reply is not None:
                return told(service, start, standing.reply, reader)
            if begun is not None:
                again = begun["state"] == "paused" and not key and begun["fingerprint"] == asked
                if same is not None or again:
                    return await self._take_up(service, begun, reader)
                await self._make_room(service, begun)
            return await self._accept(service, start, opened(start, asked, reader), reader)

    async def find(self, service: ConsultService, thread: str, turn: str, *, reader: str = "zh", after: str | None = None) -> Reading:
        """Return a reader of a turn that was accepted before; one whose readers had gone is taken up again.

        Args:
            service: of the owner.
            thread: where it was asked.
            turn: its id.
            reader: the language of messages.
            after: the id of the last event that was seen.

        Raises:
            NotFound: there is no such turn.
        """
        async with self._alone(service, thread):
            standing = await self._standing(service, thread, turn)
            if standing.reply is not None:
                start = ConsultInput(question="", turn=turn, thread=thread, at="", language=reader)
                return told(service, start, standing.reply, reader, after)
            if standing.open is None or standing.open["start"]["turn"] != turn:
                raise NotFound("turn_missing")
            return await self._take_up(service, standing.open, reader, after)

    async def resume(self, service: ConsultService, thread: str, answer: Any = None, *, reader: str = "zh") -> Reading:
        """Go on with the open turn of a thread, with the answer that it waits for.

        Raises:
            Conflict: no turn is open, or it is being answered already.
            Unprocessable: it waits for an answer and is given none.
        """
        async with self._alone(service, thread):
            begun = (await self._standing(service, thread)).open
            if begun is None:
                raise Conflict("nothing_to_resume")
            if (begun["state"] == "waiting") != (answer is not None):
                raise Unprocessable("turn_waits") if answer is None else Conflict("nothing_asked")
            return await self._take_up(service, begun, reader, answer=answer)

    async def cancel(self, service: ConsultService, thread: str) -> str:
        """End the open turn of a thread without an answer; return its id, empty where none is open."""
        place = service.record.thread_id(thread)
        async with self._alone(service, thread, "cancelled") as stopped:
            begun = (await self._standing(service, thread)).open
            if begun is None:
                return stopped
            if await self.claims.take(place):
                try:
                    await give_up(service, begun, "cancelled", "turn_cancelled")
                finally:
                    await self.release(place)
            else:
                await self.claims.call_off(place)
            return str(begun["start"]["turn"])

    @asynccontextmanager
    async def stopped(self, service: ConsultService, thread: str) -> AsyncIterator[None]:
        """Keep a thread still, because it goes: no turn of it is answered, and nothing is written about it in the background."""
        async with self._alone(service, thread, "dropped"):
            await service.summaries.stop(thread)
            yield

    async def recover(self) -> None:
        """Take up the turns that a crash cut off, and close those to which nobody has come back."""
        for item in await open_turns(self._service.stores.store):
            _, tenant, owner, thread = item.namespace
            service, begun = self._service.of(owner, tenant), item.value
            age = datetime.now(UTC) - datetime.fromisoformat(begun["at"])
            forgotten = begun["state"] != "running" and age > timedelta(seconds=self._settings.abandoned_s)
            place = service.record.thread_id(thread)
            if place in self.live or not (begun["state"] == "running" or forgotten) or not await self.claims.take(place):
                continue
            run = Run(service, begun["start"], begun["language"])
            run.detached = True
            self.begin(run, begun, self.abandoned(run, begun) if forgotten else self.work(run, None, self._room))

    @asynccontextmanager
    async def _alone(self, service: ConsultService, thread: str, why: Why = "") -> AsyncIterator[str]:
        """Let one request at a time decide about a thread, once what is stopping has stopped; yield which turn ``why`` has stopped."""
        place = service.record.thread_id(thread)
        lock = self._locks.setdefault(place, asyncio.Lock())
        async with lock:
            run = self.live.get(place)
            if run is not None and why:
                run.stop(why)
            if run is not None and run.why:
                await run.settled()
            yield run.start["turn"] if run is not None and why else ""

    async def _standing(self, service: ConsultService, thread: str, turn: str = "") -> Standing:
        standing = await conversations(service).standing(thread, turn)
        if standing.info is None:
            raise NotFound("thread_missing")
        return standing

    async def _make_room(self, service: ConsultService, begun: Record) -> None:
        """Close the open turn of a thread for another question, if nobody waits for it."""
        if begun["state"] == "waiting":
            raise Conflict("turn_waits")
        place = service.record.thread_id(begun["start"]["thread"])
        if begun["state"] != "paused" or not await self.claims.take(place):
            raise Conflict("turn_running")
        try:
            await give_up(service, begun, "abandoned", "turn_abandoned")
        finally:
            await self.release(place)

    async def _accept(self, service: ConsultService, start: ConsultInput, record: Record, reader: str) -> Reading:
        place = service.record.thread_id(start["thread"])
        if self._stopping:
            raise Unavailable("stopping", retry_after=2)
        if not await self.claims.take(place):
            raise Conflict("turn_running")
        try:
            await conversations(service).open(start["thread"], start["turn"], record)
        except BaseException:
            await self.release(place)
            raise
        run = Run(service, start, reader)
        return self.begin(run, record, self.work(run))

    async def _take_up(self, service: ConsultService, begun: Record, reader: str, after: str | None = None, answer: Any = None) -> Reading:
        place = service.record.thread_id(begun["start"]["thread"])
        if (live := self.live.get(place)) is not None:
            if not live.why:
                return live.reading(after)
            await live.settled()  # its reader has left just now
            standing = await self._standing(service, begun["start"]["thread"], begun["start"]["turn"])
            if standing.reply is not None:
                return told(service, begun["start"], standing.reply, reader, after)
            begun = standing.open or begun
        run = Run(service, begun["start"], reader)
        if not await self.claims.take(place):
            run.work = asyncio.create_task(self.follow(run))
            return run.reading(after)
        if begun["state"] != "running":
            await note(service, begun, "running")
        return self.begin(run, begun, self.work(run, answer), after)

    async def _called_off(self, place: str, cancelled: bool) -> None:
        if (run := self.live.get(place)) is not None:
            run.stop("cancelled" if cancelled else "moved")

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._settings.lease_s)
            try:
                await self.recover()
            except ShensiError as error:
                log.warning("open turns were not looked through: %s", error.code)

    async def _halt(self) -> None:
        self._stopping = True
        for run in list(self.live.values()):
            run.stop("moved")
        for run in list(self.live.values()):
            await run.settled()
