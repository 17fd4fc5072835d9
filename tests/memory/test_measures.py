"""Numbers as people say them, and whom they are about."""

from __future__ import annotations

from datetime import date

import pytest

from memory.extract import talks
from memory.facts import Fact, current, profile_of
from memory.spoken import figures
from tools.tables import Tables


def read(tables: Tables, *turns: str) -> list[Fact]:
    """Return what holds after the turns, by rule alone."""
    said = [fact.model_copy(update={"turn": str(n)}) for n, (_, found) in enumerate(talks(turns, tables)) for fact in found]
    return current(said)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("三十九度二", "39度2"), ("一百五", "150"), ("一百零五", "105"), ("一米三二", "1米32"), ("五百六十二", "562"), ("三十有七", "37"),
        ("整二两", "整2两"), ("吃两三片", "吃两三片"), ("百日咳", "百日咳"), ("三点七", "3.7"), ("eleven stone four", "11 stone 4"),
        ("five foot two", "5 foot 2"), ("one forty over ninety", "140 over 90"),
        ("thirty-nine point six", "39.6"), ("one of them", "one of them"),
    ],
)  # fmt: skip
def test_numbers_are_put_in_figures(words: str, shown: str) -> None:
    assert figures(words) == shown


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("俺今年都七十三咯，腿脚不好", "self/age/73 岁"), ("我外孙女十四个月，吃得少", "granddaughter/age/14 月"),
        ("上个月还130斤，现在只剩118了", "self/weight/59 kg"),
        ("我一七八的个子", "self/height/178 cm"),
        ("高压一百四十八，低压九十二", "self/vital/血压 148/92 mmHg"),
        ("娃烧到三十九度五", "child/vital/体温 39.5 °C"), ("血糖嘛，早上测的，十一点二", "self/lab/血糖 11.2 mmol/L"),
        ("我闺女怀上了，七周", "daughter/pregnancy/7 周"), ("每天晚饭整二两", "self/alcohol/是"),
        ("老公烟瘾大，一天两包", "husband/smoking/是"),
        ("I weigh around 12 and a half stone", "self/weight/79.4 kg"),
        ("she'll be fine, my mum, she's 80", "mother/age/80 years"),
        ("running a fever of 102.4", "self/vital/temperature 102.4 °F"),
        ("my wife's mother is 90", "mother_in_law/age/90 years"),
        ("我爸1958年生的", "father/age/1958"), ("用的是芬太尼贴，72小时换一张，我父亲", "father/medication/芬太尼"),
        ("I'm on Diovan 80", "self/medication/valsartan"), ("如果我对青霉素过敏，还能用阿莫西林吗", "-"), ("昨晚梦见自己怀孕了", "-"),
        ("体重110斤，想减到95斤", "self/weight/55 kg"),
    ],
)  # fmt: skip
def test_measures_and_states_are_read(tables: Tables, message: str, expected: str) -> None:
    found = {f"{fact.subject}/{fact.kind}/{fact.value}" for fact in read(tables, message)}
    assert (expected in found) if expected != "-" else not found


def test_several_denials_in_one_breath_are_one_fact_each(tables: Tables) -> None:
    found = {(fact.kind, fact.status) for fact in read(tables, "没有慢性病，没开过刀，没有药物过敏，不抽不喝")}
    assert found == {(kind, "denied") for kind in ("condition", "surgery", "allergy", "smoking", "alcohol")}


def test_what_was_told_of_the_wrong_person_moves_to_the_right_one(tables: Tables) -> None:
    found = {(fact.subject, fact.status) for fact in read(tables, "我在吃华法林", "打错了，说的是我妹，不是我")}
    assert found == {("self", "refuted"), ("sister", "active")}


def test_what_is_named_instead_takes_the_place_of_what_was_said(tables: Tables) -> None:
    found = {
        (fact.value, fact.status) for fact in read(tables, "I take aspirin every day", "Sorry, wrong box, it's aciclovir, not aspirin")
    }
    assert found == {("aspirin", "refuted"), ("aciclovir", "active")}


def test_a_birth_date_tells_the_age(tables: Tables) -> None:
    facts = read(tables, "DOB 14/02/1956, male")
    assert profile_of(facts, today=date(2026, 2, 14)).age_months == 840
