"""The evidence writer: an answer made of sentences that stand in the evidence, chosen and ordered for the question.

It invents nothing and needs no model; it is the mode without an endpoint and the fallback when the model fails.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from graphs.asking import Asked, asked, leading, wanted_terms
from graphs.evidence import Evidence
from graphs.state import Sentence
from retrieval.tokenize import stem, tokens
from tools.profile import PatientProfile
from tools.text import sentences

_FRAGMENT = re.compile(r"^\s*\||^(?![-•*·\d])[^。！？.!?：:；;，,]{1,14}$|^(?![-•*·\d])(?:[\w'’-]+\s+){0,5}[\w'’-]+$")
"""Rows of a table, which mean nothing without their header, and headings: they are found and cited, never read out as sentences."""
_ORDER = ("tool", "overview", "causes", "passage", "action", "medicines", "escalation", "caution")
_ANSWER_FIRST = {
    "eat": ("tool", "action", "passage", "caution", "overview", "causes", "medicines", "escalation"),
    "take": ("tool", "medicines", "passage", "caution", "action", "overview", "causes", "escalation"),
    "doctor": ("tool", "escalation", "passage", "action", "caution", "overview", "causes", "medicines"),
}
"""Who asks "may I take it?" or "must I see a doctor?" hears that first."""
_MAX_SENTENCES = 9
_MAX_PER_KIND = {True: 3, False: 2}
"""Sentences of one kind of section, by whether the question asks for that kind."""
_MAX_SIZE = {"zh": 400, "en": 1300}
_MIN_SIZE = {"zh": 150, "en": 450}
"""Below it, more of the leading document is told even where it shares no word with the question."""
_MIN_GAIN = 0.16
"""A sentence that bears on the question less than this share of the best one is padding."""
_REPEATED = 0.45
_SEEN = 0.35
"""What a word of the question that is already covered still counts."""
_BESIDE = 0.4
"""What counts of a sentence from another document than the leading ones."""

_SPOKEN_OF = 0.3
"""Share of the question's terms that a sentence from another document than the leading ones must hold."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    evidence: Evidence
    rank: int
    position: int
    words: frozenset[str]
    weight: float
    leads: bool

    def bears(self, wanted: frozenset[str]) -> bool:
        """Tell whether the sentence speaks of what is asked; in another document than the leading ones it must say much of it."""
        return len(self.words & wanted) >= (1 if self.leads else max(2, _SPOKEN_OF * len(wanted)))

    def gain(self, wanted: frozenset[str], covered: set[str]) -> float:
        """Return how much of the question this sentence adds to what is covered."""
        common = self.words & wanted
        new: float = len(common - covered) + _SEEN * len(common & covered)
        return (new / math.sqrt(len(self.words) or 1) + 0.05) * self.weight / (1 + 0.1 * self.rank)


def write(question: str, evidence: list[Evidence], language: str, profile: PatientProfile | None = None) -> tuple[Sentence, ...]:
    """Return sentences of the evidence that answer the question, each citing where it stands.

    Args:
        question: with its lay terms expanded to the words that documents use.
        evidence: most relevant first.
        language: of the answer.
        profile: the patient it is for; what is said for other people stands back.
    """
    wants = asked(question, profile)
    wanted = wanted_terms(question)
    pool = list(_candidates(evidence, wanted, wants))
    chosen = _choose(pool, wanted, language)
    _fill(chosen, pool, wanted, language)
    order = _ANSWER_FIRST.get(wants.intents[0], _ORDER) if wants.intents else _ORDER
    first = {item.title: rank for rank, item in reversed(list(enumerate(evidence)))}
    chosen.sort(key=lambda c: (order.index(c.evidence.kind), first[c.evidence.title], c.evidence.n, c.position))
    return tuple(Sentence(text=c.text, cites=(c.evidence.n,)) for c in chosen)


def _candidates(evidence: list[Evidence], wanted: frozenset[str], wants: Asked) -> Iterator[_Candidate]:
    titles = leading([item.title for item in evidence if item.kind != "tool"], wanted)
    for rank, item in enumerate(evidence):
        leads = item.kind == "tool" or item.title in titles
        for position, sentence in enumerate(sentences(item.text)):
            if item.kind != "tool" and _FRAGMENT.search(sentence):
                continue
            weight = 3.0 if item.kind == "tool" else wants.weight(item.kind)
            near = wants.nearness(sentence, item.kind)
            words = frozenset(map(stem, tokens(sentence)))
            yield _Candidate(sentence, item, rank, position, words, weight * near * (1.0 if leads else _BESIDE), leads and near == 1.0)


def _choose(pool: list[_Candidate], wanted: frozenset[str], language: str) -> list[_Candidate]:
    """Take the sentence that adds most, again and again, until the answer is full."""
    chosen: list[_Candidate] = []
    covered: set[str] = set()
    least = _MIN_GAIN * max((c.gain(wanted, covered) for c in pool), default=0.0)
    pool = [c for c in pool if c.evidence.kind == "tool" or (c.bears(wanted) and c.gain(wanted, covered) >= least)]
    while best := _next(pool, chosen, wanted, covered, language):
        chosen.append(best)
        covered |= best.words & wanted
    return chosen


def _next(pool: list[_Candidate], chosen: list[_Candidate], wanted: frozenset[str], covered: set[str], language: str) -> _Candidate | None:
    room = _MAX_SIZE[language] - sum(len(c.text) for c in chosen)
    if len(chosen) >= _MAX_SENTENCES:
        return None
    fitting = (c for c in pool if len(c.text) <= room and _fits(c, chosen))
    return max(fitting, key=lambda c: c.gain(wanted, covered), default=None)


def _fill(chosen: list[_Candidate], pool: list[_Candidate], wanted: frozenset[str], language: str) -> None:
    """Add when to see a doctor where nothing says it, and more of the leading documents to an answer that is too short to help."""
    if not chosen:
        return
    led = [c for c in pool if c.leads]
    covered = {word for c in chosen for word in c.words & wanted}
    if not any(c.evidence.kind in ("escalation", "tool") for c in chosen):
        _add_when(chosen, [c for c in led if c.evidence.kind == "escalation"], wanted, covered, language)
    while sum(len(c.text) for c in chosen) < _MIN_SIZE[language]:
        more = _next(led, chosen, wanted, covered, language)
        if more is None:
            return
        chosen.append(more)


def _add_when(chosen: list[_Candidate], led: list[_Candidate], wanted: frozenset[str], covered: set[str], language: str) -> None:
    """Add when to see a doctor; in a full answer it takes the place of what was chosen last."""
    for spared in range(min(3, len(chosen))):
        kept = chosen[: len(chosen) - spared]
        if when := _next(led, kept, wanted, covered, language):
            chosen[:] = [*kept, when]
            return


def _fits(candidate: _Candidate, chosen: list[_Candidate]) -> bool:
    if any(candidate is other or _repeats(candidate, other) for other in chosen):
        return False
    kind = candidate.evidence.kind
    return kind == "tool" or sum(c.evidence.kind == kind for c in chosen) < _MAX_PER_KIND[candidate.weight >= 1]


def _repeats(a: _Candidate, b: _Candidate) -> bool:
    return len(a.words & b.words) / max(min(len(a.words), len(b.words)), 1) >= _REPEATED
