"""Does a drug meet something that the patient has not borne? No allergy, but worth saying before it is taken again."""

from __future__ import annotations

from collections.abc import Iterator

from configs.locales import text
from tools.findings import Finding
from tools.profile import PatientProfile
from tools.tables import Tables


def check_intolerances(profile: PatientProfile, reference: str, tables: Tables, language: str) -> Iterator[Finding]:
    """Yield a caution for each intolerance to this very drug, to its class, or to a member where a class is meant.

    Args:
        profile: what is known of the person.
        reference: a drug or ``class:``.
        tables: tell what belongs to what.
        language: of the findings.
    """
    lineage = tables.lineage.get(reference, frozenset({reference}))
    drug = tables.name(reference, language)
    for known in profile.intolerances:
        if not any(r in lineage or reference in tables.lineage.get(r, frozenset()) for r in known.references):
            continue
        yield Finding(
            kind="intolerance",
            severity="moderate",
            rule=f"intolerance.{reference}",
            drug=drug,
            with_=known.words,
            reason=text(language, "findings.intolerance", known=known.words, drug=drug),
            action=text(language, "findings.intolerance_action", drug=drug),
        )
