"""Common terms as one row over all documents: adding a row takes a tenth of the time of scattering as many postings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.postings import Ids, Segment

COMMON = 16
"""A term in more than one of so many documents gets a row."""
MOST = 256
"""Rows at most: each takes five bytes a document."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The most common terms of one segment.

    ``impacts`` are as exact as float32 and as the average document length at the time allow: good enough to find the candidates, whose
    exact scores come from ``counts``.
    """

    size: int
    """Documents, ``n``."""
    places: dict[int, int]
    """Term → row."""
    counts: NDArray[np.unsignedinteger]
    """Term frequencies ``[rows, n]``."""
    impacts: NDArray[np.float32]
    """What the term adds to the score before it is multiplied with its idf, ``[rows, n]``."""
    average: float
    """Tokens a document when the impacts were computed."""

    @classmethod
    def build(cls, segment: Segment, norm: NDArray[np.float64], average: float, k1: float) -> Rows:
        """Lay out the rows of a segment whose documents are 0 to ``n - 1``.

        Args:
            segment: the postings.
            norm: what length adds to the frequency below the fraction, ``[n]``.
            average: tokens a document.
            k1: saturation of the term frequency.
        """
        sizes = np.diff(segment.starts)
        chosen = np.flatnonzero(sizes > len(norm) / COMMON)
        chosen = chosen[np.argsort(-sizes[chosen], kind="stable")][:MOST]
        counts = np.zeros((len(chosen), len(norm)), dtype=segment.counts.dtype)
        for row, place in zip(counts, chosen.tolist(), strict=True):
            postings = slice(segment.starts[place], segment.starts[place + 1])
            row[segment.documents[postings]] = segment.counts[postings]
        places = {term: row for row, term in enumerate(segment.terms[chosen].tolist())}
        return cls(len(norm), places, counts, _impacts(counts, norm, k1), average)

    def renewed(self, norm: NDArray[np.float64], average: float, k1: float) -> Rows:
        """Return the rows for another average length."""
        return Rows(self.size, self.places, self.counts, _impacts(self.counts, norm, k1), average)

    def add(self, chosen: list[tuple[int, float]], scores: NDArray[np.float32]) -> None:
        """Add rows, each ``(row, weight)`` times its weight, to the scores ``[n or more]``."""
        mine, product = scores[: self.size], np.empty(self.size, dtype=np.float32)
        for row, weight in chosen:
            np.multiply(self.impacts[row], np.float32(weight), out=product)
            np.add(mine, product, out=mine)

    def exact(self, row: int, documents: Ids | slice, norm: NDArray[np.float64], k1: float) -> NDArray[np.float64]:
        """Return what a row's term adds to the documents' scores before it is multiplied with its idf."""
        return _impact(self.counts[row, documents], norm, k1)


def _impact(counts: NDArray[np.unsignedinteger], norm: NDArray[np.float64], k1: float) -> NDArray[np.float64]:
    frequency = counts.astype(np.float64)
    # Nowhere 0 / 0: where the norm is 0 (b = 1 and an empty document) nothing adds nothing.
    below = np.where(norm > 0, norm, 1.0)
    return np.asarray(frequency * (k1 + 1) / (frequency + below))


def _impacts(counts: NDArray[np.unsignedinteger], norm: NDArray[np.float64], k1: float) -> NDArray[np.float32]:
    result = np.empty(counts.shape, dtype=np.float32)
    for row, frequencies in zip(result, counts, strict=True):
        row[:] = _impact(frequencies, norm, k1)
    return result
