"""A consult in a process of its own that dies where it is told.

Called as ``python -m tests.graphs.driver DATA BASE_URL THREAD NODE PHASE QUESTION``. PHASE is ``before`` (the node has not begun),
``inside`` (its work is done, its result not yet written) or ``never``. The nodes are the real ones; only a SIGKILL is wrapped around one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from langgraph.graph import StateGraph

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


async def main(data: str, base_url: str, thread: str, node: str, phase: str, question: str) -> None:
    roles = ModelSettings().roles
    llm = ModelSettings(base_url=base_url, roles=roles) if base_url else ModelSettings()
    settings = Settings(llm=llm, retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=Path(data)))
    builder = with_a_death(node, phase) if phase in ("before", "inside") else consult.builder
    async with ConsultService.open(settings, builder=builder) as service:
        cut_off = await service.unfinished(thread) is not None
        events = service.resume(thread) if cut_off else service.stream(question, thread=thread)
        async for event in events:
            if event.event == "done":
                sys.stdout.write(event.turn.model_dump_json())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
