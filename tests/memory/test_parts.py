"""Names that are part of another fact are no facts of their own, and a disease keeps the organ that it has harmed."""

from __future__ import annotations

import pytest

from memory.extract import read as read_message
from tests.memory.said import check
from tools.tables import Tables


@pytest.mark.parametrize(
    "case",
    [
        "我去年做过阑尾炎手术 | self/surgery/阑尾炎手术/past; !self/condition/阑尾炎/active",
        "青光眼手术后眼压还高 | self/condition/青光眼/active",
        "Tylenol doesn't help and ibuprofen gives me an upset stomach | self/intolerance/ibuprofen/active; "
        "!self/intolerance/paracetamol/active",
        "我以前抽烟，怀孕后戒了 | self/smoking/是/past; !self/allergy/抽烟/active",
        "I quit smoking 5 years ago. I used to take sertraline but quit. | self/smoking/yes/past; !self/medication/smoking/past",
        "I'm breastfeeding my 3 month old. | self/lactation/yes/active; !self/condition/breastfeeding/active",
    ],
)
def test_an_operation_and_a_habit_are_told_once(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize("message", ["打完新冠疫苗第二天发烧", "I got the flu shot last week and the shingles vaccine in 2022."])
def test_a_vaccination_is_told_once(message: str, tables: Tables) -> None:
    told = [fact.value for fact in read_message(message, tables).facts if fact.kind == "vaccination"]
    assert len(told) == (1 if "新冠" in message else 2), told


@pytest.mark.parametrize(
    "case",
    [
        "奶奶有糖尿病肾病和高血压心脏病 | grandmother/condition/糖尿病肾病/active; grandmother/condition/高血压心脏病/active; "
        "!grandmother/condition/心脏病/active",
        "我爸糖尿病视网膜病变，糖尿病足 | father/condition/糖尿病视网膜病变/active; father/condition/糖尿病足/active",
        "I have diabetic nephropathy. | self/condition/diabetic nephropathy/active",
        "I got mastitis last week | self/condition/mastitis/active",
    ],
)
def test_a_disease_is_told_with_the_organ_that_it_has_harmed(case: str, tables: Tables) -> None:
    check(case, tables)


def test_harmed_kidneys_count_as_kidney_disease(tables: Tables) -> None:
    (fact,) = [fact for fact in read_message("我有糖尿病肾病", tables).facts if fact.kind == "condition"]
    assert {"condition:chronic_kidney_disease", "condition:diabetes"} <= set(fact.references)


def test_who_has_no_diabetic_foot_may_have_diabetes(tables: Tables) -> None:
    denied = [fact for fact in read_message("我没有糖尿病足", tables).facts if fact.status == "denied"]
    assert all("condition:diabetes" not in fact.references for fact in denied)


@pytest.mark.parametrize(
    "case",
    [
        "我在哺乳期，宝宝4个月，乳腺炎发烧 | self/condition/乳腺炎/active; !baby/condition/乳腺炎/active",
        "My wife has mastitis and our baby is 3 months old. | wife/condition/mastitis/active; !self/condition/mastitis/active",
    ],
)
def test_what_only_mothers_have_is_not_the_babys(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "My husband has gout and our daughter has eczema. | husband/condition/gout/active; daughter/condition/eczema/active; "
        "!husband/condition/eczema/active",
        "My wife is breastfeeding and our baby is 3 months old | wife/lactation/yes/active; baby/age/3 months/active",
        "My wife has mastitis. | wife/condition/mastitis/active",
    ],
)
def test_our_daughter_is_told_from_my_husband(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("我一直在吃辛伐他汀", {("medication", "辛伐他汀")}),
        ("I take warfarin", {("medication", "warfarin")}),
        ("没有，在吃二甲双胍", {("allergy", "*"), ("medication", "二甲双胍")}),
        ("No. I'm on metformin", {("allergy", "*"), ("medication", "metformin")}),
        ("我喜欢吃虾", set()),
        ("青霉素，吃了会起疹子", {("allergy", "青霉素")}),
        ("不能吃虾", {("allergy", "虾")}),
        ("I can't take aspirin", {("allergy", "aspirin")}),
        ("对，头孢和磺胺", {("allergy", "头孢"), ("allergy", "磺胺")}),
    ],
)
def test_asked_about_allergies_what_is_taken_is_no_allergy(answer: str, told: set[tuple[str, str]], tables: Tables) -> None:
    assert {(fact.kind, fact.value) for fact in read_message(answer, tables, topic="allergy").facts} == told
