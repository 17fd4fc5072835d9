"""Texts for people."""

from __future__ import annotations

import string

import pytest

from configs.errors import ConfigError
from configs.locales import LANGUAGES, catalogue, text

BOTH = pytest.mark.parametrize("language", LANGUAGES)


@BOTH
def test_every_text_has_words(language: str) -> None:
    assert len(catalogue(language)) > 100
    assert all(isinstance(words, str) and words.strip() for words in catalogue(language).values())


@BOTH
def test_every_text_can_be_filled(language: str) -> None:
    for key, words in catalogue(language).items():
        blanks = {name for _, name, _, _ in string.Formatter().parse(words) if name}
        assert all(name.isidentifier() for name in blanks), key
        filled = text(language, key, **dict.fromkeys(blanks, "<{x}>"))
        assert filled.count("<{x}>") >= len(blanks), key


FOR_THE_LOST = {"ui.settings", "ui.settings_language"}
"""Where the language is changed both languages stand: who needs it cannot read the other."""


def test_chinese_texts_are_chinese_and_english_texts_are_not() -> None:
    for key, words in catalogue("en").items():
        if key in FOR_THE_LOST:
            continue
        assert not [char for char in words if "\u4e00" <= char <= "\u9fff"], key
    chinese = sum(any("\u4e00" <= char <= "\u9fff" for char in words) for words in catalogue("zh").values())
    assert chinese >= 0.9 * len(catalogue("zh"))


@pytest.mark.parametrize("language", ["fr", "", "ZH", "../zh"])
def test_another_language_is_a_programming_error(language: str) -> None:
    with pytest.raises(KeyError):
        catalogue(language)


def test_a_missing_text_or_blank_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        text("zh", "no.such.text")
    with pytest.raises(KeyError):
        text("en", "errors.config_missing")


def test_what_fills_a_blank_is_not_read_as_a_blank() -> None:
    assert "{reason}" in text("en", "errors.config_missing", file="{reason}")


def test_the_disclaimer_is_there_in_both_languages() -> None:
    assert "AI" in text("en", "label.disclaimer") and "AI" in text("zh", "label.disclaimer")


def test_an_error_speaks_both_languages() -> None:
    error = ConfigError("config_missing", file="a.yaml")
    assert error.message("zh") != error.message("en") == str(error)
    assert "a.yaml" in error.message("zh") and (error.code, error.values) == ("config_missing", {"file": "a.yaml"})
