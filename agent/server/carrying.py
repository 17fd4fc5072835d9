"""Carrying a turn to its end: the work itself, which may be cancelled at any moment, and the watch that writes down what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import aclosing, nullcontext
from dataclasses import dataclass
from typing import Any

from agent.errors import ResumeRefused
from agent.schema import AskEvent, DoneEvent, Event, Turn
from agent.server.claims import Claims
from agent.server.endings import conversations, ended_with, finish, give_up, note
from agent.server.errors import Conflict, Unavailable
from agent.server.events import told_again
from agent.server.run import Reading, Run, State
from configs.errors import ShensiError
from memory.conversations import Record
from memory.errors import StorageError

log = logging.getLogger(__name__)
_FOLLOW_S = 0.25


@dataclass(frozen=True)
class Outcome:
    """How a turn stands now, and what its readers are told last."""

    state: State
    error: ShensiError | None = None
    last: Event | None = None


class Carrier:
    """The turns that are being answered here, by the names of their threads."""

    def __init__(self) -> None:
        self.live: dict[str, Run] = {}
        self.claims: Claims

    def begin(self, run: Run, record: Record, work: Coroutine[Any, Any, Event | None], after: str | None = None) -> Reading:
        """Start the work on a turn whose thread was taken, and return its first reader."""
        self.live[run.service.record.thread_id(run.start["thread"])] = run
        run.work = asyncio.create_task(work)
        run.watcher = asyncio.create_task(self._watch(run, record, run.work))
        return run.reading(after)

    async def work(self, run: Run, answer: Any = None, room: asyncio.Semaphore | None = None) -> Event | None:
        """Tell what happens and return the last event, which nobody is told before it is written down."""
        async with room or nullcontext(), aclosing(run.service.carry_out(run.start, answer)) as events:
            async for event in events:
                if isinstance(event, DoneEvent | AskEvent):
                    return event
                run.add(event)
        return None

    async def abandoned(self, run: Run, record: Record) -> Event | None:
        """Close a turn to which nobody has come back; this is its work."""
        run.why = "abandoned"
        raise asyncio.CancelledError

    async def follow(self, run: Run) -> Event | None:
        """Tell the turn that another worker answers, once it is in the store."""
        start, known = run.start, conversations(run.service)
        while (standing := await known.standing(start["thread"], start["turn"])).open and standing.open["state"] == "running":
            await asyncio.sleep(_FOLLOW_S)
        if standing.reply is None:
            run.end("paused", Conflict("turn_paused"))
        elif "reply" in standing.reply:
            for event in told_again(Turn.model_validate(standing.reply["reply"])):
                run.add(event)
            run.end("done")
        else:
            run.end("cancelled", ended_with(standing.reply))
        return None

    async def _watch(self, run: Run, record: Record, work: asyncio.Task[Event | None]) -> None:
        await asyncio.wait([work])
        if not work.cancelled():
            work.exception()  # looked at, also where the thread turns out to be another worker's
        ended = Outcome("paused", Unavailable("stopping", retry_after=2))
        try:
            ended = await self._outcome(run, record, work)
        except ShensiError as failure:  # the turn stays open in the store, and is taken up once that works again
            log.error("the end of a turn was not written down: %s", failure.code)
            ended = Outcome("paused", failure)
        finally:
            place = run.service.record.thread_id(run.start["thread"])
            if self.live.get(place) is run:
                del self.live[place]
            await self.release(place)
            if ended.last is not None:
                run.add(ended.last)
            run.end(ended.state, ended.error)

    async def _outcome(self, run: Run, record: Record, work: asyncio.Task[Event | None]) -> Outcome:
        """Write down how the work ended, and return what its readers are told; a thread that went to another worker is that one's."""
        if not await self._ours(run):
            return Outcome("paused", Unavailable("stopping", retry_after=2))
        if work.cancelled():
            return await self._stopped(run, record)
        failure = work.exception()
        if failure is None:
            return await self._done(run, record, work.result())
        if isinstance(failure, ResumeRefused):
            await note(run.service, record, "waiting")
            return Outcome("waiting", failure)
        if isinstance(failure, ShensiError):
            log.warning("a turn was broken off: %s", failure.code)
            return Outcome("paused", failure)
        log.error("a turn failed: %s", where(failure))
        return await self._close(run, record, "failed", "turn_failed")

    async def _ours(self, run: Run) -> bool:
        try:
            return await self.claims.still(run.service.record.thread_id(run.start["thread"]))
        except StorageError as error:
            raise Unavailable("stopping", retry_after=2) from error

    async def _done(self, run: Run, record: Record, last: Event | None) -> Outcome:
        if isinstance(last, DoneEvent):
            await finish(run.service, record, last.turn)
            return Outcome("done", None, last)
        assert isinstance(last, AskEvent), "a turn ends with an answer or a question"
        await note(run.service, record, "waiting", question=last.question)
        return Outcome("waiting", None, last)

    async def _stopped(self, run: Run, record: Record) -> Outcome:
        match run.why:
            case "paused":
                await note(run.service, record, "paused")
                return Outcome("paused", Conflict("turn_paused"))
            case "cancelled" | "abandoned" as state:
                return await self._close(run, record, state, f"turn_{state}")
            case "dropped":
                return Outcome("cancelled", Conflict("turn_cancelled"))
            case _:
                return Outcome("paused", Unavailable("stopping", retry_after=2))

    async def _close(self, run: Run, record: Record, state: State, code: str) -> Outcome:
        """End a turn without an answer, unless it has got one after all."""
        ended = await give_up(run.service, record, state, code)
        return Outcome("done", None, DoneEvent(turn=ended)) if isinstance(ended, Turn) else Outcome(state, ended)

    async def release(self, place: str) -> None:
        """Give a thread back; where that fails the claim runs out by itself."""
        try:
            await self.claims.release(place)
        except StorageError as error:
            log.warning("a claim was not given back: %s", error.code)


def where(failure: BaseException) -> str:
    """Return the kind and the place of a failure; its words may be a patient's."""
    last = failure.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{type(failure).__name__} in {last.tb_frame.f_code.co_qualname}:{last.tb_lineno}" if last else type(failure).__name__
