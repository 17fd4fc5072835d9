"""Does a drug meet an allergy? Same substance, same group, or a known cross-reaction."""

from __future__ import annotations

from collections.abc import Iterator

from configs.locales import text
from tools.findings import Finding
from tools.profile import Known, PatientProfile
from tools.records import SEVERITIES, AllergyGroup, CrossReaction
from tools.tables import Tables

_AS_ALLERGY = {
    "condition:hit_history": "group:heparins",
    "condition:aspirin_exacerbated_asthma": "group:nsaids",
}


def check_allergies(profile: PatientProfile, reference: str, tables: Tables, language: str) -> list[Finding]:
    """Check one drug or ``class:`` against everything the patient is allergic to.

    Returns:
        At most one finding per allergy, the most severe; an allergy that no table understands gives ``unverified``, never silence.
    """
    found = (_check(known, reference, tables, language) for known in (*profile.allergies, *_from_conditions(profile, tables)))
    return [finding for finding in found if finding]


def _from_conditions(profile: PatientProfile, tables: Tables) -> Iterator[Known]:
    """Yield the allergies that some conditions are: who has had heparin-induced thrombocytopenia must have no heparin."""
    for known in profile.conditions:
        groups = frozenset(_AS_ALLERGY[r] for r in known.references if r in _AS_ALLERGY)
        if groups and all(group.removeprefix("group:") in tables.groups for group in groups):
            yield Known(known.words, groups)


def _check(allergy: Known, reference: str, tables: Tables, language: str) -> Finding | None:
    drug = tables.name(reference, language)
    if not allergy.references:
        reason = text(language, "findings.allergy_unknown", allergen=allergy.words, drug=drug)
        action = text(language, "findings.ask_pharmacist")
        return Finding(
            kind="allergy", severity="unverified", rule="allergy.unknown", drug=drug, with_=allergy.words, reason=reason, action=action
        )
    lineage = tables.lineage.get(reference, frozenset({reference}))
    same = [r for r in allergy.references if r in lineage]
    groups = narrowest_groups(allergy, tables)
    group = next((g for g in groups if _covers(g, reference, tables)), None)
    if same or group:
        return _conflict(allergy, reference, group, tables, language)
    return _crossed(allergy, reference, groups, tables, language)


def narrowest_groups(allergy: Known, tables: Tables) -> list[AllergyGroup]:
    """Return the allergy groups that the patient's words name, or else the smallest that their drug belongs to."""
    named = [group for r in sorted(allergy.references) if r.startswith("group:") and (group := tables.groups.get(r.partition(":")[2]))]
    if named:
        return named
    holding = [g for g in tables.groups.values() for r in allergy.references if set(g.members) & tables.lineage.get(r, frozenset())]
    return sorted(holding, key=lambda g: tables.group_sizes[g.id])[:1]


def _covers(group: AllergyGroup, reference: str, tables: Tables) -> bool:
    """Tell whether the drug is in the group, or is a class so wide that members of the group are in it."""
    if reference == f"group:{group.id}" or set(group.members) & tables.lineage.get(reference, frozenset({reference})):
        return True
    return any(reference in tables.lineage.get(member, frozenset()) for member in group.members)


def _conflict(allergy: Known, reference: str, group: AllergyGroup | None, tables: Tables, language: str) -> Finding:
    drug = tables.name(reference, language)
    label = group.name.in_(language) if group else drug
    key = "findings.allergy_same" if label == drug else "findings.allergy_member"
    return Finding(
        kind="allergy",
        severity="contraindicated",
        rule=f"allergy.{group.id if group else reference}",
        drug=drug,
        with_=allergy.words,
        reason=text(language, key, allergen=allergy.words, drug=drug, group=label),
        action=text(language, "findings.allergy_action", drug=drug),
        source=str(group.origin) if group else "",
    )


def _crossed(allergy: Known, reference: str, groups: list[AllergyGroup], tables: Tables, language: str) -> Finding | None:
    ids = {g.id for g in groups}
    rows = [x for x in tables.crossing(ids) if x.to in tables.lineage.get(reference, frozenset({reference})) and x.severity != "none"]
    if not rows:
        return None
    row = min(rows, key=lambda x: SEVERITIES.index(x.severity))
    return _cross_finding(allergy, tables.name(reference, language), row, language)


def _cross_finding(allergy: Known, drug: str, row: CrossReaction, language: str) -> Finding:
    return Finding(
        kind="allergy",
        severity=row.severity,
        rule=f"allergy.{row.group}.{row.to}",
        drug=drug,
        with_=allergy.words,
        reason=text(language, "findings.allergy_cross", allergen=allergy.words, drug=drug, reason=row.reason.in_(language)),
        action=row.action.in_(language),
        source=str(row.origin),
    )
