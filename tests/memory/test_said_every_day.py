"""Short messages of every day: each fact once, of the right person, with its own details and no others."""

from __future__ import annotations

import pytest

from memory.extract import read_turns
from memory.facts import current
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
        "不能吃阿司匹林，吃了喘不上气 | self/allergy/阿司匹林/active; !self/allergy/阿司匹林/denied",
        "我不能吃阿司匹林，因为有哮喘，吃了喘不上气 | self/allergy/阿司匹林/active; !self/allergy/阿司匹林/denied",
        "I can't take ibuprofen because of my asthma, it makes me wheeze | self/allergy/ibuprofen/active",
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
        "Stopped metformin because of diarrhea | self/intolerance/metformin/active; self/medication/metformin/past",
        "Ibuprofen gives me a stomach ache, naproxen doesn't |"
        " self/intolerance/ibuprofen/active; !self/intolerance/naproxen/active; !self/allergy/naproxen/active",
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


@pytest.mark.parametrize(
    "case",
    [
        "allergic to penicillin (hives) and sulfa | self/allergy/penicillin/hives & self/allergy/sulfa/",
        "allergic to penicillin (hives), sulfa (rash), and latex |"
        " self/allergy/penicillin/hives & self/allergy/sulfa/rash & self/allergy/latex/",
        "青霉素过敏（皮疹）、头孢过敏（休克） | self/allergy/青霉素/皮疹 & self/allergy/头孢/休克",
        "我对青霉素和头孢都过敏，吃了会起荨麻疹 | self/allergy/青霉素/会起荨麻疹 & self/allergy/头孢/会起荨麻疹",
        "孩子对牛奶过敏，喝了拉肚子，起湿疹 | child/allergy/牛奶/拉肚子、起湿疹",
        "我对花粉过敏，每年春天打喷嚏 | self/allergy/花粉/打喷嚏",
        "I think I may be allergic to latex, my hands get itchy with gloves | self/allergy/latex/itchy",
        "Allergic to bees, throat swells, and to cats, just sneezing | self/allergy/bee venom/throat swells & self/allergy/cats/sneezing",
        "I had my gallbladder removed in 2019 and a knee replacement last spring |"
        " self/surgery/cholecystectomy/in 2019 & self/surgery/knee replacement/last spring",
        "2015年切了胆囊2018年切了阑尾 | self/surgery/胆囊切除术/2015年 & self/surgery/阑尾切除术/2018年",
        "I had my tonsils out as a kid and my appendix out two years ago | self/surgery/appendectomy/two years ago",
        "I had a flu shot in October and a tetanus shot in 2021 |"
        " self/vaccination/flu vaccine/in October & self/vaccination/tetanus vaccine/in 2021",
        "I smoke a pack a day and drink socially | self/smoking/yes/a pack & self/alcohol/yes/socially",
        "I smoke half a pack a day and drink wine on weekends | self/smoking/yes/half a pack & self/alcohol/yes/on weekends",
        "I vape, no cigarettes, couple of beers on Fridays | self/smoking/yes/ & self/alcohol/yes/couple of beers on fridays",
        "I'm 67, with gout, on allopurinol 300 | self/medication/allopurinol/300",
        "I take omeprazole 20 mg before breakfast | self/medication/omeprazole/20 mg; before breakfast",
    ],
)
def test_each_fact_has_the_details_told_of_it(case: str, tables: Tables) -> None:
    said, _, wanted = case.partition(" | ")
    found = {f"{fact.subject}/{fact.kind}/{fact.value}/{fact.detail}" for fact in current(read_turns([said], tables))}
    assert set(wanted.split(" & ")) <= found, found


@pytest.mark.parametrize("said", ["青霉素过敏（皮疹）、头孢过敏（休克）", "allergic to ibuprofen (hives) and amoxicillin (anaphylaxis)"])
def test_only_the_allergy_that_is_severe_is_severe(said: str, tables: Tables) -> None:
    assert [fact.severity for fact in current(read_turns([said], tables)) if fact.kind == "allergy"] == ["", "severe"]


@pytest.mark.parametrize(
    "case",
    [
        "我有乙肝小三阳 | self/condition/乙肝小三阳/active; !self/condition/小三阳/active",
        "I'm on blood thinners, Eliquis 5 mg twice daily, for afib |"
        " self/medication/apixaban/active; !self/medication/blood thinners/active",
        "I take antibiotics, ibuprofen and vitamin D | self/medication/antibiotics/active; self/medication/ibuprofen/active",
        "我抽电子烟，不抽卷烟 | self/smoking/是/active; !self/smoking/是/denied",
    ],
)
def test_one_thing_told_in_two_words_is_one_fact(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "吃硝苯地平，现在换了欣然 | self/medication/硝苯地平/past; self/medication/欣然/active",
        "我在吃氨氯地平，后来换了别的药 | self/medication/氨氯地平/past",
        "以前吃氨氯地平，脚肿，换了络活喜，现在换了倍博特 | self/medication/氨氯地平/past; self/medication/缬沙坦氨氯地平/active",
        "吃优甲乐，换了新的大夫 | self/medication/左甲状腺素/active; !self/medication/新的大夫/active",
        "吃氨氯地平，换了医生 | self/medication/氨氯地平/active",
    ],
)
def test_a_medicine_switched_from_is_past_whatever_it_was_switched_to(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "I take Synthroid 75 mcg for hypothyroidism // My sister takes it too, 50 mcg |"
        " sister/medication/levothyroxine/active; !sister/condition/hypothyroidism/active",
        "我有高血压，爸爸也有 | self/condition/高血压/active; father/condition/高血压/active",
        "我妈吃二甲双胍 // 我爸也在吃这个药 | father/medication/二甲双胍/active",
        "Peanut allergy, carries an EpiPen, she's 6 | child/allergy/peanut/active; !self/allergy/peanut/active",
        "I have a peanut allergy. My son is fine, he's 6 | self/allergy/peanut/active; !son/allergy/peanut/active",
    ],
)
def test_who_is_only_pointed_at_is_found(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "I had my gallbladder and appendix removed in 2019 | self/surgery/cholecystectomy/past; self/surgery/appendectomy/past",
        "I had a heart attack in 2018, bypass surgery, on metoprolol | self/surgery/bypass surgery/past",
        "左膝盖换过关节 | self/surgery/膝关节置换术/past",
        "我有肾结石，去年碎石过 | self/surgery/碎石/past",
        "医生说要碎石 | !self/surgery/碎石/past",
        "上周INR 2.5 | self/lab/INR 2.5/active",
    ],
)
def test_what_was_done_and_measured_is_read(case: str, tables: Tables) -> None:
    check(case, tables)


def test_a_reaction_told_in_the_next_clause_is_as_severe_as_it_is_told(tables: Tables) -> None:
    facts = current(read_turns(["我不能吃阿司匹林，因为有哮喘，吃了喘不上气"], tables))
    assert [fact.severity for fact in facts if fact.kind == "allergy"] == ["severe"]
