"""How good a ranking is, with the error that comes from having few questions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over questions, its standard error and their number."""

    value: float
    error: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f}±{self.error:.3f}"


def mean(values: Sequence[float]) -> Mean:
    """Return the mean with its standard error; all zero for no values."""
    n = len(values)
    if not n:
        return Mean(0.0, 0.0, 0)
    average = math.fsum(values) / n
    variance = math.fsum((value - average) ** 2 for value in values) / (n - 1) if n > 1 else 0.0
    return Mean(average, math.sqrt(variance / n), n)


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """Return nDCG@k (0..1) with gain ``2^grade - 1``; documents without a grade count as not relevant."""
    gained = math.fsum((2 ** grades.get(document, 0) - 1) / math.log2(rank + 1) for rank, document in enumerate(ranking[:k], start=1))
    best = sorted(grades.values(), reverse=True)[:k]
    ideal = math.fsum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(best, start=1))
    return gained / ideal if ideal else 0.0


def recall(ranking: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """Return the share (0..1) of the relevant documents among the first ``k``."""
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranking[:k])) / len(relevant) if relevant else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0..1) of the values lie, by the nearest rank; 0 for no values."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else 0.0
