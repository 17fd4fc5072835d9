"""A consult in a process of its own that dies where it is told.

Called as ``python -m tests.graphs.driver DATA BASE_URL THREAD NODE PHASE QUESTION``. PHASE is ``before`` (the node has not begun) or
``inside`` (its work is done, its result not yet written). The nodes are the real ones; only a SIGKILL is wrapped around one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from langgraph.graph import StateGraph

from agent.schema import Turn
from agent.service import ConsultService
from configs.settings import ModelSettings, RetrievalSettings, Settings, StorageSettings
from graphs import consult


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def with_a_death(node: str, phase: str) -> StateGraph[Any, Any, Any, Any]:
    """Return the real builder with one node of it wrapped."""
    inner = node in ("retrieve", "draft", "tools")
    graph = consult.compose if inner else consult.builder
    spec = graph.nodes[node]
    original = spec.runnable.afunc  # type: ignore[attr-defined]

    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        if phase == "before":
            die()
        result = await original(*args, **kwargs)
        if phase == "inside":
            die()
        return result

    spec.runnable.afunc = wrapped  # type: ignore[attr-defined]
    return consult.builder


def configured(data: Path, base_url: str) -> Settings:
    roles = ModelSettings().roles
    llm = ModelSettings(base_url=base_url, roles=roles) if base_url else ModelSettings()
    return Settings(llm=llm, retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=data))


async def consulted(service: ConsultService, thread: str, question: str) -> Turn | None:
    """Finish the turn that was cut off, or ask."""
    cut_off = await service.unfinished(thread) is not None
    turn = None
    async for event in service.resume(thread) if cut_off else service.stream(question, thread=thread):
        if event.event == "done":
            turn = event.turn
    return turn


async def main(data: str, base_url: str, thread: str, node: str, phase: str, question: str) -> None:
    async with ConsultService.open(configured(Path(data), base_url), builder=with_a_death(node, phase)) as service:
        await consulted(service, thread, question)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
