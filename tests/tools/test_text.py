"""Cleaning, folding, splitting and telling the language."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.text import clauses, clean, fold, language_of, sentences, spans

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("a\ud800b", "ab"),
        ("\udfff", ""),
        ("a\x00b", "ab"),
        ("a\x1b[31mb", "a[31mb"),
        ("a\u200bb\u200dc\ufeff", "abc"),
        ("x\u202ey\u2066z", "xyz"),
        ("a\u00adb", "ab"),
        ("阿\U000e0041莫\U000e007f西林", "阿莫西林"),
        ("１２３ｍｇ", "123mg"),
        ("37.5℃", "37.5°C"),
        ("㎎", "mg"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb", "a\tb"),
        ("  hi  ", "hi"),
        ("你好，“药”？！", "你好，“药”？！"),
        ("（一）：；。…—～", "（一）：；。…—～"),
        ("e\u0301", "é"),
        ("", ""),
    ],
)
def test_text_is_cleaned(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


@pytest.mark.parametrize("times", [1, 3, 200])
def test_the_ligature_that_grows_eighteenfold_is_spelt_out(times: int) -> None:
    cleaned = clean("\ufdfa" * times)
    assert "\ufdfa" not in cleaned and len(cleaned) <= 18 * times
    assert unicodedata.is_normalized("NFKC", cleaned)


@given(ANYTHING)
def test_cleaned_text_can_be_encoded_and_holds_nothing_invisible(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not any(char in cleaned for char in "\x00\r\u200b\u202e\ufeff\U000e0041\ufdfa")
    assert not [char for char in cleaned if unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\n"]


@given(ANYTHING)
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_folding_lowers_what_it_can() -> None:
    assert fold("ASPIRIN Straße 阿") == "aspirin straße 阿"
    assert fold("İ ASPIRIN")[2:] == "aspirin"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("体温 37.5 ℃。吃药。", ["体温 37.5 ℃。", "吃药。"]),
        ("He weighs 70.5 kg. Ok.", ["He weighs 70.5 kg.", "Ok."]),
        ("Take 2.5 mg. Stop.", ["Take 2.5 mg.", "Stop."]),
        ("The limit is 120. Then rest.", ["The limit is 120.", "Then rest."]),
        ("第1.项", ["第1.项"]),
        ("你好！怎么样？好…", ["你好！", "怎么样？", "好…"]),
        ("真的吗？！好。", ["真的吗？！", "好。"]),
        ("A [1]. B [2].", ["A [1].", "B [2]."]),
        ("A.[1] B.", ["A.[1]", "B."]),
        ("A. [1] [2] B.", ["A. [1] [2]", "B."]),
        ("结束。[1] 下一句。", ["结束。[1]", "下一句。"]),
        ("他说“不行。”然后走了。", ["他说“不行。”", "然后走了。"]),
        ("One\nTwo\n\nThree", ["One", "Two", "Three"]),
        ("no punctuation", ["no punctuation"]),
        ("", []),
        (" \n ", []),
        ("!!!", ["!!!"]),
        ("vitamin B12. Take it.", ["vitamin B12.", "Take it."]),
    ],
)
def test_text_is_split_into_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet="ab1 .。！？\n[]”", max_size=60))
def test_no_character_is_lost_between_the_sentences(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@given(st.text(alphabet="ab ，。.;\nbut但是", max_size=60))
def test_a_clause_stands_where_it_says(text: str) -> None:
    for offset, clause in clauses(text):
        assert text[offset : offset + len(clause)] == clause and clause.strip()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我胸痛，没有发烧。要紧吗？", ["我胸痛", "没有发烧", "要紧吗"]),
        ("温度37.5度，还好", ["温度37.5度", "还好"]),
        ("不能吃阿莫西林但是可以吃头孢", ["不能吃阿莫西林", "但是可以吃头孢"]),
        ("avoid aspirin but take paracetamol", ["avoid aspirin", "but take paracetamol"]),
    ],
)
def test_text_is_split_into_clauses(text: str, parts: list[str]) -> None:
    assert [clause for _, clause in clauses(text)] == parts


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我对penicillin过敏", "zh"),
        ("什么是 ibuprofen?", "zh"),
        ("ibuprofen 能吃吗", "zh"),
        ("药", "zh"),
        ("hello", "en"),
        ("青 penicillin allergy", "en"),
        ("你好 hello how are you my friend", "en"),
        ("阿莫西林 amoxicillin", "zh"),
        ("37.5 mg?", "en"),
    ],
)
def test_the_language_is_that_of_most_letters(text: str, language: str) -> None:
    assert language_of(text) == language_of(text, "en") == language


@pytest.mark.parametrize("text", ["", "123", "?!", "😷"])
def test_without_letters_the_default_holds(text: str) -> None:
    assert (language_of(text), language_of(text, "en")) == ("zh", "en")


@given(st.text(alphabet="。！？…!?.\n ”)[1]aSDtrvse5A但可是不过but喘，,;", max_size=60))
def test_sentences_and_clauses_lose_no_letter_and_overlap_nowhere(text: str) -> None:
    for parts in (list(spans(text)), list(clauses(text))):
        assert all(text[offset : offset + len(part)] == part for offset, part in parts)
        assert all(a + len(part) <= b for (a, part), (b, _) in pairwise(parts))
    letters = [char for _, part in spans(text) for char in part if not char.isspace()]
    assert letters == [char for char in text if not char.isspace()]
