"""Does the evidence speak about the question at all? Dense cosines cannot tell (E5 gives .77 to anything), words and agreement can.

The signals are how much of what the question says the evidence's documents dwell on, weighted by rarity; whether the question names one
of their topics; whether keywords and vectors put the same document first; and the reranker's score where one serves. `confidence` makes
one number of them, so that the gate has one threshold and a ROC (`make bench-retrieval`).

Nothing is kept per document: how rare a term is comes from the keyword index, what the candidates hold is read when a question is asked.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval.tokenize import content_runs, stem, tokens
from tools.text import clean, fold

_PART = re.compile(r"[a-z0-9\u00b5-\u024f]+|[\u3400-\u9fff]+")
_SUFFIXES = ("", "s", "ing", "ed")
COVERAGE, NAMED, AGREED, BIAS = 5.4, 1.9, 0.75, -3.55
"""Logistic regression on the dev half of the gate's questions, rounded; it ranks the held-out half as well as the dev half."""
RERANKED = 0.5
"""Where a cross-encoder read question and passage, its probability counts as much as the words do."""
PASSING = 0.5
"""What a term counts that only one chunk of a document holds, and neither title nor keywords: mentioned is not dealt with. Between .3 and
.7 the ROC hardly changes; with 1, questions about cochlear implants were answered from the one line that meningitis has on them."""
DEALT_WITH = 2


@dataclass(frozen=True, slots=True)
class Subject:
    """What one document can be recognised by.

    ``terms`` are stems with the number of its chunks that hold them; those of title and keywords count as dealt with. ``names`` are the
    title and the keywords that its author chose.
    """

    terms: Mapping[str, int]
    names: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str], title: str, keywords: str) -> Subject:
        """Collect from the texts of its chunks. Without keywords nobody chose the title as a topic: it may be a file name."""
        names = {_name(name) for name in (title, *keywords.split("\n")) if len(name.strip()) > 1} if keywords else set()
        found: Counter[str] = Counter()
        for text in texts:
            found.update(_terms(text))
        for term in _terms(f"{title}\n{keywords}"):
            found[term] += DEALT_WITH
        return cls(found, frozenset(names))


@dataclass(frozen=True, slots=True)
class Signals:
    """What the gate saw.

    ``coverage`` is that of the best document, 0..1; ``named``: the question says a topic of the evidence; ``agreed``: keywords and vectors
    put the same document first, None where one of them did not run; ``rerank`` is the best score of a cross-encoder.
    """

    coverage: float = 0.0
    named: bool = False
    agreed: bool | None = None
    rerank: float | None = None

    @property
    def confidence(self) -> float:
        """Return how surely the evidence speaks about the question, 0..1; without a single common word it does not."""
        if not self.coverage and self.rerank is None:
            return 0.0
        agreed = 0.5 if self.agreed is None else float(self.agreed)
        words = 1 / (1 + math.exp(-(COVERAGE * self.coverage + NAMED * self.named + AGREED * agreed + BIAS)))
        return words if self.rerank is None else (1 - RERANKED) * words + RERANKED * self.rerank


class Gate:
    """Compares questions with the subjects of candidate documents."""

    def __init__(self, documents_with: Callable[[str], int], size: int) -> None:
        """Take the counts of the keyword index: in how many of its ``size`` texts a term occurs."""
        self._documents_with, self._size = documents_with, size
        self._idfs: dict[str, float] = {}

    def coverage(self, question: str, subjects: Sequence[Subject]) -> float:
        """Return the idf-weighted share (0..1) of the question's content that the best of these documents holds."""
        runs = content_runs(question)
        return max((self._share(runs, subject.terms) for subject in subjects), default=0.0)

    def _share(self, runs: list[str], terms: Mapping[str, int]) -> float:
        weights = [pair for run in runs for pair in (self._characters(run, terms) if run >= "\u3400" else [self._word(run, terms)])]
        total = sum(weight for weight, _ in weights)
        return sum(weight * credit for weight, credit in weights) / total if total else 0.0

    def _word(self, word: str, terms: Mapping[str, int]) -> tuple[float, float]:
        # A word carries about as much as two Chinese characters. It is as common as the commonest of its forms.
        root = word.removesuffix("'s").removesuffix("’s")
        forms = {root, *(stem(root) + suffix for suffix in _SUFFIXES)}
        return 2 * min(map(self._idf, forms)), _credit(terms, stem(word))

    def _characters(self, run: str, terms: Mapping[str, int]) -> list[tuple[float, float]]:
        """Weigh single characters by the pairs around them: a pair across two words costs nothing when its halves are covered."""
        if len(run) == 1:
            return [(0.5 * self._idf(run), _credit(terms, run))]
        pairs = [(self._idf(pair), _credit(terms, pair)) for pair in map("".join, pairwise(run))]
        weights = []
        for left, right in pairwise((pairs[0], *pairs, pairs[-1])):
            if bool(left[1]) == bool(right[1]):
                weights.append((max(left[0], right[0]), max(left[1], right[1])))
            else:
                weights.append(left if left[1] else right)
        return weights

    def _idf(self, term: str) -> float:
        known = self._idfs.get(term)
        if known is None:
            found = self._documents_with(term)
            known = self._idfs[term] = math.log(1 + (self._size - found + 0.5) / (found + 0.5))
        return known


def _credit(terms: Mapping[str, int], term: str) -> float:
    found = terms.get(term, 0)
    return 0.0 if not found else 1.0 if found >= DEALT_WITH else PASSING


@lru_cache(maxsize=1024)
def _terms(text: str) -> frozenset[str]:
    """Return the stems of a text, and of Chinese also the single characters; popular documents are asked about again and again."""
    terms = {stem(token) for token in tokens(text)}
    return frozenset(terms | {character for term in terms if term >= "\u3400" for character in term})


def names(question: str, subjects: Iterable[Subject]) -> bool:
    """Return whether the question says the title or a keyword of one of these documents."""
    text = _spaced(question)
    return any(name in text for subject in subjects for name in subject.names)


def _spaced(text: str) -> str:
    """Fold, and put blanks around every word and every run of Chinese."""
    return f" {' '.join(_PART.findall(fold(clean(text))))} "


def _name(text: str) -> str:
    """Return how a topic is looked for: ``" flu "`` is found in ``the flu?`` and not in ``fluid``; Chinese has no word ends to ask for."""
    name = _spaced(text)
    left, right = name[1:2] >= "\u3400", name[-2:-1] >= "\u3400"
    return name[left : len(name) - right]
