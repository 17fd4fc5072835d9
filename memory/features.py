"""What the learned reader sees of a name: the concepts and words around it, its clause, its neighbours, and the verdict of the rules.

A feature is hashed to one of ``BUCKETS`` numbers; the same message gives the same numbers on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from memory.clauses import Clause
from memory.cues import cues_in
from memory.mentions import CATEGORIES, Mention
from memory.talk import Talk

BUCKETS = 1 << 17
_SPREAD, _STEP, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x100000001B3), np.uint64(64 - 17)
_WIDE = (1 << 64) - 1
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[\u3400-\u9fff]|[^\s\w]")
_LIST = re.compile(r"[\s,，、/和跟及与或;；&+]*(?:(?:and|or)\b)?[\s,，、]*")
_NEAR = {"zh": 3, "en": 9}
_AROUND = 60
"""Characters of the sentences before and after that are read."""
WORDS, CUES, RULES = 3.0, 0.5, 0.75
"""Weight of the words (shared among them), of a concept, of what the rules say."""
_ALONE = 0.7
"""Weight of a feature told apart by the category of the name, beside the feature itself."""

Codes = NDArray[np.uint64]
Seen = tuple[NDArray[np.int64], NDArray[np.float32]]
"""The buckets that a name hits, and how strongly."""


def features(talk: Talk, mentions: Sequence[Mention]) -> list[Seen]:
    """Return what is seen of each name."""
    if not mentions:
        return []
    reading = _read(talk, mentions)
    return [_View(talk, mentions, reading, number).all() for number in range(len(mentions))]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The words and concepts of a message, the names blanked out."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    concepts: NDArray[np.int64]
    words: Codes
    pairs: Codes
    places: NDArray[np.int64]
    sentences: dict[int, tuple[int, int]]


def _read(talk: Talk, mentions: Sequence[Mention]) -> _Reading:
    low = talk.low
    covered = bytearray(len(low) + 1)
    words: list[int] = []
    places: list[int] = []
    at = 0
    for mention in [*mentions, None]:
        stop = mention.name.start if mention else len(low)
        for match in _TOKEN.finditer(low, at, stop):
            words.append(20 if match[0][0].isdigit() else crc32(match[0].encode()))
            places.append(match.start())
        if mention:
            covered[stop : mention.name.end] = b"\1" * (mention.name.end - stop)
            words.append(CATEGORIES.index(mention.category))
            places.append(stop)
            at = max(at, mention.name.end)
    cues = [cue for cue in cues_in(low) if covered.find(1, cue.start, cue.end) < 0]
    found = np.array(cues, np.int64).reshape(-1, 3)
    codes = np.array(words, np.uint64)
    sentences: dict[int, tuple[int, int]] = {}
    for clause in talk.clauses:
        sentences[clause.sentence] = (sentences.get(clause.sentence, (clause.start, 0))[0], clause.end)
    return _Reading(found[:, 0], found[:, 1], found[:, 2], codes, codes[:-1] * _STEP ^ codes[1:], np.array(places, np.int64), sentences)


@cache
def _couples(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    one, other = np.triu_indices(count, 1)
    return one, other


class _View:
    """The features of one name."""

    def __init__(self, talk: Talk, mentions: Sequence[Mention], reading: _Reading, number: int) -> None:
        self.talk, self.mentions, self.reading, self.number = talk, mentions, reading, number
        self.mention = mentions[number]
        self.name, self.clause = self.mention.name, self.mention.clause
        self.category = CATEGORIES.index(self.mention.category) + 1
        self.first, self.last = reading.sentences[self.clause.sentence]
        self.said: list[int] = []
        self.strengths: list[float] = []
        self.alone: list[tuple[int, Codes, float]] = []
        self.told: list[tuple[int, Codes, float]] = []
        """Features that stand alone, and those that also stand with the category of the name."""

    def all(self) -> Seen:
        self._place()
        self._words()
        self._concepts()
        self._neighbours()
        self._rules()
        twice, strong = _joined(self.told)
        twice = np.concatenate((twice, np.array(self.said, np.uint64) + np.uint64(2 << 40)))
        strong = np.concatenate((strong, np.array(self.strengths, np.float32)))
        once, weak = _joined(self.alone)
        codes = np.concatenate((once, twice, twice + np.uint64(self.category << 48)))
        buckets = (((codes + np.uint64(1)) * _SPREAD) >> _SHIFT).astype(np.int64)
        return buckets, np.concatenate((weak, strong, strong * np.float32(_ALONE)))

    def _say(self, weight: float, *parts: object) -> None:
        self.said.append(crc32("|".join(map(str, parts)).encode()))
        self.strengths.append(weight)

    def _place(self) -> None:
        clause, talk = self.clause, self.talk
        number = clause.number
        after = talk.low[self.last : self.last + 2].strip()[:1]
        before = talk.clauses[number - 1].mode if number else ""
        following = talk.clauses[number + 1].mode if number + 1 < len(talk.clauses) else ""
        said = {
            "c": "", "m": clause.mode, "k": clause.kind, "e": clause.ends[:1], "s": after, "p": clause.people[0] == "self",
            "n": clause.names_person, "o": _only_names(talk, clause), "l": talk.language, "w": bool(self.name.spelled),
            "h": self.mention.known,
            "d": min(len(talk.clauses), 5), "f": number == 0, "z": number == len(talk.clauses) - 1, "b": before, "a": following,
            "r": bool(talk.known), "y": min(len(self.mentions), 4),
        }  # fmt: skip
        for key, value in said.items():
            self._say(CUES, key, value)
        for fact in talk.known[-12:]:
            if not self.name.references.isdisjoint(fact.references):
                self._say(CUES * 2, "known", fact.kind, fact.status)
        if talk.known:
            self._say(CUES, "last", talk.known[-1].kind)

    def _words(self) -> None:
        words, pairs = self.reading.words, self.reading.pairs
        edges = np.searchsorted(self.reading.places, (self.name.start, self.clause.start, self.clause.end, self.first, self.last))
        here, begin, end, low, high = (int(edge) for edge in edges)
        near = words[max(0, here - 4) : here + 5].tolist()
        left, right = near[: min(here, 4)][::-1], near[min(here, 4) + 1 :]
        grams: list[int] = []
        for side, tokens in ((1, left), (2, right)):
            held = side
            for token in tokens:
                held = (held * 0x100000001B3 ^ token) & _WIDE
                grams.append(held)
        one, other = left[:1], right[:1]
        grams.append(hash_of(3, *one, 9, *other))
        grams.append(hash_of(3, *left[:2], 9, *right[:2]))
        parts = [
            (3, np.array(grams, np.uint64)), (4, words[begin:here]), (5, words[here + 1 : end]), (6, pairs[begin : max(begin, here - 1)]),
            (7, pairs[here + 1 : max(here + 1, end - 1)]), (8, pairs[low : max(low, begin - 1)]), (9, pairs[end : max(end, high - 1)]),
        ]  # fmt: skip
        weight = WORDS / max(1, sum(len(codes) for _, codes in parts)) ** 0.5
        self.alone += [(mark, codes, weight) for mark, codes in parts]

    def _concepts(self) -> None:
        reading, low, high = self.reading, self.name.start, self.name.end
        start, concept = reading.starts, reading.concepts
        around = (self.first - _AROUND, self.first, self.clause.start, self.clause.end, self.last, self.last + _AROUND, high)
        edges = np.searchsorted(start, around).tolist()
        region = np.full(len(start), 4)
        for inner, value in enumerate((3, 2, 1)):
            region[edges[inner] : edges[5 - inner]] = value
        side = np.zeros(len(start), np.int64)
        side[edges[6] :] = 1
        near = np.where(side, start - high, low - reading.ends) <= _NEAR[self.talk.language]
        hit = np.zeros(17 * 64, np.bool_)
        hit[(region * 3 + side) * 64 + concept] = True
        hit[(region * 3 + 2) * 64 + concept] = True
        hit[((15 + side) * 64 + concept)[near]] = True
        self.told.append((10, hit.nonzero()[0].astype(np.uint64), CUES))
        held = np.zeros(64, np.bool_)
        held[concept[region < 3]] = True
        inside = held.nonzero()[0]
        one, other = _couples(len(inside))
        self.alone.append((11, (inside[one] * 64 + inside[other]).astype(np.uint64), CUES * 0.4))
        close = region < 4
        left = (concept * 4 + region)[close & (side == 0)][:-4:-1].tolist()
        right = (concept * 4 + region)[close & (side == 1)][:3].tolist()
        runs = [hash_of(mark, *chain[:length]) for mark, chain in ((1, left), (2, right)) for length in (1, 2, 3)]
        self.alone.append((12, np.array(runs, np.uint64), CUES))
        self.told.append((13, np.array([hash_of(*left[:1], 999, *right[:1])], np.uint64), CUES))

    def _neighbours(self) -> None:
        for step in (-1, 1):
            place = self.number + step
            if not 0 <= place < len(self.mentions):
                self._say(CUES, "edge", step)
                continue
            other = self.mentions[place]
            gap = self.talk.low[other.name.end : self.name.start] if step < 0 else self.talk.low[self.name.end : other.name.start]
            listed = bool(_LIST.fullmatch(gap))
            self._say(CUES, "beside", step, listed, other.category)
            self._say(RULES, "verdict", step, listed, *other.verdict)

    def _rules(self) -> None:
        kind, status = self.mention.verdict
        self._say(RULES * 2, "rules", kind, status)
        self._say(RULES, "kind", kind)
        self._say(RULES, "status", status)
        self._say(RULES, "mode", kind, self.clause.mode)
        for fact in self.mention.facts[1:]:
            self._say(RULES, "too", fact.kind, fact.status)


def _joined(parts: list[tuple[int, Codes, float]]) -> tuple[Codes, NDArray[np.float32]]:
    codes = np.concatenate([codes + np.uint64(mark << 40) for mark, codes, _ in parts])
    return codes, np.repeat(np.array([weight for *_, weight in parts], np.float32), [len(codes) for _, codes, _ in parts])


def hash_of(*parts: int) -> int:
    """Return one number for several, in order."""
    mixed = 0
    for part in parts:
        mixed = (mixed * 0x100000001B3 ^ part) & _WIDE
    return mixed


def _only_names(talk: Talk, clause: Clause) -> bool:
    return len(clause.low) < 80 and talk.only_names(clause)
