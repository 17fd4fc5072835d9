"""The language model as auditor, beside the rules: it may object, never absolve."""

from __future__ import annotations

import re

from langgraph.runtime import Runtime

from configs.locales import text
from graphs.context import Context
from graphs.errors import ModelFailed
from graphs.evidence import Evidence
from graphs.leaks import spoken
from graphs.prompts import case_messages, numbered_draft, task
from graphs.state import ConsultState, Critique, Review
from retrieval.untrusted import inert, marked
from tools.catalogue import make_tools
from tools.findings import Finding
from tools.profile import PatientProfile

_NO_WORD = re.compile(r"[^\w-]+")


async def review(state: ConsultState, runtime: Runtime[Context], evidence: list[Evidence], profile: PatientProfile) -> Critique | None:
    """Return the model's critique of a draft that a model wrote; ``None`` for a digest, which quotes and needs none.

    A reviewer that cannot be reached or understood gives the verdict ``failed``: no audit, no answer.
    """
    if state["draft"].writer != "model":
        return None
    models = runtime.context.models
    try:
        if models is None:
            raise ModelFailed("model_failed", reason="no endpoint")
        draft = marked(numbered_draft(state["draft"].sentences), state["marker"])
        messages = [*case_messages(state, evidence, profile), task("critique", state["language"], draft)]
        tools = make_tools(runtime.context.tables, state["language"])
        answer = await models.parse("critique", messages, Review, "critique", tools)
    except ModelFailed:
        reason = text(state["language"], "findings.audit_failed")
        failed = Finding(kind="audit_failed", severity="unverified", rule="reviewer.failed", reason=reason, by="reviewer")
        return Critique(verdict="failed", findings=(failed,))
    return _critique(answer, len(state["draft"].sentences), state["language"], state["marker"])


def _critique(review: Review, length: int, language: str, marker: str) -> Critique:
    unspecified = text(language, "findings.reviewer_unspecified")
    findings = tuple(
        Finding(
            kind="reviewer",
            severity=f.severity,
            rule=f"reviewer.{_NO_WORD.sub('_', inert(f.kind))}",
            reason=spoken(f.reason, marker) or unspecified,
            by="reviewer",
            sentence=f.sentence if f.sentence < length else None,
        )
        for f in review.findings
    )
    verdict = review.verdict
    if verdict == "pass" and any(f.stops for f in findings):
        verdict = "revise"  # an objection counts more than the verdict beside it
    if verdict == "revise" and not any(f.stops for f in findings):
        reason = spoken("; ".join(review.reasons)[:200], marker) or unspecified
        findings = (*findings, Finding(kind="reviewer", severity="major", rule="reviewer.reason", reason=reason, by="reviewer"))
    return Critique(verdict=verdict, findings=findings, reviewed=True)
