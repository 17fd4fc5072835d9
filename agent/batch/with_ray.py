"""The same over a Ray cluster, or over processes of this machine: Ray Data hands lines to workers that each keep an engine open.

Imported only when ``--engine ray`` asks for it (requirements-ray.txt). Every machine of the cluster needs the project, its profile and the
data folder at the same places; results come back to the process that started the batch, which alone writes the output.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import ray
import ray.data
from pydantic import SecretStr
from pydantic_core import to_json

from agent.batch.engine import open_engine
from agent.batch.lines import Pending
from configs.settings import ROOT, Settings


class Worker:
    """One process with an engine and an event loop of its own, open for as long as the batch lasts."""

    def __init__(self, settings: str, language: str | None) -> None:
        self._loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        self._engine = self._loop.run_until_complete(
            self._open.enter_async_context(open_engine(Settings.model_validate_json(settings), language))
        )

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        """Answer the lines of one batch, all at once."""
        lines = [Pending(int(number), str(text)) for number, text in zip(rows["number"], rows["text"], strict=True)]
        results = self._loop.run_until_complete(self._all(lines))
        return {"result": [json.dumps(result, ensure_ascii=False) for result in results]}

    async def _all(self, lines: Sequence[Pending]) -> list[dict[str, Any]]:
        return await asyncio.gather(*(self._engine.answer(line) for line in lines))


def answers(lines: Sequence[Pending], settings: Settings, language: str | None, size: int, address: str, workers: int) -> Iterator[str]:
    """Yield one result a line as JSON, batch after batch as they are finished."""
    environment = {"env_vars": {"PYTHONPATH": str(ROOT), "LANG": os.environ.get("LANG", "C.UTF-8")}}
    ray.init(
        address=address or None,
        runtime_env=environment,
        logging_level="ERROR",
        log_to_driver=False,
        include_dashboard=False if not address else None,
    )
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        rows = ray.data.from_items([{"number": line.number, "text": line.text} for line in lines])
        rows = rows.repartition(max(1, -(-len(lines) // size)))
        told = {"settings": secret_json(settings), "language": language}
        done = rows.map_batches(
            Worker, fn_constructor_kwargs=told, batch_size=size, compute=ray.data.ActorPoolStrategy(size=workers), num_cpus=1
        )
        for row in done.iter_rows():
            yield str(row["result"])
    finally:
        ray.shutdown()


def secret_json(settings: Settings) -> str:
    """Return the settings as JSON with their keys in the clear, for workers of the same cluster."""
    return to_json(
        settings.model_dump(), fallback=lambda value: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    ).decode()
