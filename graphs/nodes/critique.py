"""The audit: rules and reviewer side by side, over the same evidence, profile and draft."""

from __future__ import annotations

import asyncio
from typing import Any

from langgraph.runtime import Runtime

from graphs.auditor.reviewer import review
from graphs.auditor.rules import audit
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
    by_rules, by_model = await asyncio.gather(
        asyncio.to_thread(audit, state["draft"], evidence, profile, state["triage"], runtime.context.tables, state["language"]),
        review(state, runtime, evidence, profile),
    )
    return {"critique": verdict(by_rules, by_model)}


def verdict(by_rules: list[Finding], by_model: Critique | None) -> Critique:
    """Join both: the stricter one decides, and a failed reviewer fails the audit."""
    findings = tuple(worst_first([*by_rules, *(by_model.findings if by_model else ())]))
    reviewed = by_model is not None and by_model.reviewed
    if by_model and by_model.verdict in ("failed", "block"):
        return Critique(verdict=by_model.verdict, findings=findings, reviewed=reviewed)
    if any(finding.kind == "no_evidence" for finding in findings):
        return Critique(verdict="block", findings=findings, reviewed=reviewed)
    stands = not any(finding.stops for finding in findings)
    return Critique(verdict="pass" if stands else "revise", findings=findings, reviewed=reviewed)
