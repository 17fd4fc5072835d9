"""Patterns that pass over what they cannot match: they must answer as plain ones do."""

from __future__ import annotations

import gc
import json
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import memory
from memory import patterns
from memory.begins import led
from memory.clauses import read_clauses
from memory.needed import DIGIT, LETTER, needed
from memory.people import Speaker
from tools.text import clean

_BANK = Path(__file__).parents[2] / "evaluation" / "banks" / "memory_train.jsonl"


def _clauses(every: int) -> list[str]:
    with _BANK.open(encoding="utf-8") as file:
        cases = [json.loads(line) for place, line in enumerate(file) if place % every == 0]
    return [clause.low for case in cases for turn in case["turns"] for clause in read_clauses(clean(turn), Speaker())]


for _module in iter_modules(memory.__path__):
    import_module(f"memory.{_module.name}")  # before any clause is read, so that no pattern comes too late to be passed over


def _patterns() -> dict[str, patterns.Pattern]:
    """Return all that there are, also those in lists and tuples."""
    return {held.pattern: held for held in gc.get_objects() if isinstance(held, patterns.Pattern)}


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("过敏|allerg", {"过敏", "allerg"}),
        (r"\bnot (?:so|very) sick", {" sick"}),
        ("吃?药", {"药"}),
        ("(?:没|不)+过敏", {"过敏"}),
        ("[一二]片", {"片"}),
        (r"(?<!\d)\d{1,3}", {DIGIT}),
        ("[a-z]+", {LETTER}),
        ("(?=我)", {"我"}),
        ("药?", None),
        ("药|", None),
        (r"\s+", None),
        ("[^a]", None),
        ("(?i)x", None),
        ("(?!我)", None),
    ],
)
def test_it_is_known_what_every_match_contains(pattern: str, parts: set[str] | None) -> None:
    assert needed(pattern) == (None if parts is None else frozenset(parts))


@pytest.mark.parametrize(
    ("pattern", "opening"),
    [
        (r"\bab|(?<!我)吃", "(?=[a吃])"),
        (r"(?:^|\s)x", r"(?=[\sx])"),
        (r"(?<=a)(?=[b-d]).", "(?=[b-d])"),
        ("ab|cd", ""),
        (r"\b", ""),
        (r"\b(?:a|.)", ""),
        (r"\ba?", ""),
    ],
)
def test_a_pattern_looks_first_at_what_it_can_begin_with(pattern: str, opening: str) -> None:
    assert led(pattern) == (f"{opening}(?:{pattern})" if opening else pattern)


def test_every_pattern_of_the_readers_answers_as_a_plain_one() -> None:
    clauses = _clauses(every=80)
    assert len(clauses) > 100
    for name, pattern in _patterns().items():
        plain = re.compile(pattern.pattern, pattern.plain.flags)
        for words in clauses:
            patterns.note(words)
            told, expected = ([(m.span(), m.groups(), m.lastgroup) for m in one.finditer(words)] for one in (pattern, plain))
            assert told == expected, (name, words)
            assert bool(pattern.search(words)) == bool(expected), (name, words)
            assert bool(pattern.match(words)) == bool(plain.match(words)), (name, words)
            assert bool(pattern.fullmatch(words)) == bool(plain.fullmatch(words)), (name, words)
            assert pattern.sub("#", words) == plain.sub("#", words), (name, words)


def test_a_pattern_made_after_the_first_text_is_tried_always() -> None:
    patterns.note("我对青霉素过敏")
    assert patterns.compile("青霉素").search("我对青霉素过敏")
    assert not patterns.compile("头孢").search("我对青霉素过敏")


def test_patterns_that_stand_where_they_are_used_answer_as_plain_ones() -> None:
    assert patterns.search(r"(?<!不)过敏", "不过敏，过敏").span() == (4, 6)  # type: ignore[union-attr]
    assert patterns.match("过敏", "不过敏") is None
    assert patterns.fullmatch(r"\d+|x", "12")
    assert patterns.findall(r"\b[a-z]", "ab cd") == ["a", "c"]
    assert patterns.sub(r"\bx", "y", "x ax") == "y ax"
