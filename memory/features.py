"""What the learned reader sees of a name: the concepts and words around it, its clause, its neighbours, and the verdict of the rules.

A feature is hashed to one of ``BUCKETS`` numbers; the same message gives the same numbers on every machine. ``memory.surroundings`` looks
at words and concepts, for many names at once; here is what is said of one name after the other, and where all of it comes together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from memory.clauses import Clause
from memory.mentions import CATEGORIES, Mention
from memory.surroundings import CUES, Block, Codes, Reading, concepts_around, read_around, spots_of, words_around
from memory.talk import Talk

BUCKETS = 1 << 17
_SPREAD, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(64 - 17)
_SAID, _CATEGORY = np.uint64(2 << 40), np.uint64(48)
_LIST = re.compile(r"[\s,，、/和跟及与或;；&+]*(?:(?:and|or)\b)?[\s,，、]*")
RULES = 0.75
"""Weight of what the rules say."""
_ALONE = 0.7
"""Weight of a feature told apart by the category of the name, beside the feature itself."""
_AT_ONCE = 64
"""Names looked at together: a message without end takes no memory without end."""

Seen = tuple[NDArray[np.int64], NDArray[np.float32]]
"""The buckets that a name hits, and how strongly."""


def features(talk: Talk, mentions: Sequence[Mention]) -> list[Seen]:
    """Return what is seen of each name."""
    if not mentions:
        return []
    reading, sayings = read_around(talk, mentions), _Sayings(talk, mentions)
    found: list[Seen] = []
    for first in range(0, len(mentions), _AT_ONCE):
        found += _seen(reading, sayings, mentions[first : first + _AT_ONCE], first)
    return found


def _seen(reading: Reading, sayings: _Sayings, mentions: Sequence[Mention], first: int) -> list[Seen]:
    """Return what is seen of some names; ``first`` is the number of the first."""
    spots = spots_of(reading, mentions)
    alone, told = concepts_around(reading, spots)
    told.append(_said(sayings, range(first, first + len(mentions))))
    owners, once, weak = _joined([*words_around(reading, spots), *alone])
    holders, twice, strong = _joined(told)
    category = np.array([CATEGORIES.index(mention.category) + 1 for mention in mentions], np.uint64) << _CATEGORY
    codes = np.concatenate((once, twice, twice + category[holders]))
    weights = np.concatenate((weak, strong, strong * np.float32(_ALONE)))
    buckets = (((codes + np.uint64(1)) * _SPREAD) >> _SHIFT).astype(np.int64)
    whose = np.concatenate((owners, holders, holders))
    order = np.argsort(whose, kind="stable")
    ends = np.cumsum(np.bincount(whose, minlength=len(mentions)))[:-1]
    return list(zip(np.split(buckets[order], ends), np.split(weights[order], ends), strict=True))


def _joined(blocks: Sequence[Block]) -> tuple[NDArray[np.int64], Codes, NDArray[np.float32]]:
    owners, codes, weights = zip(*blocks, strict=True)
    return np.concatenate(owners), np.concatenate(codes), np.concatenate(weights)


def _said(sayings: _Sayings, numbers: range) -> Block:
    """Return what is said of the names with these numbers."""
    said = [sayings.of(number) for number in numbers]
    codes = np.fromiter(chain.from_iterable(codes for codes, _ in said), np.uint64)
    weights = np.fromiter(chain.from_iterable(weights for _, weights in said), np.float32)
    return np.repeat(np.arange(len(said)), [len(codes) for codes, _ in said]), codes + _SAID, weights


@lru_cache(maxsize=8192, typed=True)
def _code(*parts: object) -> int:
    """Return the number of a saying; nearly all of them come again in the next message."""
    return crc32("|".join(map(str, parts)).encode())


Verdicts = tuple[tuple[str, str], ...]
"""Kind and status of each fact that the rules read from a name."""


@lru_cache(maxsize=4096)
def _of_neighbour(step: int, listed: bool, category: str, verdicts: Verdicts) -> tuple[int, int]:
    """Return the codes of the name before or after."""
    return _code("beside", step, listed, category), _code("verdict", step, listed, *(verdicts[0] if verdicts else ("", "")))


@lru_cache(maxsize=4096)
def _of_rules(verdicts: Verdicts, mode: str) -> tuple[int, ...]:
    """Return the codes of what the rules made of a name."""
    kind, status = verdicts[0] if verdicts else ("", "")
    first = (_code("rules", kind, status), _code("kind", kind), _code("status", status), _code("mode", kind, mode))
    return (*first, *(_code("too", *verdict) for verdict in verdicts[1:]))


class _Sayings:
    """What can be said in so many words of the names of a message."""

    def __init__(self, talk: Talk, mentions: Sequence[Mention]) -> None:
        self._talk, self._mentions = talk, mentions
        self._placed: dict[int, tuple[list[int], list[int]]] = {}
        self._ends = {clause.sentence: clause.end for clause in talk.clauses}
        self._verdicts = [tuple((fact.kind, fact.status) for fact in mention.facts) for mention in mentions]
        names = [mention.name for mention in mentions]
        gaps = (talk.low[one.end : other.start] for one, other in pairwise(names))
        self._listed = [bool(_LIST.fullmatch(gap)) for gap in gaps]

    def of(self, number: int) -> tuple[list[int], list[float]]:
        """Return codes and weights of what is said of one name."""
        mention = self._mentions[number]
        codes = self._place(mention)
        weights = [CUES] * len(codes)
        if self._talk.known:
            for weight, code in self._known(mention):
                codes.append(code)
                weights.append(weight)
        for step in (-1, 1):
            codes += self._beside(number, step)
            weights += (CUES, RULES) if 0 <= number + step < len(self._mentions) else (CUES,)
        codes += _of_rules(self._verdicts[number], mention.clause.mode)
        weights += (RULES * 2, *(RULES,) * (2 + max(1, len(self._verdicts[number]))))
        return codes, weights

    def _place(self, mention: Mention) -> list[int]:
        placed = self._placed.get(mention.clause.number)
        if placed is None:
            placed = self._placed[mention.clause.number] = self._clause(mention.clause)
        return [*placed[0], _code("w", bool(mention.name.spelled)), _code("h", mention.known), *placed[1]]

    def _known(self, mention: Mention) -> Iterator[tuple[float, int]]:
        known = self._talk.known
        for fact in known[-12:]:
            if not mention.name.references.isdisjoint(fact.references):
                yield CUES * 2, _code("known", fact.kind, fact.status)
        yield CUES, _code("last", known[-1].kind)

    def _clause(self, clause: Clause) -> tuple[list[int], list[int]]:
        """Return what is said of every name in a clause, in two parts: what is said of the name itself stands between."""
        talk, number, last = self._talk, clause.number, self._ends[clause.sentence]
        after = talk.low[last : last + 2].strip()[:1]
        before = talk.clauses[number - 1].mode if number else ""
        following = talk.clauses[number + 1].mode if number + 1 < len(talk.clauses) else ""
        said = {
            "c": "", "m": clause.mode, "k": clause.kind, "e": clause.ends[:1], "s": after, "p": clause.people[0] == "self",
            "n": clause.names_person, "o": _only_names(talk, clause), "l": talk.language,
        }  # fmt: skip
        of_all = {
            "d": min(len(talk.clauses), 5), "f": number == 0, "z": number == len(talk.clauses) - 1, "b": before, "a": following,
            "r": bool(talk.known), "y": min(len(self._mentions), 4),
        }  # fmt: skip
        return [_code(key, value) for key, value in said.items()], [_code(key, value) for key, value in of_all.items()]

    def _beside(self, number: int, step: int) -> tuple[int, ...]:
        place = number + step
        if not 0 <= place < len(self._mentions):
            return (_code("edge", step),)
        return _of_neighbour(step, self._listed[min(number, place)], self._mentions[place].category, self._verdicts[place][:1])


def _only_names(talk: Talk, clause: Clause) -> bool:
    return len(clause.low) < 80 and talk.only_names(clause)
