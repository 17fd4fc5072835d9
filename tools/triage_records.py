"""The rows of the triage tables as types: findings, red flags, emergencies, self-care, departments, hotlines, policies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tools.records import Bilingual, Level, Origin


@dataclass(frozen=True, slots=True)
class SelfCare:
    """A minor complaint that an adult may care for, with when to see a doctor after all."""

    id: str
    name: Bilingual
    zh: re.Pattern[str] | None
    en: re.Pattern[str] | None
    advice: Bilingual
    see_doctor: Bilingual
    department: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A message as people write it and how urgent it is: what the semantic second look compares with."""

    text: str
    language: Literal["zh", "en"]
    level: Level
    emergency: str


@dataclass(frozen=True, slots=True)
class Symptom:
    """A finding and the ways people say it: regular expressions over folded clauses, per language."""

    id: str
    name: Bilingual
    zh: tuple[str, ...]
    en: tuple[str, ...]
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
    sex: str
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
