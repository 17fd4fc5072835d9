"""Answers to lines: the same service and graph as every door, with a record of its own for each line that nobody sees afterwards."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.batch.lines import Pending, reason_of
from agent.errors import BadLine
from agent.models.opening import open_models
from agent.opening import open_index, open_second_look, open_tables
from agent.schema import Turn
from agent.service import ConsultService
from configs.errors import ShensiError
from configs.locales import environment_language
from configs.settings import Settings, StorageSettings
from graphs.consult import builder
from graphs.context import Context
from graphs.state import STATE_TYPES
from memory.errors import StorageError
from memory.persistence import Stores, open_stores

_SHOWN = {"answer", "outcome", "level", "citations", "findings", "questions", "rounds", "timings"}
_HOW = {"writer", "reviewed", "model_look", "fallback"}


class Engine:
    """Answers one line at a time, as many at once as its caller likes. Use ``open_engine``."""

    def __init__(self, context: Context, settings: Settings, stores: Stores, language: str | None) -> None:
        self._context, self._settings, self._stores, self._language = context, settings, stores, language

    async def answer(self, line: Pending) -> dict[str, Any]:
        """Return the result of a line; what cannot be answered is an ``error`` of its own and stops nothing.

        Raises:
            StorageError: the stores failed, so that no line would succeed.
        """
        result: dict[str, Any] = {"line": line.number, "sha": line.sha, "id": None}
        begun = time.perf_counter()
        try:
            asked = line.asked()
            result["id"] = asked.id
            service = self._service(f"line-{line.number}-{line.sha}")
            turns = [await service.ask(words, thread="batch", language=asked.lang or self._language) for words in asked.said]
            result["answers"] = [_shown(turn) for turn in turns]
        except StorageError:
            raise
        except ShensiError as error:
            result["error"] = {"code": error.code, "message": error.message(self._reader)}
        except ValueError as error:
            wrong = BadLine("line_invalid", line=line.number, reason=reason_of(error))
            result["error"] = {"code": wrong.code, "message": wrong.message(self._reader)}
        return result | {"seconds": round(time.perf_counter() - begun, 3)}

    @property
    def _reader(self) -> str:
        return self._language or environment_language()

    def _service(self, owner: str) -> ConsultService:
        """Return the service for an owner that only this line has: what one line says is never known to another."""
        return ConsultService(self._settings, replace(self._context, owner=owner), self._stores, builder)


@asynccontextmanager
async def open_engine(settings: Settings, language: str | None = None) -> AsyncIterator[Engine]:
    """Open tables, index and model of a profile, and stores in a folder that is thrown away at the end."""
    tables = open_tables(settings)
    with tempfile.TemporaryDirectory(prefix="shensi-batch-") as folder:
        thrown_away = StorageSettings(data_dir=Path(folder), knowledge_dir=settings.storage.knowledge_dir)
        async with open_stores(thrown_away, STATE_TYPES) as stores, open_models(settings.llm) as models:
            retriever = await asyncio.to_thread(open_index, settings, settings.storage.data_dir, tables.terms, None, False)
            try:
                context = Context(
                    settings=settings.consult,
                    tables=tables,
                    retriever=retriever,
                    models=models,
                    second_look=await asyncio.to_thread(open_second_look, settings, retriever, tables),
                    model_second_look=settings.safety.model_second_look,
                )
                yield Engine(context, settings, stores, language)
            finally:
                retriever.close()


def _shown(turn: Turn) -> dict[str, Any]:
    return turn.model_dump(mode="json", include=_SHOWN | _HOW, by_alias=True)
