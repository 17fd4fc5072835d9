"""What is remembered, in words."""

from __future__ import annotations

from collections.abc import Sequence

from configs.locales import catalogue, text
from memory.events import Event
from memory.facts import ANY, Fact

_TOLD = ("sex", "pregnancy", "lactation")
"""Kinds whose values are words of ours."""


def describe_fact(fact: Fact, language: str) -> str:
    """Return a fact in a few words."""
    kind, status = text(language, f"memory.kind_{fact.kind}"), text(language, f"memory.status_{fact.status}")
    value = text(language, "memory.anything") if fact.value == ANY else fact.value
    if fact.kind in _TOLD:
        value = catalogue(language).get(f"memory.{fact.value}", fact.value)
    if fact.detail:
        value = text(language, "memory.with_detail", value=value, detail=fact.detail)
    who = "" if fact.subject == "self" else text(language, "memory.of", subject=describe_subject(fact.subject, language))
    return text(language, "memory.fact", who=who, kind=kind, value=value, status=status)


def describe_subject(subject: str, language: str) -> str:
    """Return whom a subject stands for."""
    return catalogue(language).get(f"memory.subject_{subject}", subject)


def subject_named(words: str, language: str) -> str:
    """Return the subject that a word of either language stands for; the word itself where there is none."""
    wanted = words.strip().lower()
    for known in (language, "zh", "en"):
        for key, value in catalogue(known).items():
            if key.startswith("memory.subject_") and wanted in (value.lower(), key.removeprefix("memory.subject_")):
                return key.removeprefix("memory.subject_")
    return wanted


def remembered_line(
    news: Sequence[Fact], waiting: Sequence[Fact], language: str, contradicted: Sequence[Fact] = (), *, terminal: bool = False
) -> str:
    """Return one line: what was newly remembered, what waits for a confirmation, what contradicts it; empty when nothing was.

    Args:
        news: what was newly remembered.
        waiting: what of it holds only once it is confirmed.
        language: of the reader.
        contradicted: what was said before and does not go with it.
        terminal: name the commands of the terminal, too.
    """
    told = {"remembered": [fact for fact in news if fact not in waiting], "waiting": waiting, "contradicted": contradicted}
    parts = [_line(kind, facts, language, terminal) for kind, facts in told.items() if facts]
    between = ("" if language == "zh" else " ") if terminal else ("；" if language == "zh" else "; ")
    return between.join(parts)


def _line(kind: str, facts: Sequence[Fact], language: str, terminal: bool) -> str:
    told = text(language, f"chat.{kind}", facts=text(language, "findings.joiner").join(describe_fact(fact, language) for fact in facts))
    return f"{told}{text(language, f'chat.{kind}_how')}" if terminal else told


def describe_event(event: Event, language: str) -> str:
    """Return what happened, when, and in which words."""
    when = event.at[:16].replace("T", " ")
    what = describe_fact(event.fact, language) if event.fact else ""
    quote = event.fact.quote if event.fact else ""
    return text(language, f"chat.event_{event.type}", at=when, fact=what, quote=quote).strip()
