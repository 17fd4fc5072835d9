"""Typed facts about a person, with the words they came from, and the profile that follows from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.profile import Known, PatientProfile

Kind = Literal["allergy", "medication", "condition", "pregnancy", "lactation", "age", "sex", "weight", "height"]
Status = Literal["active", "suspected", "past", "denied", "refuted"]

SINGLE: frozenset[str] = frozenset({"pregnancy", "lactation", "age", "sex", "weight", "height"})
"""Kinds of which a person has one; the newest statement holds."""
HOLDING: frozenset[str] = frozenset({"active", "suspected"})
"""A suspicion counts as the fact until it is settled: the safer reading."""
ANY = "*"
"""The value of "no known allergies"."""


class Fact(BaseModel):
    """One statement about one person.

    ``value`` is the bare term in the patient's language, ``references`` what it stands for in the tables (empty: unknown), ``amount``
    the number in kg, cm, months or weeks where there is one.
    """

    model_config = ConfigDict(frozen=True)

    subject: str = "self"
    kind: Kind
    value: str
    status: Status = "active"
    detail: str = ""
    amount: float | None = None
    references: tuple[str, ...] = ()
    quote: str
    thread: str = ""
    turn: str = ""
    at: str = ""
    extractor: str = "rules"

    @property
    def id(self) -> str:
        """Stable for the same statement in the same turn, so that a repeated write changes nothing."""
        said = "|".join((self.subject, self.kind, self.value, self.status, self.turn))
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @property
    def key(self) -> tuple[str, ...]:
        """What a later statement must share to replace this one."""
        if self.kind in SINGLE:
            return (self.subject, self.kind)
        return (self.subject, self.kind, *(sorted(self.references) or [self.value]))


def current(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts that hold, from all statements in order of time.

    A later statement replaces an earlier one about the same thing. "No known allergies" replaces nothing: a named allergy stays until it
    is itself taken back.
    """
    latest: dict[tuple[str, ...], Fact] = {}
    for fact in facts:
        latest.pop(fact.key, None)
        latest[fact.key] = fact
    return list(latest.values())


def profile_of(facts: Iterable[Fact], subject: str = "self") -> PatientProfile:
    """Return what the checks need to know about one person."""
    own = [fact for fact in current(facts) if fact.subject == subject]
    held = [fact for fact in own if fact.status in HOLDING]
    single = {fact.kind: fact for fact in own if fact.kind in SINGLE}
    sex = single["sex"].value if "sex" in single else _sex_of(subject)
    return PatientProfile(
        subject=subject,
        allergies=_known(held, "allergy"),
        no_known_allergies=any(f.kind == "allergy" and f.value == ANY and f.status == "denied" for f in own),
        medications=_known(held, "medication"),
        conditions=_known(held, "condition"),
        age_months=_whole(single.get("age")),
        sex=sex if sex in ("male", "female") else None,  # type: ignore[arg-type]
        pregnant=single["pregnancy"].status in HOLDING if "pregnancy" in single else None,
        pregnancy_weeks=single["pregnancy"].amount if "pregnancy" in single else None,
        lactating=single["lactation"].status in HOLDING if "lactation" in single else None,
        weight_kg=single["weight"].amount if "weight" in single else None,
        height_cm=single["height"].amount if "height" in single else None,
    )


def _known(facts: list[Fact], kind: str) -> tuple[Known, ...]:
    return tuple(Known(fact.value, frozenset(fact.references)) for fact in facts if fact.kind == kind)


def _whole(fact: Fact | None) -> int | None:
    return int(fact.amount) if fact and fact.amount is not None else None


def _sex_of(subject: str) -> str | None:
    if subject in {"mother", "daughter", "wife", "sister", "grandmother"}:
        return "female"
    return "male" if subject in {"father", "son", "husband", "brother", "grandfather"} else None
