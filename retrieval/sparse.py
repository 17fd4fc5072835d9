"""The third arm: lexical weights of a model such as bge-m3, in postings, following a corpus that changes.

A question's weight of a token times the passage's, summed over the tokens that both have. The weights of passages lie in the vector
cache, so that a restart computes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from configs.settings import RetrievalSettings
from retrieval.corpus import Corpus
from retrieval.documents import Chunk
from retrieval.embed.cache import CachedEmbedder
from retrieval.ingest_text import embedded_text

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]
READ = 512
"""Passages whose weights are asked for at once."""


class SparseIndex:
    """Immutable postings over rows of weights, numbered from 0; searches may run in any number of threads."""

    def __init__(self, rows: Iterable[Mapping[str, float]]) -> None:
        """Compile the postings; rows may be empty."""
        vocabulary: dict[str, int] = {}
        terms: list[int] = []
        lengths: list[int] = []
        weights: list[float] = []
        for row in rows:
            terms += [vocabulary.setdefault(token, len(vocabulary)) for token in row]
            weights += row.values()
            lengths.append(len(row))
        owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        self._settle(vocabulary, len(lengths), np.asarray(terms, np.int32), owners, np.asarray(weights, np.float32))

    def _settle(
        self, vocabulary: dict[str, int], size: int, terms: NDArray[np.int32], owners: NDArray[np.int32], weights: NDArray[np.float32]
    ) -> None:
        order = np.argsort(terms, kind="stable")
        self.size, self._vocabulary = size, vocabulary
        self._rows, self._weights = owners[order], weights[order]
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(terms, minlength=len(vocabulary)))))

    def scores(self, query: Mapping[str, float]) -> Scores:
        """Return the score of every row, float64 ``[n]``."""
        result = np.zeros(self.size)
        for token, weight in query.items():
            number = self._vocabulary.get(token)
            if number is not None:
                postings = slice(self._starts[number], self._starts[number + 1])
                # A row holds a token once, so plain indexing adds every weight.
                result[self._rows[postings]] += weight * self._weights[postings]
        return result

    def top(self, query: Mapping[str, float], k: int, mask: Mask | None = None) -> tuple[Ids, Scores]:
        """Return the ``k`` best rows with a score above 0, best first, equal scores in row order; ``mask`` bool ``[n]`` leaves rows out."""
        return best(self.scores(query), k, mask)

    def merged(self, other: SparseIndex, keep: Mask, keep_other: Mask) -> SparseIndex:
        """Return the kept rows of both, first these, then those of ``other``; masks bool ``[n]``."""
        vocabulary = dict(self._vocabulary)
        renamed = np.fromiter((vocabulary.setdefault(token, len(vocabulary)) for token in other._vocabulary), np.int32)
        first, second = self._postings(keep), other._postings(keep_other)
        kept = int(keep.sum())
        made = SparseIndex.__new__(SparseIndex)
        made._settle(
            vocabulary,
            kept + int(keep_other.sum()),
            np.concatenate((first[0], renamed[second[0]] if renamed.size else second[0])),
            np.concatenate((first[1], second[1] + np.int32(kept))),
            np.concatenate((first[2], second[2])),
        )
        return made

    def _postings(self, keep: Mask) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
        """Return term, new row and weight of every posting of the kept rows."""
        terms = np.repeat(np.arange(len(self._vocabulary), dtype=np.int32), np.diff(self._starts))
        number = (np.cumsum(keep) - 1).astype(np.int32)
        wanted = keep[self._rows]
        return terms[wanted], number[self._rows[wanted]], self._weights[wanted]


def best(scores: Scores, k: int, mask: Mask | None) -> tuple[Ids, Scores]:
    """Return the numbers and scores of the ``k`` best above 0, best first."""
    found = np.flatnonzero(scores > 0 if mask is None else (scores > 0) & mask)
    if 0 < k < len(found):
        least = np.partition(scores[found], len(found) - k)[len(found) - k]
        found = found[scores[found] >= least]
    order = found[np.argsort(-scores[found], kind="stable")][:k].astype(np.int64)
    return order, scores[order]


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of the arm: rows, whose chunks they are, and which number each has in the corpus of now, -1 for none."""

    index: SparseIndex
    ids: tuple[str, ...]
    numbers: Ids

    def seen_from(self, corpus: Corpus) -> _Segment:
        return _Segment(self.index, self.ids, np.fromiter((corpus.numbers.get(i, -1) for i in self.ids), np.int64, len(self.ids)))

    def merged(self, other: _Segment) -> _Segment:
        keep, keep_other = self.numbers >= 0, other.numbers >= 0
        ids = (*compress(self.ids, keep), *compress(other.ids, keep_other))
        numbers = np.concatenate((self.numbers[keep], other.numbers[keep_other]))
        return _Segment(self.index.merged(other.index, keep, keep_other), ids, numbers)


