"""The running summary of a long thread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.summary import TurnRecord, digest, history_tokens, within
from memory.tokens import tokens

BUDGET = 400


def turn(number: int, question: str = "", answer: str = "") -> TurnRecord:
    return {"turn": f"u{number}", "question": question or f"问题{number}", "answer": answer or f"回答{number}", "level": "routine"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_turn_adds_one_line_with_question_and_answer(language: str) -> None:
    lines = digest("", [turn(1), turn(2)], language, BUDGET).splitlines()
    assert len(lines) == 2
    assert "问题1" in lines[0] and "回答1" in lines[0] and "问题2" in lines[1]


def test_what_was_summarised_before_stays_in_front() -> None:
    before = digest("", [turn(1)], "zh", BUDGET)
    assert digest(before, [turn(2)], "zh", BUDGET).startswith(before + "\n")
    assert digest(before, [], "zh", BUDGET) == before
    assert digest("", [], "zh", BUDGET) == ""


def test_the_oldest_lines_go_first() -> None:
    said = digest("", [turn(n, "问" * 70 + str(n), "答" * 90) for n in range(40)], "zh", BUDGET)
    assert tokens(said) <= BUDGET
    assert "问39" in said and "问0" not in said


def test_long_words_are_cut_and_lines_stay_lines() -> None:
    said = digest("", [turn(1, "问题\n还有\n" * 100, "回答\n\n" * 300)], "zh", BUDGET)
    assert "\n" not in said and "…" in said and len(said) < 260


@given(
    st.text(max_size=1500),
    st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), min_size=1, max_size=20),
    st.sampled_from(["zh", "en"]),
)
def test_the_summary_never_grows_beyond_its_limit(previous: str, said: list[tuple[str, str]], language: str) -> None:
    records = [turn(n, question, answer) for n, (question, answer) in enumerate(said)]
    assert tokens(digest(previous, records, language, BUDGET)) <= BUDGET + 1


@pytest.mark.parametrize(
    ("words", "fewest", "most"),
    [
        ("", 0, 0),
        ("我对青霉素过敏，能吃阿莫西林吗？", 16, 16),
        ("我對青黴素過敏", 7, 7),
        ("Can I take ibuprofen with warfarin?", 7, 12),
        ("体重70kg，血压130/85", 12, 20),
        ("acetaminophen", 2, 5),
        ("hello   world\n\n", 4, 8),
        ("😀👍🏽", 6, 9),
        ("𠮷野家", 3, 4),
        ("ибупрофен", 5, 27),
    ],
)
def test_tokens_are_counted_carefully_in_every_script(words: str, fewest: int, most: int) -> None:
    assert fewest <= tokens(words) <= most


@given(st.text(max_size=80), st.text(max_size=80))
def test_more_words_never_have_fewer_tokens(one: str, two: str) -> None:
    assert tokens(one + two) >= max(tokens(one), tokens(two)) - 1
    assert tokens(one) <= 3 * len(one)


@given(st.text(max_size=400), st.integers(1, 60))
def test_words_are_cut_to_their_budget_and_no_further(words: str, budget: int) -> None:
    cut = within(words, budget)
    assert tokens(cut) <= budget + 1
    assert cut == words if tokens(words) <= budget else cut.endswith("…") and words.startswith(cut[:-1])


def test_a_chinese_history_weighs_as_much_as_its_characters() -> None:
    assert history_tokens([turn(1, "头" * 300, "疼" * 500)]) == 800
