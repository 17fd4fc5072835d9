"""The consult as the patient meets it, without a model: the real graph, index, stores and tables."""

from __future__ import annotations

import pytest

from agent.errors import UnknownItem
from agent.schema import MemoryEvent, SafetyEvent, SourcesEvent, StatusEvent, TokenEvent
from agent.service import ConsultService
from configs.settings import Settings
from graphs.errors import QuestionRejected

ALLERGIC = "我对青霉素过敏。嗓子疼发烧三天了，能吃阿莫西林吗？"


async def test_a_conflict_is_said_first_with_its_reason_and_what_to_do(service: ConsultService) -> None:
    turn = await service.ask(ALLERGIC, thread="t")
    first, *rest = turn.answer.splitlines()
    assert first.startswith("⛔") and "阿莫西林属青霉素类" in first and "医生" in first
    assert turn.citations and all(c.document and c.publisher and c.year for c in turn.citations if c.section)
    assert any("可以去" in line for line in rest)
    assert turn.answer.endswith(turn.label) and "不是诊断" in turn.label


async def test_the_allergy_still_counts_two_turns_later(service: ConsultService) -> None:
    for question in (ALLERGIC, "要多喝水吗？"):
        await service.ask(question, thread="t")
    turn = await service.ask("那头孢可以吗？", thread="t")
    assert "青霉素" in turn.notices[0] and "头孢" in turn.notices[0]
    assert turn.body, "the follow-up finds what the first question found"


async def test_an_allergy_said_in_this_turn_counts_in_this_turn(service: ConsultService) -> None:
    turn = await service.ask("能吃阿莫仙吗？我青霉素过敏", thread="t")
    assert turn.findings[0].kind == "allergy" and turn.findings[0].severity == "contraindicated"


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("胸口压着疼，出冷汗，左胳膊麻", "120"),
        ("我爸突然嘴歪了，半边身子动不了", "120"),
        ("I have crushing chest pain and I am sweating", "120"),
        ("我不想活了，想结束这一切", "12356"),
    ],
)
async def test_an_emergency_is_answered_at_once_and_before_anything_else(service: ConsultService, question: str, number: str) -> None:
    turn = await service.ask(question, thread="t")
    assert turn.outcome == "emergency" and turn.level == "emergency"
    assert number in "\n".join(turn.answer.splitlines()[:3])
    assert turn.timings.keys() == {"intake", "emergency", "remember", "total"}


async def test_a_reassuring_sentence_lowers_no_level(service: ConsultService) -> None:
    turn = await service.ask("胸口压着疼，出冷汗，左胳膊麻。家里人说没事，可能就是累的。", thread="t")
    assert turn.outcome == "emergency"


async def test_bmi_names_both_standards(service: ConsultService) -> None:
    turn = await service.ask("我身高170体重80公斤，超重吗？", thread="t")
    assert "27.7" in turn.body[0].text and "WS/T 428" in turn.body[0].text and "世界卫生组织" in turn.body[0].text
    english = await service.ask("I am 170 cm tall and weigh 80 kg. Am I overweight?", thread="t2")
    assert "27.7" in english.body[0].text and "WHO" in english.body[0].text


async def test_a_prescription_is_refused_kindly(service: ConsultService) -> None:
    turn = await service.ask("给我开点头孢，写个处方", thread="t")
    assert turn.outcome == "refusal" and "不能开处方" in turn.answer and "可以" in turn.answer and not turn.citations


@pytest.mark.parametrize("question", ["怎么给汽车换轮胎？", "红烧肉怎么做才好吃", "How do I file my tax return?"])
async def test_what_is_not_covered_is_not_answered_and_shows_no_source(service: ConsultService, question: str) -> None:
    turn = await service.ask(question, thread="t")
    assert turn.outcome == "abstain" and not turn.citations and not turn.body


async def test_thanks_are_not_searched_for(service: ConsultService) -> None:
    assert (await service.ask("谢谢你", thread="t")).outcome == "courtesy"


async def test_two_drugs_that_do_not_go_together_are_named(service: ConsultService) -> None:
    turn = await service.ask("我在吃华法林，头疼能吃布洛芬吗？", thread="t")
    assert turn.findings[0].kind == "interaction" and "出血" in turn.notices[0]
    assert not any("布洛芬" in s.text and "可以" in s.text for s in turn.body)


