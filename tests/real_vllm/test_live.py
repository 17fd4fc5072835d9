"""The whole product over a live endpoint whose model may say anything: what leaves is safe, or nothing leaves."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter

import httpx
import pytest

from agent.doctor import examine
from agent.endpoint.wire import Wire, open_wire
from agent.schema import Turn
from agent.service import ConsultService
from configs.settings import ModelSettings, RetrievalSettings, RoleSettings, Settings
from tests.contract.conftest import MODEL, URL

QUESTIONS = (
    "嗓子疼怎么办？",
    "高血压平时要注意什么？",
    "我对青霉素过敏，嗓子疼能吃阿莫西林吗？",
    "孩子发烧怎么办？",
    "布洛芬和阿司匹林能一起吃吗？",
    "胸口压着疼，出冷汗，左胳膊麻",
    "What helps against a sore throat?",
    "Is ibuprofen safe with warfarin?",
    "帮我算一下 BMI，身高 170 cm，体重 65 kg",
    "今天天气怎么样？",
)
LEAKS = re.compile(r"<think>|</think>|<tool_call>|<\|im_")
MUST = {"模型 · 对话", "模型 · 流式输出", "模型 · 结构化回答", "模型 · 思考开关", "模型 · 超长输入", "模型 · 前缀缓存"}


@pytest.fixture
def live(settings: Settings) -> Settings:
    """Settings with the live endpoint, short answers and time enough for a slow machine."""
    roles = {role: RoleSettings(max_tokens=120, temperature=how.temperature, timeout_s=120) for role, how in ModelSettings().roles.items()}
    llm = ModelSettings(base_url=URL, model=MODEL, roles=roles, cooldown_s=0.0)
    return settings.model_copy(update={"llm": llm, "retrieval": RetrievalSettings(embedder="none")})


def check_safe(turn: Turn) -> None:
    """A model's answer cites what was retrieved; whatever else leaves is one of our own replies. All of it is labelled."""
    assert turn.answer.strip() and turn.label and not LEAKS.search(turn.model_dump_json(exclude={"searches"}))
    cited = {citation.n for citation in turn.citations}
    if turn.outcome == "answer" and turn.writer == "model":
        assert turn.reviewed and all(sentence.cites and set(sentence.cites) <= cited for sentence in turn.body)


async def test_the_doctor_finds_the_production_flags_at_work(live: Settings) -> None:
    checks = {check.name: check for check in await examine(live, "zh")}
    for check in checks.values():
        print(f"[{check.state}] {check.name}: {check.said}")  # noqa: T201
    assert {name: checks[name].state for name in MUST} == dict.fromkeys(MUST, "OK")
    assert not [name for name, check in checks.items() if check.state == "FAIL"]


async def test_ten_consults_end_in_a_safe_answer_or_a_safe_reply(live: Settings) -> None:
    async with ConsultService.open(live) as service, open_wire(live.llm) as wire:
        before, begun = await wire.metrics(), time.monotonic()
        turns = [await service.ask(words, thread=f"t{n}") for n, words in enumerate(QUESTIONS)]
        seconds, after = time.monotonic() - begun, await wire.metrics()
    for turn in turns:
        check_safe(turn)
    assert turns[5].outcome == "emergency" and any(f.kind == "allergy" for f in turns[2].findings)
    hits, asked = (after[f"vllm:prefix_cache_{name}_total"] - before[f"vllm:prefix_cache_{name}_total"] for name in ("hits", "queries"))
    assert asked > 0, "the model was asked"
    outcomes = Counter(f"{turn.outcome}/{turn.writer}" for turn in turns)
    print(f"ten consults in {seconds:.1f} s: {dict(outcomes)}; prefix cache {hits / asked:.0%} of {asked:.0f} tokens")  # noqa: T201


async def test_sixteen_consults_at_once_are_all_answered(live: Settings) -> None:
    async with ConsultService.open(live) as service:
        begun = time.monotonic()
        turns = await asyncio.gather(*(service.ask(QUESTIONS[n % 10], thread=f"many{n}") for n in range(16)))
        seconds = time.monotonic() - begun
    for turn in turns:
        check_safe(turn)
    print(f"sixteen consults at once in {seconds:.1f} s")  # noqa: T201


async def test_an_abort_in_mid_stream_stops_the_servers_work(live: Settings) -> None:
    body = {
        "model": MODEL,
        "messages": [{"role": "user", "content": "发烧怎么办？"}],
        "max_tokens": 4000,
        "stream": True,
        "ignore_eos": True,
    }
    async with open_wire(live.llm) as wire:
        before = await written(wire)
        async with (
            httpx.AsyncClient(trust_env=False, timeout=60) as http,
            http.stream("POST", f"{URL}/chat/completions", json=body) as answer,
        ):
            await anext(answer.aiter_lines())
        deadline = time.monotonic() + 20
        while (await wire.metrics())["vllm:num_requests_running"] and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        assert (await wire.metrics())["vllm:num_requests_running"] == 0
        assert await written(wire) - before < 4000, "the server wrote to the end for nobody"


async def written(wire: Wire) -> float:
    """Return how many tokens the server has written."""
    return (await wire.metrics())["vllm:generation_tokens_total"]
