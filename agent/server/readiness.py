"""How each part of the service stands. A degraded part lessens the answers; a failed one keeps them from being given."""

from __future__ import annotations

import asyncio
from typing import Literal

from agent.schema import Wire
from agent.server.runs import Runs
from agent.service import ConsultService
from configs.errors import ShensiError
from configs.locales import text
from configs.settings import Settings
from memory.conversations import Conversations

_WAIT_S = 2.0


class Part(Wire):
    """One part."""

    name: Literal["stores", "knowledge", "tables", "model", "turns"]
    state: Literal["ok", "degraded", "failed"]
    message: str = ""


async def parts_of(service: ConsultService, settings: Settings, runs: Runs, reader: str) -> list[Part]:
    """Return how every part stands; what is said holds no addresses."""
    problems = ", ".join(service.context.tables.problems)
    return [
        await _stores(service, reader),
        _knowledge(service, reader),
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
            await service.stores.saver.aget_tuple({"configurable": {"thread_id": "-", "checkpoint_ns": ""}})
    except (ShensiError, TimeoutError, OSError) as error:
        return Part(name="stores", state="failed", message=text(reader, "ready.stores", reason=type(error).__name__))
    return Part(name="stores", state="ok")


def _knowledge(service: ConsultService, reader: str) -> Part:
    if not service.context.retriever.collections():
        return Part(name="knowledge", state="failed", message=text(reader, "ready.knowledge"))
    return Part(name="knowledge", state="ok")


def _model(service: ConsultService, reader: str) -> Part:
    models = service.context.models
    if models is None:
        return Part(name="model", state="degraded", message=text(reader, "ready.model_none"))
    if not models.ready():
        return Part(name="model", state="degraded", message=text(reader, "ready.model_away"))
    return Part(name="model", state="ok")
