"""The evidence writer: an answer made of sentences that stand in the evidence, chosen and ordered for the question.

It invents nothing and needs no model; it is the mode without an endpoint and the fallback when the model fails.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from graphs.evidence import Evidence
from graphs.state import Sentence
from retrieval.tokenize import content_runs, tokens
from tools.text import sentences

_ORDER = ("tool", "overview", "causes", "passage", "action", "medicines", "caution", "escalation")
_WEIGHT = {"tool": 3.0, "action": 1.4, "medicines": 1.2, "escalation": 1.1, "overview": 0.9, "caution": 0.9, "passage": 1.0, "causes": 0.6}
_MAX_SENTENCES = 8
_MAX_PER_DOCUMENT = 4
_MAX_PER_KIND = 3
_MAX_SIZE = {"zh": 420, "en": 1300}
_MIN_GAIN = 0.1
"""A sentence that bears on the question less than this share of the best one is padding."""
_REPEATED = 0.5
_SEEN = 0.35
"""What a word of the question that is already covered still counts."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    evidence: Evidence
    rank: int
    position: int
    words: frozenset[str]

    def gain(self, wanted: frozenset[str], covered: set[str]) -> float:
        """Return how much of the question this sentence adds to what is covered."""
        common = self.words & wanted
        new: float = len(common - covered) + _SEEN * len(common & covered)
        return (new / math.sqrt(len(self.words) or 1) + 0.05) * _WEIGHT[self.evidence.kind] / (1 + 0.1 * self.rank)


def write(question: str, evidence: list[Evidence], language: str) -> tuple[Sentence, ...]:
    """Return sentences of the evidence that answer the question, each citing where it stands.

    Args:
        question: with its lay terms expanded to the words that documents use.
        evidence: most relevant first.
        language: of the answer.
    """
    wanted = frozenset(token for run in content_runs(question) for token in tokens(run))
    pool = [
        _Candidate(sentence, item, rank, position, frozenset(tokens(sentence)))
        for rank, item in enumerate(evidence)
        for position, sentence in enumerate(sentences(item.text))
    ]
    chosen = _choose(pool, wanted, language)
    first = {item.title: rank for rank, item in reversed(list(enumerate(evidence)))}
    chosen.sort(key=lambda c: (_ORDER.index(c.evidence.kind), first[c.evidence.title], c.evidence.n, c.position))
    return tuple(Sentence(text=c.text, cites=(c.evidence.n,)) for c in chosen)


def _choose(pool: list[_Candidate], wanted: frozenset[str], language: str) -> list[_Candidate]:
    """Take the sentence that adds most, again and again, until the answer is full."""
    chosen: list[_Candidate] = []
    covered: set[str] = set()
    room = _MAX_SIZE[language]
    least = _MIN_GAIN * max((c.gain(wanted, covered) for c in pool), default=0.0)
    pool = [c for c in pool if c.evidence.kind == "tool" or (c.words & wanted and c.gain(wanted, covered) >= least)]
    while len(chosen) < _MAX_SENTENCES:
        pool = [c for c in pool if len(c.text) <= room and _fits(c, chosen)]
        best = max(pool, key=lambda c: c.gain(wanted, covered), default=None)
        if best is None:
            break
        chosen.append(best)
        covered |= best.words & wanted
        room -= len(best.text)
    return chosen


def _fits(candidate: _Candidate, chosen: list[_Candidate]) -> bool:
    if any(candidate is other or _repeats(candidate, other) for other in chosen):
        return False
    if candidate.evidence.kind == "tool":
        return True
    documents = Counter(c.evidence.title for c in chosen)
    kinds = Counter((c.evidence.title, c.evidence.kind) for c in chosen)
    title, kind = candidate.evidence.title, candidate.evidence.kind
    return documents[title] < _MAX_PER_DOCUMENT and kinds[title, kind] < _MAX_PER_KIND


def _repeats(a: _Candidate, b: _Candidate) -> bool:
    return len(a.words & b.words) / max(min(len(a.words), len(b.words)), 1) >= _REPEATED
