"""Facts that the model reads in the message, beside what the rules read; they join at the critique."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from graphs.context import Context, memory_of
from graphs.errors import ModelFailed
from graphs.prompts import task
from graphs.state import ConsultState
from memory.facts import HOLDING
from memory.merge import ProposedFacts, accept


async def extract(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Ask the model for facts and keep those that stand in the patient's own words; without a model the rules' facts are all."""
    models = runtime.context.models
    if models is None or not models.ready():
        return {"model_facts": []}
    try:
        proposed = await models.parse("extract", [task("extract", state["language"], state["question"])], ProposedFacts, "facts")
    except ModelFailed:
        return {"model_facts": []}  # nothing is lost: the rules have read the message already
    held = [fact for fact in await memory_of(runtime).facts() if fact.status in HOLDING]
    facts = accept(proposed.facts, state["question"], [*held, *state["facts"]], runtime.context.tables, f"model:{models.name}")
    here = {"thread": state["thread"], "turn": state["turn"], "at": state["at"]}
    return {"model_facts": [fact.model_copy(update=here) for fact in facts]}
