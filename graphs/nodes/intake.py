"""Intake: what was asked, how urgent it is, and what was said about the patient. All by rule, in milliseconds."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from typing import Any, cast

from langgraph.runtime import Runtime

from graphs.context import Context, memory_of, profile_about, threads_of
from graphs.query import asked_about
from graphs.state import ConsultState, Critique, Draft, TriageNote
from graphs.whose import attributed
from memory.extract import read
from retrieval.errors import RetrievalError
from tools.checks import check_question
from tools.findings import Finding
from tools.profile import PatientProfile
from tools.records import LEVELS, Level
from tools.tables import Tables
from tools.text import fold
from tools.triage import Triage, triage

log = logging.getLogger(__name__)

_BMI = re.compile(r"(bmi|体重指数|超重|肥胖|偏胖|偏瘦|胖不胖|胖吗|瘦吗|标准体重|overweight|obese|body mass|healthy weight)")


async def intake(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Read the question and start the turn with clean keys."""
    context, language, question = runtime.context, state["language"], state["question"]
    said = await memory_of(runtime).statements()
    before = state.get("history", [])[-1:]
    reading = read(
        question,
        context.tables,
        subject=state.get("subject", "self"),
        known=said,
        topic=before[0].get("asked", "") if before else "",
        thread=state["thread"],
        turn=state["turn"],
        at=state["at"],
    )
    facts, unsettled = attributed(reading, state.get("unsettled", []), question)
    subject = reading.subject
    profile = profile_about([*said, *facts], subject, question, context.clock().date())
    urgency = await _looked(question, _urgency(state, subject, profile, context.tables), context)
    return {
        "history": state.get("history", []),
        "summary": state.get("summary", ""),
        "prose": await threads_of(runtime).prose(state["thread"]) if state.get("summary") else "",
        "folded": [],
        "remembered": [],
        "waiting": [],
        "contradicted": [],
        "unsettled": unsettled,
        "subject": subject,
        "marker": secrets.token_hex(8),
        "triage": TriageNote(
            level=urgency.level,
            cn_level=urgency.cn_level,
            emergency=urgency.first.emergency if urgency.first else "",
            rules=tuple(flag.id for flag in urgency.red_flags),
        ),
        "model_look": "not_needed",
        "requests": _requests(question, context.tables),
        "facts": facts,
        "model_facts": [],
        "warnings": _warnings(check_question(profile, asked_about(question, state.get("history", [])), context.tables, language)),
        "evidence": [],
        "searches": [],
        "draft": Draft(),
        "critique": Critique(verdict="block"),  # nothing passes before it was audited
        "rounds": 0,
        "calls": 0,
        "changes": [],
    }


async def _looked(question: str, urgency: Triage, context: Context) -> Triage:
    """Give a quiet message its second look, beside the event loop."""
    if context.second_look is None or urgency.red_flags:
        return urgency
    try:
        return (await asyncio.to_thread(context.second_look, [question], [urgency]))[0]
    except RetrievalError as error:
        log.warning("no second look: %s", error.code)
        return urgency


def _urgency(state: ConsultState, subject: str, profile: PatientProfile, tables: Tables) -> Triage:
    """Triage the message, and the message before it along with it: symptoms come in pieces ("胸口疼" … "还出冷汗").

    Together they count only when they are more urgent than either alone, so that an old emergency is not announced again.
    """

    def read(words: str) -> Triage:
        return triage(words, tables, profile)

    def rank(level: str) -> int:
        return LEVELS.index(cast(Level, level))

    alone = read(state["question"])
    if not state.get("history") or subject != state.get("subject", "self"):
        return alone
    before = state["history"][-1]
    together = read(f"{before['question']}\n{state['question']}")
    return together if rank(together.level) < min(rank(alone.level), rank(before["level"])) else alone


def _warnings(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity != "minor"]


def _requests(question: str, tables: Tables) -> tuple[str, ...]:
    folded = fold(question)
    found = {"bmi"} if _BMI.search(folded) else set()
    found |= {p.kind.removesuffix("_request") for p in tables.policies if p.kind.endswith("_request") and p.pattern.search(folded)}
    return tuple(sorted(found))
