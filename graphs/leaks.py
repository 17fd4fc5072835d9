"""What a model wrote, on its way to a reader or into the thread: words alone, and none of the prompt's."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from retrieval.untrusted import inert
from tools.text import fold, sentences

_TOKEN = re.compile(r"[\u3400-\u9fff]|[a-z0-9]+")
_MARKS = re.compile(r"\[\d+\]|^\s*\d+[.、]", re.M)
_RUN = {"zh": 12, "en": 9}
"""So many characters or words in a row are no coincidence."""
_WHOLE = {"zh": 7, "en": 4}
"""A sentence of so many that stands in the prompt from its first word to its last is none either."""
_PROMPTS = Path(__file__).parent / "prompts"


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(fold(_MARKS.sub(" ", text)))


@cache
def _words(language: str) -> str:
    """Return all prompts of a language as words with one space around each."""
    files = sorted(_PROMPTS.glob(f"*.{language}.md"))
    return f" {' '.join(word for file in files for word in _tokens(file.read_text(encoding='utf-8')))} "


def recites(text: str, marker: str) -> bool:
    """Tell whether a text repeats a stretch of the prompts, a whole sentence of them, or the mark of its request, word for word."""
    if marker and marker in text.lower():
        return True
    return any(_stands_in(_tokens(part), language) for part in sentences(text) for language in _RUN) or any(
        _stands_in(_tokens(text), language) for language in _RUN
    )


def _stands_in(tokens: list[str], language: str) -> bool:
    prompt, length = _words(language), _RUN[language]
    if len(tokens) < length:
        return len(tokens) >= _WHOLE[language] and f" {' '.join(tokens)} " in prompt
    return any(f" {' '.join(tokens[start : start + length])} " in prompt for start in range(len(tokens) - length + 1))


def spoken(text: str, marker: str) -> str:
    """Return a model's text as it may be shown and kept: inert, and without the sentences that recite the prompt."""
    words = inert(text)
    if not recites(words, marker):
        return words
    kept = "".join(sentence for sentence in sentences(words) if not recites(sentence, marker))
    return "" if recites(kept, marker) else kept
