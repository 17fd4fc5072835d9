"""The matcher leaves out only what could not match."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.settings import ROOT
from tools.matcher import Matcher
from tools.tables import Tables
from tools.text import clean, fold

with (Path(__file__).parent / "data" / "red_flag_cases.csv").open(encoding="utf-8", newline="") as cases:
    MESSAGES = [row["text"] for row in csv.DictReader(cases)]
with (ROOT / "knowledge" / "tables" / "findings.csv").open(encoding="utf-8", newline="") as signs:
    WRITTEN = " ".join(row["patterns_zh"] + " " + row["patterns_en"] for row in csv.DictReader(signs))
WORDS = sorted(set(re.findall(r"[\u3400-\u9fff]{1,6}|[a-z]{2,}", WRITTEN)))
NOISE = st.text(alphabet="，。 ,.!?0123456789abcxyz的了吗啊I'", max_size=4)
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), NOISE), max_size=14).map("".join)
compiled = cache(re.compile)
Hit = tuple[str, str, tuple[int, int]]


def expressions(tables: Tables) -> dict[str, list[tuple[str, str]]]:
    found = tables.symptoms.items()
    return {"zh": [(key, e) for key, sign in found for e in sign.zh], "en": [(key, e) for key, sign in found for e in sign.en]}


def by_matcher(matcher: Matcher, text: str) -> list[Hit]:
    return [(key, pattern.pattern, match.span()) for key, pattern in matcher.possible(text) for match in pattern.finditer(text)]


def by_all(pairs: list[tuple[str, str]], text: str) -> list[Hit]:
    return [(key, e, match.span()) for key, e in pairs for match in compiled(e).finditer(text)]


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_it_finds_what_every_expression_finds(tables: Tables, text: str) -> None:
    pairs, folded = expressions(tables), fold(clean(text))
    assert by_matcher(tables.signs_zh, folded) == by_all(pairs["zh"], folded)
    assert by_matcher(tables.signs_en, folded) == by_all(pairs["en"], folded)


@pytest.mark.parametrize("start", range(0, len(MESSAGES), 100))
def test_it_finds_the_same_in_real_messages(tables: Tables, start: int) -> None:
    pairs, hits = expressions(tables), 0
    for message in MESSAGES[start : start + 100]:
        folded = fold(clean(message))
        for language, matcher in (("zh", tables.signs_zh), ("en", tables.signs_en)):
            found = by_matcher(matcher, folded)
            hits += len(found)
            assert found == by_all(pairs[language], folded), message
    assert hits


def test_it_leaves_most_expressions_out(tables: Tables) -> None:
    pairs = expressions(tables)["zh"]
    assert 0 < len(list(tables.signs_zh.possible("我胸口很痛"))) < len(pairs) / 4
    assert len(list(tables.signs_zh.possible("x"))) < len(pairs) / 10


ATOMS = st.sampled_from(
    ["a", "b", "ab", "ba", "[ab]", "[^a]", "[a-c]", r"\w", ".", "^", "$", r"\b", "(?<!a)", "(?=b)", "(?!ab)", "胸", "[痛疼]"]
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        inner.map(lambda part: f"(?:{part})?"),
        inner.map(lambda part: f"({part}|)"),
        inner.map(lambda part: f"(?:{part}){{0,2}}"),
        inner.map(lambda part: f"(?:{part}){{2}}"),
        inner.map(lambda part: f"(?:{part})+?"),
        inner.map(lambda part: f"(?<!{'x'})(?:{part})"),
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(several=st.lists(EXPRESSIONS, min_size=1, max_size=5), text=st.text(alphabet="abcd 胸痛疼", max_size=10))
def test_no_shape_of_an_expression_is_missed(several: list[str], text: str) -> None:
    pairs = [(str(number), expression) for number, expression in enumerate(several)]
    assert by_matcher(Matcher(pairs), text) == by_all(pairs, text)


@pytest.mark.parametrize(
    ("expression", "text", "possible"),
    [
        ("胸.{0,3}[疼痛]", "胸口痛", True),
        ("胸.{0,3}[疼痛]", "肚子痛", False),
        ("a|b", "b", True),
        ("a|b", "c", False),
        ("x?", "", True),
        ("[^x]", "y", True),
        ("(?:abc)+", "abd", False),
        (".*", "anything", True),
    ],
)
def test_an_expression_is_tried_where_its_words_are(expression: str, text: str, possible: bool) -> None:
    assert [key for key, _ in Matcher([("key", expression)]).possible(text)] == (["key"] if possible else [])


def test_what_is_no_expression_is_refused() -> None:
    with pytest.raises(re.error):
        Matcher([("key", "(open")])
    assert list(Matcher([]).possible("text")) == []
