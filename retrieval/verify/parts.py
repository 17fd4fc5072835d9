"""Sentences and evidence taken apart once: words, quantities, names, groups and propositions, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from retrieval.tokenize import content_tokens, stem
from retrieval.verify.amounts import Amount, amounts
from retrieval.verify.names import Referent, referents
from retrieval.verify.people import Group, groups
from retrieval.verify.polarity import Proposition, propositions
from retrieval.verify.wording import Wording, wording
from tools.tables import Tables
from tools.text import clean, fold, language_of, spans

_HAN = re.compile(r"[\u3400-\u9fff]")
_FUNCTION = frozenset(
    "的了吗呢吧和与或在是有也都还就要会能应当该请及并且而可以这那其等着过把被给让对从到为以之时个们不没无未别一二两三四五六七八九十"
)
# Words that every advice is made of and that one writer has where the next has others.
_FILLER = re.compile(
    r"如果|要是|一旦|的话|请|马上|立即|立刻|及时|尽快|应当|应该|需要|必须|可以|可能|一般|通常|往往|同时|并且|而且|或者|以及|甚至|很|非常|"
    r"十分|比较|自己|自行|病人|患者|者(?=[,，、。不应要可])|的人|人(?=[应要不])"
)
_GAP = re.compile(r"(?<=[\u3400-\u9fff])[ \t]+(?=[\da-z])|(?<=[\da-z℃%])[ \t]+(?=[\u3400-\u9fff])", re.I)
_CLAUSE = re.compile(r"[,，;；。:：]|\.(?=\s|$)")
_MIN_WORDS = {"zh": 4, "en": 2}
"""A clause with fewer words besides its fact cannot be told from its neighbours."""


_ANCHOR = 0.6
"""What the other facts of a sentence weigh beside its words when a fact is placed in the evidence."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a stretch of text: stems or pairs of characters, and single characters."""

    pairs: frozenset[str]
    single: frozenset[str]


Fact = Amount | Referent | Group


@dataclass(frozen=True, eq=False)
class Part:
    """One sentence, taken apart when something asks; ``start`` and ``end`` are its place in the text it comes from."""

    start: int
    end: int
    cleaned: str
    tables: Tables
    plain: Wording

    @cached_property
    def text(self) -> str:
        """The folded text; offsets of facts count its characters."""
        return fold(self.cleaned)

    @cached_property
    def language(self) -> str:
        """``zh`` or ``en``."""
        return language_of(self.cleaned)

    @cached_property
    def words(self) -> Words:
        """Its words that carry content."""
        return words_of(self.plain(self.text), self.language)

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """Its quantities."""
        return amounts(self.text)

    @cached_property
    def names(self) -> tuple[Referent, ...]:
        """The drugs and conditions in it."""
        return referents(self.cleaned, self.tables)

    @cached_property
    def people(self) -> tuple[Group, ...]:
        """The groups of people in it."""
        return groups(self.text)

    @cached_property
    def propositions(self) -> tuple[Proposition, ...]:
        """What it affirms and denies."""
        return propositions(self.plain(self.text))

    def facts(self) -> Iterator[tuple[Fact, int, Words, Words]]:
        """Yield every fact with the number of its clause and the words of clause and sentence, which tell its place in the evidence."""
        bounds = [0, *(match.start() for match in _CLAUSE.finditer(self.text)), len(self.text)]
        for fact in self._named():
            end = fact.start + len(fact.words)
            bare = self.text[: fact.start] + " " * (end - fact.start) + self.text[end:]
            first = max(i for i, bound in enumerate(bounds) if bound <= fact.start)
            yield fact, first, self._clause(bare, bounds, first), words_of(self.plain(bare), self.language)

    def _named(self) -> list[Fact]:
        people = {place for group in self.people for place in range(group.start, group.start + len(group.words))}
        # "怀孕" names a condition and a group of people; as a group it is understood in more words.
        names = [name for name in self.names if name.drug or name.start not in people]
        return [*self.amounts, *names, *self.people]

    def context(self) -> Words:
        """Return the words besides the facts."""
        bare = self.text
        for fact in self._named():
            end = fact.start + len(fact.words)
            bare = bare[: fact.start] + " " * (end - fact.start) + bare[end:]
        return words_of(self.plain(bare), self.language)

    def _clause(self, bare: str, bounds: list[int], first: int) -> Words:
        """Return the words of a clause, together with its neighbours when it has too few of its own; those before it go first."""
        last = min(first + 1, len(bounds) - 1)
        while True:
            words = words_of(self.plain(bare[bounds[first] : bounds[last]]), self.language)
            if len(words.single) >= _MIN_WORDS[self.language] or (first == 0 and last == len(bounds) - 1):
                return words
            opens = first == 0 or (bare[bounds[first]] in ";；" and last < len(bounds) - 1 and bare[bounds[last]] not in ";；")
            first, last = (first, last + 1) if opens else (first - 1, last)


def part(text: str, tables: Tables, start: int = 0, end: int | None = None) -> Part:
    """Take one sentence apart."""
    cleaned = _GAP.sub("", clean(text))  # "38 ℃" and "维生素 A" are written with and without a gap
    return Part(start, start + len(text) if end is None else end, cleaned, tables, wording(tables.terms))


def words_of(folded: str, language: str) -> Words:
    """Return the words of a folded text that carry content."""
    plain = _FILLER.sub(" ", folded)
    terms = frozenset(stem(term) for term in content_tokens(plain))
    if language == "en":
        return Words(terms, terms)
    latin = frozenset(term for term in terms if term < "\u3400")
    return Words(terms, latin | frozenset(char for char in _HAN.findall(plain) if char not in _FUNCTION))


class Reader:
    """Takes evidence apart and remembers it: the same chunk supports many sentences."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._parts = lru_cache(maxsize=512)(self._read)

    def parts(self, text: str) -> tuple[Part, ...]:
        """Return the sentences of a text, in order, with exact offsets."""
        return self._parts(text)

    def sentence(self, text: str) -> Part:
        """Return one sentence taken apart; not remembered, it may be a patient's."""
        return part(text, self.tables)

    def _read(self, text: str) -> tuple[Part, ...]:
        return tuple(part(sentence, self.tables, start, start + len(sentence)) for start, sentence in spans(text))


def coverage(words: Words, held: Iterable[Words]) -> float:
    """Return how much of some words others hold (0..1)."""
    held = tuple(held)
    if not words.single:
        return 1.0
    single = len(words.single & frozenset().union(*(other.single for other in held))) / len(words.single)
    if words.pairs is words.single or not words.pairs:
        return single
    return 0.5 * single + 0.5 * len(words.pairs & frozenset().union(*(other.pairs for other in held))) / len(words.pairs)


def nearest(clause: Words, sentence: Words, parts: Sequence[Part], agreement: Sequence[float], share: float) -> list[Part]:
    """Return the parts that a fact may come from: those that score at least ``share`` of what the best one does.

    Args:
        clause: the words around the fact in its clause.
        sentence: the words around it in its sentence.
        parts: sentences of the evidence.
        agreement: how many of the sentence's other facts each of them holds (0..1).
        share: see above.
    """
    scores = [
        coverage(clause, [part.words]) + 0.7 * coverage(sentence, [part.words]) + _ANCHOR * held
        for part, held in zip(parts, agreement, strict=True)
    ]
    best = max(scores, default=0.0)
    return [part for part, score in zip(parts, scores, strict=True) if score >= share * best]
