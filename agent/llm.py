"""The language model behind an OpenAI-compatible endpoint: sampling per role, one retry policy, one place where failures are translated."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, cached_property
from typing import Any

import openai
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import BaseTool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, ValidationError

from agent.calling import Call
from agent.metering import Meter, ModelCall
from configs.settings import ModelSettings, Role
from graphs.calls import without_thinking
from graphs.context import Schema
from graphs.errors import UNREADABLE, ModelFailed

log = logging.getLogger(__name__)

_THINKING_TEMPERATURE = 0.6
_RETRIED = (openai.APIConnectionError, openai.InternalServerError, openai.RateLimitError)
_BESIDE: tuple[Role, ...] = ("extract", "look")
"""Roles with short limits that run beside the draft: that they are late says nothing about the endpoint."""
# What a server that talks garbage makes the client raise, besides its own errors.
_GARBAGE = (openai.OpenAIError, ValueError, TypeError, AttributeError, KeyError, IndexError, OSError, ArithmeticError)


class OpenAIModels:
    """One endpoint in six roles."""

    def __init__(self, settings: ModelSettings, connections: Any, meter: Meter | None = None) -> None:
        self._settings = settings
        self._meter = meter
        self._connections = connections
        self._roles: dict[tuple[Role, bool], Call] = {}
        self._down_until = 0.0
        self.name = settings.model

    def ready(self) -> bool:
        """Tell whether the endpoint was not found dead within the cooldown."""
        return time.monotonic() >= self._down_until

    async def reply(self, role: Role, messages: Sequence[BaseMessage], tools: Sequence[BaseTool] = ()) -> AIMessage:
        """Return one message.

        Raises:
            ModelFailed: unreachable, too slow, rejected or no message, after the one retry that the policy allows.
        """
        return await self._call(role, self._role(role, thinking=False).with_tools(tools), messages)

    async def parse(self, role: Role, messages: Sequence[BaseMessage], schema: type[Schema], name: str) -> Schema:
        """Return an answer that fits ``schema``; asked once more when the first does not.

        Raises:
            ModelFailed: as ``reply``, or two answers that do not fit.
        """
        wanted = {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": _schema_of(schema)}}
        # Thoughts may use up the room for the answer: what did not fit is asked for again without them.
        for thinking in (self._settings.roles[role].thinking, False):
            message = await self._call(role, self._role(role, thinking).shaped(wanted), messages)
            try:
                return schema.model_validate_json(without_thinking(message.text).strip())
            except ValidationError as error:
                log.warning("model answer does not fit %s: %d errors", name, error.error_count())
        raise ModelFailed("model_failed", reason="answer does not fit the schema")

    async def _call(self, role: Role, call: Call, messages: Sequence[BaseMessage]) -> AIMessage:
        limit = self._settings.roles[role].timeout_s
        for attempt in range(self._settings.retries + 1):
            try:
                begun = time.perf_counter()
                async with asyncio.timeout(limit):
                    message = await call(messages)
                self._count(role, begun, message)
                return message
            except _RETRIED as error:
                if attempt < self._settings.retries and not isinstance(error, openai.APITimeoutError):
                    await asyncio.sleep(0.2 * (attempt + 1))
                    continue
                self._count(role, begun, failed=error)
                raise self._failed(error, dead=isinstance(error, openai.APIConnectionError) and role not in _BESIDE) from error
            except TimeoutError as error:
                self._count(role, begun, failed=error)
                raise self._failed(error, dead=role not in _BESIDE) from error
            except ValidationError as error:
                self._count(role, begun, failed=error)
                raise self._failed(error, dead=False, reason=UNREADABLE) from error
            except _GARBAGE as error:
                self._count(role, begun, failed=error)
                raise self._failed(error, dead=False) from error
        raise AssertionError("unreachable")

    def _count(self, role: Role, begun: float, message: AIMessage | None = None, failed: Exception | None = None) -> None:
        if self._meter is not None:
            used = message.usage_metadata if message else None
            prompt, completion = (used["input_tokens"], used["output_tokens"]) if used else (0, 0)
            kind = type(failed).__name__ if failed else ""
            self._meter.model(ModelCall(role, time.perf_counter() - begun, prompt, completion, kind))

    def _failed(self, error: Exception, *, dead: bool, reason: str = "") -> ModelFailed:
        log.warning("model call failed: %s", type(error).__name__)  # never the message: it may quote the patient
        if dead:
            self._down_until = time.monotonic() + self._settings.cooldown_s
        return ModelFailed("model_failed", reason=reason or type(error).__name__)

    def _role(self, role: Role, thinking: bool) -> Call:
        if (role, thinking) not in self._roles:
            how = self._settings.roles[role]
            switch = {"chat_template_kwargs": {"enable_thinking": thinking}} if self._settings.send_thinking_switch else None
            chat = ChatOpenAI(
                model=self._settings.model,
                base_url=self._settings.base_url,
                api_key=self._key,
                # Qwen3 repeats itself without end when it thinks greedily.
                temperature=max(how.temperature, _THINKING_TEMPERATURE) if thinking else how.temperature,
                top_p=how.top_p,
                max_tokens=how.max_tokens + (how.thinking_tokens if thinking else 0),
                timeout=how.timeout_s,
                max_retries=0,  # the retry policy is in _call and nowhere else
                # Nothing of a call leaves before it is audited, and vLLM parses streamed tool calls less surely than whole ones.
                disable_streaming=True,
                extra_body=switch,
                http_async_client=self._connections,
            )
            self._roles[role, thinking] = Call(chat)
        return self._roles[role, thinking]

    @cached_property
    def _key(self) -> Any:
        return self._settings.api_key if self._settings.api_key.get_secret_value() else "none"


@asynccontextmanager
async def open_models(settings: ModelSettings, meter: Meter | None = None) -> AsyncIterator[OpenAIModels | None]:
    """Yield the configured endpoint, or ``None`` when there is none, and close its connections at the end.

    The connections belong to one service: the client library would share one pool over all event loops of the process,
    and a pool that outlives its loop fails the first request of the next one.
    """
    if not settings.base_url:
        yield None
        return
    # Over aiohttp: with hundreds of calls in flight the client library's own transport becomes the slowest part of the service.
    async with openai.DefaultAioHttpClient() as connections:
        yield OpenAIModels(settings, connections, meter)


@cache
def _schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    return shape.model_json_schema()


class EndpointReport(BaseModel):
    """What the doctor saw at the endpoint."""

    reachable: bool
    models: list[str] = []
    reason: str = ""


async def probe(settings: ModelSettings) -> EndpointReport:
    """Ask the endpoint for its models, within five seconds."""
    key = settings.api_key.get_secret_value() or "none"
    async with openai.AsyncOpenAI(base_url=settings.base_url, api_key=key, timeout=5.0, max_retries=0) as client:
        try:
            listed = await client.models.list()
            return EndpointReport(reachable=True, models=[model.id for model in listed.data])
        except _GARBAGE as error:
            return EndpointReport(reachable=False, reason=type(error).__name__)
