"""The running summary of a long thread. Facts live outside it, so that a poor summary loses nothing that matters for safety."""

from __future__ import annotations

from typing import TypedDict

from configs.locales import text

MAX_CHARS = 1200


class TurnRecord(TypedDict):
    """One finished turn as the thread keeps it."""

    turn: str
    question: str
    answer: str
    level: str


def digest(previous: str, turns: list[TurnRecord], language: str) -> str:
    """Return ``previous`` with one line added per turn, oldest dropped first when it grows beyond ``MAX_CHARS``.

    This is the summary without a model and the fallback when the model fails.
    """
    lines = previous.splitlines()
    for record in turns:
        answer = record["answer"].replace("\n", " ")
        lines.append(text(language, "memory.summary_line", question=_cut(record["question"], 80), answer=_cut(answer, 100)))
    while len("\n".join(lines)) > MAX_CHARS and len(lines) > 1:
        lines.pop(0)
    return "\n".join(lines)


def _cut(words: str, limit: int) -> str:
    words = " ".join(words.split())
    return words if len(words) <= limit else words[: limit - 1] + "…"
