"""The questions that decide where a consult goes next. They are coroutines, because a plain function would be sent to a thread."""

from __future__ import annotations

from typing import Literal

from langgraph.runtime import Runtime

from graphs.context import Context
from graphs.state import ComposeState, ConsultState
from memory.summary import history_tokens


async def what_is_needed(state: ConsultState) -> list[Literal["emergency", "answer", "extract", "look", "compose"]]:
    """Is it an emergency, something that may not be done, or a question to work on?"""
    if state["triage"].level == "emergency":
        return ["emergency"]
    if {"prescription", "courtesy"} & set(state["requests"]):
        return ["answer"]
    return ["extract", "look", "compose"]


async def does_the_draft_stand(state: ConsultState, runtime: Runtime[Context]) -> Literal["answer", "refine", "emergency"]:
    """May the draft be shown, or can it still be mended? What is neither ends in the safe reply, inside ``answer``.

    Where the model has seen an emergency that the rules had not, no draft is shown at all.
    """
    if state["triage"].level == "emergency":
        return "emergency"
    mendable = state["critique"].verdict == "revise" and state["rounds"] < runtime.context.settings.max_rounds
    return "refine" if mendable else "answer"


async def does_the_model_want_a_tool(state: ComposeState) -> Literal["tools", "__end__"]:
    """Has the model asked for a tool instead of writing?"""
    pending = state.get("tool_results", [])
    return "tools" if pending and not pending[-1].text else "__end__"


async def is_the_thread_long(state: ConsultState, runtime: Runtime[Context]) -> Literal["summarise", "__end__"]:
    """Do old turns have to make room?"""
    settings = runtime.context.settings
    long = len(state["history"]) > settings.recent_turns or history_tokens(state["history"]) > settings.history_tokens
    return "summarise" if long else "__end__"
