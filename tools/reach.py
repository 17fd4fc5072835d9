"""Where rules about pairs of medicines can take hold: worked out once for each drug, class or food."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from tools.records import Drug, Interaction

_LOCAL = {"topical", "eye"}


@dataclass(frozen=True, slots=True)
class Reach:
    """What a reference brings to a pair."""

    rules: frozenset[str]
    """What a rule about it may be written for; little of a cream or an eye drop reaches the blood, so only its own."""
    partners: frozenset[str]
    """What those rules name it with."""
    ingredients: frozenset[str]
    """The single substances that it brings into the blood."""
    duplications: frozenset[str]
    """The classes of which one medicine is enough."""


def reach_of(
    drug: Drug | None,
    lineage: frozenset[str],
    ingredients: frozenset[str],
    partners: Mapping[str, frozenset[str]],
    duplications: Set[str],
) -> Reach:
    """Return the reach of what has this ``lineage``; ``drug`` is ``None`` for a class or a food."""
    rules = frozenset({drug.id}) if drug and _local(drug) else lineage
    return Reach(
        rules=rules,
        partners=frozenset().union(*(partners.get(rule, ()) for rule in rules)),
        ingredients=frozenset() if drug and _local(drug) else ingredients,
        duplications=frozenset(lineage & duplications),
    )


def partners_of(interactions: Iterable[Interaction]) -> dict[str, frozenset[str]]:
    """Return, for each reference, what some interaction names it with."""
    partners: dict[str, set[str]] = {}
    for row in interactions:
        partners.setdefault(row.a, set()).add(row.b)
        partners.setdefault(row.b, set()).add(row.a)
    return {reference: frozenset(others) for reference, others in partners.items()}


def _local(drug: Drug) -> bool:
    """Tell whether this is the cream or the eye drop of a drug that is also swallowed; a patch acts on the whole body."""
    return set(drug.route) == {"eye"} or bool(drug.ingredients and set(drug.route) <= _LOCAL)
