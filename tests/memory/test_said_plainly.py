"""What patients say plainly and was read wrongly: whom it is about, what a list holds, what is denied, and how a medicine stands."""

from __future__ import annotations

import pytest

from memory.extract import by_rule, read_turns
from memory.facts import current
from memory.people import Speaker
from tools.tables import Tables
from tools.text import clean


def read(said: str, tables: Tables) -> set[str]:
    """Return ``subject/kind/value/status`` of what stands after some turns, parted by ``//``."""
    facts = current(read_turns([turn.strip() for turn in said.split("//")], tables))
    return {f"{fact.subject}/{fact.kind}/{fact.value}/{fact.status}" for fact in facts}


def check(case: str, tables: Tables) -> None:
    """Compare with what is expected; ``!`` before a fact: it must not be read."""
    said, _, wanted = case.partition(" | ")
    found = read(said, tables)
    for fact in wanted.split("; "):
        assert (fact[1:] not in found) if fact.startswith("!") else (fact in found), (said, found)


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
        "我用过阿奇霉素，没有过敏。 | self/allergy/阿奇霉素/denied; !self/allergy/*/denied",
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
