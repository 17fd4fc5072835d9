"""The language model behind an OpenAI-compatible endpoint: sampling per role, one retry policy, one place where failures are translated."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import copy
from functools import cache
from typing import Any

import openai
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import BaseTool
from langchain_openai import ChatOpenAI
from langgraph.store.base import BaseStore
from pydantic import BaseModel, SecretStr, ValidationError

from agent.calling import Call, Endpoint, open_endpoint
from agent.metering import Meter, ModelCall
from agent.models.allowance import Allowance
from agent.models.breaker import Breaker, Circuit, Verdict
from agent.models.budget import DayBudget
from configs.settings import ModelSettings, Role
from graphs.calls import without_thinking
from graphs.context import Schema
from graphs.errors import UNREADABLE, ModelFailed

log = logging.getLogger(__name__)

_THINKING_TEMPERATURE = 0.6
_RETRIED = (openai.APIConnectionError, openai.InternalServerError, openai.RateLimitError)
_MAIN: tuple[Role, ...] = ("draft", "critique", "refine")
"""That another role fails, with a short limit beside the draft or behind everybody's back, says nothing about the endpoint."""
# What a server that talks garbage makes the client raise, besides its own errors.
_GARBAGE = (openai.OpenAIError, ValueError, TypeError, AttributeError, KeyError, IndexError, OSError, ArithmeticError)


