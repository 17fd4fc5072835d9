"""What the checks know about the patient; memory fills it from facts, scripts from plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Known:
    """Something the patient has said: their words, and what these words stand for in the tables (empty: not understood)."""

    words: str
    references: frozenset[str] = frozenset()
    now: bool = False
    """Said in the very text that is checked: it may be the advice itself, so no doctor has settled it."""


@dataclass(frozen=True, slots=True)
class PatientProfile:
    """One person, as far as known. ``None`` and empty mean "not known", never "no"."""

    subject: str = "self"
    allergies: tuple[Known, ...] = ()
    no_known_allergies: bool = False
    intolerances: tuple[Known, ...] = ()
    """What was not borne without being an allergy: 阿司匹林 and a stomach bleed, ramipril and a cough."""
    medications: tuple[Known, ...] = ()
    conditions: tuple[Known, ...] = ()
    age_months: int | None = None
    sex: Literal["male", "female"] | None = None
    pregnant: bool | None = None
    pregnancy_weeks: float | None = None
    lactating: bool | None = None
    egfr: float | None = None
    """Estimated glomerular filtration rate in mL/min/1.73 m²."""
    weight_kg: float | None = None
    height_cm: float | None = None
