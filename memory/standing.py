"""What a record leaves open: statements that wait for a confirmation, contradictions, and what was never asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from memory.facts import ANY, Fact, current, waits

Asked = Literal["allergy", "medication"]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements that cannot both be so: ``held`` is the safer one, which counts until the patient settles it."""

    held: Fact
    said: Fact


def waiting(facts: Iterable[Fact]) -> list[Fact]:
    """Return the statements that hold only once the patient confirms them, from all statements in order of time.

    These are what would end or weaken a severe allergy, and what a document says. To confirm one, record it again with
    ``model_copy(update={"confirmed": True})``; whatever is said later about the same thing settles it too.
    """
    latest: dict[tuple[str, ...], Fact] = {}
    open_: dict[tuple[str, ...], Fact] = {}
    for fact in facts:
        if waits(fact, latest.get(fact.key)):
            if not fact.extractor.startswith("model:"):
                open_[fact.key] = fact
            continue
        latest[fact.key] = fact
        open_.pop(fact.key, None)
    return list(open_.values())


def contradictions(facts: Iterable[Fact]) -> list[Contradiction]:
    """Return what contradicts what holds: a waiting denial, and "no known allergies" beside a named drug allergy."""
    said = list(facts)
    held = current(said)
    by_key = {fact.key: fact for fact in held}
    found = [Contradiction(by_key[fact.key], fact) for fact in waiting(said) if fact.key in by_key and not fact.holds]
    for none in (fact for fact in said if fact.value == ANY and fact.status == "denied"):
        named = [fact for fact in held if (fact.subject, fact.kind) == (none.subject, none.kind) and fact.holds]
        # Named after "none known" it is a correction; before it, and not taken back, the two contradict each other.
        earlier = [fact for fact in named if (fact.kind != "allergy" or fact.category == "drug") and _before(fact, none, said)]
        found += [Contradiction(fact, none) for fact in earlier]
    return found


def _before(fact: Fact, other: Fact, said: list[Fact]) -> bool:
    """Tell whether something was last stated before another statement."""
    return max(n for n, one in enumerate(said) if one.key == fact.key) < said.index(other)


def unasked(facts: Iterable[Fact], subject: str = "self") -> tuple[Asked, ...]:
    """Return which of allergies and medicines nothing is known of: the assistant asks before it speaks of drugs.

    "No known allergies" and "takes nothing", once said, are known; a denied or an ended one says that the question was answered too.
    """
    kinds = {fact.kind for fact in current(facts) if fact.subject == subject}
    wanted: tuple[Asked, ...] = ("allergy", "medication")
    return tuple(kind for kind in wanted if kind not in kinds)
