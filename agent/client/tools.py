"""The tools, which need no model."""

from __future__ import annotations

from collections.abc import Sequence

from agent.client.calls import Call
from agent.wire.common import Language
from agent.wire.tools import BmiResult, CheckRequest, CheckResult, DepartmentItem, DrugResult, PersonGiven, TriageRequest, TriageResult

_AT = "/v1/tools"


def bmi(height_cm: float, weight_kg: float) -> Call[BmiResult]:
    """Calculate the body mass index of an adult."""
    return Call(BmiResult, "POST", f"{_AT}/bmi", json={"height_cm": height_cm, "weight_kg": weight_kg})


def drug(name: str) -> Call[DrugResult]:
    """Look a drug up by any of its names; ``NotFound`` means that it could not be verified, never that it is safe."""
    return Call(DrugResult, "GET", f"{_AT}/drugs", {"name": name})


def check(
    text: str = "", *, drugs: Sequence[str] = (), profile: PersonGiven | None = None, language: Language | None = None
) -> Call[CheckResult]:
    """Check a text, or drugs that are to be taken together, for one person."""
    asked = CheckRequest(text=text, drugs=list(drugs), profile=profile or PersonGiven(), language=language)
    return Call(CheckResult, "POST", f"{_AT}/check", json=asked.model_dump(mode="json"))


def triage(text: str, *, profile: PersonGiven | None = None, language: Language | None = None) -> Call[TriageResult]:
    """Learn how urgent complaints are and where to go with them."""
    return Call(TriageResult, "POST", f"{_AT}/triage", json=_complaint(text, profile, language))


def departments(text: str, *, profile: PersonGiven | None = None, language: Language | None = None) -> Call[list[DepartmentItem]]:
    """Learn where to go with complaints, the most fitting first."""
    return Call(list[DepartmentItem], "POST", f"{_AT}/departments", json=_complaint(text, profile, language))


def all_departments() -> Call[list[DepartmentItem]]:
    """Return all departments."""
    return Call(list[DepartmentItem], "GET", f"{_AT}/departments")


def _complaint(text: str, profile: PersonGiven | None, language: Language | None) -> dict[str, object]:
    return TriageRequest(text=text, profile=profile or PersonGiven(), language=language).model_dump(mode="json")
