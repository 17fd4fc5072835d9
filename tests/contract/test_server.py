"""Lists, refusals, metrics and aborts: how the server behaves around its answers."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
import pytest

from agent.endpoint.wire import Wire, thinking
from configs.settings import ModelSettings
from tests.contract.conftest import LONG

ASK = "发烧怎么办？"


async def refusal(endpoint: ModelSettings, **changes: Any) -> tuple[int, dict[str, Any]]:
    body = {"model": endpoint.model, "messages": [{"role": "user", "content": ASK}], "max_tokens": 4} | changes
    body = {key: value for key, value in body.items() if value is not None}
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        answer = await http.post(f"{endpoint.base_url}/chat/completions", json=body)
    return answer.status_code, answer.json()["error"]


async def test_the_model_is_listed_with_its_context(wire: Wire) -> None:
    _, listed = await wire.get("/models")
    (card,) = [card for card in listed["data"] if card["id"] == wire.model]
    assert card["owned_by"] == "vllm" and card["max_model_len"] >= 1024
    assert (await wire.page("/health"))[0] == 200 and json.loads((await wire.page("/version"))[1])["version"]


@pytest.mark.parametrize(
    ("changes", "status", "param"),
    [({"model": "nope"}, 404, "model"), ({"temperature": -3}, 400, "temperature"), ({"messages": None}, 400, "body.messages")],
    ids=["unknown model", "bad parameter", "no messages"],
)
async def test_a_bad_request_is_refused_with_a_reason(endpoint: ModelSettings, changes: dict[str, Any], status: int, param: str) -> None:
    refused, error = await refusal(endpoint, **changes)
    assert refused == status and error.keys() == {"message", "type", "param", "code"} and error["param"] == param


async def test_a_prompt_beyond_the_context_is_refused_not_cut(endpoint: ModelSettings, wire: Wire) -> None:
    _, listed = await wire.get("/models")
    limit = listed["data"][0]["max_model_len"]
    status, error = await refusal(endpoint, messages=[{"role": "user", "content": "fever " * (limit + 64)}])
    assert status == 400 and "maximum context length" in error["message"]


async def test_a_repeated_prompt_comes_from_the_cache_by_the_servers_own_count(wire: Wire) -> None:
    before = (await wire.metrics())["vllm:prefix_cache_hits_total"]
    for _ in range(2):
        await wire.chat(ASK * 40, max_tokens=1, **thinking(False))
    assert (await wire.metrics())["vllm:prefix_cache_hits_total"] - before >= 64


async def test_the_cache_tells_what_it_holds(wire: Wire) -> None:
    facts = await wire.cache_facts()
    assert int(facts["num_gpu_blocks"]) * int(facts["block_size"]) > 0 and facts["enable_prefix_caching"] == "True"


async def test_an_answer_whose_reader_has_left_is_given_up(endpoint: ModelSettings, wire: Wire) -> None:
    body = {"model": endpoint.model, "messages": [{"role": "user", "content": ASK}], "max_tokens": LONG, "stream": True}
    url = f"{endpoint.base_url}/chat/completions"
    async with (
        httpx.AsyncClient(trust_env=False, timeout=60) as http,
        http.stream("POST", url, json=body | {"ignore_eos": True}) as answer,
    ):
        lines = answer.aiter_lines()
        await anext(lines)
        assert await running(wire, 1) == 1
    assert await running(wire, 0) == 0, "the server went on writing for nobody"


async def running(wire: Wire, awaited: int, seconds: float = 20.0) -> float:
    """Return how many requests run, as soon as there are as many as awaited."""
    deadline = time.monotonic() + seconds
    while (now := (await wire.metrics())["vllm:num_requests_running"]) != awaited and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    return now
