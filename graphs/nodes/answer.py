"""What the patient reads: the audited text with its sources, or the safe reply in its place."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from configs.locales import text
from graphs.context import Context, memory_of, patient
from graphs.evidence import Evidence, resolve
from graphs.query import in_context
from graphs.state import Answer, Asks, Citation, ConsultState, Outcome, Sentence
from memory.standing import unasked
from tools.checks import check_question
from tools.departments import departments_for
from tools.findings import Finding, worst_first
from tools.labels import is_called
from tools.profile import PatientProfile

_MODERATE = 3
"""Who is warned of everything hears nothing: of the mere cautions only the first few are told."""


async def answer(state: ConsultState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Assemble the reply; only a draft that passed the audit is shown."""
    language = state["language"]
    profile = await patient(state, runtime)
    outcome = _outcome(state)
    evidence = resolve(state["evidence"], runtime.context.retriever) if outcome == "answer" else []
    if outcome == "answer" and {n for s in state["draft"].sentences for n in s.cites} - {item.n for item in evidence}:
        outcome = "safe_reply"  # a source has gone since the audit
    body, citations = _cited(state["draft"].sentences if outcome == "answer" else (), evidence)
    asks = await _asks(state, runtime, outcome, body)
    notices, questions = _notices(state, runtime.context, profile, outcome), _questions(state, asks)
    next_steps = _next_steps(state, runtime.context, profile, outcome)
    lead = _lead(state, outcome)
    label = text(language, "label.disclaimer")
    written = _written(body, language)
    shown = "\n".join(
        part
        for part in ("\n".join([*notices, *questions]), lead, written, "\n".join(next_steps), _sources(citations, language), label)
        if part
    )
    return {
        "answer": Answer(
            outcome=outcome,
            level=state["triage"].level,
            text=shown,
            notices=tuple(notices),
            body=body,
            next_steps=tuple(next_steps),
            citations=citations,
            writer=state["draft"].writer,
            asks=asks,
            questions=tuple(questions),
            label=label,
        )
    }


def _outcome(state: ConsultState) -> Outcome:
    if "prescription" in state["requests"]:
        return "refusal"
    if "courtesy" in state["requests"]:
        return "courtesy"
    if state["critique"].verdict == "pass":
        return "answer"
    nothing_written = not state["draft"].sentences and not state["rounds"]
    return "abstain" if not state["evidence"] or nothing_written else "safe_reply"


def _notices(state: ConsultState, context: Context, profile: PatientProfile, outcome: Outcome) -> list[str]:
    """Return what must be said first: urgency, then conflicts that the question or the answer raises.

    The question is checked once more, because the model may have read an allergy in it that the rules did not.
    """
    language = state["language"]
    asked = check_question(profile, state["question"], context.tables, language)
    held = {context.tables.name(r, language) for k in profile.medications for r in k.references if r in context.tables.lineage}
    lines = [text(language, "answer.urgent")] if state["triage"].level == "urgent" else []
    raised = [f for f in state["critique"].findings if f.kind == "allergy" or (f.kind == "interaction" and _about(f, held, language))]
    found = [*state["warnings"], *asked, *(raised if outcome == "answer" else [])]
    told: dict[tuple[str, str], Finding] = {}
    for finding in worst_first([f.model_copy(update={"sentence": None}) for f in found if f.severity != "minor"]):
        if finding.severity != "moderate" or sum(f.severity == "moderate" for f in told.values()) < _MODERATE:
            told.setdefault((finding.kind, finding.reason), finding)
    lines += [text(language, f"answer.notice_{f.severity}", reason=f.reason, action=f.action).strip() for f in told.values()]
    if "dose" in state["requests"] and outcome == "answer":
        lines.append(text(language, "answer.dose"))
    return lines


def _about(finding: Finding, held: set[str], language: str) -> bool:
    return any(is_called(label, name, language) for label in (finding.drug, finding.with_) for name in held)


def _lead(state: ConsultState, outcome: Outcome) -> str:
    language = state["language"]
    if outcome != "answer":
        return text(language, f"answer.{outcome}")
    if state["draft"].writer == "evidence":
        return text(language, "answer.fallback" if state["draft"].fallback else "answer.digest")
    return ""


def _cited(body: tuple[Sentence, ...], evidence: list[Evidence]) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Return the sentences and their sources, counted anew from 1 in the order in which they are cited."""
    by_number = {item.n: item for item in evidence}
    order = list(dict.fromkeys(n for sentence in body for n in sentence.cites))
    renumbered = {old: new for new, old in enumerate(order, start=1)}
    quotes = {n: sentence.text for sentence in reversed(body) for n in sentence.cites}
    citations = tuple(by_number[n].citation(quotes[n]).model_copy(update={"n": renumbered[n]}) for n in order)
    return tuple(s.model_copy(update={"cites": tuple(renumbered[n] for n in s.cites)}) for s in body), citations


def _written(body: tuple[Sentence, ...], language: str) -> str:
    joiner = "" if language == "zh" else " "
    return joiner.join(f"{s.text}{''.join(f'[{n}]' for n in s.cites)}" for s in body)


def _next_steps(state: ConsultState, context: Context, profile: PatientProfile, outcome: Outcome) -> list[str]:
    language = state["language"]
    lines: list[str] = []
    asked = in_context(state["question"], state["history"])
    found = departments_for(asked, context.tables, profile)
    if state["triage"].level == "urgent" and state["triage"].emergency:
        urgent = context.tables.departments[context.tables.emergencies[state["triage"].emergency].department]
        found = [urgent, *(d for d in found if d.id not in (urgent.id, "general_practice"))][:2]
    elif outcome == "courtesy" or (outcome == "abstain" and found[0].id == "general_practice"):
        return lines
    names = text(language, "findings.joiner").join(d.name.in_(language) for d in found)
    return [*lines, text(language, "answer.department", departments=names)]


async def _asks(state: ConsultState, runtime: Runtime[Context], outcome: Outcome, body: tuple[Sentence, ...]) -> Asks:
    """Return the one thing to ask back: whom it is about, or what nobody has said of allergies and medicines where drugs are spoken of."""
    if state["unsettled"]:
        return "who"
    if outcome != "answer" or not _about_drugs(state, body, runtime.context):
        return ""
    said = [*await memory_of(runtime).statements(), *state["facts"], *state["model_facts"]]
    return next(iter(unasked(said, state["subject"])), "")


def _questions(state: ConsultState, asks: Asks) -> list[str]:
    if not asks:
        return []
    language, subject = state["language"], state["subject"]
    if asks == "who":
        facts = text(language, "findings.joiner").join(fact.quote for fact in state["unsettled"])
        return [text(language, "answer.ask_who", facts=facts)]
    if subject == "self":
        return [text(language, f"answer.ask_{asks}")]
    return [text(language, f"answer.ask_{asks}_of", who=text(language, f"memory.subject_{subject}"))]


def _about_drugs(state: ConsultState, body: tuple[Sentence, ...], context: Context) -> bool:
    if any(ref.id.startswith("drug:") for ref in state["evidence"]):
        return True
    return any(name.drugs for sentence in (state["question"], *(s.text for s in body)) for name in context.tables.names.find(sentence))


def _sources(citations: tuple[Citation, ...], language: str) -> str:
    if not citations:
        return ""
    lines = [text(language, "answer.sources")]
    for c in citations:
        where = " · ".join(part for part in (c.document, c.section) if part and part != c.source)
        what = ", ".join(str(part) for part in (c.source, c.publisher, c.year or "") if part)
        lines.append(f"[{c.n}] {where} — {what}" if where else f"[{c.n}] {what}")
    return "\n".join(lines)
