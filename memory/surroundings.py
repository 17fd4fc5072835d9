"""The words and concepts around the names of a message, for many names at once: an array operation costs as much for one as for fifty."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from memory.cues import cues_in
from memory.mentions import CATEGORIES, Mention
from memory.talk import Talk

WORDS, CUES = 3.0, 0.5
"""Weight of the words (shared among them) and of a concept."""
_STEP = np.uint64(0x100000001B3)
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[\u3400-\u9fff]|[^\s\w]")
_NEAR = {"zh": 3, "en": 9}
_AROUND = 60
"""Characters of the sentences before and after that are read."""
_REACH = 4
"""Words on each side whose runs are seen."""
_CONCEPTS, _KEYS = 64, 17 * 64
"""More numbers than there are concepts; ways in which one can stand to a name, times these."""

Codes = NDArray[np.uint64]
Ints = NDArray[np.int64]
Block = tuple[Ints, Codes, NDArray[np.float32]]
"""Features of several names: whose, which, how strong; in the order of the names."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The words and concepts of a message, the names blanked out."""

    starts: Ints
    ends: Ints
    concepts: Ints
    words: Codes
    """Numbers of the words, and after them those of the pairs of neighbours."""
    places: Ints
    sentences: dict[int, tuple[int, int]]
    near: int
    couples: dict[tuple[int, int], Codes]
    """Of the sentences read so far, the concepts that stand in them together."""


@dataclass(frozen=True, slots=True)
class Spots:
    """Where some names stand, their clauses and their sentences: one number for each."""

    start: Ints
    end: Ints
    clause: Ints
    clause_end: Ints
    first: Ints
    last: Ints


def read_around(talk: Talk, mentions: Sequence[Mention]) -> Reading:
    """Return the words and concepts of a message."""
    low = talk.low
    covered = bytearray(len(low) + 1)
    words: list[int] = []
    places: list[int] = []
    at = 0
    for mention in [*mentions, None]:
        stop = mention.name.start if mention else len(low)
        found = [*_TOKEN.finditer(low, at, stop)]
        words += [_number(match[0]) for match in found]
        places += [match.start() for match in found]
        if mention:
            covered[stop : mention.name.end] = b"\1" * (mention.name.end - stop)
            words.append(CATEGORIES.index(mention.category))
            places.append(stop)
            at = max(at, mention.name.end)
    cues = [cue for cue in cues_in(low) if covered.find(1, cue.start, cue.end) < 0]
    starts, ends, concepts = np.array(cues, np.int64).reshape(-1, 3).T.copy()
    codes = np.array(words, np.uint64)
    both = np.concatenate((codes, codes[:-1] * _STEP ^ codes[1:]))
    sentences: dict[int, tuple[int, int]] = {}
    for clause in talk.clauses:
        sentences[clause.sentence] = (sentences.get(clause.sentence, (clause.start, 0))[0], clause.end)
    return Reading(starts, ends, concepts, both, np.array(places, np.int64), sentences, _NEAR[talk.language], {})


@lru_cache(maxsize=8192)
def _number(word: str) -> int:
    return 20 if word[0].isdigit() else crc32(word.encode())


def spots_of(reading: Reading, mentions: Sequence[Mention]) -> Spots:
    """Return where names stand."""
    rows = [(m.name.start, m.name.end, m.clause.start, m.clause.end, *reading.sentences[m.clause.sentence]) for m in mentions]
    return Spots(*np.array(rows, np.int64).T.copy())


def words_around(reading: Reading, spots: Spots) -> list[Block]:
    """Return the runs of words beside each name, and the words and pairs of words of its clause and of the rest of its sentence."""
    edges = [np.searchsorted(reading.places, place) for place in (spots.start, spots.clause, spots.clause_end, spots.first, spots.last)]
    here, begin, end, low, high = edges
    count = len(reading.places)
    runs, real = _runs(reading.words[:count], here)
    ranges = ((4, begin, here), (5, here + 1, end))
    pairs = ((6, begin, here - 1), (7, here + 1, end - 1), (8, low, begin - 1), (9, end, high - 1))
    starts = np.stack([*(start for _, start, _ in ranges), *(start + count for _, start, _ in pairs)], 1)
    lengths = np.maximum(np.stack([stop - start for _, start, stop in (*ranges, *pairs)], 1), 0)
    marks = np.array([mark << 40 for mark, *_ in (*ranges, *pairs)], np.uint64)
    sizes = lengths.sum(1)
    weights = (WORDS / np.sqrt(np.maximum(sizes + real.sum(1), 1))).astype(np.float32)
    each = lengths.ravel()
    past = np.cumsum(each)
    taken = np.repeat(starts.ravel() - past + each, each) + np.arange(past[-1])
    codes = reading.words[taken] + np.repeat(np.tile(marks, len(starts)), each)
    owners = np.repeat(np.arange(len(starts)), sizes)
    beside, _ = real.nonzero()
    return [(beside, runs[real] + np.uint64(3 << 40), weights[beside]), (owners, codes, weights[owners])]


