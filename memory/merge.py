"""Facts that a model proposes: they may add, never delete, and must stand in the patient's own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from memory.facts import Fact, Kind
from tools.tables import Tables
from tools.text import clean, fold

Subject = Literal[
    "self", "mother", "father", "son", "daughter", "child", "wife",
    "husband", "sister", "brother", "grandmother", "grandfather", "friend", "other",
]  # fmt: skip


class ProposedFact(BaseModel):
    """One fact in the shape that the model must answer in."""

    model_config = ConfigDict(extra="forbid")

    subject: Subject = "self"
    kind: Literal["allergy", "medication", "condition"]
    value: str = Field(max_length=40)
    status: Literal["active", "suspected", "past"]
    quote: str = Field(max_length=120)
    detail: str = Field("", max_length=60)


class ProposedFacts(BaseModel):
    """The model's whole answer."""

    model_config = ConfigDict(extra="forbid")

    facts: list[ProposedFact] = Field(default_factory=list, max_length=12)


def accept(proposed: Iterable[ProposedFact], message: str, known: Iterable[Fact], tables: Tables, extractor: str) -> list[Fact]:
    """Return the proposals that may be remembered.

    A proposal is dropped when its quote is no verbatim part of the message, when its value does not occur in the quote, when the rules
    already read the same thing (their reading holds), or when it would end something that holds.
    """
    held = list(known)
    taken = {(fact.subject, fact.kind, reference) for fact in held for reference in (*fact.references, fold(fact.value))}
    accepted: list[Fact] = []
    for item in proposed:
        quote, value = clean(item.quote), clean(item.value)
        if not quote or not value or quote not in message or fold(value) not in fold(quote):
            continue
        references = _references(value, item.kind, tables)
        if any((item.subject, item.kind, r) in taken for r in (*references, fold(value))):
            continue
        fact = Fact(
            subject=item.subject, kind=item.kind, value=value, status=item.status, references=references, quote=quote, extractor=extractor
        )
        accepted.append(fact.model_copy(update={"detail": clean(item.detail)}))
        taken |= {(item.subject, item.kind, r) for r in (*references, fold(value))}
    return accepted


def _references(value: str, kind: Kind, tables: Tables) -> tuple[str, ...]:
    found = tables.names.references(value)
    wanted = {"allergy": ("group:", "class:"), "condition": ("condition:",)}.get(kind, ())
    for prefix in wanted:
        if some := sorted(r for r in found if r.startswith(prefix)):
            return tuple(some)
    return tuple(sorted(r for r in found if ":" not in r)[:1])
