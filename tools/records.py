"""The rows of the knowledge tables as types. ``tools.tables`` reads them; every row keeps its source."""

from __future__ import annotations

import re
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
class Condition:
    """A disease or state that people report about themselves."""

    id: str
    name: Bilingual
    names: tuple[str, ...]
    icd10: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Symptom:
    """A finding and the ways people say it, per language."""

    id: str
    name: Bilingual
    zh: re.Pattern[str] | None
    en: re.Pattern[str] | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Emergency:
    """A danger and what to do at once."""

    id: str
    name: Bilingual
    advice: Bilingual
    call: Literal["ambulance", "crisis", "poison", "none"]
    department: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class RedFlag:
    """Findings that together mean an emergency: every group of ``needs`` must have one present."""

    id: str
    emergency: str
    needs: tuple[frozenset[str], ...]
    age_min_months: int | None
    age_max_months: int | None
    population: str
    level: Level
    cn_level: Literal["I", "II", "III", "IV"]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Department:
    """Where to go for what."""

    id: str
    name: Bilingual
    zh: re.Pattern[str] | None
    en: re.Pattern[str] | None
    age_max_months: int | None
    note: Bilingual
    origin: Origin


@dataclass(frozen=True, slots=True)
class Hotline:
    """The number to call in a region."""

    region: str
    call: str
    number: str
    name: Bilingual
    origin: Origin


@dataclass(frozen=True, slots=True)
class Policy:
    """A phrase that the auditor or the intake must notice."""

    kind: str
    pattern: re.Pattern[str]
    origin: Origin