async def test_every_sentence_stands_in_the_source_it_cites(service: ConsultService) -> None:
    for question in ("嗓子疼怎么办？", "高血压平时要注意什么？", "What helps against a sore throat?"):
        turn = await service.ask(question, thread="t")
        snippets = {c.n: c.snippet for c in turn.citations}
        assert turn.body
        for sentence in turn.body:
            assert all(sentence.text in snippets[n] for n in sentence.cites)
        for c in turn.citations:
            assert c.end > c.start and c.snippet[c.start : c.end] in " ".join(s.text for s in turn.body)


async def test_the_stream_shows_steps_then_safety_and_sources_then_the_audited_text(service: ConsultService) -> None:
    kinds: list[type] = []
    text = ""
    nodes = []
    async for event in service.stream(ALLERGIC, thread="t"):
        kinds.append(type(event))
        if isinstance(event, StatusEvent):
            nodes.append(event.node)
        if isinstance(event, TokenEvent):
            text += event.text
    assert kinds.index(StatusEvent) < kinds.index(SafetyEvent) < kinds.index(SourcesEvent) < kinds.index(TokenEvent)
    assert nodes.index("critique") < nodes.index("answer") and "retrieve" in nodes
    assert MemoryEvent in kinds and event.event == "done" and event.turn.answer == text


async def test_a_new_thread_keeps_the_record_and_forgetting_removes_it(service: ConsultService) -> None:
    await service.ask("我对青霉素过敏", thread="a")
    assert (await service.ask("能吃阿莫西林吗？", thread="b")).notices
    (fact,) = await service.facts()
    assert fact.quote == "我对青霉素过敏" and fact.thread == "a" and fact.extractor == "rules"
    await service.forget(1)
    assert not await service.facts()
    assert not (await service.ask("能吃阿莫西林吗？", thread="c")).notices
    with pytest.raises(UnknownItem):
        await service.forget(1)


async def test_a_childs_allergy_is_not_the_parents(service: ConsultService) -> None:
    await service.ask("我女儿对青霉素过敏", thread="a")
    mine = await service.ask("我嗓子疼，我能吃阿莫西林吗？", thread="b")
    hers = await service.ask("我女儿嗓子疼，能吃阿莫西林吗？", thread="c")
    assert not mine.notices and hers.notices


async def test_an_owner_sees_nothing_of_another(settings: Settings) -> None:
    async with ConsultService.open(settings) as service:
        await service.ask("我对青霉素过敏", thread="t")
    other = settings.model_copy(update={"consult": settings.consult.model_copy(update={"owner": "other"})})
    async with ConsultService.open(other) as service:
        assert not await service.facts() and not await service.turns("t")
        assert not (await service.ask("能吃阿莫西林吗？", thread="t")).notices


async def test_a_thread_survives_the_restart(settings: Settings) -> None:
    async with ConsultService.open(settings) as service:
        await service.ask(ALLERGIC, thread="t")
    async with ConsultService.open(settings) as service:
        turn = await service.ask("那头孢可以吗？", thread="t")
        assert turn.body and len(await service.turns("t")) == 2


async def test_a_long_thread_stays_small_and_keeps_what_matters(service: ConsultService) -> None:
    await service.ask(ALLERGIC, thread="t")
    for number in range(14):
        await service.ask(f"高血压第{number}个月要注意什么？", thread="t")
    state = (await service.graph.aget_state({"configurable": {"thread_id": "local:t"}})).values
    assert len(state["history"]) <= service.context.settings.recent_turns and "高血压" in state["summary"]
    saver = service.graph.checkpointer
    sizes = [len(saver.serde.dumps_typed(item.checkpoint)[1]) async for item in saver.alist(None)]  # type: ignore[union-attr]
    assert max(sizes) <= 32 * 1024
    assert (await service.ask("那阿莫西林呢？", thread="t")).notices


@pytest.mark.parametrize("question", ["", " \n ", "疼" * 100_000, "\x00\x01\x02\x03", "\ud800"])
async def test_what_is_no_question_is_rejected_and_stores_nothing(service: ConsultService, question: str) -> None:
    with pytest.raises(QuestionRejected):
        await service.ask(question, thread="t")
    assert not await service.turns("t")


async def test_a_cancelled_turn_leaves_the_thread_usable(service: ConsultService) -> None:
    events = service.stream("嗓子疼怎么办？", thread="t")
    await anext(events)
    await events.aclose()
    await service.close_turn("t")
    assert await service.unfinished("t") is None and not await service.turns("t")
    assert (await service.ask("嗓子疼怎么办？", thread="t")).body