class SparseArm:
    """Searches the weights of whatever corpus it is given; from one corpus to the next it reads only what is new."""

    def __init__(self, embedder: CachedEmbedder) -> None:
        self._embedder, self._lock = embedder, threading.Lock()
        self._picture: tuple[Corpus | None, tuple[_Segment, ...]] = (None, ())

    def prepare(self, chunks: Sequence[Chunk]) -> None:
        """Compute the weights that the cache lacks, as after switching the arm on.

        Raises:
            EmbedderUnavailable: the model fails; what was computed is kept.
        """
        for start in range(0, len(chunks), READ):
            self._embedder.passage_weights([embedded_text(chunk) for chunk in chunks[start : start + READ]])
        with self._lock:
            self._picture = (None, self._picture[1])

    def scores(self, corpus: Corpus, query: str, k: int, mask: Mask | None = None) -> dict[int, float]:
        """Return chunk number → score of the ``k`` best, best first.

        Raises:
            EmbedderUnavailable: the model fails now.
        """
        weights = self._embedder.question_weights(query)
        total = np.zeros(len(corpus.chunks))
        for segment in self._follow(corpus):
            alive = segment.numbers >= 0
            total[segment.numbers[alive]] = segment.index.scores(weights)[alive]
        numbers, scores = best(total, k, mask)
        return dict(zip(numbers.tolist(), scores.tolist(), strict=True))

    def _follow(self, corpus: Corpus) -> tuple[_Segment, ...]:
        with self._lock:
            known, segments = self._picture
            if known is not corpus:
                segments = self._changed(corpus, [segment.seen_from(corpus) for segment in segments])
                self._picture = (corpus, segments)
            return segments

    def _changed(self, corpus: Corpus, segments: list[_Segment]) -> tuple[_Segment, ...]:
        have = {identity for segment in segments for identity in segment.ids}
        fresh = self._read(corpus, [number for identity, number in corpus.numbers.items() if identity not in have])
        if fresh.ids:
            segments.append(fresh)
        # Halving sizes: a change costs its own size, and there are never more segments than the logarithm of the corpus.
        while len(segments) > 1 and segments[-2].index.size < 2 * segments[-1].index.size:
            segments[-2:] = [segments[-2].merged(segments[-1])]
        return tuple(segments)

    def _read(self, corpus: Corpus, numbers: list[int]) -> _Segment:
        """Return what the cache knows of these chunks; the others have no weights until `prepare`."""
        weights = self._embedder.known_weights([embedded_text(corpus.chunks[number]) for number in numbers])
        found = [(number, row) for number, row in zip(numbers, weights, strict=True) if row is not None]
        ids = tuple(corpus.chunks[number].id for number, _ in found)
        return _Segment(SparseIndex(row for _, row in found), ids, np.array([number for number, _ in found], np.int64))


def make_sparse(settings: RetrievalSettings, embedder: CachedEmbedder | None) -> SparseArm | None:
    """Return the sparse arm, or None where the profile has none or its model is not there."""
    return SparseArm(embedder) if settings.sparse and embedder is not None and embedder.sparse is not None else None


def sparse_scores(arm: SparseArm | None, corpus: Corpus, query: str, k: int, mask: Mask | None = None) -> dict[int, float] | None:
    """Return chunk number → score, best first; None where no sparse arm serves.

    Raises:
        EmbedderUnavailable: the model fails now; go on without the arm for this question.
    """
    return None if arm is None else arm.scores(corpus, query, k, mask)
