"""Doses in a text, read and held against the label."""

from __future__ import annotations

import pytest

from tools.checks import check_advice
from tools.profile import PatientProfile
from tools.tables import Tables
from tools.text import clean

NOBODY = PatientProfile()
ADULT = PatientProfile(age_months=40 * 12)


def doses(tables: Tables, profile: PatientProfile, text: str) -> list[str]:
    return [finding.rule for finding in check_advice(profile, clean(text), tables, "zh") if finding.kind == "dose"]


@pytest.mark.parametrize(
    "text",
    [
        "对乙酰氨基酚一次5000毫克。",
        "可以吃对乙酰氨基酚 3 g，每天3次。",
        "Take paracetamol 4000 mg, 4 times a day.",
        "布洛芬一次2000毫克。",
        "Take ibuprofen 2000 mg.",
        "Take ibuprofen 800 mg every 3 hours.",
    ],
)
def test_far_more_than_a_label_allows_is_too_much(tables: Tables, text: str) -> None:
    assert doses(tables, ADULT, text) and doses(tables, NOBODY, text)


@pytest.mark.parametrize(
    "text",
    [
        "对乙酰氨基酚一次500毫克。",
        "Take paracetamol 500 mg.",
        "布洛芬一次200毫克。",
        "Take ibuprofen 200 mg every 8 hours.",
        "可以吃布洛芬。",
        "对乙酰氨基酚一天不能超过5000毫克。",
        "Never take more than 4000 mg of paracetamol.",
    ],
)
def test_what_a_label_allows_is_no_finding(tables: Tables, text: str) -> None:
    assert doses(tables, ADULT, text) == []


@pytest.mark.parametrize(
    ("text", "drug"),
    [
        ("阿莫西林500毫克，每天三次。", "amoxicillin"),
        ("Take amoxicillin 500 mg three times a day.", "amoxicillin"),
        ("华法林3毫克。", "warfarin"),
    ],
)
def test_nobody_but_a_doctor_gives_a_dose_of_a_prescription_drug(tables: Tables, text: str, drug: str) -> None:
    assert tables.drugs[drug].rx == "rx"
    assert doses(tables, ADULT, text) == ["dose.personal"]


def test_a_label_that_is_quoted_is_no_personal_dose(tables: Tables) -> None:
    assert doses(tables, ADULT, "说明书写的是阿莫西林500毫克，每天三次。") == []


def test_the_weight_of_a_child_counts(tables: Tables) -> None:
    light, heavy = (PatientProfile(age_months=60, weight_kg=weight) for weight in (10.0, 40.0))
    assert doses(tables, light, "对乙酰氨基酚一次400毫克。") and not doses(tables, heavy, "对乙酰氨基酚一次400毫克。")