def _runs(words: Codes, here: Ints) -> tuple[Codes, NDArray[np.bool_]]:
    """Return the numbers of the runs of words on either side of names and across them, and which of them there are."""
    steps = np.arange(1, _REACH + 1)
    left, right = here[:, None] - steps, here[:, None] + steps
    real = np.concatenate((left >= 0, right < len(words), np.ones((len(here), 2), np.bool_)), 1)
    before, after = words[np.maximum(left, 0)], words[np.minimum(right, len(words) - 1)]
    runs = np.empty(real.shape, np.uint64)
    for side, (offset, tokens) in enumerate(((0, before), (_REACH, after)), start=1):
        held = np.full(len(here), side, np.uint64)
        for step in range(_REACH):
            held = runs[:, offset + step] = held * _STEP ^ tokens[:, step]
    for length in (1, 2):
        held = np.full(len(here), 3, np.uint64)
        for step in range(length):
            held = np.where(real[:, step], held * _STEP ^ before[:, step], held)
        held = held * _STEP ^ np.uint64(9)
        for step in range(length):
            held = np.where(real[:, _REACH + step], held * _STEP ^ after[:, step], held)
        runs[:, 2 * _REACH + length - 1] = held
    return runs, real


def concepts_around(reading: Reading, spots: Spots) -> tuple[list[Block], list[Block]]:
    """Return the concepts around each name: what stands alone, and what also stands with the category of the name."""
    places = (spots.first - _AROUND, spots.first, spots.clause, spots.clause_end, spots.last, spots.last + _AROUND, spots.end)
    edges = np.stack([np.searchsorted(reading.starts, place) for place in places])
    couples = [_couples_in(reading, int(first), int(last)) for first, last in zip(edges[1], edges[4], strict=True)]
    owners = np.repeat(np.arange(len(couples)), [len(found) for found in couples])
    together = np.concatenate(couples) + np.uint64(11 << 40)
    runs, across = _chains(reading, edges)
    names = np.arange(len(couples))
    return (
        [
            (owners, together, np.full(len(owners), CUES * 0.4, np.float32)),
            (np.repeat(names, runs.shape[1]), runs.ravel() + np.uint64(12 << 40), np.full(runs.size, CUES, np.float32)),
        ],
        [_placed(reading, spots, edges), (names, across + np.uint64(13 << 40), np.full(len(names), CUES, np.float32))],
    )


def _placed(reading: Reading, spots: Spots, edges: Ints) -> Block:
    """Return how near each concept stands and on which side: in the clause, the sentence, close to it, anywhere, right beside the name."""
    at = np.arange(len(reading.starts))
    region = 4 - sum(((at >= edges[inner][:, None]) & (at < edges[5 - inner][:, None])).astype(np.int64) for inner in range(3))
    right = at >= edges[6][:, None]
    distance = np.where(right, reading.starts - spots.end[:, None], spots.start[:, None] - reading.ends)
    keys = np.arange(len(spots.start))[:, None] * _KEYS + reading.concepts
    wide = region * (3 * _CONCEPTS) + keys
    hit = np.zeros((len(spots.start), _KEYS), np.bool_)
    flat = hit.reshape(-1)
    flat[wide + right * _CONCEPTS] = True
    flat[wide + 2 * _CONCEPTS] = True
    flat[(keys + (15 + right) * _CONCEPTS)[distance <= reading.near]] = True
    owners, codes = hit.nonzero()
    return owners, codes.astype(np.uint64) + np.uint64(10 << 40), np.full(len(owners), CUES, np.float32)


@cache
def _couples(count: int) -> tuple[Ints, Ints]:
    one, other = np.triu_indices(count, 1)
    return one, other


def _couples_in(reading: Reading, first: int, last: int) -> Codes:
    """Return the pairs of concepts among those from ``first`` to ``last``: of one sentence, so that many names ask for the same."""
    known = reading.couples.get((first, last))
    if known is None:
        held = np.zeros(_CONCEPTS, np.bool_)
        held[reading.concepts[first:last]] = True
        inside = held.nonzero()[0]
        one, other = _couples(len(inside))
        known = reading.couples[first, last] = (inside[one] * _CONCEPTS + inside[other]).astype(np.uint64)
    return known


def _chains(reading: Reading, edges: Ints) -> tuple[Codes, Codes]:
    """Return the numbers of the last concepts before each name and of the first after it, in runs, and of the two nearest together."""
    concepts = np.append(reading.concepts, 0)
    begin, end = edges[0], edges[5]
    turn_left, turn_right = np.minimum(end, edges[6]), np.maximum(begin, edges[6])
    runs = np.empty((len(begin), 6), np.uint64)
    nearest: list[tuple[NDArray[np.bool_], Codes]] = []
    for mark in (1, 2):
        held = np.full(len(begin), mark, np.uint64)
        for step in range(3):
            place = turn_left - 1 - step if mark == 1 else turn_right + step
            real = place >= begin if mark == 1 else place < end
            region = 3 - ((place >= edges[1]) & (place < edges[4])) - ((place >= edges[2]) & (place < edges[3]))
            code = (concepts[np.clip(place, 0, len(concepts) - 1)] * 4 + region).astype(np.uint64)
            held = runs[:, (mark - 1) * 3 + step] = np.where(real, held * _STEP ^ code, held)
            if step == 0:
                nearest.append((real, code))
    (left, before), (right, after) = nearest
    across = np.where(left, before, np.uint64(0)) * _STEP ^ np.uint64(999)
    return runs, np.where(right, across * _STEP ^ after, across)
