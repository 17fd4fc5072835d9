"""Making room in a long thread: the oldest turns become lines of the running summary, each once.

The node costs no model call. What the model has to say of those turns is written after the answer was given (``write_prose``), beside the
lines and never in their place.
"""

from __future__ import annotations

import secrets
from typing import Any

from langgraph.runtime import Runtime

from configs.locales import text
from graphs.context import ChatModels, Context
from graphs.errors import ModelFailed
from graphs.leaks import spoken
from graphs.prompts import task
from graphs.state import ConsultState, Summary
from memory.summary import TurnRecord, digest, history_tokens, within
from retrieval.untrusted import marked


async def summarise(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Fold the turns beyond the recent ones into the summary; half of the room is freed at once, so that it happens seldom."""
    settings = runtime.context.settings
    keep = max(settings.recent_turns // 2, 1)
    while keep > 1 and history_tokens(state["history"][-keep:]) > settings.history_tokens // 2:
        keep -= 1
    old, recent = state["history"][:-keep], state["history"][-keep:]
    lines = digest(state["summary"], old, state["language"], settings.summary_tokens // 2)
    return {"summary": lines, "history": recent, "folded": old}


async def write_prose(previous: str, folded: list[TurnRecord], language: str, models: ChatModels, budget: int) -> str:
    """Return what the model says of the older turns, ``previous`` included; ``previous`` itself when it says nothing usable."""
    marker = secrets.token_hex(8)
    turns = [line for turn in folded for line in (f"Q: {turn['question']}", f"A: {turn['answer']}")]
    try:
        said = await models.parse(
            "summarise", [task("summarise", language, marked([*previous.splitlines(), "", *turns], marker))], Summary, "summary"
        )
    except ModelFailed:
        return previous
    return within(_lines(said, language, marker), budget // 2) or previous


def _lines(said: Summary, language: str, marker: str) -> str:
    parts = (("asked", said.asked), ("advised", said.advised), ("open", said.open_points))
    lines = [text(language, f"memory.summary_{name}", points=_joined(points, language, marker)) for name, points in parts if any(points)]
    return "\n".join([*lines, *([spoken(said.summary, marker)] if said.summary.strip() else [])]).strip()


def _joined(points: list[str], language: str, marker: str) -> str:
    kept = (" ".join(spoken(point, marker).split()) for point in points)
    return ("；" if language == "zh" else "; ").join(point for point in kept if point)
