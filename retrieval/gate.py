"""Does the evidence speak about the question at all? Dense cosines cannot tell (E5 gives .77 to anything), words can.

A question fits when the evidence's documents cover enough of what it says, or when it names one of their topics. Two arms that agree on
the best document are evidence too, so that without their agreement more of the question must be covered.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from retrieval.tokenize import content_runs, stem
from tools.text import clean, fold

_PART = re.compile(r"[a-z0-9\u00b5-\u024f]+|[\u3400-\u9fff]+")
NAMED_SHARE = 0.5
"""A question that names a topic needs this part of the usual coverage."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What one document can be recognised by: its stemmed terms, and the title and keywords its author chose."""

    terms: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, tokens: Iterable[str], title: str, keywords: str) -> Subject:
        """Collect from the indexed tokens of every chunk. Without keywords nobody chose the title as a topic: it may be a file name."""
        terms = {stem(token) for token in tokens}
        characters = {character for term in terms if term >= "\u3400" for character in term}
        names = {_name(name) for name in (title, *keywords.split("\n")) if len(name.strip()) > 1} if keywords else set()
        return cls(frozenset(terms | characters), frozenset(names))


class Gate:
    """The subjects of every document and how rare each term is among them."""

    def __init__(self, subjects: Mapping[str, Subject]) -> None:
        self._subjects = subjects
        self._frequency = Counter(term for subject in subjects.values() for term in subject.terms)

    def coverage(self, question: str, documents: Iterable[str]) -> float:
        """Return the idf-weighted share (0..1) of the question's content that the best of these documents holds."""
        runs = content_runs(question)
        return max((self._share(runs, self._subjects[document].terms) for document in documents), default=0.0)

    def names(self, question: str, documents: Iterable[str]) -> bool:
        """Return whether the question says the title or a keyword of one of these documents."""
        text = _spaced(question)
        return any(name in text for document in documents for name in self._subjects[document].names)

    def _share(self, runs: list[str], terms: frozenset[str]) -> float:
        weights = [pair for run in runs for pair in (self._characters(run, terms) if run >= "\u3400" else [self._word(run, terms)])]
        total = sum(weight for weight, _ in weights)
        return sum(weight for weight, covered in weights if covered) / total if total else 0.0

    def _word(self, word: str, terms: frozenset[str]) -> tuple[float, bool]:
        # A word carries about as much as two Chinese characters.
        return 2 * self._idf(stem(word)), stem(word) in terms

    def _characters(self, run: str, terms: frozenset[str]) -> list[tuple[float, bool]]:
        """Weigh single characters by the pairs around them: a pair across two words costs nothing when its halves are covered."""
        if len(run) == 1:
            return [(0.5 * self._idf(run), run in terms)]
        pairs = [run[i : i + 2] for i in range(len(run) - 1)]
        weights = []
        for i in range(len(run)):
            around = pairs[max(i - 1, 0) : i + 1]
            covered = [pair for pair in around if pair in terms]
            weights.append((max(map(self._idf, covered or around)), bool(covered)))
        return weights

    def _idf(self, term: str) -> float:
        found = self._frequency[term]
        return math.log(1 + (len(self._subjects) - found + 0.5) / (found + 0.5))


def fits(coverage: float, named: bool, agreed: bool, min_coverage: float) -> bool:
    """Return whether evidence is worth answering from.

    Args:
        coverage: share of the question's content that the evidence holds.
        named: the question names a topic of the evidence.
        agreed: keyword and dense search put the same document first.
        min_coverage: what is enough where they agree; where they do not, half of the rest is asked for on top.
    """
    if named:
        return coverage >= NAMED_SHARE * min_coverage
    return coverage >= (min_coverage if agreed else (1 + min_coverage) / 2)


def _spaced(text: str) -> str:
    """Fold, and put blanks around every word and every run of Chinese."""
    return f" {' '.join(_PART.findall(fold(clean(text))))} "


def _name(text: str) -> str:
    """Return how a topic is looked for: ``" flu "`` is found in ``the flu?`` and not in ``fluid``; Chinese has no word ends to ask for."""
    name = _spaced(text)
    left, right = name[1:2] >= "\u3400", name[-2:-1] >= "\u3400"
    return name[left : len(name) - right]
