"""What waits for a confirmation, what contradicts, and what was never asked."""

from __future__ import annotations

import pytest

from memory.extract import read_turns
from memory.facts import Fact, current, profile_of
from memory.standing import contradictions, unasked, waiting
from tools.tables import Tables

SEVERE = "我对青霉素过敏，上次打完休克，抢救回来的"


@pytest.mark.parametrize("later", ["我对青霉素不过敏了", "青霉素只是轻微过敏", "我对青霉素可能过敏", "小时候对青霉素过敏，现在不过敏了"])
def test_a_severe_allergy_is_not_ended_or_weakened_without_a_confirmation(tables: Tables, later: str) -> None:
    said = read_turns([SEVERE, later], tables)
    (held,) = [fact for fact in current(said) if fact.kind == "allergy"]
    assert (held.status, held.severity) == ("active", "severe")
    assert [fact.turn for fact in waiting(said)] == ["1"]


def test_once_confirmed_it_holds(tables: Tables) -> None:
    said = read_turns([SEVERE, "我对青霉素不过敏了"], tables)
    (open_,) = waiting(said)
    said.append(open_.model_copy(update={"confirmed": True}))
    assert profile_of(said).allergies == () and waiting(said) == []


def test_an_allergy_that_is_not_severe_is_taken_back_at_once(tables: Tables) -> None:
    said = read_turns(["我对青霉素过敏", "我对青霉素不过敏"], tables)
    assert profile_of(said).allergies == () and waiting(said) == []


def test_what_a_document_says_waits(tables: Tables) -> None:
    fact = Fact(kind="medication", value="warfarin", references=("warfarin",), quote="warfarin", speaker="document")
    assert current([fact]) == [] and waiting([fact]) == [fact]
    assert current([fact.model_copy(update={"confirmed": True})])


def test_none_known_beside_a_named_allergy_is_a_contradiction(tables: Tables) -> None:
    said = read_turns(["我对青霉素过敏", "我没有药物过敏"], tables)
    assert [(c.held.value, c.said.value) for c in contradictions(said)] == [("青霉素", "*")]
    assert [known.words for known in profile_of(said).allergies] == ["青霉素"]


def test_naming_one_after_none_known_is_a_correction(tables: Tables) -> None:
    said = read_turns(["我没有药物过敏", "不对，我对青霉素过敏"], tables)
    assert contradictions(said) == [] and not profile_of(said).no_known_allergies


def test_a_severe_allergy_denied_is_shown_as_a_contradiction(tables: Tables) -> None:
    said = read_turns([SEVERE, "我对青霉素不过敏"], tables)
    assert [(c.held.status, c.said.holds) for c in contradictions(said)] == [("active", False)]


@pytest.mark.parametrize(
    ("turns", "open_"),
    [
        ([], ("allergy", "medication")),
        (["我头疼"], ("allergy", "medication")),
        (["没有药物过敏"], ("medication",)),
        (["没有药物过敏，平时不吃药"], ()),
        (["I'm allergic to latex"], ("medication",)),
        (["NKDA, on metformin 500 mg"], ()),
    ],
)
def test_unknown_is_not_the_same_as_none(tables: Tables, turns: list[str], open_: tuple[str, ...]) -> None:
    assert unasked(read_turns(turns, tables)) == open_


def test_what_is_known_of_the_mother_is_unknown_of_oneself(tables: Tables) -> None:
    said = read_turns(["我妈没有药物过敏，平时不吃药"], tables)
    assert unasked(said, "mother") == () and unasked(said) == ("allergy", "medication")
