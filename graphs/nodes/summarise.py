"""Making room in a long thread: the oldest turns become a running summary, each once."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from graphs.context import Context
from graphs.errors import ModelFailed
from graphs.leaks import spoken
from graphs.prompts import task
from graphs.state import ConsultState, Summary
from memory.summary import MAX_CHARS, TurnRecord, digest
from retrieval.untrusted import marked


async def summarise(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Fold the turns beyond the recent ones into the summary; half of the room is freed at once, so that it happens seldom."""
    keep = max(runtime.context.settings.recent_turns // 2, 1)
    old, recent = state["history"][:-keep], state["history"][-keep:]
    return {"summary": await _summary(state, runtime, old), "history": recent}


async def _summary(state: ConsultState, runtime: Runtime[Context], old: list[TurnRecord]) -> str:
    models = runtime.context.models
    if models is not None and models.ready():
        turns = [line for turn in old for line in (f"Q: {turn['question']}", f"A: {turn['answer']}")]
        try:
            body = marked([*state["summary"].splitlines(), "", *turns], state["marker"])
            said = await models.parse("summarise", [task("summarise", state["language"], body)], Summary, "summary")
            if summary := spoken(said.summary, state["marker"]):
                return summary[:MAX_CHARS]
        except ModelFailed:
            pass  # the deterministic digest below takes its place
    return digest(state["summary"], old, state["language"])
