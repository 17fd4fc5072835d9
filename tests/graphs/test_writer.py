"""The evidence writer: which sentences it takes, in which order, and what it leaves out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.asking import asked, groups_in
from graphs.evidence import Evidence
from graphs.state import EvidenceRef
from graphs.writer import write
from tools.profile import PatientProfile

FEVER = {
    "overview": "成人体温超过 37.3 ℃ 一般算发热。发热是身体对抗感染的反应。发热本身通常几天内好转。",
    "causes": "发热最常见的原因是病毒感染。中暑和药物也能引起发热。",
    "action": "发热的人应当多喝水、多休息。发热的人穿得不要太厚。发热的人可以用温水擦身。",
    "medicines": "发热超过 38.5 ℃ 的成人可以按说明书服用对乙酰氨基酚。两种退热药不要同时吃。",
    "escalation": "发热伴抽搐或意识不清，应立即拨打 120。发热超过三天不退，应当去医院。发热伴皮疹应当尽快就医。",
    "caution": "孕妇发热应当先问医生再吃退热药。肝病患者发热时服对乙酰氨基酚要先问医生。",
}
SLEEP = {"action": "失眠的人应当固定时间起床。睡前少看手机有助于入睡。", "escalation": "失眠超过一个月应当去医院。"}


def evidence(*documents: tuple[str, dict[str, str]]) -> list[Evidence]:
    """Return one piece of evidence a section, numbered from 1."""
    parts = [(title, kind, body) for title, sections in documents for kind, body in sections.items()]
    return [
        Evidence(n, EvidenceRef(n=n, kind="chunk", id=f"c{n}"), body, title, kind=kind, language="zh")
        for n, (title, kind, body) in enumerate(parts, start=1)
    ]


def kinds(question: str, items: list[Evidence], **options: PatientProfile) -> list[str]:
    """Return the kinds of sections that an answer goes through, in its order, each once."""
    return list(dict.fromkeys(items[s.cites[0] - 1].kind for s in write(question, items, "zh", **options)))


def test_every_sentence_stands_in_the_evidence_it_cites():
    items = evidence(("发热", FEVER))
    answer = write("发热怎么办", items, "zh")
    assert len(answer) > 3
    assert all(sentence.text in items[sentence.cites[0] - 1].text for sentence in answer)


def test_an_answer_says_what_it_is_what_to_do_when_to_see_a_doctor_and_who_must_not_in_this_order():
    said = kinds("发热怎么办", evidence(("发热", FEVER)))
    order = ["overview", "causes", "action", "medicines", "escalation", "caution"]
    assert {"action", "escalation"} <= set(said)
    assert said == sorted(said, key=order.index)


def test_who_asks_about_a_medicine_hears_of_medicines_first():
    assert kinds("发热能吃对乙酰氨基酚吗", evidence(("发热", FEVER)))[0] == "medicines"


def test_who_asks_whether_to_see_a_doctor_hears_that_first():
    assert kinds("发热要不要去医院", evidence(("发热", FEVER)))[0] == "escalation"


def test_the_answer_keeps_to_the_document_that_the_question_is_about():
    items = evidence(("发热", FEVER), ("失眠", SLEEP))
    titles = {items[s.cites[0] - 1].title for s in write("发热怎么办", items, "zh")}
    assert titles == {"发热"}


def test_a_short_answer_is_filled_from_the_leading_document_only():
    short = {"action": "头痛的人可以休息。", "escalation": "头痛突然剧烈应立即拨打 120。", "causes": "熬夜会引起头痛。"}
    items = evidence(("头痛", short), ("失眠", SLEEP))
    said = [s.text for s in write("头痛怎么办", items, "zh")]
    assert "头痛突然剧烈应立即拨打 120。" in said and not any("失眠" in text for text in said)


def test_when_to_see_a_doctor_is_said_even_if_the_question_shares_no_word_with_it():
    items = evidence(("头痛", {"action": "头痛的人可以在安静的房间休息。", "escalation": "突然剧烈发作并伴呕吐，应立即拨打 120。"}))
    assert kinds("头痛怎么办", items) == ["action", "escalation"]


def test_what_is_for_other_people_stands_behind_what_is_for_the_patient():
    mixed = evidence(("孕期用药", {"medicines": "孕妇发热不要自行吃布洛芬。"}), ("婴儿发热", {"medicines": "婴儿发热不要自行吃布洛芬。"}))
    said = [s.text for s in write("怀孕了发热能吃布洛芬吗", mixed, "zh")]
    assert said[0] == "孕妇发热不要自行吃布洛芬。"


def test_a_known_pregnancy_makes_what_is_for_pregnant_women_concern_the_patient():
    unknown, pregnant = asked("发热能吃布洛芬吗"), asked("发热能吃布洛芬吗", PatientProfile(pregnant=True))
    assert not unknown.concerns("孕妇不要吃布洛芬。") and pregnant.concerns("孕妇不要吃布洛芬。")


def test_who_must_be_careful_is_told_while_nobody_has_said_who_the_patient_is():
    items = evidence(("布洛芬", {"medicines": "布洛芬可以按说明书短期退热。", "caution": "孕妇不要自行服布洛芬。"}))
    assert [s.text for s in write("布洛芬能退热吗", items, "zh")][-1] == "孕妇不要自行服布洛芬。"


def test_the_same_thing_is_not_said_twice():
    twice = {"medicines": "对青霉素过敏的人不能用阿莫西林。", "caution": "对青霉素过敏的人，不能用阿莫西林等药。"}
    assert len(write("青霉素过敏能吃阿莫西林吗", evidence(("青霉素过敏", twice)), "zh")) == 1


def test_nothing_is_written_from_no_evidence_and_nothing_from_evidence_about_something_else():
    assert write("发热怎么办", [], "zh") == ()
    assert write("汽车轮胎", evidence(("失眠", SLEEP)), "zh") == ()


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("感冒了能不能吃头孢", "take"), ("发烧吃什么药好", "take"), ("头孢和酒一起喝行吗", "take"),
        ("can I take ibuprofen with aspirin", "take"),
        ("糖尿病人吃什么好", "eat"), ("what should people with gout eat", "eat"),
        ("这样要去医院吗", "doctor"), ("should I see a doctor about this", "doctor"), ("为什么会头晕", "why"), ("what causes gout", "why"),
        ("高血压是什么", "what"), ("what are the symptoms of flu", "what"), ("拉肚子怎么办", "do"), ("how can I relieve a headache", "do"),
    ],
)  # fmt: skip
def test_what_a_question_asks_for_is_read_from_its_words(question, intent):
    assert asked(question).intents[0] == intent


def test_groups_are_read_in_both_languages():
    assert groups_in("怀孕五个月") == {"pregnant"} and groups_in("My baby is ill") == {"infant"}
    assert groups_in("发热的人应当多喝水") == frozenset()


@given(st.text(max_size=60), st.permutations(list(FEVER)))
def test_whatever_is_asked_the_answer_stays_within_its_length_and_repeats_nothing(question, order):
    items = evidence(("发热", {kind: FEVER[kind] for kind in order}))
    said = [s.text for s in write(f"发热{question}", items, "zh")]
    assert sum(map(len, said)) <= 400 and len(said) == len(set(said))


def test_headings_and_rows_of_tables_are_not_read_out_as_sentences():
    text = "紫斑热的处理\n紫斑热的人应当卧床休息，多喝水。\n| 年龄 | 剂量 |\n| 成人 | 10 mg |\n- 多喝温水\n紫斑热一般九天好转。"
    said = [sentence.text for sentence in write("紫斑热怎么处理", evidence(("紫斑热", {"action": text})), "zh")]
    assert "紫斑热的人应当卧床休息，多喝水。" in said and "紫斑热一般九天好转。" in said
    assert not [sentence for sentence in said if "|" in sentence or sentence == "紫斑热的处理"]
