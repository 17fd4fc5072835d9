"""A second look at messages in which the rules saw no danger: are they near to messages that were dangerous?

The embedder compares a message with the exemplars of ``exemplars.csv``, dangerous and harmless ones in the same everyday words. It may only
raise a level, never lower one, and only to ``urgent``: the rules, which can be read and reviewed, keep the last word on an emergency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrieval.embed import Embedder, Vectors
from tools.records import LEVELS
from tools.tables import Tables
from tools.text import clauses
from tools.triage import Triage
from tools.triage_records import Exemplar, RedFlag

_NEIGHBOURS = 7
_THRESHOLD = 0.88
"""Share of the neighbours' weight that must be dangerous; chosen on the dev half of the triage bank (``make bench-safety``)."""
_SHARPNESS = 100.0
"""E5 cosines lie close together (.77-.92): only differences between neighbours carry meaning, so the weights are sharp."""
_MOST = 12
"""Windows compared at most: the beginning and the end of a very long message."""
_WINDOW = 120
"""Characters compared at a time: a sign in a long story must not drown in it."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """The exemplars and their vectors, float32 ``[n, d]``."""

    embedder: Embedder
    exemplars: tuple[Exemplar, ...]
    vectors: Vectors
    rules: dict[str, RedFlag]
    """One rule for each emergency, so that what is raised points to advice and department."""

    def __call__(self, messages: Sequence[str], results: Sequence[Triage]) -> list[Triage]:
        """Return the results, some of them raised."""
        quiet = [i for i, result in enumerate(results) if not result.red_flags]
        looked = list(results)
        windows = [(i, window) for i in quiet for window in _windows(messages[i])]
        if not windows:
            return looked
        vectors = self.embedder.embed_queries([window for _, window in windows])
        for (i, _), vector in zip(windows, vectors, strict=True):
            emergency = self._nearest(vector)
            if emergency and not looked[i].red_flags:
                looked[i] = _raised(results[i], self.rules[emergency])
        return looked

    def danger(self, vector: Vectors) -> tuple[float, str]:
        """Return the dangerous share of the neighbours' weight, and the emergency that has most of it."""
        scores = self.vectors @ vector
        nearest = np.argsort(-scores)[:_NEIGHBOURS]
        weights = np.exp((scores[nearest] - scores[nearest[0]]) * _SHARPNESS)
        shares: dict[str, float] = {}
        for i, weight in zip(nearest, weights / weights.sum(), strict=True):
            if self.exemplars[i].emergency:
                shares[self.exemplars[i].emergency] = shares.get(self.exemplars[i].emergency, 0.0) + float(weight)
        return sum(shares.values()), max(shares, key=lambda key: shares[key], default="")

    def _nearest(self, vector: Vectors) -> str:
        share, emergency = self.danger(vector)
        return emergency if share >= _THRESHOLD and emergency in self.rules else ""


def make_second_look(embedder: Embedder | None, tables: Tables) -> SecondLook | None:
    """Return the second look; ``None`` without an embedder or exemplars: the rules then work alone."""
    if embedder is None or not tables.exemplars:
        return None
    vectors = embedder.embed_passages([exemplar.text for exemplar in tables.exemplars])
    rules: dict[str, RedFlag] = {}
    for flag in sorted(tables.red_flags, key=lambda f: LEVELS.index(f.level)):
        rules.setdefault(flag.emergency, flag)
    return SecondLook(embedder, tables.exemplars, vectors, rules)


def _raised(result: Triage, rule: RedFlag) -> Triage:
    # Nearness tells that something is wrong, not what: the flag names no emergency, so that nobody reads the advice for another one.
    flag = replace(rule, id=f"second_look.{rule.emergency}", emergency="", level="urgent", cn_level="III")
    return replace(result, level="urgent", cn_level="III", red_flags=(flag,), selfcare=None)


def _windows(message: str) -> list[str]:
    """Return the message in stretches of whole clauses, each short enough that one sign in it can be heard."""
    windows, held = [], ""
    for _, clause in clauses(message):
        if held and len(held) + len(clause) > _WINDOW:
            windows.append(held)
            held = ""
        held = f"{held}，{clause.strip()}" if held else clause.strip()
    whole = [window[:400] for window in [*windows, held] if window.strip()]
    return whole if len(whole) <= _MOST else [*whole[: _MOST // 2], *whole[-_MOST // 2 :]]
