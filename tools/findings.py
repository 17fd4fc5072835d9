"""What a check reports. One type for the rules, the reviewer, the API and the page."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.records import SEVERITIES, Severity

Kind = Literal[
    "allergy",
    "intolerance",
    "interaction",
    "contraindication",
    "duplicate",
    "unknown_drug",
    "prescription",
    "dose",
    "emergency",
    "citation",
    "support",
    "certainty",
    "no_evidence",
    "reviewer",
    "audit_failed",
]

STOPS: frozenset[Severity] = frozenset({"contraindicated", "major", "unverified"})
"""Severities that may not stand in an answer as advice."""


class Finding(BaseModel):
    """One thing that is wrong, or that the patient must be told.

    ``rule`` is stable and names the table row or the rule that fired; ``sentence`` counts from 0 in a draft.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    kind: Kind
    severity: Severity
    rule: str
    drug: str = ""
    with_: str = Field("", alias="with")
    reason: str
    action: str = ""
    source: str = ""
    sentence: int | None = None
    span: tuple[int, int] | None = None
    """Where in the checked text the drug or the phrase stands, as offsets in its cleaned form."""
    by: Literal["rules", "reviewer"] = "rules"

    @property
    def stops(self) -> bool:
        """Whether the sentence must go."""
        return self.severity in STOPS


def worst_first(findings: list[Finding]) -> list[Finding]:
    """Return each finding once, the most severe first."""
    unique = {(f.kind, f.rule, f.drug, f.with_, f.sentence): f for f in findings}
    return sorted(unique.values(), key=lambda f: SEVERITIES.index(f.severity))
