"""The memory for scripts: JSON lines with a patient's messages in, the facts as the memory stands after the last one out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

from pydantic import Field

from agent.audit import Line, records
from graphs.context import ChatModels
from graphs.errors import ModelFailed
from graphs.prompts import task
from memory.extract import read
from memory.facts import Fact, current
from memory.merge import ProposedFacts, accept
from tools.tables import Tables
from tools.text import clean, language_of

_MAX_CHARS = 100_000
_MAX_TURNS = 500


class Told(Line):
    """One line of input: the patient's messages in order."""

    turns: list[str] = Field(max_length=_MAX_TURNS)


async def extract_lines(
    lines: Iterable[str], tables: Tables, models: ChatModels | None = None, language: str | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Yield ``{"id", "facts"}`` for each record; turns are counted from 0, values are in the language that the line asks for.

    Args:
        lines: ``{"id", "lang", "turns": [...]}`` each.
        tables: names of drugs, allergens and conditions.
        models: adds what the rules miss; ``None`` or unreachable: the rules' facts are all.
        language: of the values where a line asks for none; ``None`` takes the language of the messages.
    """
    for record in records(lines, Told, language):
        if isinstance(record, dict):
            yield record
            continue
        facts = await _remembered(record, tables, models)
        yield {"id": record.id, "facts": [_shown(fact) for fact in current(facts)]}


async def _remembered(record: Told, tables: Tables, models: ChatModels | None) -> list[Fact]:
    """Return every statement in the messages of a record, oldest first."""
    said: list[Fact] = []
    subject = "self"
    for number, words in enumerate(record.turns):
        message = clean(words[:_MAX_CHARS])
        reading = read(message, tables, subject=subject, known=said, language=record.lang, turn=str(number))
        known, subject = said, reading.subject
        said = [*said, *reading.facts]
        if models is not None and models.ready():
            said += await _proposed(message, [*(f for f in current(known) if f.holds), *reading.facts], tables, models, number, record.lang)
    return said


async def _proposed(message: str, known: list[Fact], tables: Tables, models: ChatModels, number: int, language: str | None) -> list[Fact]:
    try:
        answer = await models.parse("extract", [task("extract", language or language_of(message), message)], ProposedFacts, "facts")
    except ModelFailed:
        return []  # nothing is lost: the rules have read the message already
    return [fact.model_copy(update={"turn": str(number)}) for fact in accept(answer.facts, message, known, tables, f"model:{models.name}")]


def _shown(fact: Fact) -> dict[str, Any]:
    shown = fact.model_dump(include={"subject", "kind", "value", "status", "detail", "quote"})
    return shown | {"turn": int(fact.turn)}
