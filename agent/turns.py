"""Carrying out one turn of the graph: begun, cut off, waiting for an answer, or finished and only to be told again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeVar, cast

from langchain_core.runnables import RunnableConfig
from langgraph.constants import START
from langgraph.errors import is_invalid_resume
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, StateSnapshot
from pydantic import ValidationError

from agent.errors import ResumeRefused, UnknownItem
from agent.events import Translator, memory_event, pieces, turn_of
from agent.metering import Meters
from agent.record import RecordService
from agent.schema import AskEvent, DoneEvent, Event, TokenEvent, Turn
from agent.summaries import Summaries
from configs.settings import Settings
from graphs.context import Context
from graphs.state import ConsultInput, ConsultState
from memory.errors import database_errors, storage_error
from memory.persistence import Stores

T = TypeVar("T")
_SHARE = 0.9
"""Of the time of a request; the rest is for what is no model call."""


class TurnRunner:
    """The graph and what a turn of it leaves behind, for one owner."""

    settings: Settings
    context: Context
    graph: CompiledStateGraph[Any, Any, Any, Any]
    record: RecordService
    summaries: Summaries
    stores: Stores
    meters: Meters

    async def carry_out(self, start: ConsultInput, answer: Any = None) -> AsyncGenerator[Event, None]:
        """Bring one very turn to its end from wherever it had come: not begun, cut off, waiting for an answer, or finished.

        Args:
            start: as ``prepare`` has returned it.
            answer: to what the turn waits for, where it does.

        Raises:
            ResumeRefused: the answer does not fit the question; the turn waits on.
        """
        snapshot = await self._snapshot(start["thread"])
        cut_off = await self._cut_off(snapshot, "turn")
        if cut_off is not None and cut_off != start["turn"]:
            await self.close_turn(start["thread"])
        if cut_off == start["turn"]:
            events = self._run(Command(resume=answer) if answer is not None else None, start["thread"], start["language"])
        elif _ended(snapshot, start["turn"]):
            events = self._end(cast(ConsultState, snapshot.values), {}, told=False)
        else:
            events = self._run(start, start["thread"], start["language"])
        async with aclosing(events):
            async for event in events:
                yield event

    async def finished(self, start: ConsultInput) -> Turn | None:
        """Return a turn if the graph has brought it to its end."""
        snapshot = await self._snapshot(start["thread"])
        return self._told(cast(ConsultState, snapshot.values), {}) if _ended(snapshot, start["turn"]) else None

    async def resume(self, thread: str) -> AsyncGenerator[Event, None]:
        """Finish the turn that a crash cut off; model nodes that had finished are not called again."""
        question = await self.unfinished(thread)
        if question is None:
            raise UnknownItem("nothing_to_resume")
        state = await self._values(thread)
        async with aclosing(self._run(None, thread, state.get("language", "zh"))) as events:
            async for event in events:
                yield event

    async def unfinished(self, thread: str) -> str | None:
        """Return the question of a turn that was cut off, if there is one."""
        return await self._cut_off(await self._snapshot(thread), "question")

    async def close_turn(self, thread: str) -> None:
        """End a cancelled turn, so that it is not resumed later."""
        snapshot = await self._snapshot(thread)
        values = snapshot.values
        if self.context.ledger is not None and snapshot.next:
            cut_off = {key: await self._cut_off(snapshot, key) or "" for key in ConsultInput.__annotations__}
            await self.context.ledger.closed(cast(ConsultInput, cut_off), self.context)
        if values.get("turn"):  # what the patient said stays said: only the answer was cancelled
            await self.record.memory.record(values.get("facts", []))
        await self._guarded(self.graph.aupdate_state(self._config(thread), {}, as_node="summarise"))

    async def _run(self, given: ConsultInput | Command[Any] | None, thread: str, language: str) -> AsyncGenerator[Event, None]:
        config = self._config(thread)
        translator, told = Translator(language, self.context.retriever, self.meters.node), False
        try:
            parts = self.graph.astream(
                given, config, context=self._for_one_turn(), stream_mode=["tasks"], subgraphs=True, durability="sync", version="v2"
            )
            async with aclosing(cast(Any, parts)) as stream:
                async for part in stream:
                    for event in translator.translate(part):
                        told |= isinstance(event, TokenEvent)
                        yield event
        except database_errors() as error:
            raise storage_error(error, str(self.settings.storage.data_dir)) from error
        except ValidationError as error:
            if not is_invalid_resume(error):
                raise
            raise ResumeRefused("resume_invalid") from error
        snapshot = await self._snapshot(thread)
        values = cast(ConsultState, snapshot.values)
        if snapshot.interrupts:
            yield AskEvent(thread=values["thread"], turn=values["turn"], question=snapshot.interrupts[0].value)
            return
        async for event in self._end(values, translator.finish(), told=told):
            yield event

    async def _end(self, values: ConsultState, timings: dict[str, float], *, told: bool) -> AsyncGenerator[Event, None]:
        """Yield what ends a turn; the answer itself too where a crash came between writing and telling it."""
        turn = self._told(values, timings)
        if timings:  # not when an old one is only told again
            self.meters.turn(turn)
        self.summaries.after(values)  # begins once the answer is out; nobody waits for it
        if not told:
            for piece in pieces(turn.answer):
                yield TokenEvent(text=piece)
        if (remembered := memory_event(turn)) is not None:
            yield remembered
        yield DoneEvent(turn=turn)

    def _told(self, values: ConsultState, timings: dict[str, float]) -> Turn:
        turn, ledger = turn_of(values, timings), self.context.ledger
        return turn if ledger is None or ledger.recorded(values, self.context) else turn.model_copy(update={"recorded": False})

    def _for_one_turn(self) -> Context:
        """Return the context of one run, whose model calls fit into the time that its request has."""
        models, seconds = self.context.models, _SHARE * self.settings.server.limits.request_s
        return replace(self.context, models=models.allowed(self.context.tenant or self.context.owner, seconds)) if models else self.context

    async def _cut_off(self, snapshot: StateSnapshot, key: str) -> str | None:
        """Return what was given of the turn that was cut off here; ``None`` where none was."""
        found = _unfinished(snapshot, key)
        if found != "":
            return found
        # Killed between the checkpoint of the input and the first step, the turn waits where a snapshot does not show it.
        stored = await self._guarded(self.stores.saver.aget_tuple(snapshot.config))
        waiting = stored.checkpoint["channel_values"].get(START) if stored else None
        return str(waiting.get(key, "")) if isinstance(waiting, dict) else ""

    async def _snapshot(self, thread: str) -> StateSnapshot:
        return await self._guarded(self.graph.aget_state(self._config(thread)))

    async def _values(self, thread: str) -> ConsultState:
        return cast(ConsultState, (await self._snapshot(thread)).values)

    async def _guarded(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except database_errors() as error:
            raise storage_error(error, str(self.settings.storage.data_dir)) from error

    def _config(self, thread: str) -> RunnableConfig:
        return {"configurable": {"thread_id": self.record.thread_id(thread)}, "recursion_limit": 50}


def _ended(snapshot: StateSnapshot, turn: str) -> bool:
    """Tell whether a turn has run to its end; one that was closed has no answer."""
    return not snapshot.tasks and snapshot.values.get("turn") == turn and "answer" in snapshot.values


def _unfinished(snapshot: StateSnapshot, key: str) -> str | None:
    """Return what was given, id or question or another key of the input, of the turn that was cut off here; ``None`` where none was."""
    # Not ``next``: killed after the last write of a step and before the next checkpoint, a turn has tasks and none of them is next.
    if not snapshot.tasks:
        return None
    # Killed before the input was applied, it still waits in the start channel.
    known = snapshot.values.get(key) if "turn" in snapshot.values else None
    started = (snapshot.metadata or {}).get("step", 0) >= 0
    if known is not None and started:
        return str(known)
    pending = [task.result for task in snapshot.tasks if isinstance(task.result, dict)]
    return str(next((given[key] for given in pending if key in given), known or ""))
