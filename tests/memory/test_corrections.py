"""Corrections, stops, withdrawals and details over several turns."""

from __future__ import annotations

import pytest

from memory.extract import read_turns
from memory.facts import current
from tools.tables import Tables

CASES: list[tuple[list[str], str]] = [
    (["我对青霉素过敏。", "说错了，不是青霉素，是头孢过敏。"], "allergy/青霉素/refuted allergy/头孢/active"),
    (["我对虾过敏", "我其实不对虾过敏"], "allergy/虾/refuted"),
    (["我可能对牛奶过敏", "化验回来了，不是牛奶过敏"], "allergy/牛奶/refuted"),
    (["I'm allergic to kiwi", "That's no longer the case, I eat it now"], "allergy/kiwi/past"),
    (["I'm allergic to erythromycin.", "Sorry, I mixed that up, erythromycin is fine."], "allergy/erythromycin/refuted"),
    (["我在吃华法林", "上个月停了"], "medication/华法林/past"),
    (["老婆在吃优甲乐", "她上个月停的"], "medication/左甲状腺素/past"),
    (["I'm on warfarin", "I stopped it last week"], "medication/warfarin/past"),
    (["来曲唑上个月停了", "来曲唑已经重新吃上了"], "medication/来曲唑/active"),
    (["体重90公斤", "称错了，是88公斤"], "weight/88 kg/active"),
    (["我怀孕10周", "医生按B超算是11周"], "pregnancy/11 周/active"),
    (["我有糖尿病", "查清楚了，不是糖尿病"], "condition/糖尿病/refuted"),
    (["没有药物过敏", "想起来了，我对磺胺过敏"], "allergy/磺胺/active"),
]


@pytest.mark.parametrize(("turns", "expected"), CASES)
def test_a_correction_replaces_what_was_said(tables: Tables, turns: list[str], expected: str) -> None:
    facts = current(read_turns(turns, tables))
    assert {f"{fact.kind}/{fact.value}/{fact.status}" for fact in facts} == set(expected.replace(" allergy", "|allergy").split("|"))


def test_the_history_of_a_correction_is_kept(tables: Tables) -> None:
    said = read_turns(["我对青霉素过敏。", "说错了，不是青霉素，是头孢过敏。"], tables)
    assert [fact.status for fact in said if fact.value == "青霉素"] == ["active", "refuted"]


def test_a_later_mention_keeps_the_details_of_an_earlier_one(tables: Tables) -> None:
    (fact,) = current(read_turns(["我在吃二甲双胍，500mg，每天两次", "二甲双胍我一直在吃"], tables))
    assert "500mg" in fact.detail and fact.facets["frequency"] == "每天两次"


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ("我对青霉素过敏，全身起疹子", "疹"),
        ("在吃芬必得，一天两次，吃了三年了", "三年"),
        ("I take metformin 500 mg twice daily since 2019", "500 mg"),
        ("I'm allergic to penicillin, my throat swelled up", "throat"),
    ],
)
def test_doses_times_and_reactions_go_to_the_detail(tables: Tables, message: str, part: str) -> None:
    assert part in current(read_turns([message], tables))[0].detail
