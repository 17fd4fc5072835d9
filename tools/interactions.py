"""Do two things meet that should not? Interactions by table row, and the same ingredient twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations

from configs.locales import text
from tools.findings import Finding
from tools.reach import Reach
from tools.records import SEVERITIES, Interaction
from tools.tables import Tables


def check_interactions(references: Iterable[str], tables: Tables, language: str) -> list[Finding]:
    """Check every pair of drugs, classes and substances; one finding a pair, the most severe."""
    return [finding for _, finding in interacting(references, tables, language)]


def interacting(
    references: Iterable[str], tables: Tables, language: str, new: Collection[str] | None = None
) -> Iterator[tuple[tuple[str, str], Finding]]:
    """Yield the pairs of references that should not meet, each with its findings; with ``new``, only pairs that one of these is in."""
    for a, b in combinations(sorted(set(references)), 2):
        if (new is not None and a not in new and b not in new) or not _may_meet(tables.reach(a), tables.reach(b)):
            continue
        duplicate = _duplicate(a, b, tables, language) or _same_class(a, b, tables, language)
        if duplicate:
            yield (a, b), duplicate
        row = None if duplicate and duplicate.rule.startswith("duplicate.ingredient") else known_interaction(a, b, tables)
        if row:
            yield (a, b), _finding(a, b, row, tables, language)


def _may_meet(left: Reach, right: Reach) -> bool:
    """Tell whether any rule can be about both: for most pairs none is."""
    return not (
        left.partners.isdisjoint(right.rules)
        and left.ingredients.isdisjoint(right.ingredients)
        and left.duplications.isdisjoint(right.duplications)
    )


def known_interaction(a: str, b: str, tables: Tables) -> Interaction | None:
    """Return the most severe rule for the pair, looking at ingredients and classes too."""
    left, right = tables.reach(a), tables.reach(b)
    meeting = left.partners & right.rules
    if not meeting or _one_thing(a, b, tables):
        return None
    rows = [row for x in left.rules for y in meeting if (row := tables.interactions.get(frozenset((x, y))))]
    return min(rows, key=lambda row: (SEVERITIES.index(row.severity), row.id), default=None)


def _one_thing(a: str, b: str, tables: Tables) -> bool:
    """Tell whether one is the other's class: the same thing said twice."""
    return a in tables.lineage.get(b, ()) or b in tables.lineage.get(a, ())


def _duplicate(a: str, b: str, tables: Tables, language: str) -> Finding | None:
    shared = tables.reach(a).ingredients & tables.reach(b).ingredients
    if not shared:
        return None
    names = [tables.name(r, language) for r in (a, b)]
    part = text(language, "findings.joiner").join(tables.name(r, language) for r in sorted(shared))
    return Finding(
        kind="duplicate",
        severity="major",
        rule=f"duplicate.ingredient.{'+'.join(sorted(shared))}",
        drug=names[0],
        with_=names[1],
        reason=text(language, "findings.duplicate", a=names[0], b=names[1], ingredient=part),
        action=text(language, "findings.duplicate_action"),
        source=str(tables.drugs[a].origin),
    )


def _same_class(a: str, b: str, tables: Tables, language: str) -> Finding | None:
    """Find two drugs of a class of which one is enough; not a drug and its own class."""
    shared = tables.reach(a).duplications & tables.reach(b).duplications
    if not shared or _one_thing(a, b, tables):
        return None
    row = min((tables.duplications[reference] for reference in shared), key=lambda r: (SEVERITIES.index(r.severity), r.drug_class))
    names = [tables.name(r, language) for r in (a, b)]
    return Finding(
        kind="duplicate",
        severity=row.severity,
        rule=f"duplicate.class.{row.drug_class}",
        drug=names[0],
        with_=names[1],
        reason=text(language, "findings.duplicate_class", a=names[0], b=names[1], reason=row.reason.in_(language)),
        action=text(language, "findings.duplicate_action"),
        source=str(row.origin),
    )


def same_twice(reference: str, said: str, also: str, tables: Tables, language: str) -> Finding | None:
    """Find one drug under two names, such as a brand beside its generic; nothing for a class or a food."""
    drug = tables.drugs.get(reference)
    if not drug:
        return None
    reason = text(language, "findings.duplicate", a=said, b=also, ingredient=drug.name.in_(language))
    return Finding(
        kind="duplicate",
        severity="major",
        rule=f"duplicate.ingredient.{reference}",
        drug=said,
        with_=also,
        reason=reason,
        action=text(language, "findings.duplicate_action"),
        source=str(drug.origin),
    )


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
