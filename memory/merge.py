"""Facts that a model proposes: they may add and refine, never delete, and must stand in the patient's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from memory.clauses import Clause, read_clauses
from memory.facts import SINGLE, SUBJECTS, Fact, Kind
from memory.people import Speaker
from tools.measures import age_months, height_cm, weight_kg
from tools.population import plain_age
from tools.tables import Tables
from tools.text import clean, fold

Subject = Literal[
    "self", "mother", "father", "son", "daughter", "child", "baby", "wife", "husband", "partner", "sister", "brother", "grandmother",
    "grandfather", "grandson", "granddaughter", "aunt", "uncle", "cousin", "niece", "nephew", "mother_in_law", "father_in_law",
    "relative", "friend", "care_recipient", "other",
]  # fmt: skip
_PREFIXES: dict[str, tuple[str, ...]] = {
    "allergy": ("group:", "class:", ""), "intolerance": ("", "class:", "food:"), "medication": ("", "class:"),
    "condition": ("condition:",), "family_history": ("condition:",),
}  # fmt: skip
"""Which references each kind may have, the best first; others have none."""


class ProposedFact(BaseModel):
    """One fact in the shape that the model must answer in."""

    model_config = ConfigDict(extra="forbid")

    subject: Subject = "self"
    kind: Kind
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

    A proposal is dropped when its quote is no verbatim part of the message, when its value does not occur in the quote, when the quote
    is of a pasted text or a supposition, when the words are about somebody else, or when it would end, weaken or replace something. Of
    what the rules have read already only a detail is taken that stands in the message too.

    Args:
        proposed: the model's facts.
        message: the patient's words, cleaned.
        known: what holds, and what the rules have read in this message; their reading goes before.
        tables: names of drugs, allergens and conditions.
        extractor: the name under which the facts are kept, ``model:…``.
    """
    read = {_thing(fact, key): fact for fact in known for key in _keys(fact)}
    clauses = list(read_clauses(message, Speaker(known=SUBJECTS)))
    accepted: list[Fact] = []
    for item in proposed:
        quote, value, detail = clean(item.quote), clean(item.value), clean(item.detail)
        if not quote or not value or quote not in message or fold(value) not in fold(quote) or not _spoken(item, quote, message, clauses):
            continue
        fact = _fact(item, value, quote, message, tables, extractor)
        if fact is None:
            continue
        before = next((read[_thing(fact, key)] for key in _keys(fact) if _thing(fact, key) in read), None)
        new = fact.model_copy(update={"detail": detail if detail in message else ""})
        if before is not None:
            accepted += _refined(before, new, extractor)
        else:
            accepted.append(new)
        read |= {_thing(fact, key): new for key in _keys(fact) if _thing(fact, key) not in read}
    return accepted


def _keys(fact: Fact) -> tuple[str, ...]:
    return ("",) if fact.kind in SINGLE else (*fact.references, fold(fact.value), fold(fact.words))


def _thing(fact: Fact, key: str) -> tuple[str, str, str]:
    return (fact.subject, fact.kind, key)


def _refined(before: Fact, new: Fact, extractor: str) -> Iterator[Fact]:
    """Yield what the rules have read with the detail that the model adds."""
    if before.holds and new.holds and new.detail and new.detail not in before.detail and before.extractor == "rules":
        detail = f"{before.detail}; {new.detail}" if before.detail else new.detail
        yield before.model_copy(update={"detail": detail, "extractor": f"rules+{extractor}"})


def _spoken(item: ProposedFact, quote: str, message: str, clauses: Sequence[Clause]) -> bool:
    """Tell whether the quote is a statement of the patient's, and about the person that the model names."""
    start = message.index(quote)
    end = start + len(quote)
    touched = [clause for clause in clauses if clause.start < end and start < clause.end]
    if not touched:
        return True
    named = {person for clause in touched if clause.names_person for person in clause.people}
    return any(clause.mode in ("said", "asked") for clause in touched) and (not named or item.subject in named or item.subject == "other")


def _fact(item: ProposedFact, value: str, quote: str, message: str, tables: Tables, extractor: str) -> Fact | None:
    start = message.index(quote)
    amount = _amount(item.kind, fold(value))
    if item.kind in ("age", "weight", "height") and amount is None:
        return None
    return Fact(
        subject=item.subject, kind=item.kind, value=value, words=value, status=item.status, amount=amount, quote=quote,
        references=_references(value, item.kind, tables), span=(start, start + len(quote)), extractor=extractor,
    )  # fmt: skip


def _amount(kind: Kind, value: str) -> float | None:
    if kind == "age":
        return age_months(plain_age(value))
    return weight_kg(value) if kind == "weight" else height_cm(value) if kind == "height" else None


def _references(value: str, kind: Kind, tables: Tables) -> tuple[str, ...]:
    found = tables.names.references(value)
    for prefix in _PREFIXES.get(kind, ()):
        if some := sorted(r for r in found if (r.startswith(prefix) if prefix else ":" not in r)):
            return tuple(some) if prefix else tuple(some[:1])
    return ()
