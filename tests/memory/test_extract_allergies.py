"""Allergies from the patient's own words."""

from __future__ import annotations

import pytest

from memory.extract import extract
from memory.facts import ANY
from tools.tables import Tables
from tools.text import clean

# message | what is understood: subject/value/status, several with ";"; "-" for nothing.
CASES = """
我对青霉素过敏|self/青霉素/active
我青霉素过敏|self/青霉素/active
我对青霉素严重过敏|self/青霉素/active
我对青霉素有严重的过敏反应|self/青霉素/active
有青霉素过敏史|self/青霉素/active
青霉素皮试阳性|self/青霉素/active
医生说我对青霉素过敏|self/青霉素/active
我对青霉素和磺胺过敏|self/青霉素/active;self/磺胺/active
我对花粉、青霉素、头孢都过敏|self/花粉/active;self/青霉素/active;self/头孢/active
我不仅对青霉素过敏，还对头孢过敏|self/青霉素/active;self/头孢/active
我对penicillin过敏|self/青霉素/active
我对芒果过敏，其他没有|self/芒果/active
我对艾绒酮过敏|self/艾绒酮/active
我不吃鸡蛋，对鸡蛋过敏|self/鸡蛋/active
我从不吃虾，因为对虾过敏|self/虾/active
我没有吃药，我对青霉素过敏|self/青霉素/active
我不能吃阿莫西林，因为我对青霉素过敏|self/青霉素/active
不，我对青霉素过敏|self/青霉素/active
我对青霉素过敏，能吃阿莫西林吗？|self/青霉素/active
青霉素过敏，能吃头孢吗？|self/青霉素/active
I'm allergic to penicillin|self/penicillin/active
I am allergic to penicillin and sulfa|self/penicillin/active;self/sulfa/active
I have a penicillin allergy|self/penicillin/active
I had anaphylaxis to amoxicillin|self/amoxicillin/active
I had a bad reaction to codeine|self/codeine/active
No, I am allergic to penicillin|self/penicillin/active
My doctor said I am allergic to penicillin.|self/penicillin/active
Not that it matters, but I'm allergic to penicillin|self/penicillin/active
I'm allergic to 头孢|self/cephalosporin/active
I'm allergic to qwertycillin|self/qwertycillin/active
我对青霉素不过敏|self/青霉素/denied
我不对青霉素过敏|self/青霉素/denied
我对青霉素不过敏了，之前搞错了|self/青霉素/refuted
搞错了，我其实对青霉素不过敏|self/青霉素/refuted
我从来没有对青霉素过敏过|self/青霉素/denied
更正一下，我不是对青霉素过敏，是对头孢过敏|self/青霉素/refuted;self/头孢/active
我不是对头孢过敏，而是对青霉素过敏|self/头孢/denied;self/青霉素/active
对青霉素过敏，对头孢不过敏|self/青霉素/active;self/头孢/denied
I'm not allergic to penicillin|self/penicillin/denied
Actually I'm not allergic to penicillin, that was a mistake|self/penicillin/refuted
I'm no longer allergic to eggs|self/egg/refuted
No penicillin allergy|self/penicillin/denied
我没有药物过敏史|self/*/denied
无药物过敏史|self/*/denied
否认药物及食物过敏史|self/*/denied
过敏史：无|self/*/denied
I have no known drug allergies|self/*/denied
NKDA|self/*/denied
I don't have any allergies|self/*/denied
我没有过敏史，但是对青霉素过敏|self/*/denied;self/青霉素/active
小时候对牛奶过敏，现在不过敏了|self/牛奶/past
我会不会对青霉素过敏？|-
我是不是青霉素过敏？|-
我对青霉素过敏吗|-
我可能对青霉素过敏|self/青霉素/suspected
我好像对磺胺过敏|self/磺胺/suspected
I might be allergic to sulfa|self/sulfa/suspected
对青霉素过敏的人能吃头孢吗？|-
青霉素过敏者可以用阿奇霉素吗？|-
如果我对青霉素过敏怎么办？|-
假如孩子对头孢过敏呢？|-
说明书上写对青霉素过敏者禁用|-
Can people allergic to penicillin take cefalexin?|-
If I were allergic to penicillin, what then?|-
我是过敏体质|-
我想查过敏原|-
过敏性鼻炎很多年了|-
你好|-
我妈对青霉素过敏|mother/青霉素/active
我妈妈青霉素过敏，我自己没有|mother/青霉素/active;self/青霉素/denied
孩子对鸡蛋过敏|child/鸡蛋/active
我女儿对花生过敏，我对海鲜过敏|daughter/花生/active;self/海鲜/active
我老公对阿司匹林过敏|husband/阿司匹林/active
朋友对青霉素过敏，我没事|friend/青霉素/active
不是我过敏，是我儿子对青霉素过敏|son/青霉素/active
我儿子发烧，对头孢过敏，能吃美林吗|son/头孢/active
My mother is allergic to penicillin|mother/penicillin/active
My mother is allergic to penicillin but I am not|mother/penicillin/active;self/penicillin/denied
My son is allergic to peanuts|son/peanut/active
My daughter has a fever. She is allergic to amoxicillin.|daughter/amoxicillin/active
过敏史：青霉素、磺胺；用药：二甲双胍|self/青霉素/active;self/磺胺/active
过敏史：无 既往史：高血压|self/*/denied
没有药物过敏，但有过敏性鼻炎|self/*/denied
什么药都能吃，就磺胺不行，医生说是过敏|self/磺胺/active
打青霉素休克过，抢救回来的|self/青霉素/active
吃了阿莫西林全身起疹子|self/阿莫西林/active
吃了阿莫西林起疹子，怀疑是过敏|self/阿莫西林/suspected
对芬必得过敏|self/布洛芬/active
除了青霉素没有别的药物过敏|self/青霉素/active
我对頭孢過敏|self/头孢/active
Allergies: tetracycline - rash; latex|self/tetracycline/active;self/latex/active
No allergies except penicillin.|self/penicillin/active
Nothing I'm allergic to, apart from iodine contrast.|self/*/denied;self/contrast dye/active
I break out in hives whenever I take amoxicillin|self/amoxicillin/active
im alergic to pencilin and asprin|self/penicillin/active;self/aspirin/active
I was allergic to eggs as a child but outgrew it|self/egg/past
I'm not sure whether I'm allergic to sulfa|self/sulfa/suspected
""".strip().splitlines()


