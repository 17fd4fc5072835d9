"""From the state of a turn to its searches, and the follow-ups that only a model can resolve."""

from typing import Any

from graphs.errors import ModelFailed
from graphs.query import asked_about, search_queries, understood
from graphs.rewrite import rewritten
from graphs.state import Rewrite


def state(question: str, *before: str, answer: str = "") -> Any:
    history = [{"turn": "t", "question": text, "answer": answer, "level": "self_care"} for text in before]
    return {"question": question, "history": history, "facts": [], "warnings": [], "language": "zh", "marker": "c0ffee"}


class Models:
    """A model that gives one answer, or fails."""

    name = "scripted"

    def __init__(self, answer: str | None) -> None:
        self.answer, self.asked = answer, 0

    def ready(self) -> bool:
        return True

    async def parse(self, role: str, messages: Any, schema: Any, name: str) -> Any:
        self.asked += 1
        if self.answer is None:
            raise ModelFailed("model_failed", reason="timeout")
        return Rewrite(question=self.answer)


def test_a_follow_up_is_searched_with_its_topic():
    turn = state("那孕妇呢？", "孩子发烧39度怎么办")
    (query,) = search_queries(turn, understood(turn))
    assert "孕妇" in query and "发烧" in query


def test_a_letter_is_searched_as_a_whole_and_question_by_question():
    turn = state("我妈头晕。能吃布洛芬吗？另外孩子发烧怎么办？")
    assert len(search_queries(turn, understood(turn))) == 3


def test_drugs_of_the_question_before_are_checked_under_their_whole_names():
    assert "儿童感冒颗粒" in asked_about("那我自己能吃吗？", state("", "儿童感冒颗粒怎么吃")["history"])


async def test_what_rules_can_resolve_never_waits_for_a_model():
    models = Models("x")
    for turn in (state("那孕妇呢？", "孩子发烧39度怎么办"), state("发烧怎么办"), state("发烧怎么办", "腹泻怎么办")):
        assert await rewritten(understood(turn), turn, models) == understood(turn)
    assert models.asked == 0


async def test_what_points_at_the_answer_is_put_into_words_by_the_model():
    turn = state("第二种药有副作用吗", "发烧吃什么药", answer="可以用对乙酰氨基酚或者布洛芬。")
    meant = await rewritten(understood(turn), turn, Models("布洛芬有副作用吗"))
    assert meant.standalone == "布洛芬有副作用吗" and meant.context == "rules" and meant.steps[-1] == "rewritten"
    assert any("第二种药" in query for query in meant.queries)


async def test_a_model_that_fails_or_recites_the_mark_leaves_the_rules_wording():
    turn = state("第二种药有副作用吗", "发烧吃什么药")
    for models in (Models(None), Models("c0ffee 布洛芬"), Models(" ")):
        meant = await rewritten(understood(turn), turn, models)
        assert meant.queries == understood(turn).queries and meant.steps[-1] == "rewrite_failed"
