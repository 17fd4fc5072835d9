"""What the assistant asks before it is sure, and what becomes of the answer."""

from __future__ import annotations

from agent.service import ConsultService


async def held(service: ConsultService) -> set[tuple[str, str, str, str]]:
    return {(fact.subject, fact.kind, fact.value, fact.status) for fact in await service.facts()}


async def test_before_drugs_are_spoken_of_allergies_are_asked_and_a_bare_no_is_understood(service: ConsultService) -> None:
    first = await service.ask("头痛可以吃布洛芬吗？", thread="t")
    assert "过敏" in first.questions[0] and first.questions[0].startswith("用药前") and first.questions[0] in first.answer
    second = await service.ask("没有。那我头痛可以吃布洛芬吗？", thread="t")
    assert ("self", "allergy", "*", "denied") in await held(service)
    assert len(second.questions) == 1 and "在用什么药" in second.questions[0], "one thing at a time"
    third = await service.ask("没吃别的药。头痛可以吃布洛芬吗？", thread="t")
    assert third.questions == []


async def test_a_bare_name_answers_the_question_about_allergies(service: ConsultService) -> None:
    await service.ask("Can I take ibuprofen for a headache?", thread="t")
    await service.ask("Penicillin", thread="t")
    assert ("self", "allergy", "penicillin", "active") in {(s, k, v.lower(), w) for s, k, v, w in await held(service)}


async def test_the_same_word_without_the_question_is_no_allergy(service: ConsultService) -> None:
    await service.ask("Penicillin", thread="t")
    assert not any(kind == "allergy" for _, kind, _, _ in await held(service))


async def test_what_is_asked_is_asked_of_the_person_in_question(service: ConsultService) -> None:
    turn = await service.ask("我妈妈头痛，能吃布洛芬吗？", thread="t")
    assert any("母亲" in line and "过敏" in line for line in turn.questions)


async def test_whom_a_fact_is_about_is_asked_and_not_guessed(service: ConsultService) -> None:
    await service.ask("我儿子5岁，我女儿3岁，都有点咳嗽。", thread="t")
    await service.ask("我自己也有点咳嗽，怎么办？", thread="t")
    turn = await service.ask("孩子对头孢过敏，能吃头孢克洛吗？", thread="t")
    assert any("是谁" in line and "头孢过敏" in line for line in turn.questions)
    assert any(finding.kind == "allergy" for finding in turn.findings), "until it is settled the safer reading counts"
    assert not any(kind == "allergy" for _, kind, _, _ in await held(service)) and not turn.remembered
    turn = await service.ask("是我女儿", thread="t")
    assert [(fact.subject, fact.kind) for fact in turn.remembered] == [("daughter", "allergy")]
    assert turn.remembered[0].quote in "孩子对头孢过敏，能吃头孢克洛吗？"


async def test_a_question_that_is_passed_over_loses_no_fact(service: ConsultService) -> None:
    await service.ask("我儿子5岁，我女儿3岁，都有点咳嗽。", thread="t")
    await service.ask("我自己也有点咳嗽，怎么办？", thread="t")
    await service.ask("孩子对头孢过敏，能吃头孢克洛吗？", thread="t")
    await service.ask("发烧要多喝水吗？", thread="t")
    assert any(kind == "allergy" and "头孢" in value for _, kind, value, _ in await held(service))


async def test_a_contradiction_is_shown_and_the_safer_reading_holds(service: ConsultService) -> None:
    await service.ask("我对青霉素过敏", thread="t")
    turn = await service.ask("我没有药物过敏。嗓子疼能吃阿莫西林吗？", thread="t")
    assert [fact.value for fact in turn.contradicted] == ["青霉素"] and "青霉素" in turn.memory_line
    assert turn.findings[0].kind == "allergy"


async def test_a_childs_age_counts_on(service: ConsultService) -> None:
    from datetime import UTC, datetime

    from graphs.context import profile_about

    await service.ask("我女儿11个月大，有点咳嗽", thread="t")
    said = await service.record.memory.statements()
    assert profile_about(said, "daughter", "").age_months == 11
    year, month = divmod(datetime.now(UTC).month + 6 - 1, 12)
    later = datetime.now(UTC).date().replace(year=datetime.now(UTC).year + year, month=month + 1, day=28)
    assert profile_about(said, "daughter", "", later).age_months in (17, 18)


async def test_what_was_not_borne_is_said_when_it_is_asked_for_again(service: ConsultService) -> None:
    await service.ask("我吃布洛芬会胃痛得厉害，医生说不是过敏，是不耐受。", thread="t")
    turn = await service.ask("头痛可以吃芬必得吗？", thread="t")
    assert any("不耐受" in line for line in turn.notices)
