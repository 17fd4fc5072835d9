"""A person as a script or a form describes them: plain words, ages in years, everything optional."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.checks import known
from tools.population import weeks_in
from tools.profile import Known, PatientProfile
from tools.tables import Tables
from tools.text import clean, fold

_NONE = re.compile(r"^(无|没有|否|none|no|nil|n/?a|nkda|no known( drug)? allerg(y|ies)|无(药物)?过敏史|没有过敏|不详|未知|unknown)?[。.]?$")
_EGFR = re.compile(r"(?:e?gfr|肾小球滤过率|肌酐清除率|creatinine clearance|crcl)[^\d]{0,12}(\d{1,3}(?:\.\d+)?)")
_STAGE = re.compile(
    r"(?:ckd|慢性肾(?:脏)?病|肾病|肾功能不全|肾衰竭?|kidney disease|renal failure)[^\d]{0,8}(?:g|stage\s*)?([1-5])\s*[ab]?\s*期?"
)
_EGFR_OF_STAGE = {"1": 95.0, "2": 75.0, "3": 45.0, "4": 22.0, "5": 10.0}


class Person(BaseModel):
    """What is known of a person; unknown keys are errors, so that a misspelt ``alergies`` is never ignored."""

    model_config = ConfigDict(extra="forbid")

    age: float | None = Field(None, ge=0, le=130, description="years; fractions for infants")
    sex: Literal["male", "female", "男", "女", "M", "F", "m", "f"] | None = None
    allergies: list[str] = Field(default_factory=list)
    medications: list[str] = Field(default_factory=list)
    conditions: list[str] = Field(default_factory=list)
    pregnant: bool | None = None
    pregnancy_weeks: float | None = Field(None, ge=0, le=45)
    lactating: bool | None = None
    weight_kg: float | None = Field(None, gt=0, le=400)
    height_cm: float | None = Field(None, gt=0, le=260)
    egfr: float | None = Field(None, ge=0, le=200, description="mL/min/1.73 m²")

    def profile(self, tables: Tables) -> PatientProfile:
        """Return the person as the checks read it."""
        conditions = _said(self.conditions)
        states = fold(" ".join(conditions))
        understood = known(conditions, tables)
        pregnant = self.pregnant
        if pregnant is None and _has(understood, "condition:pregnancy"):
            pregnant = True
        return PatientProfile(
            allergies=known(_said(self.allergies), tables),
            no_known_allergies=any(_NONE.match(fold(clean(word))) for word in self.allergies),
            medications=known(_said(self.medications), tables),
            conditions=understood,
            age_months=None if self.age is None else int(self.age * 12 + 1e-6),
            sex=None if self.sex is None else "male" if self.sex in ("male", "男", "M", "m") else "female",
            pregnant=pregnant,
            pregnancy_weeks=self.pregnancy_weeks if self.pregnancy_weeks is not None else weeks_in(states),
            lactating=self.lactating if self.lactating is not None else _has(understood, "condition:breastfeeding") or None,
            egfr=self.egfr if self.egfr is not None else egfr_in(states),
            weight_kg=self.weight_kg,
            height_cm=self.height_cm,
        )


def egfr_in(folded: str) -> float | None:
    """Return an eGFR that a folded text names, by number or by the stage of a kidney disease (the middle of its range)."""
    if match := _EGFR.search(folded):
        return float(match[1])
    match = _STAGE.search(folded)
    return _EGFR_OF_STAGE[match[1]] if match else None


def _said(words: list[str]) -> list[str]:
    return [word for raw in words if not _NONE.match(fold(word := clean(raw)))]


def _has(understood: tuple[Known, ...], reference: str) -> bool:
    return any(reference in entry.references for entry in understood)
