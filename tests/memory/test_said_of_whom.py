"""Whom a plainly told fact is about: whom "my" goes with, what is told of one and said of another."""

from __future__ import annotations

import pytest

from tests.memory.said import check, read
from tools.tables import Tables


@pytest.mark.parametrize(
    "case",
    [
        "My granny is allergic to penicillin. | grandmother/allergy/penicillin/active; !self/allergy/penicillin/active",
        "My coworker is allergic to peanuts. | friend/allergy/peanut/active",
        "My gym buddy takes warfarin. | friend/medication/warfarin/active",
        "我今年80岁的奶奶在吃地高辛 | grandmother/medication/地高辛/active",
        "我一岁半的女儿对芒果过敏 | daughter/allergy/芒果/active",
    ],
)
def test_my_and_a_person_is_that_person_whatever_stands_between(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "My husband's brother takes warfarin. | brother_in_law/medication/warfarin/active",
        "老公的弟弟对花生过敏 | brother_in_law/allergy/花生/active",
        "老公的姐姐吃华法林 | sister_in_law/medication/华法林/active",
    ],
)
def test_the_relative_of_a_spouse_is_not_the_spouse(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "我姨妈来了，她有糖尿病，能吃西瓜吗？ | aunt/condition/糖尿病/active",
        "We have twins, they had croup. One is allergic to eggs. | child/allergy/egg/active; !self/allergy/egg/active",
        "She's 6 and weighs 20 kg. Can she have Motrin? | child/age/6 years/active; child/weight/20 kg/active",
        "I'm on Lexapro and hubby's on Paxil. | self/medication/escitalopram/active; husband/medication/paroxetine/active",
        "非布司他40每天，碳酸氢钠一天三顿 | self/medication/非布司他/active; self/medication/碳酸氢钠/active",
    ],
)
def test_a_pronoun_or_a_bare_person_finds_whom_it_means(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "I'm not allergic to penicillin, my sister is. | self/allergy/penicillin/denied; sister/allergy/penicillin/active",
        "I do not have diabetes. My brother does. | self/condition/diabetes/denied; brother/condition/diabetes/active",
        "不是我对虾过敏，是我老婆过敏。 | wife/allergy/虾/active; self/allergy/虾/denied",
        "我对青霉素过敏 // 我妈也是 | mother/allergy/青霉素/active; self/allergy/青霉素/active",
        "My mum is allergic to penicillin and so am I. | self/allergy/penicillin/active; mother/allergy/penicillin/active",
    ],
)
def test_what_is_told_of_one_can_be_said_of_another_without_the_name(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "Dad is allergic to shellfish but I'm fine with it. | self/allergy/shellfish/denied; father/allergy/shellfish/active",
        "我妈对虾过敏，我吃没事 | self/allergy/虾/denied; mother/allergy/虾/active",
    ],
)
def test_who_bears_what_another_does_not_is_not_allergic(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize("said", ["老公对海鲜过敏，我没事。", "我妈对虾过敏，我没说过。", "My mum has diabetes. I am a teacher."])
def test_a_clause_that_only_looks_elliptic_says_nothing(said: str, tables: Tables) -> None:
    assert not any(fact.startswith("self/") for fact in read(said, tables))


@pytest.mark.parametrize(
    "case",
    [
        "我妈妈怀疑自己对阿司匹林过敏 | mother/allergy/阿司匹林/suspected; !self/allergy/阿司匹林/suspected",
        "我跟我妹妹都对尘螨过敏。 | self/allergy/尘螨/active; sister/allergy/尘螨/active",
        "Neither of my kids has any allergies. | child/allergy/*/denied",
        "Does azithromycin contain penicillin? My boyfriend is allergic. | partner/allergy/penicillin/active",
    ],
)
def test_who_is_spoken_of_beside_the_writer_is_not_lost(case: str, tables: Tables) -> None:
    check(case, tables)
