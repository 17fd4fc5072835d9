"""Later words: what was borne and is not any more, what was never stopped, and what is feared because it is there."""

from __future__ import annotations

import pytest

from tests.memory.said import check
from tools.tables import Tables


@pytest.mark.parametrize(
    "case",
    [
        "Worried about my penicillin allergy, can I take amoxicillin? | self/allergy/penicillin/active",
        "I'm worried about my allergy to codeine. | self/allergy/codeine/active",
        "我很担心我的青霉素过敏会不会影响手术 | self/allergy/青霉素/active",
        "我怕花生过敏发作 | self/allergy/花生/active",
        "担心我妈的青霉素过敏 | mother/allergy/青霉素/active",
        "我怕青霉素过敏，小时候打针休克过 | self/allergy/青霉素/active",
        "担心青霉素过敏，因为皮试阳性 | self/allergy/青霉素/active",
        "I'm allergic to penicillin and worried about my egg allergy | self/allergy/penicillin/active; self/allergy/egg/active",
    ],
)
def test_an_allergy_that_somebody_has_and_worries_about_is_kept(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "皮试青霉素(-)，但一打就过敏 | self/allergy/青霉素/active",
        "青霉素（-）去年皮试，今年（+） | self/allergy/青霉素/active",
        "头孢皮试（-），用药后过敏性休克 | self/allergy/头孢/active",
        "以前皮试青霉素阴性，后来输液过敏性休克 | self/allergy/青霉素/active",
        "阿莫西林以前没事，这次吃了全身起疹子喘不上气 | self/allergy/阿莫西林/active",
        "头孢一直没事，昨天输液休克了 | self/allergy/头孢/active",
        "青霉素以前不过敏，现在过敏了 | self/allergy/青霉素/active",
        "Shrimp was fine before but now I get hives | self/allergy/shrimp/active",
        "Ibuprofen was fine for years until my throat swelled up last month | self/allergy/ibuprofen/active",
    ],
)
def test_what_was_borne_before_and_is_not_now_is_an_allergy(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "我对青霉素不过敏，但吃海鲜起疹子 | self/allergy/青霉素/denied",
        "青霉素不过敏，但我有荨麻疹 | self/allergy/青霉素/denied",
        "我对青霉素不过敏，但我妈打了会休克 | self/allergy/青霉素/denied",
        "我在吃阿莫西林，没有过敏反应 | self/allergy/阿莫西林/denied",
        "I'm not allergic to penicillin but I am to sulfa | self/allergy/penicillin/denied; self/allergy/sulfa/active",
    ],
)
def test_what_is_borne_still_is_not_turned(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "我没停华法林 | self/medication/华法林/active",
        "我从没停过华法林 | self/medication/华法林/active",
        "I haven't stopped my warfarin | self/medication/warfarin/active",
        "I never miss my warfarin | self/medication/warfarin/active",
        "I never forget my lithium | self/medication/lithium carbonate/active",
        "我停了华法林两天，今天又开始吃了 | self/medication/华法林/active",
        "I stopped warfarin yesterday but restarted today | self/medication/warfarin/active",
        "我停了华法林，改吃利伐沙班 | self/medication/华法林/past; self/medication/利伐沙班/active",
        "I stopped warfarin last year | self/medication/warfarin/past",
        "把二甲双胍改成一天三次了，因为血糖高 | self/medication/二甲双胍/active",
        "我把华法林停了，改成利伐沙班20mg | self/medication/华法林/past; self/medication/利伐沙班/active",
        "我把华法林停了改成利伐沙班20mg | self/medication/华法林/past; self/medication/利伐沙班/active",
        "医生把我的药改成了瑞舒伐他汀10mg | self/medication/瑞舒伐他汀/active",
        "我青霉素过敏 // 把我的青霉素过敏改成没有 | self/allergy/青霉素/active",
        "我青霉素过敏 // 把过敏史改一下，改为无 | self/allergy/青霉素/active; !self/allergy/*/denied",
    ],
)
def test_what_was_never_stopped_or_is_taken_again_is_taken(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "我妈对青霉素不过敏，我也是 | mother/allergy/青霉素/denied; !self/allergy/青霉素/active",
        "My mum isn't allergic to aspirin. Me too. | !self/allergy/aspirin/active",
        "我妈对青霉素过敏，我也是 | mother/allergy/青霉素/active; self/allergy/青霉素/active",
    ],
)
def test_pointing_at_a_denial_is_a_denial(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "我妈68岁，糖尿病肾病，在吃二甲双胍，感冒了能吃布洛芬吗？ | mother/condition/糖尿病肾病/active; mother/medication/二甲双胍/active",
        "我妈68岁，糖尿病，在吃二甲双胍，感冒了能吃布洛芬吗？ | mother/condition/糖尿病/active",
    ],
)
def test_a_disease_that_is_a_clause_of_its_own_is_kept(case: str, tables: Tables) -> None:
    check(case, tables)
