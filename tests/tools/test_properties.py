"""How a message is written changes neither what is forbidden nor how urgent it is."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from tests.tools.triage_messages import EMERGENCY
from tools.checks import check
from tools.profile import Known, PatientProfile
from tools.records import LEVELS
from tools.tables import Tables
from tools.text import clean, sentences
from tools.triage import triage

with (Path(__file__).parent / "data" / "red_flag_cases.csv").open(encoding="utf-8", newline="") as cases:
    TOLD = [row["text"] for row in csv.DictReader(cases) if not row["age_months"] and not row["sex_or_state"]]
MESSAGES = TOLD + EMERGENCY.strip().splitlines()


def known(words: str, *references: str) -> tuple[Known, ...]:
    return (Known(words, frozenset(references)),)


PENICILLIN = PatientProfile(allergies=known("青霉素", "group:penicillins"))
SULFA = PatientProfile(allergies=known("磺胺", "group:sulfonamide_antibiotics"))
NITRATE = PatientProfile(medications=known("硝酸甘油", "glyceryl_trinitrate"))
ASTHMA = PatientProfile(conditions=known("哮喘", "condition:asthma"))
PREGNANT = PatientProfile(pregnant=True)
CHILD = PatientProfile(age_months=48)
STATIN = PatientProfile(medications=known("辛伐他汀", "simvastatin"))
FORBIDDEN = [
    (PENICILLIN, "能吃阿莫西林吗？"),
    (PENICILLIN, "建议您服用阿莫西林。饭后吃。"),
    (PENICILLIN, "Can I take amoxicillin?"),
    (PENICILLIN, "Take amoxicillin after meals. Drink water."),
    (SULFA, "可以吃复方磺胺甲噁唑吗？"),
    (SULFA, "Can I take co-trimoxazole?"),
    (NITRATE, "可以吃西地那非吗？"),
    (NITRATE, "Is Viagra fine for me?"),
    (ASTHMA, "心慌能吃普萘洛尔吗？"),
    (ASTHMA, "You can take propranolol for the palpitations."),
    (PREGNANT, "长痘能吃异维A酸吗？"),
    (PREGNANT, "Can I take isotretinoin?"),
    (PREGNANT, "可以吃利巴韦林吗？我感冒了。"),
    (CHILD, "发烧能吃阿司匹林吗？"),
    (CHILD, "Can he take aspirin?"),
    (STATIN, "可以吃克拉霉素吗？"),
]
BENIGN = ["你好。", "医生您好！", "谢谢您。", "今天天气很好。", "麻烦您了。", "Hello.", "Thank you.", "Good morning.", "I live in London."]


@cache
def traditional() -> OpenCC:
    return OpenCC("s2t")


def wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


CHANGES = {
    "upper case": str.upper,
    "lower case": str.lower,
    "full width": wide,
    "traditional": lambda text: traditional().convert(text),
    "doubled spaces": lambda text: text.replace(" ", "  "),
    "space around": lambda text: f"  {text}\n",
}


KEPT = sorted(set(CHANGES) - {"doubled spaces"})


def forbidden(tables: Tables, profile: PatientProfile, text: str) -> set[str]:
    return {finding.rule for finding in check(profile, clean(text), tables, "zh") if finding.severity == "contraindicated"}


def rank(tables: Tables, message: str) -> int:
    return LEVELS.index(triage(clean(message), tables).level)


def joined(parts: list[str]) -> str:
    return " ".join(part if part[-1] in "。.!！?？" else f"{part}。" for part in parts)


@pytest.mark.parametrize(("profile", "text"), FORBIDDEN)
def test_each_text_of_this_file_is_about_something_forbidden(tables: Tables, profile: PatientProfile, text: str) -> None:
    assert forbidden(tables, profile, text)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("profile", "text"), FORBIDDEN)
def test_what_is_forbidden_is_forbidden_however_it_is_written(tables: Tables, profile: PatientProfile, text: str, change: str) -> None:
    assert forbidden(tables, profile, text) <= forbidden(tables, profile, CHANGES[change](text))


@settings(max_examples=60, deadline=None)
@given(
    case=st.sampled_from(FORBIDDEN),
    changes=st.lists(st.sampled_from(sorted(CHANGES)), max_size=3, unique=True),
    before=st.lists(st.sampled_from(BENIGN), max_size=2),
    after=st.lists(st.sampled_from(BENIGN), max_size=2),
    data=st.data(),
)
def test_nothing_around_it_allows_what_is_forbidden(
    tables: Tables, case: tuple[PatientProfile, str], changes: list[str], before: list[str], after: list[str], data: st.DataObject
) -> None:
    profile, text = case
    told = " ".join([*before, *data.draw(st.permutations(sentences(text))), *after])
    for change in changes:
        told = CHANGES[change](told)
    assert forbidden(tables, profile, text) <= forbidden(tables, profile, told)


@settings(max_examples=60, deadline=None)
@given(
    message=st.sampled_from(MESSAGES),
    changes=st.lists(st.sampled_from(KEPT), max_size=3, unique=True),
    before=st.lists(st.sampled_from(BENIGN), max_size=2),
    after=st.lists(st.sampled_from(BENIGN), max_size=2),
    data=st.data(),
)
def test_nothing_around_it_makes_an_emergency_less_urgent(
    tables: Tables, message: str, changes: list[str], before: list[str], after: list[str], data: st.DataObject
) -> None:
    told = joined([*before, *data.draw(st.permutations(sentences(message))), *after])
    for change in changes:
        told = CHANGES[change](told)
    assert rank(tables, told) <= rank(tables, message)


@pytest.mark.parametrize("change", [*KEPT, pytest.param("doubled spaces")])
def test_no_message_is_less_urgent_however_it_is_written(tables: Tables, change: str) -> None:
    lowered = [message for message in MESSAGES if rank(tables, CHANGES[change](message)) > rank(tables, message)]
    assert lowered == []


@pytest.mark.parametrize("benign", BENIGN)
def test_no_message_is_less_urgent_beside_a_friendly_word(tables: Tables, benign: str) -> None:
    lowered = [m for m in MESSAGES if max(rank(tables, f"{benign} {m}"), rank(tables, joined([m, benign]))) > rank(tables, m)]
    assert lowered == []
