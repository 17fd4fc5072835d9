"""Three calls of the model may wait for one another in a turn; what is refined with the last of them is checked by code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.events import Turn
from agent.service import ConsultService
from configs.settings import Settings
from tests.graphs.budgeted import budgeted
from tests.support import model_ready as ready
from tests.support.model_script import Json, Request, Script, always
from tests.support.model_server import ModelServer

QUESTION = "高血压平时要注意什么？"
SERIES = ("rewrite", "draft", "critique", "refine")


def objecting(mended: Callable[[Request], str]) -> Script:
    """The auditor always objects to the first sentence, and refining puts this in its place."""
    objection = {"sentence": 0, "kind": "tone", "severity": "major", "reason": "这一句不妥"}
    edits = {"sentence": 0, "action": "replace"}
    return (
        ready.honest()
        .with_role("critique", always(Json({"reasons": [], "findings": [objection], "verdict": "revise"})))
        .with_role("refine", lambda request: Json({"edits": [{**edits, "text": mended(request)}]}))
    )


async def asked(settings: Settings, *questions: str) -> Turn:
    """Ask in one thread; the last turn is returned."""
    async with ConsultService.open(settings) as service:
        return [await service.ask(question, thread="t") for question in questions][-1]


def of_the_sources(request: Request) -> str:
    """Return a sentence of the evidence that the draft has not, with its mark."""
    number, text = list(request.evidence.items())[-1]
    return f"{text.split('。')[0]}。[{number}]"


async def test_a_mended_sentence_that_its_source_says_is_shown_after_three_calls(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    written: list[str] = []
    model_server.script = objecting(lambda request: written.append(of_the_sources(request)) or written[-1])  # type: ignore[func-returns-value]
    turn = await asked(with_model(), QUESTION)
    assert [model_server.calls(role) for role in SERIES] == [0, 1, 1, 1]
    assert turn.outcome == "answer" and turn.reviewed and turn.rounds == 1
    assert turn.body[0].text == written[0].split("[")[0]


@pytest.mark.parametrize(
    "mended",
    ["血压每升高一点都要立刻住院观察。[1]", "多吃菠萝能让血管变软。", "您一定要相信我。"],
    ids=["not said", "medical", "no source"],
)
async def test_a_mended_sentence_that_no_source_says_is_not_shown(
    mended: str, with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    model_server.script = objecting(lambda request: mended)
    turn = await asked(with_model(), QUESTION)
    assert sum(model_server.calls(role) for role in SERIES) == 3
    assert turn.outcome == "answer" and turn.body and mended.split("[")[0] not in turn.answer, "the rest of the draft was audited"


async def test_with_more_calls_the_reviewer_reads_what_was_mended(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    model_server.script = objecting(of_the_sources)
    turn = await asked(budgeted(with_model(), 12), QUESTION)
    assert [model_server.calls(role) for role in SERIES] == [0, 1, 3, 2], "two rounds, each read again"
    assert turn.outcome == "safe_reply", "the auditor still objects"


async def test_a_rewritten_question_leaves_no_call_for_refining(with_model: Callable[..., Settings], model_server: ModelServer) -> None:
    model_server.script = objecting(of_the_sources).with_role("rewrite", always(Json({"question": "降压药有哪些副作用？"})))
    await asked(with_model(), QUESTION)
    before = [model_server.calls(role) for role in SERIES]
    model_server.script = objecting(of_the_sources).with_role("rewrite", always(Json({"question": "降压药有哪些副作用？"})))
    turn = await asked(with_model(), "第二种有副作用吗？")
    made = [now - then for now, then in zip([model_server.calls(role) for role in SERIES], before, strict=True)]
    assert made == [1, 1, 1, 0], "what the auditor named is taken out by code"
    assert turn.changes and not turn.changes[0].after


async def test_who_puts_one_danger_in_place_of_another_is_not_trusted_with_the_rest(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    model_server.script = objecting(lambda request: "可以放心服用阿莫西林。[1]")
    turn = await asked(with_model(), "我对青霉素过敏，嗓子疼怎么办？")
    assert turn.outcome == "safe_reply" and not turn.body
    assert sum(model_server.calls(role) for role in SERIES) == 3


async def test_an_objection_to_the_whole_draft_is_not_lost_beside_one_to_a_sentence(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    findings = [
        {"sentence": 0, "kind": "tone", "severity": "major", "reason": "这一句不妥"},
        {"sentence": 99, "kind": "danger", "severity": "contraindicated", "reason": "全文都有危险"},
    ]
    verdict = always(Json({"reasons": [], "findings": findings, "verdict": "revise"}))
    model_server.script = objecting(of_the_sources).with_role("critique", verdict)
    turn = await asked(with_model(), QUESTION)
    assert len(turn.body) <= 1, "only what was mended may be left"


async def test_what_the_reviewer_only_remarked_is_still_told_after_refining(
    with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    findings = [
        {"sentence": 0, "kind": "tone", "severity": "major", "reason": "这一句不妥"},
        {"sentence": 1, "kind": "detail", "severity": "minor", "reason": "可以说得更细"},
    ]
    verdict = always(Json({"reasons": [], "findings": findings, "verdict": "revise"}))
    model_server.script = objecting(of_the_sources).with_role("critique", verdict)
    turn = await asked(with_model(), QUESTION)
    assert any(finding.reason == "可以说得更细" for finding in turn.findings)
