"""Short messages of every day: each fact once, of the right person, with its own details and no others."""

from __future__ import annotations

import pytest

from tests.memory.said import check
from tools.tables import Tables


@pytest.mark.parametrize(
    "case",
    [
        "Penicillin gives me hives. Amoxicillin does too. | self/allergy/penicillin/active; self/allergy/amoxicillin/active",
        "Penicillin gives me hives, and so does amoxicillin | self/allergy/amoxicillin/active",
        "我吃头孢起皮疹，阿莫西林也是 | self/allergy/头孢/active; self/allergy/阿莫西林/active",
    ],
)
def test_what_does_the_same_as_an_allergen_is_one_too(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "I'm allergic to codeine, it makes me itch, and I can't take aspirin because of ulcers |"
        " self/allergy/codeine/active; !self/allergy/aspirin/active",
        "医生怀疑我对碘过敏 | self/allergy/碘/suspected",
        "医生说我对碘过敏 | self/allergy/碘/active",
    ],
)
def test_an_allergy_is_no_surer_than_it_is_told(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "Do I have diabetes? my sugar was 210 after lunch | !self/condition/diabetes/active",
        "Am I having a heart attack? | !self/condition/heart attack/active",
        "我有高血压吗？ | !self/condition/高血压/active",
        "我有高血压能吃布洛芬吗 | self/condition/高血压/active",
        "I have kidney disease, can I take ibuprofen? | self/condition/kidney disease/active",
    ],
)
def test_a_disease_that_is_only_asked_about_is_none(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "I'm allergic to morphine // sorry I meant I get nauseous from morphine, not allergic |"
        " self/intolerance/morphine/active; self/allergy/morphine/refuted; !self/allergy/*/denied",
        "我对布洛芬不过敏，但是吃了胃疼 | self/allergy/布洛芬/denied; self/intolerance/布洛芬/active",
        "胆固醇高，吃瑞舒伐他汀10mg，肌肉疼就停了 | self/intolerance/瑞舒伐他汀/active; self/medication/瑞舒伐他汀/past",
    ],
)
def test_what_is_borne_badly_is_an_intolerance_beside_what_else_is_said(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "双胞胎3岁，都发烧了 | child/age/3 岁/active; !self/age/3 岁/active",
        "My twins, they're 3, both have a cough | child/age/3 years/active",
        "我怀了双胞胎，28周 | self/pregnancy/28 周/active",
        "我爸脑梗过 | father/condition/脑梗/past",
    ],
)
def test_what_is_told_of_others_is_theirs(case: str, tables: Tables) -> None:
    check(case, tables)
