"""From what was asked to what is searched: the whole question, the complaint without the record in it, and the conflict that was found."""

from __future__ import annotations

import re

from configs.locales import text
from graphs.state import ConsultState
from memory.summary import TurnRecord
from retrieval.tokenize import tokens
from tools.text import clauses

_LEANS = re.compile(
    r"^(那|那么|还有|还要|要|需要|多久|几天|严重吗|另外|这个|这种|这样|它|他|她|what about|how about|and\b|is it|"
    r"is that|can it|does it|so )",
    re.I,
)
_TAKES = re.compile(r"(吃|服|用|打|喝|take|use|have it)", re.I)
_SHORT = 6
_MAX_CHARS = 300
_SEARCHED = ("allergy", "interaction", "contraindication", "duplicate")
"""Conflicts that the knowledge may explain; an unknown drug or a dose is not in it."""


def search_queries(state: ConsultState) -> list[str]:
    """Return the texts to search with, most important first, each once.

    A letter such as "我对青霉素过敏。嗓子疼发烧三天了，能吃阿莫西林吗？" is about three things; searched as one it finds only the loudest.
    """
    question = state["question"]
    queries = [in_context(question, state["history"])]
    quotes = {fact.quote for fact in state["facts"] if fact.kind in ("allergy", "medication")}
    rest = [part.strip() for _, part in clauses(question) if part.strip() not in quotes]
    if quotes and rest:
        queries.append(" ".join(rest))
    for finding in [f for f in state["warnings"] if f.kind in _SEARCHED][:1]:
        queries.append(text(state["language"], f"query.{finding.kind}", drug=finding.drug, other=finding.with_))
    return list(dict.fromkeys(queries))


def asked_about(question: str, history: list[TurnRecord]) -> str:
    """Return the text whose drugs must be checked: "那我自己能吃吗？" asks about the drugs of the question before."""
    return in_context(question, history) if _TAKES.search(question) else question


def in_context(question: str, history: list[TurnRecord]) -> str:
    """Return the question, joined with the one before when it says that it leans on it: "那头孢可以吗？" alone finds nothing."""
    if not _LEANS.search(question):
        return question
    before = next((turn["question"] for turn in reversed(history) if len(tokens(turn["question"])) > _SHORT), "")
    return f"{question} {before[:_MAX_CHARS]}".strip()
