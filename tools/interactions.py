"""Do two things meet that should not? Interactions by table row, and the same ingredient twice."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from configs.locales import text
from tools.findings import Finding
from tools.records import SEVERITIES, Interaction
from tools.tables import Tables


def check_interactions(references: Iterable[str], tables: Tables, language: str) -> list[Finding]:
    """Check every pair of drugs, classes and substances; one finding a pair, the most severe."""
    found = []
    for a, b in combinations(sorted(set(references)), 2):
        duplicate = _duplicate(a, b, tables, language)
        row = known_interaction(a, b, tables)
        if duplicate:
            found.append(duplicate)
        elif row:
            found.append(_finding(a, b, row, tables, language))
    return found


def known_interaction(a: str, b: str, tables: Tables) -> Interaction | None:
    """Return the most severe rule for the pair, looking at ingredients and classes too."""
    if tables.lineage.get(a, {a}) & {b} or tables.lineage.get(b, {b}) & {a}:
        return None  # one is the other's class: they are the same thing said twice
    left, right = tables.lineage.get(a, frozenset({a})), tables.lineage.get(b, frozenset({b}))
    rows = [row for x in left for y in right if (row := tables.interactions.get(frozenset((x, y))))]
    return min(rows, key=lambda row: (SEVERITIES.index(row.severity), row.id), default=None)


def _duplicate(a: str, b: str, tables: Tables, language: str) -> Finding | None:
    shared = ingredients(a, tables) & ingredients(b, tables)
    if not shared:
        return None
    names = [tables.name(r, language) for r in (a, b)]
    part = text(language, "findings.joiner").join(tables.name(r, language) for r in sorted(shared))
    return Finding(
        kind="duplicate",
        severity="major",
        rule=f"duplicate.{'+'.join(sorted(shared))}",
        drug=names[0],
        with_=names[1],
        reason=text(language, "findings.duplicate", a=names[0], b=names[1], ingredient=part),
        action=text(language, "findings.duplicate_action"),
        source=str(tables.drugs[a].origin),
    )


def ingredients(reference: str, tables: Tables) -> frozenset[str]:
    """Return the single substances in a drug; empty for a class or a food."""
    drug = tables.drugs.get(reference)
    if not drug:
        return frozenset()
    return frozenset().union(*(ingredients(part, tables) for part in drug.ingredients)) if drug.ingredients else frozenset({reference})


def _finding(a: str, b: str, row: Interaction, tables: Tables, language: str) -> Finding:
    names = [tables.name(r, language) for r in (a, b)]
    return Finding(
        kind="interaction",
        severity=row.severity,
        rule=f"interaction.{row.id}",
        drug=names[0],
        with_=names[1],
        reason=text(language, "findings.interaction", a=names[0], b=names[1], effect=row.effect.in_(language)),
        action=row.action.in_(language),
        source=str(row.origin),
    )
