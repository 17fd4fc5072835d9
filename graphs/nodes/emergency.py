"""The emergency reply: the number to call and what to do now, before anything else and without a model."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from configs.locales import text
from graphs.context import Context
from graphs.state import Answer, ConsultState
from tools.tables import Tables
from tools.triage_records import Emergency


async def emergency(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Write the reply for the most urgent red flag, or for a danger that no rule names."""
    tables, region, language = runtime.context.tables, runtime.context.settings.region, state["language"]
    danger = tables.emergencies.get(state["triage"].emergency)
    lines = _numbers(danger.call if danger else "ambulance", tables, region, language)
    if danger:
        lines = [text(language, "emergency.headline", name=danger.name.in_(language)), *lines]
        advice, closing = danger.advice.in_(language), _closing(danger, tables, language)
    else:
        lines = [text(language, "emergency.headline_unnamed"), *lines]
        advice = text(language, "emergency.advice_unnamed")
        closing = [text(language, "emergency.department_emergency"), text(language, "emergency.source_unnamed")]
    closing += [f"{finding.reason} {finding.action}".strip() for finding in state["warnings"]]
    label = text(language, "label.disclaimer")
    body = "\n".join([*lines, advice, *closing, "", label])
    return {"answer": Answer(outcome="emergency", level="emergency", text=body, notices=tuple(lines), next_steps=(advice,), label=label)}


def _numbers(call: str, tables: Tables, region: str, language: str) -> list[str]:
    """Return whom to call; where no table tells a number, that one must go at once."""
    numbers = [
        text(language, f"emergency.call_{kind}", number=line.number, name=line.name.in_(language))
        for kind in dict.fromkeys((call, "ambulance"))
        if (line := tables.hotlines.get((region, kind)))
    ]
    return [*([text(language, "emergency.go_now")] if call == "none" or not numbers else []), *numbers]


def _closing(danger: Emergency, tables: Tables, language: str) -> list[str]:
    department = tables.departments[danger.department].name.in_(language)
    where = "emergency.department_emergency" if danger.department == "emergency" else "emergency.department"
    return [text(language, where, department=department), text(language, "emergency.source", source=str(danger.origin))]
