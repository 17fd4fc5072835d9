"""Intake: what was asked, how urgent it is, and what was said about the patient. All by rule, in milliseconds."""

from __future__ import annotations

import re
import secrets
from typing import Any

from langgraph.runtime import Runtime

from graphs.context import Context, memory_of
from graphs.state import ConsultState, Critique, Draft, TriageNote
from memory.extract import extract
from memory.facts import profile_of
from tools.checks import check_question
from tools.findings import Finding
from tools.tables import Tables
from tools.text import fold
from tools.triage import triage

_BMI = re.compile(r"(bmi|体重指数|超重|肥胖|偏胖|偏瘦|胖不胖|胖吗|瘦吗|标准体重|overweight|obese|body mass|healthy weight)")


async def intake(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Read the question and start the turn with clean keys."""
    context, language, question = runtime.context, state["language"], state["question"]
    said = await memory_of(runtime).statements()
    facts, subject = extract(
        question,
        context.tables,
        subject=state.get("subject", "self"),
        thread=state["thread"],
        turn=state["turn"],
        at=state["at"],
    )
    profile = profile_of([*said, *facts], subject)
    urgency = triage(question, context.tables, age_months=profile.age_months, pregnant=profile.pregnant)
    return {
        "history": state.get("history", []),
        "summary": state.get("summary", ""),
        "subject": subject,
        "marker": secrets.token_hex(8),
        "triage": TriageNote(
            level=urgency.level,
            cn_level=urgency.cn_level,
            emergency=urgency.first.emergency if urgency.first else "",
            rules=tuple(flag.id for flag in urgency.red_flags),
        ),
        "requests": _requests(question, context.tables),
        "facts": facts,
        "model_facts": [],
        "warnings": _warnings(check_question(profile, question, context.tables, language)),
        "evidence": [],
        "draft": Draft(),
        "critique": Critique(verdict="block"),  # nothing passes before it was audited
        "rounds": 0,
        "changes": [],
    }


def _warnings(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity != "minor"]


def _requests(question: str, tables: Tables) -> tuple[str, ...]:
    folded = fold(question)
    found = {"bmi"} if _BMI.search(folded) else set()
    found |= {p.kind.removesuffix("_request") for p in tables.policies if p.kind.endswith("_request") and p.pattern.search(folded)}
    return tuple(sorted(found))
