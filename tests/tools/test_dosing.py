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


AGES = {"adult": 40 * 12, "toddler": 24, "schoolchild": 8 * 12}


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("adult", "泰诺林缓释片早中晚各三片，睡前再加三片。"),
        ("adult", "扑热息痛每两个小时吃一片，烧退了再停。"),
        ("adult", "洛哌丁胺先吞十粒，还拉再吞十粒。"),
        ("adult", "维生素D每天吃五万单位。"),
        ("adult", "右美沙芬止咳糖浆可以整瓶 100 毫升分两次喝完。"),
        ("adult", "新康泰克一次三粒，四小时后再来三粒。"),
        ("adult", "开塞露一次打六支。"),
        ("adult", "羟甲唑啉连续用两个月。"),
        ("adult", "Naproxen from the chemist: 4 tablets of 220 mg at breakfast and the same at dinner."),
        ("adult", "Benadryl, six of the 25 mg pills at bedtime."),
        ("adult", "If one Sudafed 60 mg does nothing, take another hourly."),
        ("adult", "Iron tablets, how about twenty today?"),
        ("adult", "Vitamin D 50,000 IU every day, all winter."),
        ("adult", "Dextromethorphan syrup, drink half the bottle before bed."),
        ("toddler", "A whole adult paracetamol tablet (500 mg) is alright for your two-year-old, every four hours."),
        ("toddler", "20 mL of Calpol 120 mg/5 mL each 3 hours."),
        ("schoolchild", "Give him 30 mg of cetirizine at bedtime."),
    ],
)
def test_an_amount_is_read_however_it_is_counted(tables: Tables, who: str, text: str) -> None:
    found = check_advice(PatientProfile(age_months=AGES[who]), clean(text), tables, "en")
    assert any(finding.kind == "dose" and finding.stops for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "洛哌丁胺首次两粒，以后每次稀便后一粒。",
        "蒙脱石散一次一袋，一天三次。",
        "开塞露一次一支。",
        "新康泰克12小时一粒。",
        "对乙酰氨基酚24小时内不超过4次，间隔至少6小时。",
        "一盒布洛芬有24粒。",
        "误服了十片对乙酰氨基酚要马上去急诊。",
        "Two paracetamol 500 mg tablets up to four times a day.",
        "Loperamide: two capsules first, then one after each loose stool, no more than six a day.",
        "Omeprazole 20 mg once daily for 14 days.",
        "Vitamin D 1000 IU daily.",
        "Afrin twice a day for three days at most.",
        "Twenty ibuprofen tablets come in one box.",
        "Never take eight Tylenol at once.",
    ],
)
def test_a_label_dose_however_it_is_counted_stops_nothing(tables: Tables, text: str) -> None:
    assert not [finding for finding in check_advice(ADULT, clean(text), tables, "en") if finding.kind == "dose" and finding.stops]


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("对乙酰氨基酚一次5000毫克，一天三次。", "contraindicated"),
        ("布洛芬一次2000毫克。", "major"),
        ("布洛芬连着吃上半个月也伤不了身。", "moderate"),
        ("羟甲唑啉连续用两个月。", "major"),
        ("布洛芬连用不要超过三十天。", None),
    ],
)
def test_how_far_beyond_the_label_decides_how_severe_it_is(tables: Tables, text: str, severity: str | None) -> None:
    found = [finding.severity for finding in check_advice(ADULT, clean(text), tables, "zh") if finding.kind == "dose"]
    assert found == ([severity] if severity else [])
