"""The one service behind every door: it opens what a consult needs, runs turns and answers for their durability."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import StateGraph
from langgraph.store.base import BaseStore

from agent.errors import UnknownItem
from agent.events import Translator, memory_event, turn_of
from agent.llm import open_models
from agent.opening import Progress, open_index, open_second_look, open_tables
from agent.schema import DoneEvent, Event, Turn
from configs.settings import Settings
from graphs.consult import builder as consult_builder
from graphs.context import Context
from graphs.errors import QuestionRejected
from graphs.state import STATE_TYPES, ConsultState
from memory.errors import storage_error
from memory.facts import Fact
from memory.patients import PatientMemory
from memory.persistence import open_stores
from tools.text import clean, language_of

T = TypeVar("T")


class ConsultService:
    """Turns on threads, and the record they leave. Use ``ConsultService.open``."""

    def __init__(
        self,
        settings: Settings,
        context: Context,
        saver: BaseCheckpointSaver[Any],
        store: BaseStore,
        builder: StateGraph[Any, Any, Any, Any],
    ) -> None:
        self.settings = settings
        self.context = context
        self._store = store
        self._saver = saver
        self.graph = builder.compile(checkpointer=saver, store=store, name="consult")
        self.memory = PatientMemory(store, context.owner)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: Settings,
        *,
        progress: Progress | None = None,
        builder: StateGraph[Any, Any, Any, Any] = consult_builder,
        mend: bool = False,
    ) -> AsyncIterator[ConsultService]:
        """Open tables, stores and index, and bring the index up to date with the starter knowledge.

        Args:
            settings: a loaded profile.
            progress: called with (done, total, what) while documents are indexed.
            builder: the graph to run; tests pass one with probes in it.
            mend: build a damaged index anew instead of raising.

        Raises:
            ShensiError: a table, a store or the index cannot be used; nothing was changed.
        """
        folder = settings.storage.data_dir
        tables = open_tables(settings)
        async with open_stores(folder, STATE_TYPES) as (saver, store), open_models(settings.llm) as models:
            retriever = await asyncio.to_thread(open_index, settings, folder, tables.terms, progress, mend)
            try:
                context = Context(
                    settings=settings.consult,
                    tables=tables,
                    retriever=retriever,
                    models=models,
                    second_look=await asyncio.to_thread(open_second_look, settings, retriever, tables),
                    model_second_look=settings.safety.model_second_look,
                    owner=settings.consult.owner,
                )
                yield cls(settings, context, saver, store, builder)
            finally:
                retriever.close()

    def new_thread(self) -> str:
        """Return the id of a new thread."""
        return uuid.uuid4().hex[:16]

    async def ask(self, question: str, *, thread: str, language: str | None = None) -> Turn:
        """Run one turn to its end and return it."""
        async with aclosing(self.stream(question, thread=thread, language=language)) as events:
            async for event in events:
                if isinstance(event, DoneEvent):
                    return event.turn
        raise AssertionError("a stream ends with done or raises")

    async def stream(self, question: str, *, thread: str, language: str | None = None) -> AsyncGenerator[Event, None]:
        """Run one turn and yield what happens, ``done`` last.

        The same question on a thread whose last turn was cut off by a crash finishes that turn; another question closes it.

        Raises:
            QuestionRejected: nothing was stored.
            StorageError: the stores failed; what was acknowledged before is safe.
        """
        words = self._accept(question, language)
        unfinished = await self.unfinished(thread)
        if unfinished is not None and unfinished == words:
            events = self._run(None, thread, self._language(words, language))
        else:
            if unfinished is not None:
                await self.close_turn(thread)
            start = {
                "question": words,
                "turn": uuid.uuid4().hex[:16],
                "thread": thread,
                "at": datetime.now(UTC).isoformat(timespec="microseconds"),
                "language": self._language(words, language),
            }
            events = self._run(start, thread, start["language"])
        async with aclosing(events):
            async for event in events:
                yield event

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
        snapshot = await self._guarded(self.graph.aget_state(self._config(thread)))
        if not snapshot.next:
            return None
        # Killed before the input was applied, the question still waits in the start channel.
        waiting = snapshot.values.get("question") if "turn" in snapshot.values else None
        started = (snapshot.metadata or {}).get("step", 0) >= 0
        if waiting is not None and started:
            return str(waiting)
        pending = [task.result for task in snapshot.tasks if isinstance(task.result, dict)]
        return str(next((p["question"] for p in pending if "question" in p), waiting or ""))

    async def close_turn(self, thread: str) -> None:
        """End a cancelled turn, so that it is not resumed later."""
        values = await self._values(thread)
        if values.get("turn"):  # what the patient said stays said: only the answer was cancelled
            await self._guarded(self.memory.record(values.get("facts", [])))
        await self._guarded(self.graph.aupdate_state(self._config(thread), {}, as_node="summarise"))

    async def facts(self) -> list[Fact]:
        """Return what is remembered, in the order in which it was said."""
        return await self._guarded(self.memory.facts())

    async def forget(self, number: int) -> Fact:
        """Forget the fact with this number in ``facts()``, counted from 1.

        Raises:
            UnknownItem: there is no such number.
        """
        facts = await self.facts()
        if not 1 <= number <= len(facts):
            raise UnknownItem("no_such_fact", number=number, count=len(facts))
        await self._guarded(self.memory.forget(facts[number - 1], datetime.now(UTC).isoformat(timespec="microseconds")))
        return facts[number - 1]

    async def turns(self, thread: str) -> list[dict[str, Any]]:
        """Return the stored turns of a thread, oldest first."""
        found = await self._guarded(self._store.asearch(("threads", self.context.owner, thread), limit=1000))
        return [item.value for item in sorted(found, key=lambda item: item.key)]

    async def _run(self, start: dict[str, str] | None, thread: str, language: str) -> AsyncGenerator[Event, None]:
        config = self._config(thread)
        translator = Translator(language, self.context.retriever)
        try:
            parts = self.graph.astream(
                start, config, context=self.context, stream_mode=["tasks"], subgraphs=True, durability="sync", version="v2"
            )
            async with aclosing(cast(Any, parts)) as stream:
                async for part in stream:
                    for event in translator.translate(part):
                        yield event
        except (sqlite3.Error, OSError) as error:
            raise storage_error(error, str(self.settings.storage.data_dir)) from error
        turn = turn_of(await self._values(thread), translator.finish())
        if (remembered := memory_event(turn)) is not None:
            yield remembered
        yield DoneEvent(turn=turn)

    async def _values(self, thread: str) -> ConsultState:
        snapshot = await self._guarded(self.graph.aget_state(self._config(thread)))
        return cast(ConsultState, snapshot.values)

    async def _guarded(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except (sqlite3.Error, OSError) as error:
            raise storage_error(error, str(self.settings.storage.data_dir)) from error

    def _config(self, thread: str) -> RunnableConfig:
        # The owner is part of the key: a guessed thread id of somebody else leads to an empty thread.
        return {"configurable": {"thread_id": f"{self.context.owner}:{clean(thread)[:64]}"}, "recursion_limit": 50}

    def _accept(self, question: str, language: str | None) -> str:
        words = clean(question)
        limit = self.context.settings.max_question_chars
        if (
            question.count("\ufffd") > len(question) / 5
            or sum(char < " " and char not in "\t\r\n" for char in question) > len(question) / 5
        ):
            raise QuestionRejected("question_binary")
        if not words:
            raise QuestionRejected("question_empty")
        if len(words) > limit:
            raise QuestionRejected("question_long", length=len(words), limit=limit)
        return words

    def _language(self, words: str, language: str | None) -> str:
        if language in ("zh", "en"):
            return language
        default = self.context.settings.language
        return language_of(words) if default == "auto" else default
