"""A person as a form describes them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tools.persons import Person, egfr_in
from tools.tables import Tables


@pytest.mark.parametrize("none", ["无", "没有", "否", "none", "No", "NKDA", "n/a", "无药物过敏史", "不详", "unknown", "", "  ", "无。"])
def test_no_allergy_is_no_allergen(tables: Tables, none: str) -> None:
    profile = Person(allergies=[none], medications=[none], conditions=[none]).profile(tables)
    assert (profile.allergies, profile.medications, profile.conditions) == ((), (), ())


@pytest.mark.parametrize(
    ("words", "reference"),
    [
        ("青霉素", "group:penicillins"),
        ("Penicillin", "group:penicillins"),
        ("青黴素", "group:penicillins"),
        ("头孢", "group:cephalosporins"),
    ],
)
def test_an_allergen_is_understood_in_both_languages(tables: Tables, words: str, reference: str) -> None:
    (allergy,) = Person(allergies=[words]).profile(tables).allergies
    assert allergy.words == words and reference in allergy.references


def test_what_nobody_understands_is_kept_and_not_dropped(tables: Tables) -> None:
    profile = Person(allergies=["zzyzx"], medications=["qwrtp"]).profile(tables)
    assert [(known.words, known.references) for known in (*profile.allergies, *profile.medications)] == [
        ("zzyzx", frozenset()),
        ("qwrtp", frozenset()),
    ]


@pytest.mark.parametrize(("age", "months"), [(None, None), (0, 0), (0.5, 6), (1, 12), (2.25, 27), (12, 144), (130, 1560)])
def test_years_become_months(tables: Tables, age: float | None, months: int | None) -> None:
    assert Person(age=age).profile(tables).age_months == months


@pytest.mark.parametrize(
    ("said", "sex"), [("male", "male"), ("男", "male"), ("M", "male"), ("女", "female"), ("f", "female"), (None, None)]
)
def test_a_sex_is_read_in_both_languages(tables: Tables, said: str | None, sex: str | None) -> None:
    assert Person(sex=said).profile(tables).sex == sex  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"alergies": ["x"]},
        {"age": -1},
        {"age": 131},
        {"sex": "x"},
        {"weight_kg": 0},
        {"height_cm": 300},
        {"egfr": 900},
        {"pregnancy_weeks": 50},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Person(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("conditions", "pregnant", "lactating"),
    [(["怀孕"], True, None), (["pregnancy"], True, None), (["哺乳期"], None, True), (["高血压"], None, None), ([], None, None)],
)
def test_a_pregnancy_among_the_conditions_is_one(
    tables: Tables, conditions: list[str], pregnant: bool | None, lactating: bool | None
) -> None:
    profile = Person(conditions=conditions).profile(tables)
    assert (profile.pregnant, profile.lactating) == (pregnant, lactating)


def test_what_the_form_says_goes_before_what_the_conditions_say(tables: Tables) -> None:
    profile = Person(conditions=["怀孕20周", "eGFR 25"], pregnant=True, pregnancy_weeks=30, egfr=80).profile(tables)
    assert (profile.pregnancy_weeks, profile.egfr) == (30, 80)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("egfr 25", 25),
        ("egfr: 25.5 ml/min", 25.5),
        ("肾小球滤过率45", 45),
        ("crcl 30", 30),
        ("ckd stage 5", 10),
        ("ckd g4", 22),
        ("ckd 3a", 45),
        ("慢性肾病4期", 22),
        ("慢性肾脏病 5 期", 10),
        ("肾功能不全3期", 45),
        ("高血压3级", None),
        ("慢性肾病", None),
        ("", None),
    ],
)
def test_kidneys_are_read_by_number_or_stage(text: str, value: float | None) -> None:
    assert egfr_in(text) == value
