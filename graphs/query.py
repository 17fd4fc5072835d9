"""From what was asked to what is searched: the whole question, the complaint without the record in it, and the conflict that was found."""

from __future__ import annotations

import re

from configs.locales import text
from graphs.state import ConsultState
from memory.summary import TurnRecord
from retrieval import understand
from retrieval.understand import Understanding
from tools.text import clauses

_TAKES = re.compile(r"(吃|服|用|打|喝|take|use|have it)", re.I)
_SEARCHED = ("allergy", "interaction", "contraindication", "duplicate")
"""Conflicts that the knowledge may explain; an unknown drug or a dose is not in it."""
_MOST = 5


def understood(state: ConsultState) -> Understanding:
    """Return what the message asks for, by rule."""
    return understand.understand(state["question"], _asked(state["history"]))


def search_queries(state: ConsultState, meant: Understanding) -> list[str]:
    """Return the texts to search with, most important first, each once.

    A letter such as "我对青霉素过敏。嗓子疼发烧三天了，能吃阿莫西林吗？" is about three things; searched as one it finds only the loudest.
    """
    queries = list(meant.queries)
    quotes = {fact.quote for fact in state["facts"] if fact.kind in ("allergy", "intolerance", "medication")}
    rest = [part.strip() for _, part in clauses(state["question"]) if part.strip() not in quotes]
    if quotes and rest:
        queries.insert(1, " ".join(rest))
    for finding in [f for f in state["warnings"] if f.kind in _SEARCHED][:1]:
        # Second, so that no number of questions in a letter pushes the conflict out.
        queries.insert(1, text(state["language"], f"query.{finding.kind}", drug=finding.drug, other=finding.with_))
    return list(dict.fromkeys(queries))[:_MOST]


def asked_about(question: str, history: list[TurnRecord]) -> str:
    """Return the text whose drugs must be checked: "那我自己能吃吗？" asks about the drugs of the question before."""
    return understand.in_context(question, _asked(history), whole=True)[0] if _TAKES.search(question) else question


def in_context(question: str, history: list[TurnRecord]) -> str:
    """Return the question, joined with the topic before when it leans on it: "那头孢可以吗？" alone finds nothing."""
    return understand.in_context(question, _asked(history))[0]


def _asked(history: list[TurnRecord]) -> list[str]:
    return [turn["question"] for turn in history]
