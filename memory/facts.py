"""Typed facts about a person, with the words they came from, which of them hold, and the profile that follows from them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from tools.profile import Known, PatientProfile

Kind = Literal[
    "allergy", "intolerance", "medication", "condition", "pregnancy", "lactation", "age", "sex", "weight", "height",
    "vital", "lab", "surgery", "family_history", "smoking", "alcohol", "vaccination",
]  # fmt: skip
Status = Literal["active", "suspected", "past", "denied", "refuted"]
Facet = Literal["dose", "frequency", "since", "until", "reaction", "severity", "relation", "result"]
Severity = Literal["", "mild", "severe"]
Speaker = Literal["patient", "document"]

SUBJECTS: tuple[str, ...] = (
    "self", "mother", "father", "son", "daughter", "child", "baby", "wife", "husband", "partner", "sister", "brother",
    "grandmother", "grandfather", "grandson", "granddaughter", "grandchild", "aunt", "uncle", "cousin", "niece", "nephew",
    "mother_in_law", "father_in_law", "sister_in_law", "brother_in_law", "daughter_in_law", "son_in_law", "parent", "sibling",
    "relative", "friend", "care_recipient", "other",
)  # fmt: skip
"""Whom facts can be about: the owner of the account, or their relation to them."""
_FEMALE = {
    "mother",
    "daughter",
    "wife",
    "sister",
    "grandmother",
    "granddaughter",
    "aunt",
    "niece",
    "mother_in_law",
    "sister_in_law",
    "daughter_in_law",
}
_MALE = {
    "father",
    "son",
    "husband",
    "brother",
    "grandfather",
    "grandson",
    "uncle",
    "nephew",
    "father_in_law",
    "brother_in_law",
    "son_in_law",
}
_AGAIN = re.compile(r"又|再次|第二次|二胎|三胎|\b(?:again|another|second|third)\b", re.I)
"""Another pregnancy than the one before."""
SINGLE: frozenset[str] = frozenset({"pregnancy", "lactation", "age", "sex", "weight", "height", "smoking", "alcohol"})
"""Kinds of which a person has one; the newest statement holds."""
HOLDING: frozenset[str] = frozenset({"active", "suspected"})
"""A suspicion counts as the fact until it is settled: the safer reading."""
ANY = "*"
"""The value of "no known allergies" and of "takes no medicines", with the status ``denied``."""


class Fact(BaseModel):
    """One statement about one person. Every field after ``value`` has a default, so that events stored by older versions are still read.

    ``value`` is the bare normalised term in the patient's language (布洛芬, penicillin, ``70 kg``, ``3 岁``, ``12 weeks``, ``male``) or
    ``ANY``; ``words`` is how the patient called it (芬必得). ``detail`` is everything said beside the value, in the patient's words, and
    ``facets`` the same told apart. ``references`` is what the value stands for in the tables (empty: unknown); ``amount`` the number in
    kg, cm, months or weeks where there is one. ``quote`` is a verbatim part of the message and ``span`` where it stands there.

    A fact is never changed: who corrects or confirms it writes another one (``model_copy(update={"confirmed": True})``), and ``current``
    tells which of all statements hold. Statements of a document, and those that would end or weaken a severe allergy, hold only when
    ``confirmed``.
    """

    model_config = ConfigDict(frozen=True)

    subject: str = "self"
    kind: Kind
    value: str
    words: str = ""
    status: Status = "active"
    detail: str = ""
    facets: dict[Facet, str] = Field(default_factory=dict)
    severity: Severity = ""
    category: Literal["", "drug", "food", "other"] = ""
    """Of what kind an allergen is."""
    amount: float | None = None
    references: tuple[str, ...] = ()
    quote: str
    span: tuple[int, int] | None = None
    thread: str = ""
    turn: str = ""
    at: str = ""
    speaker: Speaker = "patient"
    extractor: str = "rules"
    """``rules``, or ``model:`` and the name of the model."""
    confirmed: bool = False
    """The patient was shown exactly this statement and agreed."""

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
        if self.category in ("food", "other"):  # cats and dogs, shrimp and crab belong to one group and are two allergies
            return (self.subject, self.kind, self.value)
        return (self.subject, self.kind, *(sorted(self.references) or [self.value]))

    @property
    def holds(self) -> bool:
        """Whether it counts for the checks, as long as nothing later replaces it."""
        return self.status in HOLDING


def current(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts that hold, from all statements in order of time, each with the details that earlier statements of it gave.

    A later statement replaces an earlier one about the same thing, unless it needs a confirmation that it does not have (``waits``). "No
    known allergies" replaces nothing: a named allergy stays until it is itself taken back, and a drug allergy ends "none known".
    """
    latest: dict[tuple[str, ...], Fact] = {}
    for fact in facts:
        before = latest.get(fact.key)
        if waits(fact, before):
            continue
        latest.pop(fact.key, None)
        latest[fact.key] = refined(before, fact) if before else fact
    return [fact for fact in latest.values() if not _overtaken(fact, latest.values())]


