"""Which facts hold, and the profile that follows from them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.extract import extract
from memory.facts import ANY, HOLDING, Fact, Status, current, profile_of
from tools.tables import Tables


def fact(kind: str, value: str, status: str = "active", **more: Any) -> Fact:
    return Fact.model_validate({"kind": kind, "value": value, "status": status, "quote": value, **more})


def penicillin(status: str = "active", **more: Any) -> Fact:
    return fact("allergy", "青霉素", status, references=("group:penicillins",), **more)


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        (["active"], True),
        (["suspected"], True),
        (["refuted"], False),
        (["past"], False),
        (["active", "refuted"], False),
        (["refuted", "active"], True),
        (["active", "refuted", "suspected"], True),
        (["suspected", "past"], False),
    ],
)
def test_a_later_statement_replaces_an_earlier_one(said: list[str], holds: bool) -> None:
    profile = profile_of([penicillin(status, turn=str(n)) for n, status in enumerate(said)])
    assert bool(profile.allergies) is holds


def test_other_words_for_the_same_thing_replace_it_too() -> None:
    later = fact("allergy", "盘尼西林", "refuted", references=("group:penicillins",))
    assert profile_of([penicillin(), later]).allergies == ()
    assert [f.value for f in current([penicillin(), later])] == ["盘尼西林"]


def test_no_known_allergies_removes_nothing() -> None:
    nothing = fact("allergy", ANY, "denied")
    for said in ([penicillin(), nothing], [nothing, penicillin()]):
        profile = profile_of(said)
        assert [known.words for known in profile.allergies] == ["青霉素"]
    assert profile_of([nothing]).no_known_allergies and profile_of([nothing]).allergies == ()


def test_no_known_allergies_in_words_removes_nothing(tables: Tables) -> None:
    first, _ = extract("我对青霉素过敏", tables, turn="1")
    second, _ = extract("我没有药物过敏史", tables, turn="2")
    assert [known.words for known in profile_of(first + second).allergies] == ["青霉素"]


def test_taking_one_allergy_back_leaves_the_others() -> None:
    peanut = fact("allergy", "花生", references=("group:peanut",))
    profile = profile_of([penicillin(), peanut, penicillin("refuted")])
    assert [known.words for known in profile.allergies] == ["花生"]


def test_people_do_not_mix() -> None:
    said = [penicillin(subject="mother"), fact("medication", "华法林", references=("warfarin",)), penicillin("refuted", subject="self")]
    assert profile_of(said, "self").allergies == ()
    assert [known.words for known in profile_of(said, "mother").allergies] == ["青霉素"]
    assert profile_of(said, "mother").medications == ()
    assert profile_of(said, "son").allergies == () == profile_of(said, "son").medications


def test_of_a_measure_the_newest_holds() -> None:
    said = [fact("weight", "70 kg", amount=70), fact("weight", "65 kg", amount=65), fact("age", "35 years", amount=420.5)]
    profile = profile_of(said)
    assert (profile.weight_kg, profile.age_months, profile.height_cm) == (65, 420, None)


def test_a_pregnancy_spoken_of_again_keeps_its_weeks(tables: Tables) -> None:
    before = extract("我怀孕24周了，感冒了能吃什么药", tables, turn="1")[0]
    (told,) = [f for f in current([*before, *extract("怀孕后我戒烟了", tables, known=before, turn="2")[0]]) if f.kind == "pregnancy"]
    assert told.amount == 24
    weeks, newer = fact("pregnancy", "24 周", amount=24.0, turn="1"), fact("pregnancy", "30 周", amount=30.0, turn="2")
    assert [f.amount for f in current([weeks, newer])] == [30.0]
    assert [f.status for f in current([weeks, fact("pregnancy", "是", "denied", turn="2")])] == ["denied"]
    again = fact("pregnancy", "是", quote="我又怀孕了", turn="2")
    assert [f.amount for f in current([weeks, again])] == [None]
    years, born = fact("age", "30 岁", amount=360.0, turn="1"), fact("age", "1956-02-14", turn="2")
    assert [f.value for f in current([years, born])] == ["1956-02-14"]


@pytest.mark.parametrize(("status", "pregnant"), [("active", True), ("suspected", True), ("denied", False), ("past", False)])
def test_a_pregnancy_is_known_or_denied(status: str, pregnant: bool) -> None:
    assert profile_of([fact("pregnancy", "pregnant", status)]).pregnant is pregnant


def test_what_was_never_said_is_not_known() -> None:
    profile = profile_of([])
    assert (profile.pregnant, profile.sex, profile.age_months, profile.no_known_allergies) == (None, None, None, False)


@pytest.mark.parametrize(("subject", "sex"), [("mother", "female"), ("son", "male"), ("child", None), ("self", None), ("friend", None)])
def test_the_relation_tells_the_sex(subject: str, sex: str | None) -> None:
    assert profile_of([], subject).sex == sex


def test_a_stated_sex_goes_before_the_relation() -> None:
    assert profile_of([fact("sex", "male", subject="child")], "child").sex == "male"


def test_the_id_is_stable_and_differs_with_turn_and_status() -> None:
    assert penicillin(turn="1").id == penicillin(turn="1", at="later", quote="other").id
    assert len({penicillin(turn="1").id, penicillin(turn="2").id, penicillin("past", turn="1").id}) == 3


STATUSES = st.sampled_from(["active", "suspected", "past", "denied", "refuted"])


@given(st.lists(st.tuples(st.sampled_from(["青霉素", "头孢", "花生"]), STATUSES), max_size=12))
def test_the_last_word_on_each_allergen_holds(said: list[tuple[str, Status]]) -> None:
    last = dict(said)
    profile = profile_of([fact("allergy", value, status) for value, status in said])
    assert {known.words for known in profile.allergies} == {value for value, status in last.items() if status in HOLDING}


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), STATUSES), max_size=8))
def test_what_holds_now_holds_again_when_asked_again(said: list[tuple[str, Status]]) -> None:
    once = current([fact("medication", value, status) for value, status in said])
    assert current(once) == once
