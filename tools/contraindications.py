"""Does a drug suit this person? Conditions, age, pregnancy, breast-feeding and kidneys against the rows of ``contraindications.csv``."""

from __future__ import annotations

import math
from collections.abc import Iterator

from configs.locales import text
from tools.findings import Finding
from tools.profile import PatientProfile
from tools.records import SEVERITIES, Contraindication, Severity
from tools.tables import Tables

_DIALYSIS_EGFR = 10.0
_CKD, _DIALYSIS = "condition:chronic_kidney_disease", "condition:dialysis"


def check_contraindications(profile: PatientProfile, reference: str, tables: Tables, language: str) -> list[Finding]:
    """Check one drug or ``class:`` against everything known about the person.

    A row about the drug itself, or about one of its ingredients, replaces the rows about its classes for the same condition or state. What
    is not known does not fire, with two exceptions that err on the safe side: a pregnancy of unknown weeks meets the rule of any week, and
    a kidney disease of unknown stage meets the rules by eGFR as ``major``.

    Returns:
        At most one finding for each condition or state, the most severe.
    """
    had = _had(profile, tables)
    worst: dict[str, tuple[Severity, Contraindication]] = {}
    for row in _rows(reference, tables):
        severity = _meets(row, profile, had)
        if severity is None:
            continue
        held = worst.get(row.against)
        if held is None or SEVERITIES.index(severity) < SEVERITIES.index(held[0]):
            worst[row.against] = (severity, row)
    return [_finding(reference, severity, row, tables, language) for severity, row in worst.values()]


def _had(profile: PatientProfile, tables: Tables) -> frozenset[str]:
    """Return the person's conditions and everything that these are a kind of."""
    own = {reference for known in profile.conditions for reference in known.references}
    return frozenset(own).union(*(tables.condition_lineage.get(reference, frozenset()) for reference in own))


def _rows(reference: str, tables: Tables) -> Iterator[Contraindication]:
    own = tables.contraindications.get(reference, ())
    settled = {row.against for row in own}
    yield from own
    drug = tables.drugs.get(reference)
    for part in drug.ingredients if drug else ():
        yield from (row for row in _rows(part, tables) if row.against not in settled)
    if drug and drug.ingredients:
        above = {r for key in drug.classes for r in tables.lineage[f"class:{key}"]}
    else:
        above = set(tables.lineage.get(reference, ())) - {reference}
    for wider in sorted(above):
        yield from (row for row in tables.contraindications.get(wider, ()) if row.against not in settled)


def _meets(row: Contraindication, profile: PatientProfile, had: frozenset[str]) -> Severity | None:
    """Return how severe the row is for this person; ``None`` when it does not apply."""
    if row.severity == "none":
        return None
    value, known = _value(row.against, profile, had)
    if not known:
        return None
    if value is None:
        return "major" if row.against == "renal" and row.severity == "contraindicated" else row.severity
    value = math.floor(value * 10) / 10 if row.against == "renal" else math.floor(value)  # rows meet at whole weeks and tenths of eGFR
    inside = (row.low is None or value >= row.low) and (row.high is None or value <= row.high)
    return row.severity if inside else None


def _value(against: str, profile: PatientProfile, had: frozenset[str]) -> tuple[float | None, bool]:
    """Return the number that the row's limits are about, and whether the row concerns this person at all."""
    if against == "age":
        return profile.age_months, profile.age_months is not None
    if against == "pregnancy":
        return profile.pregnancy_weeks, bool(profile.pregnant) or "condition:pregnancy" in had
    if against == "lactation":
        return None, bool(profile.lactating) or "condition:breastfeeding" in had
    if against == "renal":
        if profile.egfr is None and _DIALYSIS in had:
            return _DIALYSIS_EGFR, True
        return profile.egfr, profile.egfr is not None or _CKD in had
    return None, against in had


def _finding(reference: str, severity: Severity, row: Contraindication, tables: Tables, language: str) -> Finding:
    kind, _, _ = row.against.partition(":")
    against = tables.name(row.against, language) if kind == "condition" else text(language, f"findings.against_{row.against}")
    return Finding(
        kind="contraindication",
        severity=severity,
        rule=f"contraindication.{row.id}",
        drug=tables.name(reference, language),
        with_=against,
        reason=text(
            language, "findings.contraindication", drug=tables.name(reference, language), against=against, reason=row.reason.in_(language)
        ),
        action=row.action.in_(language),
        source=str(row.origin),
    )
