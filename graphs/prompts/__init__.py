"""Prompts: Markdown files, one per role and language, and the messages built from them.

Only the files and the patient's own words speak to the model. Everything else stands between the turn's marks.

The system text is the same, byte for byte, in every role and turn, and the case file follows in the same order, so that a server with
prefix caching reads it once. What differs, the task, comes last.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from configs.locales import text
from graphs.evidence import Evidence
from graphs.state import ConsultState, Sentence
from retrieval.untrusted import inert, marked
from tools.profile import Known, PatientProfile


@cache
def prompt(name: str, language: str) -> str:
    """Return the prompt file ``<name>.<language>.md``."""
    return (Path(__file__).parent / f"{name}.{language}.md").read_text(encoding="utf-8").strip()


def case_messages(state: ConsultState, evidence: list[Evidence], profile: PatientProfile) -> list[BaseMessage]:
    """Return the part that drafting, reviewing and refining share: rules, history, evidence, patient, question."""
    language = state["language"]
    parts = [
        _section(language, "history", marked(said, state["marker"]) if (said := history(state)) else ""),
        _section(language, "evidence", evidence_block(evidence, state["marker"])),
        _section(language, "patient", describe(profile, language)),
        _section(language, "warnings", "\n".join(f"- {f.reason} {f.action}" for f in state["warnings"])),
        _section(language, "question", inert(state["question"])),
    ]
    return [SystemMessage(prompt("system", language)), HumanMessage("\n\n".join(part for part in parts if part))]


def task(name: str, language: str, body: str = "") -> HumanMessage:
    """Return the last message: what to do now."""
    return HumanMessage(f"{prompt(name, language)}\n\n{body}".strip())


def numbered_draft(sentences: tuple[Sentence, ...]) -> list[str]:
    """Return a draft as lines, its sentences counted from 0, as reviewer and refiner refer to them."""
    return [f"{i}: {s.text} {''.join(f'[{n}]' for n in s.cites)}" for i, s in enumerate(sentences)]


def evidence_block(evidence: list[Evidence], marker: str) -> str:
    """Return the numbered evidence between the turn's marks."""
    lines = []
    for item in evidence:
        lines.append(f"# {' · '.join(part for part in (item.title, item.section, item.publisher, str(item.year or '')) if part)}")
        lines.append(f"[{item.n}] {item.text}")
    return marked(lines, marker)


def _section(language: str, name: str, body: str) -> str:
    return f"## {text(language, f'prompt.{name}')}\n{body}" if body else ""


def history(state: ConsultState) -> list[str]:
    """Return what was said before as lines; answers quote documents, so that they are material too."""
    lines = [*state.get("prose", "").splitlines(), *state.get("summary", "").splitlines()]
    for turn in state.get("history", [])[-3:]:
        lines += [f"Q: {turn['question'][:300]}", f"A: {turn['answer'][:300]}"]
    return [line for line in lines if line]


def describe(profile: PatientProfile, language: str) -> str:
    """Return the profile in words; what is not known is said to be not known."""

    def words(known: tuple[Known, ...]) -> str:
        return text(language, "findings.joiner").join(" ".join(inert(k.words).split()) for k in known)

    none = text(language, "memory.none_known" if profile.no_known_allergies else "memory.unknown")
    unknown = text(language, "memory.unknown")
    lines = [
        f"{text(language, 'memory.kind_allergy')}: {words(profile.allergies) or none}",
        f"{text(language, 'memory.kind_medication')}: {words(profile.medications) or unknown}",
        f"{text(language, 'memory.kind_condition')}: {words(profile.conditions) or unknown}",
    ]
    if profile.intolerances:
        lines.append(f"{text(language, 'memory.kind_intolerance')}: {words(profile.intolerances)}")
    if profile.age_months is not None:
        lines.append(f"{text(language, 'memory.kind_age')}: {profile.age_months // 12}y {profile.age_months % 12}m")
    if profile.sex:
        lines.append(f"{text(language, 'memory.kind_sex')}: {text(language, f'memory.{profile.sex}')}")
    if profile.pregnant is not None:
        lines.append(f"{text(language, 'memory.kind_pregnancy')}: {text(language, 'memory.yes' if profile.pregnant else 'memory.no')}")
    return "\n".join(lines)
