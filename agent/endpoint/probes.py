"""What the graph needs of an endpoint, tried one thing after the other: the doctor's questions to a live server."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from agent.endpoint.wire import Wire, message_of, open_wire, thinking
from configs.settings import ModelSettings

_ASK = "发烧怎么办？ What helps against a fever?"
_SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"enum": ["pass", "revise"]}, "sentence": {"type": "integer", "minimum": 0, "maximum": 9}},
    "required": ["verdict", "sentence"],
    "additionalProperties": False,
}
FORMAT = {"response_format": {"type": "json_schema", "json_schema": {"name": "probe", "strict": True, "schema": _SCHEMA}}}
TOOL = {
    "type": "function",
    "function": {
        "name": "bmi",
        "description": "Body mass index",
        "parameters": {
            "type": "object",
            "properties": {"height_cm": {"type": "number"}, "weight_kg": {"type": "number"}},
            "required": ["height_cm", "weight_kg"],
        },
    },
}
_NEEDED_CONTEXT = 8192
"""What an ordinary consult with a long thread needs, answer included."""
_LARGEST_TRIED = 140_000
_CACHED = 64
"""Tokens of a repeated prompt that must come from the cache: four blocks."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one probe saw: ``key`` and ``values`` name the sentence about it."""

    probe: str
    state: Literal["OK", "WARN", "FAIL"]
    key: str
    values: dict[str, Any] = field(default_factory=dict)


Probe = Callable[[Wire, dict[str, Any]], Awaitable[Seen]]


async def probe_all(settings: ModelSettings) -> list[Seen]:
    """Try everything; where the model does not even answer, the rest is left out."""
    async with open_wire(settings) as wire:
        card, seen = await _card(wire)
        found = [seen] if seen else []
        for probe in _PROBES:
            seen = await _tried(probe, wire, card)
            found.append(seen)
            if seen.probe == "chat" and seen.state == "FAIL":
                break
        return found


