"""An oracle that shares no code with what it judges: a drug's name in a sentence without a warning word is advice to take it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ENDS = re.compile(r"[。！？!?\n]+|(?<=[A-Za-z\])])\.(?=\s|$|\[\d)")
_WARNS = re.compile(
    r"(不|别|勿|禁|忌|避免|慎|风险|危险|过敏|过量|同一类|未能核查|问医生|问药师|"
    r"\b(?:not|never|avoid\w*|bleed\w*|harm\w*|cannot|don't|risk\w*|allerg\w+|too much|of one kind|could not be verified|"
    r"ask (?:a|your) (?:doctor|pharmacist))\b)",
    re.I,
)
_PERMITS = re.compile(r"(可以|放心|建议|推荐|试试|首选|能吃|服用|\b(?:can|may|should|safe\w*|take|taking|try|use|recommend\w*)\b)", re.I)


def split(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [sentence.strip() for sentence in _ENDS.split(text) if sentence.strip()]


def naming(text: str, names: Iterable[str]) -> list[str]:
    """Return the sentences that name one of the drugs and warn of nothing, whatever else they say."""
    known = [name.lower() for name in names]
    return [s for s in split(text) if any(name in s.lower() for name in known) and not _WARNS.search(s)]


def advising(text: str, names: Iterable[str]) -> list[str]:
    """Return the sentences of ``naming`` that also let somebody take something; for sources, which may say what a drug is."""
    return [sentence for sentence in naming(text, names) if _PERMITS.search(sentence)]
