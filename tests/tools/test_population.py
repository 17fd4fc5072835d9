"""Whom a sentence is about when it says so itself."""

from __future__ import annotations

import pytest

from tools.population import age_in, named_in, weeks_in
from tools.profile import PatientProfile
from tools.tables import Tables
from tools.text import clean, fold

NOBODY = PatientProfile()


def about(tables: Tables, sentence: str, profile: PatientProfile = NOBODY) -> PatientProfile:
    said = clean(sentence)
    names = tables.names.find(said)
    at = next(name.start for name in names if name.drugs)
    return named_in(said, at, names, profile)


@pytest.mark.parametrize(
    ("sentence", "pregnant"),
    [
        ("孕妇可以吃布洛芬。", True),
        ("怀孕了能吃布洛芬吗？", True),
        ("孕期可以吃布洛芬吗", True),
        ("Pregnant women can take ibuprofen.", True),
        ("I am pregnant, can I take ibuprofen?", True),
        ("懷孕了能吃布洛芬嗎？", True),
        ("我没有怀孕，能吃布洛芬吗？", None),
        ("I am not pregnant, can I take ibuprofen?", None),
        ("能吃布洛芬吗？", None),
    ],
)
def test_a_pregnancy_that_a_sentence_names_counts(tables: Tables, sentence: str, pregnant: bool | None) -> None:
    assert about(tables, sentence).pregnant is pregnant


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("孕30周", 30),
        ("怀孕 12 周", 12),
        ("怀孕了8周", 8),
        ("30 weeks pregnant", 30),
        ("孕早期", 8),
        ("孕晚期", 34),
        ("third trimester", 34),
        ("怀孕", None),
        ("感冒3周", None),
    ],
)
def test_the_weeks_of_a_pregnancy_are_read(text: str, weeks: float | None) -> None:
    assert weeks_in(fold(text)) == weeks


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("5岁的孩子", 60),
        ("孩子五岁", 60),
        ("a 5-year-old child", 60),
        ("8个月大的宝宝", 8),
        ("a 6 months old baby", 6),
        ("70岁", 840),
        ("新生儿", 0),
        ("老年人", 900),
        ("头疼三天", None),
        ("", None),
    ],
)
def test_an_age_is_read_by_number_or_by_word(text: str, months: int | None) -> None:
    assert age_in(fold(text)) == months


def test_a_known_age_is_not_overwritten(tables: Tables) -> None:
    assert about(tables, "5岁的孩子能吃布洛芬吗？").age_months == 60
    assert about(tables, "儿童可以吃布洛芬。", PatientProfile(age_months=30)).age_months == 30


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("哮喘患者可以吃普萘洛尔。", "condition:asthma"),
        ("我有哮喘，能吃普萘洛尔吗？", "condition:asthma"),
        ("People with asthma can take propranolol.", "condition:asthma"),
        ("I have asthma, can I take propranolol?", "condition:asthma"),
    ],
)
def test_an_illness_that_somebody_has_counts(tables: Tables, sentence: str, condition: str) -> None:
    assert condition in {reference for known in about(tables, sentence).conditions for reference in known.references}


@pytest.mark.parametrize("sentence", ["我没有哮喘，能吃普萘洛尔吗？", "I have no asthma, can I take propranolol?", "能吃普萘洛尔吗？"])
def test_an_illness_that_nobody_has_does_not(tables: Tables, sentence: str) -> None:
    assert about(tables, sentence).conditions == ()


@pytest.mark.parametrize(
    ("sentence", "lactating"), [("哺乳期可以吃布洛芬吗？", True), ("Is ibuprofen ok while breastfeeding?", True), ("能吃布洛芬吗", None)]
)
def test_who_breast_feeds_counts(tables: Tables, sentence: str, lactating: bool | None) -> None:
    assert about(tables, sentence).lactating is lactating


def test_what_is_said_of_somebody_else_does_not_count(tables: Tables) -> None:
    assert about(tables, "姐姐怀孕八周了，我自己能吃布洛芬吗？").pregnant is None


def test_what_is_known_stays_known(tables: Tables) -> None:
    known = PatientProfile(pregnant=True, pregnancy_weeks=30, lactating=True)
    changed = about(tables, "孕妇能吃布洛芬吗？", known)
    assert (changed.pregnant, changed.pregnancy_weeks, changed.lactating) == (True, 30, True)
