"""The way to the language model. Its client library takes seconds to import, and a profile without a model does not need it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from langgraph.store.base import BaseStore

from agent.metering import Meter
from configs.settings import ModelSettings

if TYPE_CHECKING:
    from agent.llm import OpenAIModels


@asynccontextmanager
async def open_models(
    settings: ModelSettings, meter: Meter | None = None, store: BaseStore | None = None
) -> AsyncIterator[OpenAIModels | None]:
    """Yield the configured endpoint, or ``None`` when there is none, and close its connections at the end.

    The connections belong to one service: the client library would share one pool over all event loops of the process,
    and a pool that outlives its loop fails the first request of the next one.

    Args:
        settings: of the endpoint.
        meter: counts the calls.
        store: where workers tell each other what tenants have used today.
    """
    if not settings.base_url:
        yield None
        return
    from agent.llm import connected

    async with connected(settings, meter, store) as models:
        yield models
