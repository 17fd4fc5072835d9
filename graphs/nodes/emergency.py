"""The emergency reply: the number to call and what to do now, before anything else and without a model."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from configs.locales import text
from graphs.context import Context
from graphs.state import Answer, ConsultState


async def emergency(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Write the reply for the most urgent red flag."""
    tables, region, language = runtime.context.tables, runtime.context.settings.region, state["language"]
    danger = tables.emergencies[state["triage"].emergency]
    lines = [text(language, "emergency.headline", name=danger.name.in_(language))]
    if danger.call == "none":
        lines.append(text(language, "emergency.go_now"))
    for kind in dict.fromkeys((danger.call, "ambulance")):
        if line := tables.hotlines.get((region, kind)):
            lines.append(text(language, f"emergency.call_{kind}", number=line.number, name=line.name.in_(language)))
    department = tables.departments[danger.department].name.in_(language)
    where = "emergency.department_emergency" if danger.department == "emergency" else "emergency.department"
    advice = danger.advice.in_(language)
    closing = [
        text(language, where, department=department),
        text(language, "emergency.source", source=str(danger.origin)),
        *(f"{finding.reason} {finding.action}".strip() for finding in state["warnings"]),
    ]
    label = text(language, "label.disclaimer")
    body = "\n".join([*lines, advice, *closing, "", label])
    return {"answer": Answer(outcome="emergency", level="emergency", text=body, notices=tuple(lines), next_steps=(advice,), label=label)}