async def _tried(probe: Probe, wire: Wire, card: dict[str, Any]) -> Seen:
    try:
        return await probe(wire, card)
    except (httpx.HTTPError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        return Seen(probe.__name__, "FAIL", "broken", {"reason": type(error).__name__})


async def _card(wire: Wire) -> tuple[dict[str, Any], Seen | None]:
    """Return the model's line in the list, and a warning where its context is short."""
    try:
        _, body = await wire.get("/models")
        card = next((dict(card) for card in body["data"] if card["id"] == wire.model), {})
    except (httpx.HTTPError, KeyError, TypeError, ValueError):
        return {}, None
    length = card.get("max_model_len")
    if isinstance(length, int) and length < _NEEDED_CONTEXT:
        return card, Seen("context", "WARN", "context_short", {"tokens": length, "needed": _NEEDED_CONTEXT})
    return card, None


async def chat(wire: Wire, card: dict[str, Any]) -> Seen:
    """An answer of words, thinking off."""
    status, body = await wire.chat(_ASK, **thinking(False))
    if status == httpx.codes.BAD_REQUEST and (await wire.chat(_ASK))[0] == httpx.codes.OK:
        return Seen("chat", "FAIL", "switch_refused")
    if status != httpx.codes.OK:
        return Seen("chat", "FAIL", "chat_refused", {"status": status})
    if not isinstance(message_of(body).get("content"), str):
        return Seen("chat", "FAIL", "chat_empty")
    return Seen("chat", "OK", "chat_good")


async def streaming(wire: Wire, card: dict[str, Any]) -> Seen:
    """Pieces one after the other, with the count of tokens at the end."""
    status, events, done = await wire.stream(_ASK, **thinking(False))
    if status != httpx.codes.OK or not done or len(events) < 2:
        return Seen("streaming", "FAIL", "streaming_broken", {"status": status})
    counted = any(event.get("usage") for event in events)
    return (
        Seen("streaming", "OK", "streaming_good", {"pieces": len(events)}) if counted else Seen("streaming", "WARN", "streaming_uncounted")
    )


async def json_schema(wire: Wire, card: dict[str, Any]) -> Seen:
    """An object that fits its schema, without free whitespace."""
    status, body = await wire.chat(_ASK, max_tokens=200, **FORMAT, **thinking(False))
    if status != httpx.codes.OK:
        return Seen("json_schema", "FAIL", "json_refused", {"status": status})
    said = message_of(body).get("content") or ""
    try:
        parsed = json.loads(said)
    except ValueError:
        return Seen("json_schema", "FAIL", "json_broken")
    if not isinstance(parsed, dict) or set(parsed) != {"verdict", "sentence"}:
        return Seen("json_schema", "FAIL", "json_free")
    return Seen("json_schema", "WARN", "json_spaced") if any(c.isspace() for c in said) else Seen("json_schema", "OK", "json_good")


async def tool_call(wire: Wire, card: dict[str, Any]) -> Seen:
    """A call in ``tool_calls``, neither refused nor left in the text."""
    offered = {"tools": [TOOL], **thinking(False)}
    status, _ = await wire.chat(_ASK, tool_choice="auto", **offered)
    if status != httpx.codes.OK:
        return Seen("tool_call", "FAIL", "tools_refused", {"status": status})
    named = {"type": "function", "function": {"name": "bmi"}}
    _, body = await wire.chat("170 cm, 65 kg: BMI?", tool_choice=named, max_tokens=120, **offered)
    message = message_of(body)
    if not message.get("tool_calls"):
        if body["choices"][0]["finish_reason"] == "length":
            return Seen("tool_call", "WARN", "tools_cut")
        raw = "<tool_call>" in (message.get("content") or "")
        return Seen("tool_call", "FAIL" if raw else "WARN", "tools_raw" if raw else "tools_none")
    try:
        fits = isinstance(json.loads(message["tool_calls"][0]["function"]["arguments"]), dict)
    except ValueError:
        fits = False
    return Seen("tool_call", "OK", "tools_good") if fits else Seen("tool_call", "WARN", "tools_null")


async def thinking_switch(wire: Wire, card: dict[str, Any]) -> Seen:
    """Thoughts in a field of their own when switched on, and none when switched off."""
    _, body = await wire.chat(_ASK, max_tokens=64, **thinking(True))
    on = message_of(body)
    _, body = await wire.chat(_ASK, max_tokens=64, **thinking(False))
    off = message_of(body)
    if "<think>" in f"{on.get('content')}{off.get('content')}":
        return Seen("thinking_switch", "FAIL", "thinking_in_content")
    if off.get("reasoning") or off.get("reasoning_content"):
        return Seen("thinking_switch", "FAIL", "thinking_stays")
    if on.get("reasoning_content") and not on.get("reasoning"):
        return Seen("thinking_switch", "WARN", "thinking_old")
    return Seen("thinking_switch", "OK", "thinking_good" if on.get("reasoning") else "thinking_never")


async def long_prompt(wire: Wire, card: dict[str, Any]) -> Seen:
    """A prompt beyond the context is refused: what is cut off silently would be evidence or the patient's own words."""
    limit = card.get("max_model_len")
    if not isinstance(limit, int) or limit > _LARGEST_TRIED:
        return Seen("long_prompt", "OK", "long_untried", {"tokens": limit or "?"})
    status, _ = await wire.chat("fever " * (limit + 64), max_tokens=1, **thinking(False))
    if status == httpx.codes.OK:
        return Seen("long_prompt", "FAIL", "long_cut", {"tokens": limit})
    good = status in (httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_ENTITY_TOO_LARGE, httpx.codes.UNPROCESSABLE_ENTITY)
    return Seen("long_prompt", "OK" if good else "FAIL", "long_good" if good else "long_broken", {"tokens": limit, "status": status})


async def prefix_cache(wire: Wire, card: dict[str, Any]) -> Seen:
    """The same long beginning twice: the second time it comes from the cache, by the server's own count."""
    before = await wire.metrics()
    if "vllm:prefix_cache_hits_total" not in before:
        return Seen("prefix_cache", "WARN", "metrics_none")
    for _ in range(2):
        await wire.chat(_ASK * 40, max_tokens=1, **thinking(False))
    after = await wire.metrics()
    hits = after["vllm:prefix_cache_hits_total"] - before["vllm:prefix_cache_hits_total"]
    if hits < _CACHED:
        return Seen("prefix_cache", "WARN", "prefix_none")
    rate = after["vllm:prefix_cache_hits_total"] / max(after["vllm:prefix_cache_queries_total"], 1.0)
    return Seen("prefix_cache", "OK", "prefix_good", {"rate": f"{rate:.0%}"})


async def cards(wire: Wire, card: dict[str, Any]) -> Seen:
    """How many cards share the model and what the cache holds, as far as the server tells."""
    facts = await wire.cache_facts()
    blocks, size = facts.get("num_gpu_blocks", ""), facts.get("block_size", "")
    holds = int(blocks) * int(size) if blocks.isdecimal() and size.isdecimal() else 0
    status, page = await wire.page("/server_info?config_format=json")
    parts = json.loads(page)["vllm_config"]["parallel_config"]["tensor_parallel_size"] if status == httpx.codes.OK else "?"
    if not holds:
        return Seen("cards", "OK", "cards_untold", {"parts": parts})
    at_once = holds // card["max_model_len"] if isinstance(card.get("max_model_len"), int) else 0
    return Seen(
        "cards",
        "OK" if at_once else "WARN",
        "cards_good" if at_once else "cards_small",
        {"parts": parts, "tokens": holds, "count": at_once},
    )


_PROBES: tuple[Probe, ...] = (chat, streaming, json_schema, tool_call, thinking_switch, long_prompt, prefix_cache, cards)