@pytest.mark.parametrize("line", CASES)
def test_an_allergy_is_read_as_it_was_meant(tables: Tables, line: str) -> None:
    message, _, expected = line.partition("|")
    facts, _ = extract(clean(message), tables)
    read = {f"{fact.subject}/{fact.value}/{fact.status}" for fact in facts if fact.kind == "allergy"}
    assert read == (set() if expected == "-" else set(expected.split(";")))


@pytest.mark.parametrize("line", CASES)
def test_every_allergy_keeps_the_words_that_it_came_from(tables: Tables, line: str) -> None:
    message = clean(line.partition("|")[0])
    for fact in extract(message, tables)[0]:
        assert fact.quote and fact.quote in message
        assert fact.span and message[slice(*fact.span)] == fact.quote
        if fact.kind == "allergy" and fact.value != ANY:
            assert fact.words in message


@pytest.mark.parametrize(
    ("message", "reference"),
    [
        ("我对青霉素过敏", "group:penicillins"),
        ("I'm allergic to cephalosporins", "group:cephalosporins"),
        ("我对磺胺过敏", "group:sulfonamide_antibiotics"),
        ("我对阿莫西林过敏", "amoxicillin"),
        ("我对花生过敏", "group:peanut"),
    ],
)
def test_an_allergen_is_understood_as_widely_as_it_was_named(tables: Tables, message: str, reference: str) -> None:
    (fact,) = extract(message, tables)[0]
    assert fact.references == (reference,)


def test_an_allergen_that_nobody_knows_is_kept_without_references(tables: Tables) -> None:
    (fact,) = extract("我对艾绒酮过敏", tables)[0]
    assert (fact.value, fact.references, fact.status) == ("艾绒酮", (), "active")


def test_where_and_when_it_was_said_is_kept(tables: Tables) -> None:
    (fact,) = extract("我对青霉素过敏", tables, thread="t1", turn="u1", at="2026-01-02T03:04:05")[0]
    assert (fact.thread, fact.turn, fact.at, fact.extractor) == ("t1", "u1", "2026-01-02T03:04:05", "rules")


def test_the_person_of_the_thread_is_carried_on(tables: Tables) -> None:
    _, subject = extract("我妈最近总咳嗽", tables)
    assert subject == "mother"
    facts, subject = extract("对青霉素过敏", tables, subject=subject)
    assert (facts[0].subject, subject) == ("mother", "mother")
    facts, subject = extract("我对头孢过敏", tables, subject=subject)
    assert (facts[0].subject, subject) == ("self", "self")


def test_saying_the_same_twice_gives_one_fact(tables: Tables) -> None:
    facts, _ = extract("我对青霉素过敏。我对青霉素过敏！青霉素过敏。", tables)
    assert len(facts) == 1


@pytest.mark.parametrize("message", ["", "   ", "。。。", "\n", "过敏", "对过敏", "allergic to", "allergy", "对" * 500 + "过敏", "(" * 200])
def test_nothing_is_read_from_nothing(tables: Tables, message: str) -> None:
    facts, subject = extract(clean(message), tables)
    assert not [fact for fact in facts if fact.references] and subject == "self"
