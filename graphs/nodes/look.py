"""The language model's look at how urgent a message is, beside extraction and composing; it may raise the level, never lower it.

Asked only where rules and the learned second look have seen no emergency. What fails, is late or makes no sense changes nothing, and
the turn says so.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, Literal

from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict, Field

from graphs.context import ChatModels, Context, patient
from graphs.errors import ModelFailed
from graphs.prompts import describe, task
from graphs.state import ConsultState, TriageNote
from retrieval.untrusted import marked
from tools.records import LEVELS
from tools.subjects import names_somebody
from tools.tables import Tables
from tools.text import clauses, fold

LIMIT_S = 8.0
"""For both attempts together: nobody waits for this look longer than for a draft."""
_CN_LEVEL = {"emergency": "II", "urgent": "III"}
_CRISIS = {"emergency": "suicide_crisis", "urgent": "low_mood_check"}
_QUIET = ("routine", "selfcare")
_ASKS = re.compile(
    r"[?？]|什么|怎么|怎样|如何|哪些|多久|多少|吗|能不能|可不可以|是否|"
    r"\b(?:what|how|which|when|why|who|explain|tell me|difference|(?:is|are|does|do|can|should) (?:it|there|the|an?|i|you|people|adults))\b"
)
_COMPLAINT = re.compile(
    r"[痛疼晕昏吐泻烧血喘闷憋麻肿胀咳酸抽摔撞伤烫咬吞噎卡呛紫死汗哭毒]|难受|不舒服|不对劲|没反应|喊不|叫不|说不出|动不了|"
    r"\b(?:my|me|pain\w*|hurt\w*|ach\w+|sore|sick|unwell|stiff|rash\w*|fever\w*|bleed\w*|blood\w*|breath\w*|chok\w*|dizz\w*|faint\w*|"
    r"collaps\w*|numb\w*|weak\w*|swell\w*|swollen|vomit\w*|seiz\w*|fit\w*|fell|burn\w*|bit(?:e|ten)?|stung|swallow\w*|overdos\w*|"
    r"die|dying|kill\w*|unconscious|won'?t|can'?t)\b"
)


class Urgency(BaseModel):
    """The model's judgement; the level comes after the signs on purpose."""

    model_config = ConfigDict(extra="forbid")

    signs: list[str] = Field(default_factory=list, max_length=3)
    crisis: bool = False
    level: Literal["routine", "urgent", "emergency"]


async def look(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Return the triage, raised where the model sees more danger in the message than the rules."""
    context = runtime.context
    if context.models is None or not context.model_second_look:
        return {"model_look": "off"}
    if state["triage"].level == "emergency" or not speaks_of_symptoms(state["question"]):
        return {"model_look": "not_needed"}
    seen = await _judged(state, runtime, context.models)
    if seen is None:
        return {"model_look": "unavailable"}
    note = raised(state["triage"], seen, context.tables)
    return {"model_look": "done", **({"triage": note} if note is not state["triage"] else {})}


def speaks_of_symptoms(message: str) -> bool:
    """Tell whether somebody may be unwell; only mere questions about nobody that name no complaint are surely none."""
    folded = fold(message)
    told = any(clause.strip() and not _ASKS.search(clause) for _, clause in clauses(folded))
    return told or bool(_COMPLAINT.search(folded)) or names_somebody(folded)


async def _judged(state: ConsultState, runtime: Runtime[Context], models: ChatModels) -> Urgency | None:
    if not models.ready():
        return None
    lines = describe(await patient(state, runtime), state["language"]).splitlines()
    # Symptoms come in pieces; what was urgent before has been answered and is not announced again.
    lines += [turn["question"] for turn in state["history"][-1:] if turn["level"] in _QUIET]
    body = marked([*lines, *state["question"].splitlines()], state["marker"])
    try:
        async with asyncio.timeout(LIMIT_S):
            return await models.parse("look", [task("look", state["language"], body)], Urgency, "look")
    except (ModelFailed, TimeoutError):
        return None


def raised(note: TriageNote, seen: Urgency, tables: Tables) -> TriageNote:
    """Return the note with the more urgent of both levels; a note that the model would lower is returned as it is."""
    if seen.level == "routine" or LEVELS.index(seen.level) >= LEVELS.index(note.level):
        return note
    named = _CRISIS[seen.level] if seen.crisis or _is_crisis(note, tables) else note.emergency
    return TriageNote(
        level=seen.level,
        cn_level=min(_CN_LEVEL[seen.level], note.cn_level),
        emergency=named if named in tables.emergencies else "",
        rules=(*note.rules, "model.look"),
    )


def _is_crisis(note: TriageNote, tables: Tables) -> bool:
    return note.emergency in tables.emergencies and tables.emergencies[note.emergency].call == "crisis"
