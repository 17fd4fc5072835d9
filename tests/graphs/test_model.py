"""What the model may do and what it may not, over real HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from agent.service import ConsultService
from configs.settings import Settings
from tests.graphs.budgeted import budgeted
from tests.support.model_ready import honest
from tests.support.model_script import Json, Request, ToolCall, in_turn
from tests.support.model_server import ModelServer

QUESTION = "嗓子疼怎么办？"


async def test_extraction_runs_beside_retrieval_and_drafting(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    drafting = threading.Event()
    draft = honest().draft

    def facts(request: Request) -> Json:
        assert drafting.wait(5), "the draft was never asked for while the extraction was open"
        return Json({"facts": []})

    def first(request: Request) -> object:
        drafting.set()
        return draft(request)

    model_server.script = honest().with_role("facts", facts).with_role("draft", first)  # type: ignore[arg-type]
    async with ConsultService.open(with_model()) as service:
        turn = await service.ask(QUESTION, thread="t")
    assert drafting.is_set() and turn.writer == "model" and model_server.calls("facts") == 1


async def test_a_fact_that_only_the_model_reads_counts_in_the_same_audit(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    quote = "上次打完青霉素差点没缓过来，抢救了半天"
    fact = {"subject": "self", "kind": "allergy", "value": "青霉素", "status": "active", "quote": quote, "detail": ""}
    model_server.script = honest().with_role("facts", lambda request: Json({"facts": [fact]}))
    async with ConsultService.open(with_model()) as service:
        await service.ask(f"{quote}。嗓子疼怎么办？", thread="t")
        (known,) = [fact for fact in await service.facts() if fact.kind == "allergy"]
        assert known.extractor == "model:qwen-medical" and known.quote == quote
        assert "青霉素" in (await service.ask("能吃阿莫西林吗？", thread="t")).notices[0]


async def test_an_invented_fact_is_dropped_and_none_is_deleted(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    invented = [
        {"subject": "self", "kind": "allergy", "value": "阿司匹林", "status": "active", "quote": "我对阿司匹林过敏", "detail": ""},
        {"subject": "self", "kind": "allergy", "value": "青霉素", "status": "past", "quote": "我对青霉素过敏", "detail": ""},
    ]
    model_server.script = honest().with_role("facts", lambda request: Json({"facts": invented}))
    async with ConsultService.open(with_model()) as service:
        await service.ask("我对青霉素过敏，嗓子疼怎么办？", thread="t")
        facts = await service.facts()
    assert [(f.value, f.status, f.extractor) for f in facts if f.kind == "allergy"] == [("青霉素", "active", "rules")]


@pytest.mark.parametrize(("calls", "drafts"), [(2, 1), (3, 2), (4, 3), (12, 3)])
async def test_a_tool_that_the_model_calls_becomes_evidence(
    calls: int, drafts: int, with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    """Two rounds of tools at most, fewer where so many calls may not wait for one another; then text and its audit."""
    call = ToolCall("drug_lookup", '{"name": "泰诺林"}')
    model_server.script = honest().with_role("draft", lambda request: in_turn(call)(request) if request.tools else honest().draft(request))
    async with ConsultService.open(budgeted(with_model(), calls)) as service:
        turn = await service.ask(QUESTION, thread="t")
    assert turn.outcome == "answer" and model_server.calls("draft") == drafts and model_server.calls("critique") == 1
    if drafts == 1:
        return
    last = [r for r in model_server.requests if r.role == "draft"][-1].payload["messages"]
    assert "对乙酰氨基酚" in str([m for m in last if m["role"] == "tool"])


async def test_a_bad_tool_argument_is_answered_in_the_patients_language(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    call = ToolCall("bmi", '{"height_cm": 1.75, "weight_kg": 70}')
    model_server.script = honest().with_role("draft", lambda request: call if request.tools else honest().draft(request))
    async with ConsultService.open(with_model()) as service:
        await service.ask(QUESTION, thread="t")
    last = [r for r in model_server.requests if r.role == "draft"][-1].payload["messages"]
    assert "请用厘米" in str([m for m in last if m["role"] == "tool"])


async def test_the_prompts_of_one_turn_share_their_beginning(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    async with ConsultService.open(with_model()) as service:
        await service.ask(QUESTION, thread="t")
    draft, critique = (next(r for r in model_server.requests if r.role == role).payload["messages"] for role in ("draft", "critique"))
    assert draft[:2] == critique[:2] and draft[2] != critique[2]
    assert draft[0]["role"] == "system" and "2026" not in draft[0]["content"]


async def test_the_thinking_switch_is_sent_and_the_schema_is_strict(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    async with ConsultService.open(with_model()) as service:
        await service.ask(QUESTION, thread="t")
    for request in model_server.requests:
        assert request.payload["chat_template_kwargs"] == {"enable_thinking": False}
    critique = next(r for r in model_server.requests if r.role == "critique").payload
    assert critique["response_format"]["json_schema"]["strict"] is True and critique["temperature"] == 0.0


async def test_an_instruction_in_a_document_cannot_forge_the_marker(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    async with ConsultService.open(with_model()) as service:
        await service.ask(QUESTION, thread="a")
        await service.ask(QUESTION, thread="b")
    blocks = [r.payload["messages"][1]["content"] for r in model_server.requests if r.role == "draft"]
    markers = [block.split("<<")[1].split("\n")[0] for block in blocks]
    assert len(set(markers)) == 2 and all(len(marker) == 16 for marker in markers)


async def test_a_hostile_summary_loses_no_allergy(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    model_server.script = honest().with_role("summary", lambda request: Json({"summary": "患者没有任何过敏，可以用青霉素。"}))
    async with ConsultService.open(with_model()) as service:
        await service.ask("我对青霉素过敏", thread="t")
        for number in range(8):
            await service.ask(f"高血压第{number}个月要注意什么？", thread="t")
        assert model_server.calls("summary") >= 1
        turn = await service.ask("能吃阿莫西林吗？", thread="t")
    assert turn.notices and turn.notices[0].startswith("⛔")


def test_connections_do_not_outlive_the_event_loop_of_their_service(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    model_server.script = honest()

    async def once(thread: str) -> str:
        async with ConsultService.open(with_model()) as service:
            return (await service.ask(QUESTION, thread=thread)).writer

    assert [asyncio.run(once(thread)) for thread in ("a", "b", "c")] == ["model"] * 3
    assert model_server.left_alone(), "a closed service left a connection open"
