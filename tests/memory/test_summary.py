"""The running summary of a long thread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.summary import MAX_CHARS, TurnRecord, digest


def turn(number: int, question: str = "", answer: str = "") -> TurnRecord:
    return {"turn": f"u{number}", "question": question or f"问题{number}", "answer": answer or f"回答{number}", "level": "routine"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_turn_adds_one_line_with_question_and_answer(language: str) -> None:
    lines = digest("", [turn(1), turn(2)], language).splitlines()
    assert len(lines) == 2
    assert "问题1" in lines[0] and "回答1" in lines[0] and "问题2" in lines[1]


def test_what_was_summarised_before_stays_in_front() -> None:
    before = digest("", [turn(1)], "zh")
    assert digest(before, [turn(2)], "zh").startswith(before + "\n")
    assert digest(before, [], "zh") == before
    assert digest("", [], "zh") == ""


def test_the_oldest_lines_go_first() -> None:
    said = digest("", [turn(n, "问" * 70 + str(n), "答" * 90) for n in range(40)], "zh")
    assert len(said) <= MAX_CHARS
    assert "问39" in said and "问0" not in said


def test_long_words_are_cut_and_lines_stay_lines() -> None:
    said = digest("", [turn(1, "问题\n还有\n" * 100, "回答\n\n" * 300)], "zh")
    assert "\n" not in said and "…" in said and len(said) < 260


@given(
    st.text(max_size=1500),
    st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), min_size=1, max_size=20),
    st.sampled_from(["zh", "en"]),
)
def test_the_summary_never_grows_beyond_its_limit(previous: str, said: list[tuple[str, str]], language: str) -> None:
    records = [turn(n, question, answer) for n, (question, answer) in enumerate(said)]
    assert len(digest(previous, records, language)) <= MAX_CHARS
