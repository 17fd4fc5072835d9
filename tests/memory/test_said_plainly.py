"""What patients say plainly and was read wrongly: what a list holds, what is denied or feared, and how a medicine stands."""

from __future__ import annotations

import pytest

from memory.extract import by_rule
from memory.people import Speaker
from tests.memory.said import check, read
from tools.tables import Tables
from tools.text import clean


@pytest.mark.parametrize(
    "case",
    [
        "I can't take codeine because I'm allergic. | self/allergy/codeine/active",
        "I don't eat nuts because I'm allergic | self/allergy/nuts/active",
        "My penicillin allergy worries my mum. | self/allergy/penicillin/active",
        "I'm allergic to penicillin and take warfarin for AFib. | self/medication/warfarin/active; !self/allergy/warfarin/active",
        "I take lisinopril. No allergies. | self/allergy/*/denied; self/medication/lisinopril/active",
        "我吃的是我妈的降压药 | self/medication/降压药/active",
    ],
)
def test_what_was_read_rightly_still_is(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "我用过阿奇霉素，没有过敏。 | self/allergy/阿奇霉素/denied; !self/allergy/*/denied",
        "我在吃阿莫西林，没有过敏反应 | self/allergy/阿莫西林/denied; !self/allergy/*/denied; self/medication/阿莫西林/active",
        "打过青霉素，不过敏 | self/allergy/青霉素/denied; !self/allergy/*/denied",
        "碘过敏？没有的，增强CT做过三回都好好的 | self/allergy/碘/denied; !self/allergy/*/denied",
        "青霉素？不过敏啊，打过好多回。 | self/allergy/青霉素/denied",
        "I can eat peanuts no problem, not allergic | self/allergy/peanut/denied; !self/allergy/*/denied",
        "Aspirin? Not allergic, no. | self/allergy/aspirin/denied; !self/allergy/*/denied",
    ],
)
def test_a_denial_without_a_name_is_of_what_was_just_named(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "我吃缬沙坦，没有过敏 | self/allergy/*/denied; self/medication/缬沙坦/active",
        "医生问我有没有过敏，我说没有。 | self/allergy/*/denied",
        "I have never had an allergic reaction to anything | self/allergy/*/denied",
        "我从来不过敏的 | self/allergy/*/denied",
        "Wife: nil allergies. | wife/allergy/*/denied",
    ],
)
def test_a_denial_of_all_allergies_stays_one_and_ends_no_medicine(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "对青霉素过敏头孢没事 | self/allergy/青霉素/active; self/allergy/头孢/denied",
        "有药物过敏史，青霉素和磺胺 | self/allergy/青霉素/active; self/allergy/磺胺/active",
        "I had an allergic reaction to contrast dye during a CT scan. | !self/allergy/during a ct scan/active",
        "I've no allergies to any drugs except penicillin. | self/allergy/penicillin/active; !self/allergy/penicillin/denied",
        "I'm allergic to all antibiotics except azithromycin | self/allergy/antibiotics/active; !self/allergy/azithromycin/active",
        "I'm allergic to grass, take Zyrtec | self/allergy/grass/active",
        "I'm allergic to cats, dogs and dust mites. | self/allergy/cats/active; self/allergy/dogs/active; self/allergy/dust mite/active",
        "有药物过敏史，青霉素和磺胺 | self/allergy/青霉素/active; self/allergy/磺胺/active",
        "I had an allergic reaction to contrast dye during a CT scan. |"
        " self/allergy/contrast dye/active; !self/allergy/during a ct scan/active",
        "I've no allergies to any drugs except penicillin. | self/allergy/penicillin/active; !self/allergy/drugs except/denied",
        "I'm allergic to all antibiotics except azithromycin | self/allergy/antibiotics/active; !self/allergy/azithromycin/active",
        "im allergic to penicillin can i take amoxicillin | self/allergy/penicillin/active; !self/allergy/amoxicillin/active",
        "Since I'm allergic to penicillin should I avoid cefalexin? | self/allergy/penicillin/active; !self/allergy/cefalexin/active",
    ],
)
def test_an_allergy_is_read_with_its_whole_list_and_nothing_behind_it(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "Onions give me wind. Not allergic, just windy. | !self/allergy/windy/active",
        "鸡蛋以前过敏 | !self/allergy/鸡蛋以前/active",
        "B12 jab, lump like half an egg on my arm, itchy. | !self/allergy/egg/active",
        "小时候割过扁桃体，所以现在发炎都是咽炎 | !self/allergy/桃/active; !self/allergy/桃/past",
    ],
)
def test_words_that_name_no_allergen_make_no_allergy(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "过敏原单子：户尘螨6级，蟑螂2级，狗0级 | self/allergy/尘螨/active; self/allergy/蟑螂/active; !self/allergy/狗毛/active",
    ],
)
def test_the_results_of_an_allergy_test_are_read_one_by_one(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "I had a rash after amoxicillin last year. Could I be allergic? | self/allergy/amoxicillin/suspected",
        "宝宝8个月，吃蛋黄后起红疹，是过敏吗？ | baby/allergy/鸡蛋黄/suspected",
        "A nurse wrote down that I'm allergic to iodine but that's wrong. | self/allergy/iodine/refuted",
        "My daughter broke out in hives after her first dose of cefdinir. | daughter/allergy/cefdinir/active",
        "抗生素里就阿奇霉素我能吃，别的一吃就起疹子。 | !self/allergy/阿奇霉素/active",
    ],
)
def test_a_reaction_is_an_allergy_as_sure_as_it_is_told(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "I take metformin. // Actually I stopped it in May. | self/medication/metformin/past",
        "激素没用过，孟鲁司特倒是吃了俩月 | self/medication/皮质激素/denied; self/medication/孟鲁司特/active",
        "我对灰尘过敏，就我弟啥事没有 | !brother/medication/*/denied",
    ],
)
def test_a_medicine_is_taken_stopped_or_never_taken_as_is_said(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "青霉素（-）、普鲁卡因（+），这是我皮试单 | self/allergy/普鲁卡因/active; self/allergy/青霉素/denied",
        "皮试单：头孢曲松阴性，青霉素阳性。 | self/allergy/青霉素/active; self/allergy/头孢曲松/denied",
        "Patch test: nickel +++, fragrance mix neg | self/allergy/nickel/active; self/allergy/fragrance mix/denied",
        "女28岁过敏阿奇霉素发烧三天 | self/allergy/阿奇霉素/active",
        "I get hives from strawberries | self/allergy/strawberry/active",
        "My mother-in-law takes donepezil. | mother_in_law/medication/donepezil/active",
        "co-codamol I ditched. | self/medication/co-codamol/past",
        "钙片我一概不吃 | self/medication/钙片/denied",
        "I'm penicillin allergic | self/allergy/penicillin/active",
    ],
)
def test_the_rules_alone_read_what_is_said_outright(case: str, tables: Tables) -> None:
    said, _, wanted = case.partition(" | ")
    _, facts = by_rule(clean(said), tables, Speaker())
    found = {f"{fact.subject}/{fact.kind}/{fact.value}/{fact.status}" for fact in facts}
    assert set(wanted.split("; ")) <= found, found


