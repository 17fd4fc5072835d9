"""Medicines, conditions, pregnancy and measures from the patient's own words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.extract import extract
from memory.facts import profile_of
from tools.tables import Tables
from tools.text import clean

MEDICINES = """
我每天吃华法林|self/warfarin/active
我在吃二甲双胍和阿司匹林|self/metformin/active;self/aspirin/active
刚吃了布洛芬，能喝酒吗|self/ibuprofen/active
正在吃华法林，能不能吃布洛芬？|self/warfarin/active
华法林吃了三年了|self/warfarin/active
我每天都吃阿司匹林100mg|self/aspirin/active
我在打胰岛素|self/class:insulins/active
我妈在吃华法林|mother/warfarin/active
给孩子吃了美林|child/ibuprofen/active
我以前吃过阿托伐他汀|self/atorvastatin/past
我没有在吃华法林|self/warfarin/denied
我妈对青霉素过敏，我在吃华法林|self/warfarin/active
I take warfarin|self/warfarin/active
I'm on warfarin, can I take ibuprofen?|self/warfarin/active
I was prescribed amoxicillin|self/amoxicillin/active
I have been taking lisinopril for years|self/lisinopril/active
I take Tylenol for headaches|self/paracetamol/active
I stopped taking warfarin|self/warfarin/past
I used to take metformin|self/metformin/past
I never take aspirin|self/aspirin/denied
I do not take any aspirin|self/aspirin/denied
My father takes metformin|father/metformin/active
我能吃布洛芬吗？|-
可以吃阿莫西林吗|-
我想吃布洛芬|-
我该不该吃阿司匹林|-
我没吃布洛芬|self/ibuprofen/denied
平时不吃药|self//denied
华法林和布洛芬能一起吃吗|-
Can I take ibuprofen?|-
Should I take aspirin?|-
can I take aspirin with warfarin|-
如果在吃华法林的人能吃布洛芬吗|-
医生让我吃阿司匹林，我还没吃|-
我打算下周开始吃二甲双胍|-
阿莫西林吃完了，疗程结束|self/amoxicillin/past
从氨氯地平换成了缬沙坦|self/amlodipine/past;self/valsartan/active
用药情况：二甲双胍0.5 bid，阿司匹林100mg qd|self/metformin/active;self/aspirin/active
二甲双胍 500mg 每天两次|self/metformin/active
I use Nexium every day, and Imodium when needed|self/esomeprazole/active;self/loperamide/active
Can I take ibuprofen with my warfarin?|self/warfarin/active
I'm thinking about starting metformin|-
My doctor prescribed sertraline but I haven't taken any|-
I switched from amlodipine to valsartan|self/amlodipine/past;self/valsartan/active
""".strip().splitlines()

CONDITIONS = """
我有高血压|self/hypertension/active
我有高血压和糖尿病|self/hypertension/active;self/diabetes/active
确诊糖尿病五年|self/diabetes/active
胃溃疡病史10年|self/peptic_ulcer/active
我得过肺结核|self/tuberculosis/past
我没有糖尿病|self/diabetes/denied
我没有高血压，但有糖尿病|self/hypertension/denied;self/diabetes/active
没有高血压糖尿病|self/hypertension/denied;self/diabetes/denied
我可能有痛风|self/gout/suspected
我怀疑自己得了糖尿病|self/diabetes/suspected
我爸有高血压|father/hypertension/active
我有高血压，能吃布洛芬吗？|self/hypertension/active
过敏性鼻炎很多年了|self/allergic_rhinitis/active
I have diabetes|self/diabetes/active
I have asthma and high blood pressure|self/asthma/active;self/hypertension/active
I was diagnosed with asthma|self/asthma/active
I don't have diabetes|self/diabetes/denied
I do not have asthma|self/asthma/denied
My mother has diabetes|mother/diabetes/active
我是不是得了糖尿病？|-
我担心得糖尿病|-
高血压能吃布洛芬吗？|-
高血压患者能吃布洛芬吗？|-
什么是高血压|-
如果我有糖尿病怎么办|-
USMLE question: a 28-year-old woman with asthma presents with a rash|-
执业医师考试题：患者，女，28岁，有高血压，首选什么药|-
我姨妈两个月没来了，我有高血压|self/hypertension/active
我姨妈心跳不规律，有高血压|aunt/hypertension/active
我问了主治医生说没问题，我有高血压|self/hypertension/active
药师说这药没问题，我有糖尿病|self/diabetes/active
Blood test question: I have asthma|self/asthma/active
我大姨妈有高血压|aunt/hypertension/active
""".strip().splitlines()

STATES = """
我怀孕了|self/pregnancy/active
我怀孕12周|self/pregnancy/active
我怀孕20周，对头孢过敏|self/pregnancy/active
我可能怀孕了|self/pregnancy/suspected
我没怀孕|self/pregnancy/denied
我老婆怀孕八个月了|wife/pregnancy/active
我老婆怀孕了，我有高血压|wife/pregnancy/active
I'm pregnant|self/pregnancy/active
I'm 20 weeks pregnant|self/pregnancy/active
I'm not pregnant|self/pregnancy/denied
My wife is pregnant|wife/pregnancy/active
在哺乳期|self/lactation/active
I'm breastfeeding|self/lactation/active
我备孕|-
我是不是怀孕了？|-
Am I pregnant?|-
""".strip().splitlines()


def read(tables: Tables, message: str, *kinds: str) -> set[str]:
    facts, _ = extract(clean(message), tables)
    return {
        f"{f.subject}/{f.kind if f.kind in ('pregnancy', 'lactation') else ','.join(f.references).removeprefix('condition:')}/{f.status}"
        for f in facts
        if f.kind in kinds and f.references != ("condition:pregnancy",)
    }


@pytest.mark.parametrize("line", MEDICINES)
def test_a_medicine_that_is_taken_is_told_from_one_that_is_asked_about(tables: Tables, line: str) -> None:
    message, _, expected = line.partition("|")
    assert read(tables, message, "medication") == (set() if expected == "-" else set(expected.split(";")))


@pytest.mark.parametrize("line", CONDITIONS)
def test_a_condition_is_read_as_it_was_meant(tables: Tables, line: str) -> None:
    message, _, expected = line.partition("|")
    assert read(tables, message, "condition") == (set() if expected == "-" else set(expected.split(";")))


@pytest.mark.parametrize("line", STATES)
def test_pregnancy_and_lactation_are_read(tables: Tables, line: str) -> None:
    message, _, expected = line.partition("|")
    assert read(tables, message, "pregnancy", "lactation") == (set() if expected == "-" else set(expected.split(";")))


def test_the_weeks_of_a_pregnancy_are_kept(tables: Tables) -> None:
    assert [f.amount for f in extract("我怀孕12周", tables)[0] if f.kind == "pregnancy"] == [12]
    assert [f.amount for f in extract("I'm 20 weeks pregnant", tables)[0] if f.kind == "pregnancy"] == [20]


@pytest.mark.parametrize(
    ("message", "kind", "subject", "amount"),
    [
        ("我今年35岁", "age", "self", 420),
        ("I'm 35 years old", "age", "self", 420),
        ("我女儿5岁，20公斤", "age", "daughter", 60),
        ("我女儿5岁，20公斤", "weight", "daughter", 20),
        ("宝宝8个月", "age", "baby", 8),
        ("我妈70岁了", "age", "mother", 840),
        ("爷爷今年八十五岁", "age", "grandfather", 1020),
        ("我体重140斤", "weight", "self", 70),
        ("I weigh 70 kg", "weight", "self", 70),
        ("身高一米七", "height", "self", 170),
        ("身高：162cm，体重：55kg", "height", "self", 162),
        ("身高：162cm，体重：55kg", "weight", "self", 55),
        ("I'm 5'7\"", "height", "self", 170),
        ("I weigh 180 pounds and I'm 6'1\"", "height", "self", 185),
    ],
)
def test_measures_belong_to_the_person_spoken_of(tables: Tables, message: str, kind: str, subject: str, amount: float) -> None:
    (fact,) = [fact for fact in extract(clean(message), tables)[0] if fact.kind == kind]
    assert (fact.subject, fact.amount) == (subject, amount)


@pytest.mark.parametrize(
    ("message", "sex"),
    [("男，42岁", "male"), ("女，28岁", "female"), ("28岁女性", "female"), ("我是女的，28", "female"), ("I am a 42-year-old man", "male")],
)
def test_the_sex_is_read(tables: Tables, message: str, sex: str) -> None:
    assert [fact.value for fact in extract(message, tables)[0] if fact.kind == "sex"] == [sex]


def test_one_message_may_hold_everything(tables: Tables) -> None:
    facts, _ = extract("我35岁女，对青霉素过敏，在吃华法林，有高血压，体重60公斤", tables)
    profile = profile_of(facts)
    assert [known.words for known in profile.allergies] == ["青霉素"]
    assert [known.references for known in profile.medications] == [frozenset({"warfarin"})]
    assert [known.words for known in profile.conditions] == ["高血压"]
    assert (profile.age_months, profile.sex, profile.weight_kg) == (420, "female", 60)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120))
def test_any_text_can_be_read(tables: Tables, text: str) -> None:
    message = clean(text)
    for fact in extract(message, tables)[0]:
        assert fact.quote and fact.quote in message


@pytest.mark.parametrize("piece", ["我对青霉素过敏，", "对对对对", "不不不不", "没有吃", "I am allergic to ", "体重一百斤 ", "吃了"])
def test_a_message_of_one_phrase_without_end_is_read(tables: Tables, piece: str) -> None:
    message = (piece * 8000)[:8000]
    facts, subject = extract(message, tables)
    assert subject == "self" and all(fact.quote in message for fact in facts)
