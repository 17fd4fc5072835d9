"""Which document holds which term how often, as arrays: the immutable segments that a keyword index is made of."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 21
"""Tokens compiled at once, and postings moved at once: bounds what building needs beside its result."""

Ids = NDArray[np.int64]
Vocabulary = dict[str, int]
"""Term → number. Every state of an index shares it; terms are only ever added, by the one thread that changes the index."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Postings ordered by term and, within a term, by document."""

    terms: NDArray[np.uint32]
    """Ascending ``[t]``."""
    starts: Ids
    """Where each term's postings begin, and at the end how many there are, ``[t + 1]``."""
    documents: NDArray[np.uint32]
    counts: NDArray[np.unsignedinteger]
    """How often the term occurs in the document, in the smallest type that holds the largest."""

    @classmethod
    def empty(cls) -> Segment:
        """Return a segment without postings."""
        return cls(np.zeros(0, np.uint32), np.zeros(1, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.uint8))

    def find(self, terms: Ids) -> tuple[list[int], list[int]]:
        """Return begin and end of the postings of each term; an absent one is empty."""
        # Of one type: numpy would first copy all terms into the wider one.
        places = np.searchsorted(self.terms, terms.astype(self.terms.dtype))
        present = places < len(self.terms)
        places = np.where(present, places, 0)
        if len(self.terms):
            present &= self.terms[places] == terms
        begins = self.starts[places]
        ends = np.where(present, self.starts[np.minimum(places + 1, len(self.terms))], begins)
        return begins.tolist(), ends.tolist()

    def frequencies(self, size: int) -> Ids:
        """Return in how many documents each term of a vocabulary of ``size`` occurs."""
        result = np.zeros(size, dtype=np.int64)
        result[self.terms] = np.diff(self.starts)
        return result

    def kept(self, alive: NDArray[np.bool_]) -> Segment:
        """Return the postings of the documents that are alive, renumbered without gaps."""
        if alive.all():
            return self
        stays = alive[self.documents]
        passed = np.concatenate(([0], np.cumsum(stays)))[self.starts]
        used = np.diff(passed) > 0
        numbers = (np.cumsum(alive) - 1).astype(np.uint32)
        starts = np.concatenate((passed[:-1][used], passed[-1:]))
        return Segment(self.terms[used], starts, numbers[self.documents[stays]], self.counts[stays])


def compile_tokens(corpus: Iterable[Sequence[str]], vocabulary: Vocabulary, offset: int = 0) -> tuple[Segment, Ids]:
    """Return the postings of tokenised documents and how many tokens each has, int64 ``[documents]``.

    Args:
        corpus: the tokens of each document, read once and not kept.
        vocabulary: gets the terms it does not have.
        offset: number of the first document.
    """
    lengths: list[int] = []
    segments: list[Segment] = []
    block, first = array("I"), 0
    for tokens in corpus:
        block.extend([vocabulary.setdefault(token, len(vocabulary)) for token in tokens])
        lengths.append(len(tokens))
        if len(block) >= BLOCK:
            segments.append(_count(block, lengths[first:], offset + first))
            block, first = array("I"), len(lengths)
    segments.append(_count(block, lengths[first:], offset + first))
    return merge(segments), np.array(lengths, dtype=np.int64)


def _count(block: array[int], lengths: list[int], offset: int) -> Segment:
    owners = np.repeat(np.arange(offset, offset + len(lengths), dtype=np.int64), lengths)
    keys = np.frombuffer(block, dtype=np.uint32).astype(np.int64) << 32 if len(block) else np.zeros(0, dtype=np.int64)
    keys, counts = np.unique(keys | owners, return_counts=True)
    terms, starts = np.unique(keys >> 32, return_index=True)
    return Segment(terms.astype(np.uint32), np.append(starts, len(keys)), keys.astype(np.uint32), _small(counts))


def _small(counts: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


def merge(segments: Sequence[Segment]) -> Segment:
    """Return one segment with the postings of all; the documents of each come after those of the one before."""
    if len(segments) == 1:
        return segments[0]
    size = max((int(segment.terms[-1]) + 1 for segment in segments if len(segment.terms)), default=0)
    frequencies = sum((segment.frequencies(size) for segment in segments), np.zeros(size, dtype=np.int64))
    terms = np.flatnonzero(frequencies)
    starts = np.concatenate(([0], np.cumsum(frequencies[terms])))
    free = np.cumsum(frequencies) - frequencies
    documents = np.zeros(starts[-1], dtype=np.uint32)
    counts = np.zeros(starts[-1], dtype=np.result_type(*(segment.counts.dtype for segment in segments)))
    for segment in segments:
        _move(segment, free, documents, counts)
    return Segment(terms.astype(np.uint32), starts, documents, counts)


def _move(segment: Segment, free: Ids, documents: NDArray[np.uint32], counts: NDArray[np.unsignedinteger]) -> None:
    """Copy postings to the first free place of their term and move that place on."""
    sizes = np.diff(segment.starts)
    shifts = free[segment.terms] - segment.starts[:-1]
    # In blocks of whole terms, because a place for every posting at once would take more room than the postings.
    wanted = np.searchsorted(segment.starts, np.arange(0, int(segment.starts[-1]) + BLOCK, BLOCK))
    edges = np.unique(np.minimum(wanted, len(sizes))).tolist()
    for low, high in pairwise(edges):
        begin, end = int(segment.starts[low]), int(segment.starts[high])
        places = np.arange(begin, end) + np.repeat(shifts[low:high], sizes[low:high])
        documents[places] = segment.documents[begin:end]
        counts[places] = segment.counts[begin:end]
    free[segment.terms] += sizes
