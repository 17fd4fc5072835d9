"""How each part of the service stands. A degraded part lessens the answers; a failed one keeps them from being given."""

from __future__ import annotations

import asyncio
from typing import Literal, cast

from agent.ledger.ledger import Ledger
from agent.schema import Wire
from agent.server.runs import Runs
from agent.service import ConsultService
from configs.errors import ShensiError
from configs.locales import text
from configs.settings import Settings
from memory.conversations import Conversations
from retrieval.errors import RetrievalError

_WAIT_S = 2.0


class Part(Wire):
    """One part."""

    name: Literal["stores", "ledger", "knowledge", "tables", "model", "turns"]
    state: Literal["ok", "degraded", "failed"]
    message: str = ""


async def parts_of(service: ConsultService, settings: Settings, runs: Runs, reader: str) -> list[Part]:
    """Return how every part stands; what is said holds no addresses."""
    problems = ", ".join(service.context.tables.problems)
    return [
        await _stores(service, reader),
        await _ledger(service, reader),
        await _knowledge(service, reader),
        Part(
            name="tables", state="degraded" if problems else "ok", message=text(reader, "ready.tables", names=problems) if problems else ""
        ),
        _model(service, reader),
        Part(name="turns", state="ok", message=text(reader, "ready.turns", count=runs.running)),
    ]


async def _stores(service: ConsultService, reader: str) -> Part:
    try:
        async with asyncio.timeout(_WAIT_S):
            await Conversations(service.stores.store, "-", "-").info("-")
            await service.stores.try_writing()
            await service.stores.saver.aget_tuple({"configurable": {"thread_id": "-", "checkpoint_ns": ""}})
    except (ShensiError, TimeoutError, OSError) as error:
        return Part(name="stores", state="failed", message=text(reader, "ready.stores", reason=type(error).__name__))
    return Part(name="stores", state="ok")


async def _ledger(service: ConsultService, reader: str) -> Part:
    ledger = cast(Ledger, service.context.ledger)
    try:
        async with asyncio.timeout(_WAIT_S):
            await ledger.examine()
    except (ShensiError, TimeoutError) as error:
        reason = error.code if isinstance(error, ShensiError) else type(error).__name__
        return Part(name="ledger", state="failed", message=text(reader, "ready.ledger", reason=reason))
    if owed := len(ledger.late.waiting):
        return Part(name="ledger", state="degraded", message=text(reader, "ready.ledger_late", count=owed))
    return Part(name="ledger", state="ok")


async def _knowledge(service: ConsultService, reader: str) -> Part:
    try:
        async with asyncio.timeout(_WAIT_S):
            there = await asyncio.to_thread(service.context.retriever.collections)
    except (RetrievalError, TimeoutError):
        there = []
    return Part(name="knowledge", state="ok") if there else Part(name="knowledge", state="failed", message=text(reader, "ready.knowledge"))


def _model(service: ConsultService, reader: str) -> Part:
    models = service.context.models
    if models is None:
        return Part(name="model", state="degraded", message=text(reader, "ready.model_none"))
    if models.circuit == "half_open":
        return Part(name="model", state="degraded", message=text(reader, "ready.model_trying"))
    if models.circuit == "open":
        return Part(name="model", state="degraded", message=text(reader, "ready.model_away"))
    return Part(name="model", state="ok")
