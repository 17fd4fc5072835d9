"""The figures of ``make bench-vllm``, taken from the scripted server whose pace is known."""

from __future__ import annotations

import re

import httpx
import pytest

from configs.settings import ModelSettings
from evaluation.serving import Answer, _line, consults, in_flight, one
from tests.support.model_ready import honest
from tests.support.model_script import Status, Text, always
from tests.support.model_server import ModelServer


def test_a_reader_and_all_readers_are_counted_apart() -> None:
    line = _line(4, [Answer(first=0.5, whole=2.5, tokens=101)] * 4, seconds=4.0)
    assert "first token p50 500" in line and "between tokens p50 20.0" in line
    assert "50.0 tokens/s for one reader; 101.0 tokens/s for all" in line


async def test_an_answer_is_measured_by_the_servers_own_count_of_tokens(model_server: ModelServer) -> None:
    model_server.script = honest().with_role("draft", always(Text("多喝水" * 20)))
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await one(http, model_server.base_url, model_server.model, "发烧怎么办？", 60)
    assert answer.tokens == 60 and 0 < answer.first <= answer.whole
    sent = model_server.requests[-1].payload
    assert sent["stream"] and sent["ignore_eos"] and sent["chat_template_kwargs"] == {"enable_thinking": False}


async def test_every_answer_of_a_round_is_asked_for_with_a_prompt_of_its_own(model_server: ModelServer) -> None:
    settings = ModelSettings(base_url=model_server.base_url, model=model_server.model)
    line = await in_flight(settings.base_url, settings, count=4, rounds=2, tokens=16)
    asked = [request.payload["messages"][0]["content"] for request in model_server.requests]
    assert "n=8" in line and len(set(asked)) == 8 and len({text[:12] for text in asked}) >= 1
    model_server.script = honest().with_every_role(always(Status(500, "no")))
    with pytest.raises(httpx.HTTPStatusError):
        await in_flight(settings.base_url, settings, count=1, rounds=1, tokens=16)


async def test_consults_are_split_by_node_and_their_cache_hits_are_read(model_server: ModelServer) -> None:
    lines = await consults(ModelSettings(base_url=model_server.base_url, model=model_server.model), count=4, at_once=2)
    assert "n=4 (4 written by the model)" in lines[0] and "critique" in lines[1] and "draft" in lines[1]
    assert re.search(r"[1-9]\d*% of [1-9]", lines[2])
