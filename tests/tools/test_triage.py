"""Triage: how urgent a message is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.triage_messages import EMERGENCY, ROUTINE, URGENT
from tools.profile import PatientProfile
from tools.records import LEVELS
from tools.tables import Tables
from tools.text import clean
from tools.triage import emergency_of, findings_in, triage

GRAVE = EMERGENCY.strip().splitlines()
SOON = URGENT.strip().splitlines()
LIGHT = ROUTINE.strip().splitlines()

REASSURING = [
    "，不过应该没事吧。",
    "，但我觉得没什么大碍。",
    "，可能是累的。",
    "，医生说没事。",
    "。家人说不用去医院。",
    "，我想先观察一下。",
    "，没关系的。",
    "，不严重。",
    "。以前也这样过。",
    "，明天再说。",
    "，没有发烧。",
    "，不咳嗽。",
    "，已经好多了。",
    "。去年体检正常。",
    ", but it's probably nothing.",
    ". My doctor said it is fine.",
    ". No fever.",
    ", I don't want to go to hospital.",
    ". I am sure it will pass.",
    ", maybe just stress.",
    ". Thanks!",
    " 谢谢",
]


def rank(tables: Tables, message: str) -> int:
    return LEVELS.index(triage(clean(message), tables).level)


@pytest.mark.parametrize("message", GRAVE)
def test_an_emergency_is_recognised_however_it_is_told(tables: Tables, message: str) -> None:
    result = triage(clean(message), tables)
    assert (result.level, result.cn_level in ("I", "II")) == ("emergency", True)
    emergency = emergency_of(result, tables)
    assert emergency and emergency.advice.zh and emergency.advice.en


@pytest.mark.parametrize("message", SOON)
def test_what_needs_a_doctor_today_is_urgent(tables: Tables, message: str) -> None:
    assert triage(clean(message), tables).level == "urgent"


@pytest.mark.parametrize("message", LIGHT)
def test_denied_past_figurative_or_asked_complaints_are_no_alarm(tables: Tables, message: str) -> None:
    result = triage(clean(message), tables)
    assert result.level in ("routine", "selfcare") and (result.first, emergency_of(result, tables)) == (None, None)


def test_there_are_enough_messages_in_both_languages() -> None:
    every = GRAVE + SOON + LIGHT
    assert len(set(every)) == len(every) >= 80
    assert sum(message.isascii() for message in every) >= 30 <= sum(not message.isascii() for message in every)


@pytest.mark.parametrize("number", range(len(REASSURING)))
def test_a_reassuring_ending_never_lowers_the_level(tables: Tables, number: int) -> None:
    suffix, start = REASSURING[number], number % 3  # each ending with a third of the messages; chance brings the rest together below
    lowered = [message for message in (GRAVE + SOON)[start::3] if rank(tables, message + suffix) > rank(tables, message)]
    assert lowered == []


@pytest.mark.parametrize("prefix", ["没事，", "以前没有过，", "我不懂医，", "not sure, ", "Hello. ", "我没有别的病。", "去年体检正常，"])
def test_a_reassuring_beginning_never_lowers_the_level(tables: Tables, prefix: str) -> None:
    lowered = [message for message in (GRAVE + SOON)[::3] if rank(tables, prefix + message) > rank(tables, message)]
    assert lowered == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(GRAVE), st.lists(st.sampled_from(REASSURING), min_size=1, max_size=3))
def test_no_number_of_reassurances_lowers_the_level(tables: Tables, message: str, endings: list[str]) -> None:
    assert rank(tables, message + "".join(endings)) == 0


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(GRAVE), st.sampled_from(GRAVE + LIGHT[:3]))
def test_a_second_complaint_never_lowers_the_level(tables: Tables, message: str, other: str) -> None:
    assert rank(tables, f"{message}。\n{message}") == 0
    assert rank(tables, f"我现在这样：{message}。\n另外，{other}") == 0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_level(tables: Tables, text: str) -> None:
    result = triage(clean(text), tables)
    assert result.level in LEVELS and result.cn_level in ("I", "II", "III", "IV")


def test_a_long_message_is_read_to_its_end(tables: Tables) -> None:
    assert triage("我最近睡得一般，吃得也一般。" * 500 + "现在喘不上气了。", tables).level == "emergency"


def test_the_first_red_flag_is_the_most_urgent(tables: Tables) -> None:
    result = triage("被狗咬了，现在喘不上气了", tables)
    assert len(result.red_flags) >= 2
    order = [(LEVELS.index(flag.level), flag.cn_level) for flag in result.red_flags]
    assert order == sorted(order) and result.first == result.red_flags[0]


@pytest.mark.parametrize(
    ("message", "months", "level"),
    [
        ("发烧38.5度", 2, "emergency"),
        ("发烧38.5度", 480, "routine"),
        ("fever of 38.5", 1, "emergency"),
        ("fever of 38.5", 480, "routine"),
    ],
)
def test_the_age_decides_whether_a_fever_is_an_emergency(tables: Tables, message: str, months: int, level: str) -> None:
    assert triage(clean(message), tables, PatientProfile(age_months=months)).level == level


def test_what_is_known_about_a_pregnancy_decides(tables: Tables) -> None:
    flags = [flag for flag in tables.red_flags if flag.population == "pregnant"]
    assert flags
    message = "头痛得厉害，眼前有黑点，看东西模糊"
    told = {flag.id for flag in triage(message, tables, PatientProfile(age_months=360, pregnant=True)).red_flags}
    denied = {flag.id for flag in triage(message, tables, PatientProfile(age_months=360, pregnant=False)).red_flags}
    assert denied <= told
    assert not denied & {flag.id for flag in flags}


@pytest.mark.parametrize(
    ("message", "present", "absent"),
    [
        ("胸痛，没有呼吸困难", "chest_pain", "breathless"),
        ("没有胸痛，但是吐血了", "vomit_blood", "chest_pain"),
        ("chest pain but no vomiting", "chest_pain", "vomiting"),
        ("我发烧，不咳嗽，否认胸痛", "fever", "chest_pain"),
    ],
)
def test_only_what_is_affirmed_is_found(tables: Tables, message: str, present: str, absent: str) -> None:
    found = findings_in(message, tables)
    assert present in found and absent not in found


def test_every_emergency_can_be_reached_by_a_red_flag(tables: Tables) -> None:
    assert {flag.emergency for flag in tables.red_flags} == set(tables.emergencies)
