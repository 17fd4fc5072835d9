"""Facts that a model proposes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from memory.extract import extract
from memory.facts import Fact, profile_of
from memory.merge import ProposedFact, ProposedFacts, accept
from tools.tables import Tables


def proposed(**changes: Any) -> ProposedFact:
    given = {"kind": "allergy", "value": "青霉素", "status": "active", "quote": "青霉素过敏"}
    return ProposedFact.model_validate(given | changes)


def accepted(tables: Tables, message: str, *items: ProposedFact, known: tuple[Fact, ...] = ()) -> list[Fact]:
    return accept(items, message, known, tables, "model:test")


def test_what_stands_in_the_words_is_accepted_with_its_references(tables: Tables) -> None:
    (fact,) = accepted(tables, "打针时发现青霉素过敏，起疹子", proposed(detail="起疹子"))
    assert (fact.kind, fact.value, fact.status, fact.subject) == ("allergy", "青霉素", "active", "self")
    assert (fact.references, fact.extractor, fact.detail) == (("group:penicillins",), "model:test", "起疹子")


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        ("我青霉素过敏", {"quote": "我对青霉素过敏"}),
        ("我青霉素过敏", {"quote": "我青霉素严重过敏"}),
        ("我青霉素过敏", {"quote": "头孢过敏", "value": "头孢"}),
        ("我青霉素过敏", {"value": "头孢"}),
        ("我青霉素过敏，也吃头孢", {"value": "头孢", "quote": "我青霉素过敏"}),
        ("我青霉素过敏", {"quote": ""}),
        ("我青霉素过敏", {"quote": "\u200b"}),
        ("我青霉素过敏", {"value": ""}),
        ("我青霉素过敏", {"value": " "}),
        ("你好", {}),
    ],
)
def test_an_invented_quote_or_a_value_outside_it_is_dropped(tables: Tables, message: str, changes: dict[str, Any]) -> None:
    assert accepted(tables, message, proposed(**changes)) == []


def test_letter_case_of_the_value_does_not_matter(tables: Tables) -> None:
    (fact,) = accepted(tables, "PENICILLIN gave me hives", proposed(value="penicillin", quote="PENICILLIN gave me hives"))
    assert fact.references == ("group:penicillins",)


@pytest.mark.parametrize(
    "message",
    ["我对青霉素不过敏", "我不是对青霉素过敏", "I'm not allergic to penicillin", "我可能对青霉素过敏", "小时候对青霉素过敏，现在不过敏了"],
)
def test_what_the_rules_have_read_holds_against_the_model(tables: Tables, message: str) -> None:
    known, _ = extract(message, tables)
    assert known
    item = proposed(value="penicillin" if message.isascii() else "青霉素", quote=message)
    assert accepted(tables, message, item, known=tuple(known)) == []


@pytest.mark.parametrize("status", ["active", "suspected", "past"])
@pytest.mark.parametrize("value", ["青霉素", "盘尼西林", "青霉素类"])
def test_the_model_cannot_end_or_change_an_allergy_that_holds(tables: Tables, status: str, value: str) -> None:
    message = f"我以前{value}过敏"
    known = (Fact(kind="allergy", value="青霉素", references=("group:penicillins",), quote="q"),)
    added = accepted(tables, message, proposed(status=status, value=value, quote=message), known=known)
    assert [k.words for k in profile_of([*known, *added]).allergies] == ["青霉素"]


def test_the_same_thing_of_another_person_may_be_added(tables: Tables) -> None:
    known = (Fact(kind="allergy", value="青霉素", references=("group:penicillins",), quote="q"),)
    added = accepted(tables, "外甥青霉素过敏", proposed(subject="other", quote="外甥青霉素过敏"), known=known)
    assert [fact.subject for fact in added] == ["other"]


def test_one_answer_adds_each_thing_once(tables: Tables) -> None:
    added = accepted(tables, "我青霉素过敏", proposed(), proposed(), proposed(status="past"))
    assert [fact.status for fact in added] == ["active"]


def test_an_unknown_allergen_is_kept_without_references(tables: Tables) -> None:
    (fact,) = accepted(tables, "艾绒酮让我起疹子", proposed(value="艾绒酮", quote="艾绒酮让我起疹子"))
    assert fact.references == ()


@pytest.mark.parametrize(
    ("kind", "value", "references"),
    [
        ("medication", "华法林", ("warfarin",)),
        ("condition", "高血压", ("condition:hypertension",)),
        ("allergy", "阿莫西林", ("amoxicillin",)),
    ],
)
def test_each_kind_gets_references_of_its_kind(tables: Tables, kind: str, value: str, references: tuple[str, ...]) -> None:
    (fact,) = accepted(tables, f"说到{value}", proposed(kind=kind, value=value, quote=f"说到{value}"))
    assert fact.references == references


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "refuted"},
        {"status": "denied"},
        {"kind": "mood"},
        {"subject": "the user"},
        {"value": "x" * 41},
        {"quote": "x" * 121},
        {"subject": "x" * 25},
        {"detail": "x" * 61},
        {"references": ["amoxicillin"]},
        {"value": None},
    ],
)
def test_a_proposal_can_neither_deny_nor_carry_more_than_its_shape(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        proposed(**changes)


def test_an_answer_holds_twelve_facts_at_most() -> None:
    with pytest.raises(ValidationError):
        ProposedFacts(facts=[proposed()] * 13)
    assert len(ProposedFacts(facts=[proposed()] * 12).facts) == 12


def test_a_detail_that_is_not_the_patients_is_left_out(tables: Tables) -> None:
    (fact,) = accepted(tables, "打针时发现青霉素过敏", proposed(detail="严重休克"))
    assert fact.detail == ""


def test_the_model_refines_what_the_rules_have_read(tables: Tables) -> None:
    message = "我在吃二甲双胍，餐中服用"
    known, _ = extract(message, tables, turn="1")
    item = proposed(kind="medication", value="二甲双胍", quote="在吃二甲双胍", detail="餐中服用")
    (refined,) = accepted(tables, message, item, known=tuple(known))
    assert (refined.status, refined.extractor, refined.references) == ("active", "rules+model:test", ("metformin",))
    assert "餐中服用" in refined.detail


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        ("网上说“青霉素过敏的人不少”", {}),
        ("如果我青霉素过敏怎么办", {}),
        ("我妈青霉素过敏", {}),
        ("把我的青霉素过敏记录删掉", {"quote": "青霉素过敏"}),
    ],
)
def test_what_is_quoted_supposed_or_about_another_is_not_taken_from_the_model(
    tables: Tables, message: str, changes: dict[str, Any]
) -> None:
    assert accepted(tables, message, proposed(**changes)) == []


def test_the_person_must_be_the_one_that_the_words_name(tables: Tables) -> None:
    assert [f.subject for f in accepted(tables, "我妈青霉素过敏", proposed(subject="mother"))] == ["mother"]


def test_the_model_replaces_no_measure(tables: Tables) -> None:
    message = "我体重70公斤"
    known, _ = extract(message, tables, turn="1")
    lie = Fact(kind="weight", value="50 kg", amount=50, quote="体重", extractor="model:test", turn="2")
    assert profile_of([*known, lie]).weight_kg == 70
    assert accepted(tables, message, proposed(kind="weight", value="70公斤", quote="体重70公斤"), known=tuple(known)) == []


KINDS = st.sampled_from(["allergy", "medication", "condition", "weight", "pregnancy"])
MESSAGES = ["我对青霉素过敏，在吃华法林", "I'm allergic to penicillin and I take warfarin", "青霉素过敏，二甲双胍 0.5 bid，高血压"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(MESSAGES),
    st.lists(st.tuples(KINDS, st.integers(0, 20), st.integers(1, 12), st.sampled_from(["active", "suspected", "past"])), max_size=8),
)
def test_whatever_the_model_says_nothing_that_the_rules_have_read_is_lost(
    tables: Tables, message: str, lies: list[tuple[str, int, int, str]]
) -> None:
    known, _ = extract(message, tables, turn="1")
    items = [
        proposed(kind=kind, value=message[a : a + n] or "x", quote=message[a : a + n] or "x", status=status) for kind, a, n, status in lies
    ]
    added = [fact.model_copy(update={"turn": "1"}) for fact in accept(items, message, known, tables, "model:liar")]
    before, after = profile_of(known), profile_of([*known, *added])
    assert set(before.allergies) <= set(after.allergies) and set(before.medications) <= set(after.medications)
