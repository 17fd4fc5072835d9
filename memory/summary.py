"""The running summary of a long thread. Facts live outside it, so that a poor summary loses nothing that matters for safety.

It has two parts: a line for each turn, written by code, and what the language model says of the older turns, where there is one. The model
never touches the lines. Both are bounded in tokens of the model, half of the budget each.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

from configs.locales import text
from memory.tokens import tokens


class TurnRecord(TypedDict):
    """One finished turn as the thread keeps it."""

    turn: str
    question: str
    answer: str
    level: str
    asked: NotRequired[str]
    """What the assistant asked back, so that a bare "no" is understood (``Answer.asks``)."""


def digest(previous: str, turns: list[TurnRecord], language: str, budget: int) -> str:
    """Return ``previous`` with one line added per turn; the oldest go first when it grows beyond ``budget`` tokens."""
    lines = previous.splitlines()
    for record in turns:
        answer = record["answer"].replace("\n", " ")
        lines.append(text(language, "memory.summary_line", question=_cut(record["question"], 80), answer=_cut(answer, 100)))
    sizes = [tokens(line) + 1 for line in lines]
    while len(lines) > 1 and sum(sizes) > budget:
        lines.pop(0)
        sizes.pop(0)
    return "\n".join(within(line, budget) for line in lines)


def history_tokens(turns: list[TurnRecord]) -> int:
    """Return how many tokens turns kept word for word fill."""
    return sum(tokens(turn["question"]) + tokens(turn["answer"]) for turn in turns)


def within(words: str, budget: int) -> str:
    """Return words cut off where they would fill more than ``budget`` tokens."""
    if tokens(words) <= budget:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if tokens(words[:middle]) < budget else (low, middle - 1)
    return words[:low] + "…"


def _cut(words: str, limit: int) -> str:
    words = " ".join(words.split())
    return words if len(words) <= limit else words[: limit - 1] + "…"
