"""Two rankings into one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Literal, TypeVar

import numpy as np

Id = TypeVar("Id", bound=Hashable)
Fusion = Literal["rrf", "weighted"]
DENSE_WEIGHT = 0.75
"""Chosen on the dev halves, where .6 to .8 differ by less than the standard error. Plain rank fusion lost .09 nDCG against the dense arm
alone on MedQuAD, whose questions share few words with their answers; standardised scores lose nothing on any of the four sets."""


def rrf(rankings: Sequence[Sequence[Id]], k: int = 60) -> dict[Id, float]:
    """Return reciprocal rank fusion: each ranking gives its ``i``-th id ``1 / (k + i)``, counted from 1."""
    scores: dict[Id, float] = {}
    for ranking in rankings:
        for rank, identity in enumerate(ranking, start=1):
            scores[identity] = scores.get(identity, 0.0) + 1.0 / (k + rank)
    return scores


def weighted(arms: Sequence[Mapping[Id, float]], weights: Sequence[float]) -> dict[Id, float]:
    """Return the weighted sum of standardised scores; an id that an arm did not return has that arm's lowest score.

    Args:
        arms: the scores of each arm, higher is better.
        weights: one an arm.
    """
    scores: dict[Id, float] = dict.fromkeys((identity for arm in arms for identity in arm), 0.0)
    for arm, weight in zip(arms, weights, strict=True):
        if not arm:
            continue
        values = np.fromiter(arm.values(), dtype=np.float64)
        mean, spread, lowest = float(values.mean()), float(values.std()) or 1.0, float(values.min())
        for identity in scores:
            scores[identity] += weight * (arm.get(identity, lowest) - mean) / spread
    return scores


def fuse(keyword: Mapping[Id, float], dense: Mapping[Id, float], method: Fusion, rrf_k: int) -> dict[Id, float]:
    """Return the fused scores of both arms; each arm's ids come best first."""
    if method == "rrf":
        return rrf([list(keyword), list(dense)], rrf_k)
    return weighted([dense, keyword], [DENSE_WEIGHT, 1 - DENSE_WEIGHT])
