"""What one reader sees of a service that nobody else asks: the first status event, the reply to an emergency, the calls of the model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import aiohttp

from evaluation.metrics import percentile
from evaluation.prefix import rendered, shared

EMERGENCY = "我突然胸口剧烈压榨样疼痛，出冷汗，喘不过气"
ASKED = 20
_IN_SERIES = ("draft", "critique", "refine", "rewrite")
"""Roles that wait for one another; the others are asked beside them."""
_SHARING = ("draft", "critique", "refine")
Call = dict[str, Any]


@dataclass
class Low:
    """What was seen; seconds."""

    status: list[float] = field(default_factory=list)
    emergency: list[float] = field(default_factory=list)
    calls: list[list[str]] = field(default_factory=list)
    """Roles of the model that each turn asked."""
    prefix: list[float] = field(default_factory=list)
    """Of each critique and refinement, the share of the blocks of the case file that was read before."""


async def look(url: str, questions: Sequence[str], model: str = "") -> Low:
    """Ask one question after the other.

    Args:
        url: of the service.
        questions: to ask.
        model: where the scripted model tells what it was asked; empty where there is none.
    """
    seen = Low()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as session:
        await _streamed(session, url, questions[0])
        if model:
            await _calls(session, model)
        for question in questions[:ASKED]:
            seen.status.append(await _streamed(session, url, question))
            if model:
                asked = await _calls(session, model)
                seen.calls.append([call["role"] for call in asked])
                seen.prefix += shares(asked)
        for _ in range(ASKED):
            seen.emergency.append(await _answered(session, url, EMERGENCY))
    return seen


def lines(name: str, seen: Low) -> list[str]:
    """Return the rows of the table."""
    timed = (("first status event", seen.status, 50), ("emergency reply", seen.emergency, 100))
    told = [
        f"{name}  {what}  p50 {median(took) * 1000:.0f} ms  p95 {percentile(took, 0.95) * 1000:.0f} ms  n={len(took)}  (bound {bound} ms)"
        for what, took, bound in timed
    ]
    if seen.calls:
        every, series = [len(calls) for calls in seen.calls], [sum(role in _IN_SERIES for role in calls) for calls in seen.calls]
        told.append(f"{name}  calls of the model a turn, one after the other: median {median(series):g}, most {max(series)}  (bound 2, 3)")
        told.append(f"{name}  with those beside them (facts, look): median {median(every):g}, most {max(every)}")
    if seen.prefix:
        told.append(f"{name}  blocks of the case file found in the prefix cache: least {min(seen.prefix):.1%}  (bound 90 %)")
    return told


def shares(calls: Sequence[Call]) -> list[float]:
    """Return of each critique and refinement the share of the blocks of its case file that the calls before it have brought."""
    found: list[float] = []
    before: list[str] = []
    for call in (call for call in calls if call["role"] in _SHARING):
        prompt, case = rendered(call["messages"], call["tools"]), rendered(call["messages"][:2], call["tools"])
        if before:
            found.append(max(shared(earlier, prompt, case) for earlier in before))
        before.append(prompt)
    return found


async def _thread(session: aiohttp.ClientSession, url: str) -> str:
    async with session.post(f"{url}/v1/threads", json={}) as answer:
        return str((await answer.json())["id"])


async def _streamed(session: aiohttp.ClientSession, url: str, question: str) -> float:
    """Return the seconds from sending to the first status event; the turn is read to its end."""
    address, first = f"{url}/v1/threads/{await _thread(session, url)}/messages", 0.0
    begun = time.perf_counter()
    async with session.post(address, json={"content": question}, headers={"accept": "text/event-stream"}) as answer:
        async for line in answer.content:
            if not first and line.startswith(b"event: status"):
                first = time.perf_counter() - begun
    return first


async def _answered(session: aiohttp.ClientSession, url: str, question: str) -> float:
    address = f"{url}/v1/threads/{await _thread(session, url)}/messages"
    begun = time.perf_counter()
    async with session.post(address, json={"content": question}) as answer:
        body = await answer.json()
    assert body["outcome"] == "emergency", body
    return time.perf_counter() - begun


async def _calls(session: aiohttp.ClientSession, model: str) -> list[Call]:
    async with session.get(f"{model}/calls") as answer:
        return list(await answer.json())
