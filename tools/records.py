"""The rows of the knowledge tables as types. ``tools.tables`` reads them; every row keeps its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["contraindicated", "major", "moderate", "minor", "unverified"]
Level = Literal["emergency", "urgent", "routine", "selfcare"]

SEVERITIES: tuple[Severity, ...] = ("contraindicated", "major", "moderate", "unverified", "minor")
LEVELS: tuple[Level, ...] = ("emergency", "urgent", "routine", "selfcare")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from."""

    source: str
    year: int
    reviewed: bool

    def __str__(self) -> str:
        return f"{self.source} ({self.year})"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in both languages."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """Return the text in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A class of drugs and the classes above it."""

    id: str
    name: Bilingual
    names: tuple[str, ...]
    parents: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Drug:
    """A generic, or a combination product when it has ingredients."""

    id: str
    name: Bilingual
    atc: str
    classes: tuple[str, ...]
    ingredients: tuple[str, ...]
    route: tuple[str, ...]
    rx: Literal["otc", "rx", "both"]
    use: Bilingual
    caution: Bilingual
    origin: Origin


@dataclass(frozen=True, slots=True)
class Substance:
    """A food, a drink or a herb that interacts."""

    id: str
    name: Bilingual
    names: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class AllergyGroup:
    """What an allergy to one name covers."""

    id: str
    name: Bilingual
    names: tuple[str, ...]
    members: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class CrossReaction:
    """How likely the members of an allergy group react with something outside it; ``none`` records a myth."""

    group: str
    to: str
    severity: Severity | Literal["none"]
    reason: Bilingual
    action: Bilingual
    origin: Origin


@dataclass(frozen=True, slots=True)
class Interaction:
    """Two things that should not meet."""

    id: str
    a: str
    b: str
    severity: Severity
    mechanism: Bilingual
    effect: Bilingual
    action: Bilingual
    origin: Origin


@dataclass(frozen=True, slots=True)
class Contraindication:
    """A drug or class that a condition, an age, a pregnancy, breast-feeding or weak kidneys speak against; ``none`` is an exception.

    ``low`` and ``high`` are inclusive: months for ``age``, gestational weeks for ``pregnancy``, eGFR in mL/min/1.73 m² for ``renal``.
    """

    id: str
    drug: str
    against: str
    low: float | None
    high: float | None
    severity: Severity | Literal["none"]
    reason: Bilingual
    action: Bilingual
    origin: Origin


@dataclass(frozen=True, slots=True)
class Duplication:
    """A class of which nobody takes two members at a time."""

    drug_class: str
    severity: Severity
    reason: Bilingual
    origin: Origin


@dataclass(frozen=True, slots=True)
class OtcLimit:
    """The most that a label lets people of an age (months, inclusive) take on their own.

    ``single`` is one dose and ``daily`` 24 hours in ``unit``; ``per`` is ``dose`` or ``kg`` of body weight; ``max_days`` of self-treatment.
    """

    drug: str
    age_min_months: int | None
    age_max_months: int | None
    single: float | None
    daily: float | None
    unit: str
    per: Literal["dose", "kg"]
    max_days: int | None
    note: Bilingual
    origin: Origin


@dataclass(frozen=True, slots=True)
class Stem:
    """A part of a word by which a drug is recognised though no table knows it: -floxacin, 沙星."""

    stem: str
    language: Literal["zh", "en"]
    where: Literal["prefix", "suffix"]
    drug_class: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Condition:
    """A disease or state that people report about themselves; ``parents`` are the conditions that it is a kind of."""

    id: str
    name: Bilingual
    names: tuple[str, ...]
    parents: tuple[str, ...]
    icd10: str
    origin: Origin
