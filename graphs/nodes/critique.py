"""The audit: rules and reviewer side by side, over the same evidence, profile and draft.

A first draft is always read by both. A refined one is read again by the model while calls are left. Where none is, no reviewer reads what
refining has put in: the rules have to find it in its sources, or it goes.
"""

from __future__ import annotations

import asyncio
from typing import Any

from langgraph.runtime import Runtime

from graphs.auditor.reviewer import review
from graphs.auditor.rules import audit
from graphs.budget import left
from graphs.context import Context, patient
from graphs.evidence import resolve
from graphs.state import ConsultState, Critique
from tools.findings import Finding, worst_first


async def critique(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Judge the draft; facts that the model read this turn count here too."""
    if state["triage"].level == "emergency":  # raised beside the draft, which nobody will see
        return {"critique": Critique(verdict="block")}
    evidence = resolve(state["evidence"], runtime.context.retriever)
    profile = await patient(state, runtime)
    tables, language = runtime.context.tables, state["language"]
    if state["rounds"] and not left(state, runtime.context.settings):
        unread = _unread(state)
        by_rules = await asyncio.to_thread(audit, state["draft"], evidence, profile, state["triage"], tables, language, unread)
        judged = verdict([*by_rules, *_lasting(state["critique"])], None, state["critique"].reviewed)
        if any(f.severity == "contraindicated" and f.sentence in unread for f in by_rules):
            judged = judged.model_copy(update={"verdict": "block"})  # who puts one danger in place of another is not trusted with the rest
        return {"critique": judged}
    by_rules, by_model = await asyncio.gather(
        asyncio.to_thread(audit, state["draft"], evidence, profile, state["triage"], tables, language),
        review(state, runtime, evidence, profile),
    )
    return {"critique": verdict(by_rules, by_model), "calls": state.get("calls", 0) + (by_model is not None)}


def _lasting(critique: Critique) -> list[Finding]:
    """Return what the reviewer remarked without stopping anything; refining has counted the sentences anew."""
    return [f.model_copy(update={"sentence": None}) for f in critique.findings if f.by == "reviewer" and not f.stops]


def _unread(state: ConsultState) -> frozenset[int]:
    """Return which sentences refining has put in, so that no reviewer has read them."""
    written = " ".join(change.after for change in state["changes"])
    return frozenset(index for index, sentence in enumerate(state["draft"].sentences) if sentence.text in written)


def verdict(by_rules: list[Finding], by_model: Critique | None, reviewed: bool = False) -> Critique:
    """Join both: the stricter one decides, and a failed reviewer fails the audit.

    Args:
        by_rules: what the rules object to.
        by_model: what the reviewer says; None where it was not asked.
        reviewed: whether it has read the draft before, where it was not asked again.
    """
    findings = tuple(worst_first([*by_rules, *(by_model.findings if by_model else ())]))
    reviewed = by_model.reviewed if by_model else reviewed
    if by_model and by_model.verdict in ("failed", "block"):
        return Critique(verdict=by_model.verdict, findings=findings, reviewed=reviewed)
    if any(finding.kind == "no_evidence" for finding in findings):
        return Critique(verdict="block", findings=findings, reviewed=reviewed)
    stands = not any(finding.stops for finding in findings)
    return Critique(verdict="pass" if stands else "revise", findings=findings, reviewed=reviewed)
