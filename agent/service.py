"""The one service behind every door: it opens what a consult needs, runs turns and answers for their durability."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from langgraph.graph import StateGraph

from agent.intake import accepted, language_for
from agent.ledger.ledger import open_ledger
from agent.metering import Meters
from agent.models.opening import open_models
from agent.opening import Progress, open_index, open_second_look, open_tables
from agent.record import RecordService
from agent.schema import DoneEvent, Event, Turn
from agent.summaries import Summaries
from agent.turns import TurnRunner
from configs.settings import Settings
from graphs.consult import builder as consult_builder
from graphs.context import Context
from graphs.state import STATE_TYPES, ConsultInput
from memory.facts import Fact
from memory.persistence import Stores, open_stores

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


class ConsultService(TurnRunner):
    """Turns on threads, and the record they leave. Use ``ConsultService.open``."""

    def __init__(
        self,
        settings: Settings,
        context: Context,
        stores: Stores,
        builder: StateGraph[Any, Any, Any, Any],
        meters: Meters | None = None,
    ) -> None:
        self.settings = settings
        self.context = context
        self.stores = stores
        self.meters = meters or Meters()
        self.graph = builder.compile(checkpointer=stores.saver, store=stores.store, name="consult")
        self.record = RecordService(stores, context.tables, context.owner, context.tenant)
        self.summaries = Summaries(self.record.threads, context)

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
        async with (
            open_stores(settings.storage, STATE_TYPES) as stores,
            open_ledger(settings.storage, stores.names, stores.store) as ledger,
            open_models(settings.llm, meters := Meters(), stores.store) as models,
        ):
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
                    tenant=settings.consult.tenant,
                    ledger=ledger,
                )
                service = cls(settings, context, stores, builder, meters)
                try:
                    yield service
                finally:
                    await service.summaries.close()
            finally:
                retriever.close()

    def of(self, owner: str, tenant: str = "") -> ConsultService:
        """Return the same service for another owner: one graph, stores and models, another record and other threads.

        Args:
            owner: as authentication found it out.
            tenant: likewise.

        Raises:
            ValueError: a name that could be taken for another one.
        """
        if not _NAME.match(owner) or (tenant and not _NAME.match(tenant)):
            raise ValueError("an owner and a tenant are 1 to 64 letters, digits, - or _")
        view = copy(self)
        view.context = replace(self.context, owner=owner, tenant=tenant)
        view.record = RecordService(self.stores, self.context.tables, owner, tenant)
        view.summaries = self.summaries.of(view.record.threads, view.context)
        return view

    def new_thread(self) -> str:
        """Return the id of a new thread."""
        return uuid.uuid4().hex[:16]

    def prepare(self, question: str, *, thread: str, language: str | None = None, turn: str = "") -> ConsultInput:
        """Return what starts a turn.

        Args:
            question: the reader's words.
            thread: where it is asked.
            language: of the answer; ``None``: the profile's, or that of the words.
            turn: the id to give it; empty: a new one.

        Raises:
            QuestionRejected: nothing was stored.
        """
        words = accepted(question, self.context.settings)
        return {
            "question": words,
            "turn": turn or uuid.uuid4().hex[:16],
            "thread": thread,
            "at": datetime.now(UTC).isoformat(timespec="microseconds"),
            "language": language_for(words, language, self.context.settings),
        }

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
        start = self.prepare(question, thread=thread, language=language)
        unfinished = await self.unfinished(thread)
        if unfinished is not None and unfinished != start["question"]:
            await self.close_turn(thread)
        if unfinished == start["question"]:
            events = self._run(None, thread, start["language"])
        else:
            await self.record.threads.begin(thread)
            events = self._run(start, thread, start["language"])
        async with aclosing(events):
            async for event in events:
                yield event

    async def facts(self) -> list[Fact]:
        """Return what is remembered, in the order in which it was said."""
        return await self.record.facts()

    async def forget(self, number: int) -> Fact:
        """Forget the fact with this number in ``facts()``, counted from 1.

        Raises:
            UnknownItem: there is no such number.
        """
        return await self.record.forget(number)

    async def turns(self, thread: str) -> list[dict[str, Any]]:
        """Return the stored turns of a thread, oldest first."""
        return await self.record.threads.turns(thread)
