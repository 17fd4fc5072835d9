"""Mending a draft: only what the findings name, by the model's patch, or by deletion where no call is left or it fails."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from graphs.budget import left
from graphs.context import Context, patient
from graphs.errors import ModelFailed
from graphs.evidence import resolve
from graphs.nodes.draft import read_draft
from graphs.prompts import case_messages, numbered_draft, task
from graphs.state import Change, ConsultState, Edit, Edits, Sentence
from retrieval.untrusted import marked
from tools.catalogue import make_tools
from tools.findings import Finding


async def refine(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Return the draft with the named sentences mended or removed."""
    draft, stops = state["draft"], [f for f in state["critique"].findings if f.stops]
    named = {f.sentence for f in stops if f.sentence is not None}
    if any(f.sentence is None for f in stops):  # what is wrong with the whole is wrong with each
        named = set(range(len(draft.sentences)))
    asks = draft.writer == "model" and left(state, runtime.context.settings) > 0
    edits = {edit.sentence: edit for edit in (await _edits(state, runtime, stops) if asks else []) if edit.sentence in named}
    kept: list[Sentence] = []
    changes = list(state["changes"])
    for index, sentence in enumerate(draft.sentences):
        if index not in named:
            kept.append(sentence)
            continue
        replacement = _replacement(edits.get(index), state["marker"])
        kept += replacement
        reason = "; ".join(f.reason for f in stops if f.sentence in (index, None))
        changes.append(Change(before=sentence.text, after=" ".join(s.text for s in replacement), reason=reason))
    return {
        "draft": draft.model_copy(update={"sentences": tuple(kept)}),
        "rounds": state["rounds"] + 1,
        "calls": state.get("calls", 0) + asks,
        "changes": changes,
    }


def _replacement(edit: Edit | None, marker: str) -> tuple[Sentence, ...]:
    return read_draft(edit.text, marker) if edit and edit.action == "replace" else ()


async def _edits(state: ConsultState, runtime: Runtime[Context], stops: list[Finding]) -> list[Edit]:
    models = runtime.context.models
    if models is None:
        return []
    evidence = resolve(state["evidence"], runtime.context.retriever)
    objections = [f"- {f.sentence if f.sentence is not None else '*'}: {f.reason}" for f in stops]
    body = marked([*numbered_draft(state["draft"].sentences), "", *objections], state["marker"])
    try:
        messages = [*case_messages(state, evidence, await patient(state, runtime)), task("refine", state["language"], body)]
        tools = make_tools(runtime.context.tables, state["language"])
        return (await models.parse("refine", messages, Edits, "refine", tools)).edits
    except ModelFailed:
        return []  # the named sentences are deleted; the next audit judges what is left
