"""Whom a message is about, from clause to clause and from turn to turn."""

from __future__ import annotations

import pytest

from memory.extract import read, read_turns, subject_after
from memory.facts import Fact, profile_of
from tools.tables import Tables
from tools.text import clean


@pytest.mark.parametrize(
    ("message", "after"),
    [
        ("我女儿3岁发烧", "daughter"),
        ("我嫂子正在哺乳", "sister_in_law"),
        ("我照顾的老爷子今年81", "care_recipient"),
        ("宝宝8个月", "baby"),
        ("我老豆有高血压", "father"),
        ("我婆婆68了", "mother_in_law"),
        ("我妈说我小时候对青霉素过敏", "self"),
        ("我一个朋友对虾过敏", "friend"),
        ("本宝宝青霉素过敏哦", "self"),
        ("My client, whom I care for at home, is allergic to morphine", "care_recipient"),
        ("Grandad has pulmonary fibrosis", "grandfather"),
        ("My little girl is 5", "daughter"),
        ("my wife says that I notice twinges", "self"),
        ("My sister thinks she may be pregnant", "sister"),
        ("I have two kids and high blood pressure", "self"),
    ],
)
def test_a_message_leaves_the_thread_with_the_person_it_is_about(message: str, after: str) -> None:
    assert subject_after(clean(message)) == after


@pytest.mark.parametrize("message", ["发烧三天了", "我该给她吃什么？", "我很担心", "she has a rash", "What should I give her?"])
def test_the_person_of_the_thread_stays_until_another_is_named(message: str) -> None:
    assert subject_after(clean(message), "daughter") == "daughter"


def test_facts_of_the_family_never_mix(tables: Tables) -> None:
    said = read_turns(["我女儿3岁，对花生过敏", "体重15公斤", "我自己在吃华法林", "我妈青霉素过敏，高血压"], tables)
    assert [known.words for known in profile_of(said, "daughter").allergies] == ["花生"]
    assert profile_of(said, "daughter").weight_kg == 15 and profile_of(said, "self").weight_kg is None
    assert [known.words for known in profile_of(said, "self").medications] == ["华法林"]
    assert profile_of(said, "self").allergies == () and [known.words for known in profile_of(said, "mother").allergies] == ["青霉素"]


def test_two_people_may_share_a_fact(tables: Tables) -> None:
    assert {fact.subject for fact in read("我和我妈都对青霉素过敏", tables).facts} == {"self", "mother"}


def test_the_child_is_the_daughter_that_was_spoken_of(tables: Tables) -> None:
    said = read_turns(["我女儿发烧", "孩子对鸡蛋过敏"], tables)
    assert {fact.subject for fact in said if fact.kind == "allergy"} == {"daughter"}


def test_a_pronoun_without_a_person_is_reported_and_not_guessed(tables: Tables) -> None:
    reading = read("他对青霉素过敏", tables)
    assert reading.unclear and [fact.subject for fact in reading.facts] == ["other"]
    assert not read("我对青霉素过敏", tables).unclear


def test_which_of_two_children_is_meant_is_asked(tables: Tables) -> None:
    known = [Fact(subject=who, kind="age", value="3 岁", amount=36, quote="q") for who in ("son", "daughter")]
    assert read("孩子对头孢过敏", tables, known=known).unclear