class OpenAIModels:
    """One endpoint in six roles."""

    def __init__(
        self, settings: ModelSettings, endpoint: Endpoint, unused: Any, meter: Meter | None = None, day: DayBudget | None = None
    ) -> None:
        self._settings = settings
        self._meter = meter
        self._endpoint, self._unused = endpoint, unused
        self._roles: dict[tuple[Role, bool], Call] = {}
        self._rooms = {role: asyncio.Semaphore(how.at_once) for role, how in settings.roles.items()}
        self._breaker = Breaker(settings.limits.failures, settings.cooldown_s)
        self._day = day
        self._allowance = Allowance(day=day)
        self.name = settings.model

    @property
    def circuit(self) -> Circuit:
        """How the circuit to the endpoint stands."""
        return self._breaker.circuit

    def ready(self) -> bool:
        """Tell whether a call may go out: the circuit is closed, or a call may try whether the endpoint is back."""
        return self._breaker.admits()

    def allowed(self, account: str, seconds: float | None = None) -> OpenAIModels:
        """Return the same endpoint on the account of a tenant; with ``seconds`` for one turn, which lasts no longer than that."""
        view, limits = copy(self), self._settings.limits
        view._allowance = Allowance(account, day=self._day)
        if seconds is not None:
            view._allowance = Allowance(account, time.monotonic() + min(seconds, limits.turn_s), limits.turn_tokens, self._day)
        return view

    async def reply(self, role: Role, messages: Sequence[BaseMessage], tools: Sequence[BaseTool] = ()) -> AIMessage:
        """Return one message.

        Raises:
            ModelFailed: unreachable, too slow, rejected or no message, after the one retry that the policy allows; or not asked, because
                the circuit is open or the turn's time or tokens are used up.
        """
        return await self._call(role, self._role(role, thinking=False).with_tools(tools), messages)

    async def parse(
        self, role: Role, messages: Sequence[BaseMessage], schema: type[Schema], name: str, tools: Sequence[BaseTool] = ()
    ) -> Schema:
        """Return an answer that fits ``schema``; asked once more when the first does not.

        Args:
            role: of the model.
            messages: of the request.
            schema: of the answer.
            name: of the schema.
            tools: told of as in the draft's prompt, so that the server has read this far already; the model may not call them here.

        Raises:
            ModelFailed: as ``reply``, or two answers that do not fit.
        """
        wanted = {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": _schema_of(schema)}}
        # Thoughts may use up the room for the answer: what did not fit is asked for again without them.
        for thinking in (self._settings.roles[role].thinking, False):
            message = await self._call(role, self._role(role, thinking).with_tools(tools, callable_=False).shaped(wanted), messages)
            try:
                return schema.model_validate_json(without_thinking(message.text).strip())
            except ValidationError as error:
                log.warning("model answer does not fit %s: %d errors", name, error.error_count())
        raise ModelFailed("model_failed", reason="answer does not fit the schema")

    async def _call(self, role: Role, call: Call, messages: Sequence[BaseMessage]) -> AIMessage:
        how, begun = self._settings.roles[role], time.perf_counter()
        limit = self._allowance.seconds(role, how.timeout_s)
        with self._breaker.trial(may_try=role in _MAIN) as trial:
            async with self._allowance.paying(messages, how.max_tokens) as bill:
                asked = False
                try:
                    async with asyncio.timeout(limit), self._rooms[role]:
                        asked = True
                        bill.message = await self._tried(call, messages)
                except _GARBAGE as error:
                    # The endpoint is not to blame for time that the turn had not left, or that was spent waiting for room.
                    ours = isinstance(error, TimeoutError) and limit < how.timeout_s
                    trial.verdict = _verdict(error) if asked and role in _MAIN and not ours else ""
                    self._count(role, begun, failed=error)
                    log.warning("model call failed: %s", type(error).__name__)  # never the message: it may quote the patient
                    reason = UNREADABLE if isinstance(error, ValidationError) else type(error).__name__
                    raise ModelFailed("model_failed", reason=reason) from error
                trial.verdict = "answered"
                self._count(role, begun, bill.message)
                return bill.message

    async def _tried(self, call: Call, messages: Sequence[BaseMessage]) -> AIMessage:
        for attempt in range(self._settings.retries):
            try:
                return await call(messages)
            except _RETRIED as error:
                if isinstance(error, openai.APITimeoutError):
                    raise
                await asyncio.sleep(0.2 * (attempt + 1))
        return await call(messages)

    def _count(self, role: Role, begun: float, message: AIMessage | None = None, failed: Exception | None = None) -> None:
        if self._meter is not None:
            used = message.usage_metadata if message else None
            prompt, completion = (used["input_tokens"], used["output_tokens"]) if used else (0, 0)
            kind = type(failed).__name__ if failed else ""
            self._meter.model(ModelCall(role, time.perf_counter() - begun, prompt, completion, kind))

    def _role(self, role: Role, thinking: bool) -> Call:
        if (role, thinking) not in self._roles:
            how = self._settings.roles[role]
            switch = {"chat_template_kwargs": {"enable_thinking": thinking}} if self._settings.send_thinking_switch else None
            chat = ChatOpenAI(
                model=self._settings.model,
                base_url=self._settings.base_url,
                api_key=SecretStr(key_of(self._settings)),
                # Qwen3 repeats itself without end when it thinks greedily.
                temperature=max(how.temperature, _THINKING_TEMPERATURE) if thinking else how.temperature,
                top_p=how.top_p,
                max_tokens=how.max_tokens + (how.thinking_tokens if thinking else 0),
                timeout=openai.Timeout(how.timeout_s, connect=min(how.timeout_s, self._settings.limits.connect_s)),
                max_retries=0,  # the retry policy is in _call and nowhere else
                # Nothing of a call leaves before it is audited, and vLLM parses streamed tool calls less surely than whole ones.
                disable_streaming=True,
                extra_body=switch,
                http_async_client=self._unused,  # it only writes and reads; else it would open connections of its own
            )
            self._roles[role, thinking] = Call(chat, self._endpoint)
        return self._roles[role, thinking]


def key_of(settings: ModelSettings) -> str:
    """Return the key to send; servers of one's own ask for none."""
    return settings.api_key.get_secret_value() or "none"


@asynccontextmanager
async def connected(settings: ModelSettings, meter: Meter | None, store: BaseStore | None) -> AsyncIterator[OpenAIModels]:
    """Yield the endpoint of the settings and close its connections at the end; see `agent.models.opening`."""
    day = DayBudget(most, store) if (most := settings.limits.tenant_tokens_per_day) else None
    # Over aiohttp: with hundreds of calls in flight the client library's own transport becomes the slowest part of the service.
    async with (
        openai.DefaultAioHttpClient() as unused,
        open_endpoint(settings.base_url, key_of(settings), settings.limits.connect_s) as endpoint,
    ):
        try:
            yield OpenAIModels(settings, endpoint, unused, meter, day)
        finally:
            if day is not None:
                await day.close()


def _verdict(error: Exception) -> Verdict:
    """Return what a failure tells of the endpoint; one that answers, be it nonsense or a refusal, is there."""
    if isinstance(error, TimeoutError | openai.InternalServerError):
        return "failed"
    return "unreachable" if isinstance(error, openai.APIConnectionError | OSError) else "answered"


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
    async with openai.AsyncOpenAI(base_url=settings.base_url, api_key=key_of(settings), timeout=5.0, max_retries=0) as client:
        try:
            listed = await client.models.list()
            return EndpointReport(reachable=True, models=[model.id for model in listed.data])
        except _GARBAGE as error:
            return EndpointReport(reachable=False, reason=type(error).__name__)