@pytest.mark.parametrize(
    "case",
    [
        "不能吃海鲜，会过敏 | self/allergy/海鲜/active",
        "吃不了海鲜，过敏 | self/allergy/海鲜/active",
    ],
)
def test_what_is_shunned_for_an_allergy_is_what_the_allergy_is_to(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize("said", ["我有点怕青霉素过敏，从来没打过", "担心会对青霉素过敏", "I'm worried about being allergic to penicillin"])
def test_an_allergy_that_is_only_feared_is_none(said: str, tables: Tables) -> None:
    assert not any("/allergy/" in fact for fact in read(said, tables))


@pytest.mark.parametrize(
    "case",
    [
        "我对青霉素、头孢过敏，吃阿奇霉素没事 | self/allergy/阿奇霉素/denied; !self/medication/阿奇霉素/denied",
        "Never had any problem with penicillin | !self/medication/penicillin/denied",
        "I am intolerant to lactose | self/intolerance/lactose/active",
    ],
)
def test_what_is_borne_or_not_is_told_from_what_is_taken(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "I haven't taken my Lexapro for three days because I ran out. | self/medication/escitalopram/active",
        "今天没吃降压药，血压160 | self/medication/降压药/active",
    ],
)
def test_a_dose_left_out_ends_no_medicine(case: str, tables: Tables) -> None:
    check(case, tables)


@pytest.mark.parametrize(
    "case",
    [
        "I stopped taking sertraline two months ago because it made me nauseous. |"
        " self/medication/sertraline/past; self/intolerance/sertraline/active",
        "My son broke out in hives after his first dose of cefdinir. We stopped it. |"
        " son/medication/cefdinir/past; son/allergy/cefdinir/active",
        "吃别嘌醇起疹子，停了 | self/medication/别嘌醇/past; self/allergy/别嘌醇/active",
        "吃了一周的阿莫西林，今天刚吃完，要不要再买一盒？ | self/medication/阿莫西林/past",
        "It's not lisinopril, it's losartan that I take. | !self/medication/lisinopril/active; self/medication/losartan/active",
    ],
)
def test_a_medicine_given_up_is_past_beside_what_it_did(case: str, tables: Tables) -> None:
    check(case, tables)
