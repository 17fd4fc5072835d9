"""The one function behind the auditor, the tools and the scripts: what is wrong with this text for this patient?"""

from __future__ import annotations

from tools.allergies import check_allergies
from tools.findings import Finding, worst_first
from tools.interactions import check_interactions
from tools.mentions import Mention, mentions, permits
from tools.profile import PatientProfile
from tools.tables import Tables


def check_question(profile: PatientProfile, question: str, tables: Tables, language: str) -> list[Finding]:
    """Check everything the patient names, except what they name as an allergen, against allergies and everything they take."""
    return _check(profile, [m for m in mentions(question, tables.names) if m.stance != "allergen"], tables, language, pairs=True)


def check_advice(profile: PatientProfile, sentence: str, tables: Tables, language: str) -> list[Finding]:
    """Check what one sentence advises; drugs that it warns against are not advice.

    Two drugs that the patient does not take are checked against each other only where the sentence lets somebody take something: a page
    that explains an interaction names both drugs too.
    """
    return _check(
        profile, [m for m in mentions(sentence, tables.names) if m.stance == "advised"], tables, language, pairs=permits(sentence)
    )


def _check(profile: PatientProfile, named: list[Mention], tables: Tables, language: str, *, pairs: bool) -> list[Finding]:
    drugs = {reference for m in named for reference in m.name.drugs}
    findings = [f for drug in sorted(drugs) for f in check_allergies(profile, drug, tables, language)]
    foods = {reference for m in named for reference in m.name.of("food")}
    taken = {r for known in profile.medications for r in known.references if r in tables.lineage}
    asked, held = ({tables.name(r, language) for r in references} for references in (drugs | foods, taken))
    for finding in check_interactions(drugs | foods | taken, tables, language):
        both = {finding.drug, finding.with_}
        if both & asked and (pairs or both & held):
            findings.append(finding)
    return worst_first(findings)
