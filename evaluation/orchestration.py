"""What a turn costs besides models: graph, checkpoints, rules, memory, keyword search, through the same service as every door."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import numpy as np

from agent.service import ConsultService
from configs.settings import RetrievalSettings, Settings, StorageSettings

_QUESTIONS = (
    "嗓子疼怎么办？",
    "我对青霉素过敏，发烧能吃阿莫西林吗？",
    "高血压平时要注意什么？",
    "孩子发烧怎么办？",
    "What helps against a sore throat?",
    "胸口压着疼，出冷汗，左胳膊麻",
)
_TURNS = 120


def orchestration() -> list[str]:
    """Return the lines of the report about the graph."""
    return asyncio.run(_measure())


async def _measure() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        # Keywords alone: the embedder is a model, and models are what this figure leaves out.
        settings = Settings(retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=Path(folder)))
        async with ConsultService.open(settings) as service:
            totals: list[float] = []
            nodes: dict[str, list[float]] = {}
            for number in range(_TURNS):
                question = _QUESTIONS[number % len(_QUESTIONS)]
                start = time.perf_counter()
                turn = await service.ask(question, thread=f"bench-{number // len(_QUESTIONS)}")
                totals.append(time.perf_counter() - start)
                for node, seconds in turn.timings.items():
                    nodes.setdefault(node, []).append(seconds)
            state = await _largest_checkpoint(service)
    p50, p95 = np.percentile(totals, [50, 95]) * 1000
    parts = ", ".join(f"{node} {np.median(seconds) * 1000:.1f}" for node, seconds in nodes.items() if node != "total")
    return [
        f"turn without models, n={_TURNS}: p50 {p50:.0f} ms, p95 {p95:.0f} ms (aim: p95 <= 40 ms)",
        f"median per node in ms: {parts}",
        f"largest checkpoint of these threads: {state / 1024:.1f} KB (aim: <= 32 KB)",
    ]


async def _largest_checkpoint(service: ConsultService) -> int:
    largest = 0
    async for checkpoint in service.graph.checkpointer.alist(None):  # type: ignore[union-attr]
        _, blob = service.graph.checkpointer.serde.dumps_typed(checkpoint.checkpoint)  # type: ignore[union-attr]
        largest = max(largest, len(blob))
    return largest
