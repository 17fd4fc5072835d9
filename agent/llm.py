"""The language model behind an OpenAI-compatible endpoint: sampling per role, one retry policy, one place where failures are translated."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

import openai
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import BaseTool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, ValidationError

from configs.settings import ModelSettings, Role
from graphs.context import Schema
from graphs.errors import ModelFailed

log = logging.getLogger(__name__)

_THINKING = re.compile(r"<think>.*?(</think>|$)", re.S)
_RETRIED = (openai.APIConnectionError, openai.InternalServerError, openai.RateLimitError)
_BESIDE: tuple[Role, ...] = ("extract", "look")
"""Roles with short limits that run beside the draft: that they are late says nothing about the endpoint."""
# What a server that talks garbage makes the client raise, besides its own errors.
_GARBAGE = (openai.OpenAIError, ValueError, TypeError, AttributeError, KeyError, IndexError, OSError, ArithmeticError)


class OpenAIModels:
    """One endpoint in six roles."""

    def __init__(self, settings: ModelSettings, connections: openai.DefaultAsyncHttpxClient) -> None:
        self._settings = settings
        self._connections = connections
        self._clients: dict[Role, ChatOpenAI] = {}
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
        client = self._client(role)
        return await self._call(role, client.bind_tools(list(tools)) if tools else client, messages)

    async def parse(self, role: Role, messages: Sequence[BaseMessage], schema: type[Schema], name: str) -> Schema:
        """Return an answer that fits ``schema``; asked once more when the first does not.

        Raises:
            ModelFailed: as ``reply``, or two answers that do not fit.
        """
        wanted = {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema.model_json_schema()}}
        client = self._client(role).bind(response_format=wanted)
        for _ in range(2):
            message = await self._call(role, client, messages)
            try:
                return schema.model_validate_json(_THINKING.sub("", message.text).strip())
            except ValidationError as error:
                log.warning("model answer does not fit %s: %d errors", name, error.error_count())
        raise ModelFailed("model_failed", reason="answer does not fit the schema")

    async def _call(self, role: Role, client: Any, messages: Sequence[BaseMessage]) -> AIMessage:
        limit = self._settings.roles[role].timeout_s
        for attempt in range(self._settings.retries + 1):
            try:
                async with asyncio.timeout(limit):
                    message = await client.ainvoke(list(messages))
                if isinstance(message, AIMessage):
                    return message
                raise ValueError("no message")
            except _RETRIED as error:
                if attempt < self._settings.retries and not isinstance(error, openai.APITimeoutError):
                    await asyncio.sleep(0.2 * (attempt + 1))
                    continue
                raise self._failed(error, dead=isinstance(error, openai.APIConnectionError) and role not in _BESIDE) from error
            except TimeoutError as error:
                raise self._failed(error, dead=role not in _BESIDE) from error
            except _GARBAGE as error:
                raise self._failed(error, dead=False) from error
        raise AssertionError("unreachable")

    def _failed(self, error: Exception, *, dead: bool) -> ModelFailed:
        log.warning("model call failed: %s", type(error).__name__)  # never the message: it may quote the patient
        if dead:
            self._down_until = time.monotonic() + self._settings.cooldown_s
        return ModelFailed("model_failed", reason=type(error).__name__)

    def _client(self, role: Role) -> ChatOpenAI:
        if role not in self._clients:
            how = self._settings.roles[role]
            extra: dict[str, Any] = (
                {"chat_template_kwargs": {"enable_thinking": how.thinking}} if self._settings.send_thinking_switch else {}
            )
            self._clients[role] = ChatOpenAI(
                model=self._settings.model,
                base_url=self._settings.base_url,
                api_key=self._key,
                temperature=how.temperature,
                top_p=how.top_p,
                max_tokens=how.max_tokens,
                timeout=how.timeout_s,
                max_retries=0,  # the retry policy is in _call and nowhere else
                extra_body=extra or None,
                http_async_client=self._connections,
            )
        return self._clients[role]

    @cached_property
    def _key(self) -> Any:
        return self._settings.api_key if self._settings.api_key.get_secret_value() else "none"


@asynccontextmanager
async def open_models(settings: ModelSettings) -> AsyncIterator[OpenAIModels | None]:
    """Yield the configured endpoint, or ``None`` when there is none, and close its connections at the end.

    The connections belong to one service: the client library would share one pool over all event loops of the process,
    and a pool that outlives its loop fails the first request of the next one.
    """
    if not settings.base_url:
        yield None
        return
    async with openai.DefaultAsyncHttpxClient() as connections:
        yield OpenAIModels(settings, connections)


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
