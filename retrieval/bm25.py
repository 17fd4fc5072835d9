"""rank-bm25's Okapi scores from compiled postings: the same numbers without its Python loop over every document.

An index is an immutable picture. `Bm25Index.changed` makes the next one in milliseconds: it shares the big segment of postings, puts new
documents into a small one, and marks removed ones. Number of documents, average length and idf (with rank-bm25's epsilon rule) are those
of the documents present, so that the scores stay those of an index built anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retrieval.postings import Ids, Segment, Vocabulary, compile_tokens, merge
from retrieval.rows import Rows

EPSILON = 0.25
"""Terms in more than half of the documents get this share of the average idf, as in rank-bm25."""
TAIL, DEAD, FEW = 0.05, 0.1, 500
"""Documents in the small segment, and removed ones, as a share of all and at least, before `Bm25Index.compacted` is worth its time."""
DRIFT = 0.01
"""How far the average length may be from that of the rows before they are computed again."""
ROUNDING = 1e-6
"""Relative error of sums in float32; the true one is a tenth of it."""
SPREAD = 16
"""Blocks for each wanted document, over which the bar for the best is found."""

Scores = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Bm25Index:
    """An immutable index over tokenised documents, numbered from 0; searches may run in any number of threads."""

    def __init__(self, corpus: Iterable[Sequence[str]], k1: float = 1.5, b: float = 0.75) -> None:
        """Compile the postings.

        Args:
            corpus: the tokens of each document, read once; documents and the corpus may be empty.
            k1: saturation of the term frequency.
            b: weight of the document's length.
        """
        vocabulary: Vocabulary = {}
        segment, lengths = compile_tokens(corpus, vocabulary)
        self._begin(vocabulary, segment, lengths, k1, b)

    @classmethod
    def of(cls, vocabulary: Vocabulary, segment: Segment, lengths: Ids, k1: float, b: float) -> Bm25Index:
        """Return the index over compiled postings; ``lengths`` counts the tokens of each document, ``[n]``."""
        index = cls.__new__(cls)
        index._begin(vocabulary, segment, lengths, k1, b)
        return index

    def _begin(self, vocabulary: Vocabulary, segment: Segment, lengths: Ids, k1: float, b: float) -> None:
        self._k1, self._b = k1, b
        self._settle(vocabulary, segment, Segment.empty(), lengths, np.ones(len(lengths), np.bool_), segment.frequencies(len(vocabulary)))
        self._rows = Rows.build(segment, self._norm, self._average, k1)

    def _settle(self, vocabulary: Vocabulary, base: Segment, tail: Segment, lengths: Ids, alive: Mask, frequency: Ids) -> None:
        self.vocabulary, self._base, self._tail = vocabulary, base, tail
        self.lengths, self.alive, self.frequency = lengths, alive, frequency
        self.size = int(np.count_nonzero(alive))
        """Documents present; numbers of removed ones stay unused, so that a mask has ``len(alive)`` places."""
        total = int(lengths[alive].sum())
        self._average = total / self.size if total else 1.0
        # What length adds to the term frequency below the fraction.
        self._norm: Scores = np.asarray(self._k1 * (1 - self._b + self._b * lengths / self._average), dtype=np.float64)

    @cached_property
    def _least_idf(self) -> float:
        """What terms in more than half of the documents have instead of their own."""
        found = np.bincount(self.frequency[self.frequency > 0])
        frequencies = np.flatnonzero(found)
        return EPSILON * float(np.average(_idf(self.size, frequencies), weights=found[frequencies])) if len(frequencies) else 0.0

    def documents_with(self, term: str) -> int:
        """Return in how many documents the term occurs."""
        number = self.vocabulary.get(term, -1)
        return int(self.frequency[number]) if 0 <= number < len(self.frequency) else 0

    def changed(self, added: Iterable[Sequence[str]], removed: Sequence[int], tokens_of: Callable[[int], Sequence[str]]) -> Bm25Index:
        """Return the index after a change; this one stays as it is. One thread at a time may do this.

        Args:
            added: tokens of new documents, which get the next numbers.
            removed: numbers of documents that go, each present and named once; they stay unused until `compacted`.
            tokens_of: returns the tokens of a removed document again.
        """
        new, lengths = compile_tokens(added, self.vocabulary, len(self.lengths))
        gone = self._frequencies(removed, tokens_of)
        frequency = new.frequencies(len(self.vocabulary)) - gone
        frequency[: len(self.frequency)] += self.frequency
        alive = np.concatenate((self.alive, np.ones(len(lengths), dtype=np.bool_)))
        alive[removed] = False
        index = Bm25Index.__new__(Bm25Index)
        index._k1, index._b = self._k1, self._b
        index._settle(self.vocabulary, self._base, merge([self._tail, new]), np.concatenate((self.lengths, lengths)), alive, frequency)
        index._rows = self._rows
        if _drift(index._average, self._rows.average) > DRIFT:
            index._rows = self._rows.renewed(index._norm[: self._rows.size], index._average, self._k1)
        return index

    def _frequencies(self, numbers: Sequence[int], tokens_of: Callable[[int], Sequence[str]]) -> Ids:
        """Return how many of these documents hold each term."""
        if len(numbers) <= FEW:
            return compile_tokens(map(tokens_of, numbers), self.vocabulary)[0].frequencies(len(self.vocabulary))
        # For many documents one look at every posting takes less time than their texts.
        chosen = np.zeros(len(self.lengths), dtype=np.bool_)
        chosen[numbers] = True
        found = [segment.kept(chosen).frequencies(len(self.vocabulary)) for segment in (self._base, self._tail)]
        return found[0] + found[1]

    @property
    def fragmented(self) -> bool:
        """Whether so much was added or removed that `compacted` is worth its time."""
        slots = len(self.lengths)
        return slots - self._rows.size > max(TAIL * slots, FEW) or slots - self.size > max(DEAD * slots, FEW)

    def compacted(self) -> Bm25Index:
        """Return the same index in one segment; document ``flatnonzero(alive)[i]`` has the number ``i`` in it."""
        return Bm25Index.of(self.vocabulary, self.segment(), self.lengths[self.alive], self._k1, self._b)

    def segment(self) -> Segment:
        """Return the postings of the documents present, numbered without gaps."""
        return merge([self._base, self._tail]).kept(self.alive)

    def scores(self, query: Sequence[str]) -> Scores:
        """Return the score of every document, float64 ``[n]``; a repeated question term counts as often as it is repeated."""
        terms, weights = self._weigh(query)
        result = self._postings(terms, weights, np.zeros(len(terms), dtype=np.bool_))
        result[~self.alive] = 0.0
        return result

    def top(self, query: Sequence[str], k: int, mask: Mask | None = None) -> tuple[Ids, Scores]:
        """Return the ``k`` best documents with a score above 0, best first, equal scores in document order.

        Args:
            query: tokens.
            k: how many at most.
            mask: bool ``[n]``; documents with False are left out.
        """
        if self.size < len(self.lengths):
            mask = self.alive if mask is None else mask & self.alive
        terms, weights = self._weigh(query)
        rows = [self._rows.places.get(term, -1) for term in terms.tolist()]
        common = np.array(rows, dtype=np.int64) >= 0
        if (weights < 0).any():  # in tiny corpora the epsilon rule turns against itself, and the bounds below no longer hold
            common[:] = False
        part = self._postings(terms, weights, common)
        chosen = [(row, weight) for row, weight, is_common in zip(rows, weights.tolist(), common, strict=True) if is_common]
        if chosen:
            found = self._candidates(part, chosen, float(weights.sum()), k, mask)
            scores = self._exact(part, chosen, found)
        else:
            found = _best(part, k, mask, 0.0)
            scores = part[found]
        order = np.argsort(-scores, kind="stable")[:k]
        return found[order], scores[order]

    def _weigh(self, query: Sequence[str]) -> tuple[Ids, Scores]:
        """Return the known terms of a question, and the idf of each times how often it stands there."""
        times = {self.vocabulary.get(term, -1): count for term, count in Counter(query).items()}
        known = [term for term in times if 0 <= term < len(self.frequency) and self.frequency[term]]
        terms = np.array(known, dtype=np.int64)
        idf = _idf(self.size, self.frequency[terms])
        idf = np.where(idf < 0, self._least_idf, idf)
        return terms, idf * np.array([times[term] for term in known], dtype=np.float64)

    def _postings(self, terms: Ids, weights: Scores, common: Mask) -> Scores:
        """Add up postings, ``[n]``: in the small segment of every term, in the big one of those that are not common."""
        documents, counts, factors, sizes = [], [], [], []
        for segment, chosen in ((self._base, ~common), (self._tail, np.ones_like(common))):
            begins, ends = segment.find(terms[chosen])
            for begin, end, weight in zip(begins, ends, weights[chosen].tolist(), strict=True):
                if end > begin:
                    documents.append(segment.documents[begin:end])
                    counts.append(segment.counts[begin:end])
                    factors.append(weight * (self._k1 + 1))
                    sizes.append(end - begin)
        if not documents:
            return np.zeros(len(self.lengths))
        owners, frequency = np.concatenate(documents).astype(np.int64), np.concatenate(counts).astype(np.float64)
        gains = frequency / (frequency + self._norm[owners])
        gains *= np.repeat(factors, sizes)
        return np.asarray(np.bincount(owners, gains, minlength=len(self.lengths)), dtype=np.float64)

    def _candidates(self, part: Scores, chosen: list[tuple[int, float]], heaviest: float, k: int, mask: Mask | None) -> Ids:
        """Return a superset of the best: by sums in float32, whose error is bounded."""
        scores = part.astype(np.float32)
        self._rows.add(chosen, scores)
        error = (ROUNDING + _drift(self._average, self._rows.average)) * heaviest * (self._k1 + 1)
        return _best(scores, k, mask, error)

    def _exact(self, part: Scores, chosen: list[tuple[int, float]], found: Ids) -> Scores:
        scores = part[found]
        inside = int(np.searchsorted(found, self._rows.size))
        documents = found[:inside]
        for row, weight in chosen:
            scores[:inside] += weight * self._rows.exact(row, documents, self._norm[documents], self._k1)
        return scores


def _best(scores: NDArray[np.floating], k: int, mask: Mask | None, error: float) -> Ids:
    """Return, in document order, every document that may be among the ``k`` best with a score above 0; spoils ``scores``."""
    if mask is not None:
        scores *= mask
    blocks = max(len(scores) // max(len(scores) // (SPREAD * max(k, 1)), 1), 1)
    # The k-th best of the blocks' best documents is reached by k documents, so no lower one is among the k best.
    peaks = scores[: len(scores) // blocks * blocks].reshape(-1, blocks).max(axis=0, initial=0.0)
    bar = float(np.partition(peaks, blocks - k)[blocks - k]) if 0 < k <= blocks else 0.0
    return np.flatnonzero(scores >= max(bar - 2 * error, float(np.finfo(scores.dtype).tiny)))


def _drift(average: float, other: float) -> float:
    """Return by which share an impact may be wrong that was computed for another average length."""
    return max(average / other, other / average) - 1.0


def _idf(size: int, frequency: Ids) -> Scores:
    return np.asarray(np.log(size - frequency + 0.5) - np.log(frequency + 0.5))
