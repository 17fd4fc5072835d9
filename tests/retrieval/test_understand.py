import pytest

from retrieval.slips import Slips
from retrieval.understand import has_topic, split, understand

FEVER = ["孩子发烧39度怎么办"]


@pytest.mark.parametrize(
    ("question", "before", "holds", "lacks"),
    [
        ("那孕妇呢？", FEVER, ["孕妇", "发烧"], ["孩子"]),
        ("那哺乳期呢", [*FEVER, "那孕妇呢？"], ["哺乳期", "发烧"], ["孩子"]),
        ("多久能好", FEVER, ["多久能好", "发烧"], []),
        ("会传染吗", FEVER, ["传染", "发烧"], []),
        ("它有副作用吗", ["布洛芬怎么吃"], ["副作用", "布洛芬"], []),
        ("那头孢可以吗？", ["我对青霉素过敏，嗓子疼能吃阿莫西林吗"], ["头孢", "青霉素"], []),
        ("What about children?", ["How should I treat a fever?"], ["children", "fever"], []),
        ("Is it contagious?", ["I think I have the flu"], ["contagious", "flu"], []),
    ],
)
def test_a_follow_up_gets_the_topic_that_it_leaves_out(question, before, holds, lacks):
    meant = understand(question, before)
    assert meant.context == "rules" and meant.steps == ("follow_up",)
    assert all(word in meant.standalone for word in holds) and not any(word in meant.standalone for word in lacks)


@pytest.mark.parametrize("question", ["糖尿病人能吃西瓜吗", "我头疼", "Can I take ibuprofen with amlodipine?", "高血压能吃柚子吗"])
def test_a_question_with_a_topic_of_its_own_is_left_as_it_is(question):
    assert understand(question, FEVER).standalone == question and has_topic(question)


def test_without_messages_before_nothing_is_put_back():
    assert understand("那孕妇呢", []).context == "none"


@pytest.mark.parametrize("question", ["第二种药有副作用吗", "你刚才说的检查要空腹吗", "Is the second one safe?"])
def test_what_points_at_the_answer_is_marked_for_a_model(question):
    assert understand(question, FEVER).context == "unresolved"


def test_a_letter_is_searched_question_by_question_each_with_its_complaint():
    letter = "我妈高血压十年，最近头晕。她能吃布洛芬吗？另外孩子发烧39度怎么办？"
    assert split(letter) == ["她能吃布洛芬吗？ 我妈高血压十年，最近头晕。", "另外孩子发烧39度怎么办？"]
    assert understand(letter).queries[0] == letter and understand(letter).steps == ("split:2",)
    assert split("发烧怎么办") == ["发烧怎么办"] and split("我头疼两天了，怎么办？") == ["我头疼两天了，怎么办？"]


def test_a_slip_is_read_only_where_no_document_holds_what_was_written():
    slips = Slips(["糖尿病", "高血压", "diarrhea"])
    assert slips.find("高血鸭能吃什么", lambda term: 0) == {"高血鸭": "高血压"}
    assert slips.find("高血鸭能吃什么", lambda term: 1) == {}
    assert slips.find("I have diarrea", lambda term: 0) == {"diarrea": "diarrhea"}
    assert slips.find("糖尿病和高血压, diarrhea", lambda term: 0) == {}
