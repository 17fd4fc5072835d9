"""The learned reader: what it sees, what it may decide, and that the rules stand without it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from memory import review
from memory.cues import CONCEPTS, cues_in
from memory.extract import by_rule, read
from memory.features import BUCKETS, features
from memory.learned import KIND_LABELS, STATUSES, Judge, Judgement, load_judge, save_judge
from memory.mentions import KINDS, Mention, mentions_in
from memory.people import Speaker
from memory.review import decided, judge
from tools.errors import TableError
from tools.tables import Tables
from tools.text import clean


def _mentions(message: str, tables: Tables) -> list[Mention]:
    talk, facts = by_rule(clean(message), tables, Speaker())
    return mentions_in(talk, facts)


def _opinion(kind: str, chance: float, status: str = "active", sure: float = 0.9) -> Judgement:
    kinds = {label: (1 - chance) / (len(KIND_LABELS) - 1) for label in KIND_LABELS} | {kind: chance}
    return Judgement(kinds, {other: (1 - sure) / (len(STATUSES) - 1) for other in STATUSES} | {status: sure})


def _judge() -> Judge:
    numbers = np.random.default_rng(7)
    kind = np.zeros((BUCKETS, len(KIND_LABELS)), np.float32)
    status = np.zeros((BUCKETS + len(KIND_LABELS), len(STATUSES)), np.float32)
    kind[::97] = numbers.normal(size=kind[::97].shape)
    status[::89] = numbers.normal(size=status[::89].shape)
    return Judge(kind, np.zeros(len(KIND_LABELS), np.float32), status, np.zeros(len(STATUSES), np.float32))


def test_concepts_are_found_in_both_languages_and_only_as_whole_latin_words() -> None:
    assert {CONCEPTS[cue.concept] for cue in cues_in("吃了起疹子")} >= {"take", "rash"}
    assert {CONCEPTS[cue.concept] for cue in cues_in("it gave me hives")} >= {"cause", "rash"}
    assert "no" not in {CONCEPTS[cue.concept] for cue in cues_in("noble")}


def test_every_name_is_seen_with_what_the_rules_say_of_it(tables: Tables) -> None:
    told = [(mention.name.words, mention.category, mention.verdict) for mention in _mentions("我对青霉素过敏，有高血压", tables)]
    assert told == [("青霉素", "class", ("allergy", "active")), ("高血压", "condition", ("condition", "active"))]


@pytest.mark.parametrize(
    ("message", "words", "spelled"), [("吃着可定", "可定", "瑞舒伐他汀"), ("皮皮虾过敏", "皮皮虾", ""), ("on Seretide 250", "Seretide", "")]
)
def test_names_that_no_table_holds_are_known_too(tables: Tables, message: str, words: str, spelled: str) -> None:
    name = _mentions(message, tables)[0].name
    assert (name.words, name.references != frozenset()) == (words, True)
    assert not spelled or name.spelled == spelled


def test_the_same_message_is_always_seen_alike(tables: Tables) -> None:
    talk, facts = by_rule("I stopped metformin, it gave me the runs", tables, Speaker())
    mentions = mentions_in(talk, facts)
    (one, strong), (other, _) = features(talk, mentions)[0], features(talk, mentions)[0]
    assert one.tolist() == other.tolist()
    assert len(one) == len(strong)
    assert int(one.min()) >= 0
    assert int(one.max()) < BUCKETS
    assert features(talk, []) == []


def test_a_model_is_read_as_it_was_written(tmp_path: Path, tables: Tables) -> None:
    made = _judge()
    save_judge(tmp_path / "m.npz", made)
    talk, facts = by_rule("对虾过敏", tables, Speaker())
    seen = features(talk, mentions_in(talk, facts))
    one, other = made.judge(seen)[0], load_judge(tmp_path / "m.npz").judge(seen)[0]
    assert one.label == other.label
    assert list(one.kinds.values()) == pytest.approx(list(other.kinds.values()), abs=0.02)
    assert made.judge([]) == []


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04"])
def test_a_damaged_model_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(TableError):
        load_judge(tmp_path / "m.npz")


def test_the_model_adds_and_drops_only_when_it_is_sure(tables: Tables) -> None:
    found = _mentions("我对青霉素过敏", tables)[0]
    missed = dataclasses.replace(found, facts=())
    assert decided(missed, _opinion("allergy", 0.9)) == ("allergy", "active")
    assert decided(missed, _opinion("", 0.9)) == ("", "")
    assert decided(found, _opinion("", 0.3)) == ("allergy", "active")
    assert decided(found, _opinion("", 0.99)) == ("", "")
    assert decided(found, _opinion("condition", 0.99)) == ("allergy", "active")  # no drug is a disease


def test_what_is_quoted_is_never_added(tables: Tables) -> None:
    mention = dataclasses.replace(_mentions("我对青霉素过敏", tables)[0], facts=())
    told = dataclasses.replace(mention, clause=dataclasses.replace(mention.clause, mode="told"))
    assert decided(told, _opinion("allergy", 1.0)) == ("", "")


def test_without_the_model_the_rules_decide(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "judge", lambda: None)
    assert [(fact.kind, fact.value) for fact in read("我对青霉素过敏", tables).facts] == [("allergy", "青霉素")]


def test_the_shipped_model_is_there_and_knows_plain_words(tables: Tables) -> None:
    assert judge() is not None
    told = {(fact.kind, fact.value, fact.status) for fact in read("Ibuprofen brought me out in hives, I'm on losartan", tables).facts}
    assert told == {("allergy", "ibuprofen", "active"), ("medication", "losartan", "active")}
    assert set(KINDS) < set(KIND_LABELS)


@pytest.mark.parametrize(
    "message",
    [
        "胸口突然压着疼，出冷汗，左胳膊发麻",
        "胸口突然压着疼，喘不上气，出冷汗，左胳膊发麻",
        "胸口突然压着疼，出冷汗，皮肤发红",
        "I work with paint in the kitchen and I'm tired",
    ],
)
def test_a_thing_that_was_only_there_is_no_allergy_however_many_others_are_known(tables: Tables, message: str) -> None:
    known = read("我对青霉素过敏，对头孢也过敏", tables).facts
    assert [fact.value for fact in known] == ["青霉素", "头孢"]
    assert [fact.value for fact in read(message, tables, known=known).facts if fact.kind in ("allergy", "intolerance")] == []


def test_a_thing_that_does_something_to_somebody_is_still_read(tables: Tables) -> None:
    assert [fact.value for fact in read("摸了油漆，手上起泡", tables).facts if fact.kind == "allergy"] == ["油漆"]