def waits(fact: Fact, before: Fact | None) -> bool:
    """Tell whether a statement does not hold until the patient confirms it; ``before`` is what holds about the same thing."""
    if fact.confirmed:
        return False
    if fact.speaker == "document":
        return True
    if before is None or not before.holds:
        return False
    weaker = not fact.holds or (before.status == "active" and fact.status == "suspected")
    if fact.extractor.startswith("model:"):  # a model adds and refines; it ends nothing and replaces no measure
        return weaker or (fact.kind in SINGLE and fact.value != before.value)
    return before.kind == "allergy" and before.severity == "severe" and (weaker or fact.severity == "mild")


def refined(before: Fact, fact: Fact) -> Fact:
    """Return a later statement with what an earlier one of the same thing said beside it and this one does not repeat.

    One without a number takes none away: "since I am pregnant I do not smoke" leaves the 24 weeks that were told before.
    """
    if fact.kind == "pregnancy" and fact.status == before.status == "active" and before.amount is not None and fact.amount is None:
        return fact if _AGAIN.search(fact.quote) else before
    if not (before.holds and fact.holds) or (fact.kind in SINGLE and fact.value != before.value):
        return fact
    facets = before.facets | fact.facets
    severity = fact.severity or before.severity
    new = (part for part in before.detail.split("; ") if part and part not in fact.detail)
    detail = "; ".join(filter(None, (*new, fact.detail)))
    return fact.model_copy(update={"facets": facets, "severity": severity, "detail": detail})


def _overtaken(fact: Fact, others: Iterable[Fact]) -> bool:
    """Tell whether "none known" is no longer so, because one of the kind has been named."""
    if fact.value != ANY or fact.status != "denied":
        return False
    same = (other for other in others if (other.subject, other.kind) == (fact.subject, fact.kind) and other.holds)
    return any(other.kind != "allergy" or other.category == "drug" for other in same)


def profile_of(facts: Iterable[Fact], subject: str = "self", today: date | None = None) -> PatientProfile:
    """Return what the checks need to know about one person.

    Args:
        facts: all statements, oldest first.
        subject: whose profile.
        today: ages are counted on to this day from the day they were said; ``None`` leaves them as said.
    """
    own = [fact for fact in current(facts) if fact.subject == subject]
    held = [fact for fact in own if fact.holds]
    single = {fact.kind: fact for fact in own if fact.kind in SINGLE}
    sex = single["sex"].value if "sex" in single else sex_of(subject)
    return PatientProfile(
        subject=subject,
        allergies=_known(held, "allergy"),
        no_known_allergies=any(f.kind == "allergy" and f.value == ANY and f.status == "denied" for f in own),
        intolerances=_known(held, "intolerance"),
        medications=_known(held, "medication"),
        conditions=_known(held, "condition"),
        age_months=_months(single.get("age"), today),
        sex=cast(Literal["male", "female"], sex) if sex in ("male", "female") else None,
        pregnant=single["pregnancy"].holds if "pregnancy" in single else None,
        pregnancy_weeks=single["pregnancy"].amount if "pregnancy" in single else None,
        lactating=single["lactation"].holds if "lactation" in single else None,
        weight_kg=single["weight"].amount if "weight" in single else None,
        height_cm=single["height"].amount if "height" in single else None,
    )


def _known(facts: list[Fact], kind: str) -> tuple[Known, ...]:
    return tuple(Known(fact.value, frozenset(fact.references)) for fact in facts if fact.kind == kind)


def _months(fact: Fact | None, today: date | None) -> int | None:
    if fact is None:
        return None
    if fact.amount is None:
        return _since_birth(fact.value, today)
    passed = 0
    if today and fact.at[:10]:
        said = date.fromisoformat(fact.at[:10])
        passed = max(0, (today.year - said.year) * 12 + today.month - said.month - (today.day < said.day))
    return int(fact.amount) + passed


def _since_birth(value: str, today: date | None) -> int | None:
    """Return the months since a birth date, "1956-02-14" or only "1956"."""
    parts = value.split("-")
    if today is None or not all(part.isdigit() for part in parts):
        return None
    year, month, day = (*map(int, parts), 7, 1)[:3]
    return max(0, (today.year - year) * 12 + today.month - month - (today.day < day))


def sex_of(subject: str) -> str | None:
    """Return the sex that a relation tells."""
    return "female" if subject in _FEMALE else "male" if subject in _MALE else None
