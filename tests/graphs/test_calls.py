"""What is not for the reader in a model's message: thinking in every place, calls in every broken shape, halves of sentences."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
from langchain_core.messages import AIMessage

from agent.service import ConsultService
from configs.settings import ModelSettings, RoleSettings, Settings
from graphs.calls import broken_call, calls_in, without_thinking
from tests.support.model_ready import answer, honest
from tests.support.model_script import Handler, Json, RawText, Reply, Request, Text, ToolCall, always, in_turn
from tests.support.model_server import ModelServer

QUESTION = "嗓子疼怎么办？"
SECRET = "先不告诉他真相"
GOOD = '{"name": "drug_lookup", "arguments": {"name": "泰诺林"}}'


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("<think>\n想\n</think>\n\n答", "答"),
        ("想，想\n</think>\n\n答", "答"),
        ("<think>想到一半", ""),
        ("答<think>想</think>完", "答完"),
        ("甲</think>乙</think>答", "答"),
        ("血压 <140 是目标", "血压 <140 是目标"),
    ],
)
def test_thinking_is_taken_out_wherever_it_stands(said: str, left: str) -> None:
    assert without_thinking(said).strip() == left


@pytest.mark.parametrize(
    ("text", "names", "broken"),
    [
        (f"<tool_call>\n{GOOD}\n</tool_call>", ["drug_lookup"], True),
        (f"<tool_call>{GOOD}</tool_call><tool_call>{GOOD}</tool_call>", ["drug_lookup", "drug_lookup"], True),
        ('<tool_call>{"name": "rm", "arguments": {}}</tool_call>', [], True),
        ('<tool_call>{"name": "drug_lookup", "arguments": null}</tool_call>', [], True),
        ('<tool_call>{"name": "drug_lo', [], True),
        (f"<think><tool_call>{GOOD}</tool_call></think>多喝水。", [], False),
        ("多喝水。[1]", [], False),
    ],
)
def test_a_whole_raw_call_is_mended_and_any_other_is_none(text: str, names: list[str], broken: bool) -> None:
    message = AIMessage(text)
    assert [call["name"] for call in calls_in(message, {"drug_lookup", "bmi"})] == names and broken_call(message) is broken


def first_then_honest(*replies: Reply) -> Handler:
    """Say the replies while tools are on offer, and answer honestly without tools or after a tool has answered."""
    say = in_turn(*replies)
    return lambda r: say(r) if r.tools and r.messages[-1].get("role") != "tool" else honest().draft(r)


async def asked(settings: Settings) -> tuple[str, str]:
    async with ConsultService.open(settings) as service:
        turn = await service.ask(QUESTION, thread="t")
    return turn.writer, turn.answer


@pytest.mark.parametrize(
    "reply",
    [
        ToolCall("bmi", "null"),
        ToolCall("bmi", "[1]"),
        ToolCall("bmi", '"170"'),
        ToolCall("bmi", '{"height_cm": 17'),
        ToolCall("no_such_tool", "{}"),
        RawText('<tool_call>{"name": "bmi'),
        RawText("<tool_call>\n{}\n</tool_call>", "stop"),
    ],
    ids=["null", "a list", "a word", "truncated", "unknown tool", "raw and truncated", "raw and empty"],
)
async def test_a_broken_call_is_mended_once_or_answered_without_the_tool(
    with_model: Callable[..., Settings], model_server: ModelServer, reply: Reply
) -> None:
    model_server.script = honest().with_role("draft", first_then_honest(reply))
    writer, text = await asked(with_model())
    assert writer == "model" and "[1]" in text and "tool_call" not in text
    assert model_server.calls("draft") == 2


async def test_a_raw_call_that_is_whole_is_made(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    model_server.script = honest().with_role("draft", first_then_honest(RawText(f"<tool_call>\n{GOOD}\n</tool_call>", "stop")))
    writer, _ = await asked(with_model())
    last = [r for r in model_server.requests if r.role == "draft"][-1].payload["messages"]
    assert writer == "model" and "对乙酰氨基酚" in str([m for m in last if m["role"] == "tool"])


async def test_the_half_sentence_of_an_answer_that_was_cut_off_is_left_out(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    def cut(request: Request) -> Reply:
        return RawText(answer(request, lambda n: f"[{n}]") + "这种情况下可以", "length")

    model_server.script = honest().with_role("draft", cut)
    writer, text = await asked(with_model())
    assert writer == "model" and "这种情况下可以" not in text


async def test_no_call_is_streamed_and_none_thinks_unless_it_is_the_auditor(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    await asked(thinking_auditor(with_model()))
    by_role = {r.role: r.payload for r in model_server.requests}
    assert not [r for r in model_server.requests if r.payload.get("stream")]
    assert {role: p["chat_template_kwargs"]["enable_thinking"] for role, p in by_role.items() if role != "critique"} == dict.fromkeys(
        by_role.keys() - {"critique"}, False
    )
    critique = by_role["critique"]
    assert critique["chat_template_kwargs"] == {"enable_thinking": True}
    assert (critique["max_completion_tokens"], critique["temperature"]) == (400 + 700, 0.6), "a budget of its own, and never greedy"


async def test_an_audit_whose_thoughts_left_no_room_is_asked_for_once_without_them(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    def critique(request: Request) -> Reply:
        return Text(None, SECRET, "length") if request.thinking else Json({"reasons": [], "findings": [], "verdict": "pass"})

    model_server.script = honest().with_role("critique", critique)
    assert (await asked(thinking_auditor(with_model())))[0] == "model"
    assert [r.payload["chat_template_kwargs"]["enable_thinking"] for r in model_server.requests if r.role == "critique"] == [True, False]


@pytest.mark.parametrize("role", ["draft", "refine", "extract", "look", "summarise"])
def test_a_profile_cannot_let_another_role_think(role: str) -> None:
    with pytest.raises(ValueError, match="only critique may"):
        ModelSettings.model_validate({"roles": {role: {"thinking": True}}})


@pytest.mark.parametrize("shape", ["field", "in the content", "closed only"])
async def test_thoughts_reach_neither_reader_nor_memory_nor_log(
    with_model: Callable[..., Settings], model_server: ModelServer, caplog: pytest.LogCaptureFixture, shape: str
) -> None:
    def think(said: str) -> Reply:
        if shape == "field":
            return Text(said, SECRET)
        return Text(f"{'<think>' if shape == 'in the content' else ''}{SECRET}</think>\n\n{said}")

    def critique(request: Request) -> Reply:
        return think(json.dumps({"reasons": [], "findings": [], "verdict": "pass"}))

    script = honest().with_role("draft", lambda r: think(answer(r, lambda n: f"[{n}]"))).with_role("critique", critique)
    model_server.script = script.with_role("facts", lambda r: think('{"facts": []}'))
    with caplog.at_level(logging.DEBUG):
        async with ConsultService.open(thinking_auditor(with_model())) as service:
            events = [event async for event in service.stream(QUESTION, thread="t")]
            snapshot = await service.graph.aget_state(service._config("t"))
            kept = f"{await service.turns('t')}{await service.facts()}{snapshot.values}"
    assert SECRET not in "".join(event.model_dump_json() for event in events) and SECRET not in kept
    ours = [record for record in caplog.records if record.name.split(".")[0] in ("agent", "graphs", "memory")]
    assert SECRET not in "".join(record.getMessage() for record in ours)
    assert events[-1].turn.writer == "model"  # type: ignore[union-attr]


def thinking_auditor(settings: Settings) -> Settings:
    """Return settings in which the auditor thinks, on a budget of its own."""
    roles = settings.llm.roles | {"critique": RoleSettings(max_tokens=400, thinking=True, thinking_tokens=700, timeout_s=5)}
    return settings.model_copy(update={"llm": settings.llm.model_copy(update={"roles": roles})})


async def test_the_same_answer_comes_whether_or_not_the_switch_is_known(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    settings = with_model()
    settings = settings.model_copy(update={"llm": settings.llm.model_copy(update={"send_thinking_switch": False})})
    model_server.script = honest().with_role("critique", always(Json({"reasons": [], "findings": [], "verdict": "pass"})))
    assert (await asked(settings))[0] == "model"
    assert not [r for r in model_server.requests if "chat_template_kwargs" in r.payload]
