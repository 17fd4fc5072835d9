"""The other kinds of fact: measures, states, habits, operations, vaccinations, family, intolerances; and the answers to a question."""

from __future__ import annotations

import pytest

from memory.extract import read
from memory.facts import ANY, current
from tools.tables import Tables
from tools.text import clean

# message | kind | subject/value/status of every fact of that kind, "-" for none.
CASES = """
140斤|weight|self/70 kg/active
我五尺一的个头|height|self/170 cm/active
I'm 5'7" and 12 stone 4|height|self/170 cm/active
I'm 5'7" and 12 stone 4|weight|self/78 kg/active
瘦了10斤|weight|-
买了5斤苹果|weight|-
我想减到100斤|weight|-
宝宝8个月|age|baby/8 月/active
我女儿3岁|age|daughter/3 岁/active
My son, 11, has asthma|age|son/11 years/active
She turned 83 in April|age|other/83 years/active
30岁得的糖尿病|age|-
18岁以上才能吃|age|-
怀孕12周|pregnancy|self/12 周/active
I'm 20 weeks pregnant|pregnancy|self/20 weeks/active
怀孕情况：未怀孕|pregnancy|self/是/denied
备孕中|pregnancy|-
在哺乳期|lactation|self/是/active
断奶了|lactation|self/是/past
男，42岁|sex|self/male/active
42F, sore knee|sex|self/female/active
性别：女|sex|self/female/active
我不抽烟，偶尔喝酒|smoking|self/是/denied
我不抽烟，偶尔喝酒|alcohol|self/是/active
戒烟三年了|smoking|self/是/past
I smoke a pack a day|smoking|self/yes/active
喝酒后能吃头孢吗|alcohol|-
2015年做过阑尾切除术|surgery|self/阑尾切除术/past
下周要做手术|surgery|-
没做过手术|surgery|self/*/denied
I had my appendix removed in 2010|surgery|self/appendectomy/past
上午刚打完流感疫苗|vaccination|self/流感疫苗/past
打算打HPV疫苗|vaccination|-
家族史：父亲高血压|family_history|self/高血压/active
肠癌家族史|family_history|self/肠癌/active
血压150/95|vital|self/血压 150/95 mmHg/active
体温38.5度|vital|self/体温 38.5 °C/active
糖化血红蛋白7.2%|lab|self/糖化血红蛋白 7.2 %/active
乳糖不耐受|intolerance|self/乳糖/active
布洛芬吃了胃不舒服|intolerance|self/布洛芬/active
Codeine makes me nauseous|intolerance|self/codeine/active
吃布洛芬会胃疼吗？|intolerance|-
""".strip().splitlines()


@pytest.mark.parametrize("line", CASES)
def test_each_kind_is_read_in_the_patients_language(tables: Tables, line: str) -> None:
    message, kind, expected = line.split("|")
    facts = current(read(clean(message), tables).facts)
    assert {f"{f.subject}/{f.value}/{f.status}" for f in facts if f.kind == kind} == (
        set() if expected == "-" else set(expected.split(";"))
    )


@pytest.mark.parametrize(
    ("topic", "answer", "expected"),
    [
        ("allergy", "没有", {("allergy", ANY, "denied")}),
        ("allergy", "No.", {("allergy", ANY, "denied")}),
        ("allergy", "Yes, penicillin", {("allergy", "penicillin", "active")}),
        ("allergy", "青霉素", {("allergy", "青霉素", "active")}),
        ("medication", "华法林和阿司匹林", {("medication", "华法林", "active"), ("medication", "阿司匹林", "active")}),
        ("medication", "没有", {("medication", ANY, "denied")}),
        ("", "没有", set()),
        ("", "Yes", set()),
    ],
)
def test_a_bare_answer_is_understood_by_what_was_asked(
    tables: Tables, topic: str, answer: str, expected: set[tuple[str, str, str]]
) -> None:
    assert {(f.kind, f.value, f.status) for f in read(clean(answer), tables, topic=topic).facts} == expected


@pytest.mark.parametrize(
    "message", ["我对青霉素过敏。" * 60, "I am allergic to penicillin and take warfarin daily. " * 30, "我" * 1000, "(" * 1000, "对" * 999]
)
def test_long_messages_are_read_to_the_end(tables: Tables, message: str) -> None:
    reading = read(clean(message), tables)
    assert all(fact.quote in clean(message) for fact in reading.facts)
