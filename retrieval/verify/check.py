"""The verifier: does the cited evidence say what the sentence says?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.citations import strip_citations
from retrieval.verify.agreement import unheld
from retrieval.verify.amounts import Amount
from retrieval.verify.direction import swapped
from retrieval.verify.medical import needs_source
from retrieval.verify.names import Referent, strangers
from retrieval.verify.parts import Fact, Part, Reader, coverage, nearest
from retrieval.verify.people import exchanged, foreign
from retrieval.verify.polarity import turned
from retrieval.verify.verdict import Entailment, Failure, Passage, Quote, Rule, Verdict
from tools.tables import Tables

MIN_SUPPORT = 0.45
"""Share of a sentence's words that its evidence must hold; chosen on the dev half of ``evaluation/banks/paraphrases.jsonl``."""
_DOUBTFUL = 0.3
"""Below this nothing that an entailment model says can make it supported."""
_NEAR = 0.65
"""A fact must stand in a sentence of the evidence that holds this share of what the nearest one holds of the clause."""
_FACT = 2
"""Words that a fact counts for."""
_MAX_QUOTES = 4
_MIN_GAIN = 0.06
"""What a further sentence of the evidence must add to count as support; an answer may join two sentences."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A sentence of the evidence with the number it is cited by."""

    n: int
    id: str
    part: Part


class Verifier:
    """Checks sentences against what they cite; holds no state but evidence that it has read already."""

    def __init__(self, tables: Tables, entails: Entailment | None = None) -> None:
        """Take the tables that know the names, and a second opinion where one is configured."""
        self._reader = Reader(tables)
        self._tables = tables
        self._entails = entails

    def verify(self, sentence: str, cites: Sequence[int], evidence: Mapping[int, Passage]) -> Verdict:
        """Check one sentence of an answer.

        Args:
            sentence: with or without citation marks.
            cites: the numbers it cites.
            evidence: what was retrieved this turn, by number.
        """
        bare = strip_citations(sentence)
        if not cites:
            medical = needs_source(bare, self._tables)
            return Verdict(medical, (Failure("citation.missing"),) if medical else (), support=0.0)
        unknown = tuple(f"[{n}]" for n in cites if n not in evidence)
        if unknown:
            return Verdict(True, (Failure("citation.unknown", unknown),), support=0.0)
        stale = tuple(f"[{n}]" for n in cites if evidence[n].indexed is not None and evidence[n].indexed != evidence[n].version)
        if stale:
            return Verdict(True, (Failure("citation.stale", stale),), support=0.0)
        return self._against(bare, [(n, evidence[n]) for n in cites])

    def _against(self, sentence: str, cited: list[tuple[int, Passage]]) -> Verdict:
        said = self._reader.sentence(sentence)
        sources = [_Source(n, passage.id, part) for n, passage in cited for part in self._reader.parts(passage.text)]
        quoted = [source for source in sources if source.part.text == said.text]
        if quoted:
            return Verdict(True, (), _quotes(quoted[:1]))
        same = [source for source in sources if source.part.language == said.language]
        if not same:
            return self._across(said, sources, cited)
        support = _support(said, same)
        held = [source.part for source in support]
        quotes = _quotes(support)
        failures = list(self._facts(said, [source.part for source in same], self._around(cited), held))
        share = 0.0 if failures else _share(said, held)
        failures += [
            *([Failure("support.polarity")] if _contradicts(said, held) else []),
            *([] if failures else self._content(sentence, share, cited, support)),
        ]
        return Verdict(True, tuple(failures), quotes, share)

    def _around(self, cited: list[tuple[int, Passage]]) -> list[Part]:
        """Return titles and headings, which say what a text is about where its sentences do not."""
        return [part for _, passage in cited for text in (passage.title, passage.section) if text for part in self._reader.parts(text)]

    def _facts(self, said: Part, parts: list[Part], around: list[Part], support: list[Part]) -> Iterator[Failure]:
        """Yield the facts that do not stand in the sentences of the evidence next to the clause that states them."""
        found: dict[Rule, list[str]] = {"support.number": [], "support.name": [], "support.population": []}
        found["support.population"] += exchanged(said.people, [group for part in support for group in part.people])
        facts = list(said.facts())
        held = [[not self._strange(fact, [part]) for part in parts] for fact, *_ in facts]
        for index, (fact, number, clause, sentence) in enumerate(facts):
            weights = [0 if other == index else 4 if place == number else 1 for other, (_, place, *_) in enumerate(facts)]
            total = sum(weights) or 1
            agreement = [sum(weight * row[place] for weight, row in zip(weights, held, strict=True)) / total for place in range(len(parts))]
            near = nearest(clause, sentence, parts, agreement, _NEAR) if support else parts
            rule: Rule = (
                "support.number" if isinstance(fact, Amount) else "support.name" if isinstance(fact, Referent) else "support.population"
            )
            found[rule] += self._strange(fact, near if isinstance(fact, Amount) else [*near, *around])
        yield from (Failure(rule, tuple(dict.fromkeys(words))) for rule, words in found.items() if words)

    def _strange(self, fact: Fact, parts: list[Part]) -> list[str]:
        """Return the words of a fact that none of the parts states."""
        if isinstance(fact, Amount):
            return [amount.words for amount in unheld([fact], [amount for part in parts for amount in part.amounts])]
        if isinstance(fact, Referent):
            return strangers([fact], [name for part in parts for name in part.names], [part.text for part in parts], self._tables)
        return foreign([fact], [group for part in parts for group in part.people])

    def _content(self, sentence: str, share: float, cited: list[tuple[int, Passage]], support: list[_Source]) -> Iterator[Failure]:
        if share >= MIN_SUPPORT:
            return
        texts = dict(cited)
        premise = " ".join(texts[s.n].text[s.part.start : s.part.end] for s in support)
        if share < _DOUBTFUL or self._entails is None or not self._entails(sentence, premise):
            yield Failure("support.words")

    def _across(self, said: Part, sources: list[_Source], cited: list[tuple[int, Passage]]) -> Verdict:
        """Compare between two languages, where words cannot be: quantities, referents and groups of people."""
        failures = tuple(self._facts(said, [source.part for source in sources], self._around(cited), []))
        best = sorted(sources, key=lambda source: -_common(said, source.part))[:1]
        return Verdict(True, failures, _quotes(best))


def _contradicts(said: Part, held: list[Part]) -> bool:
    theirs = [part.propositions for part in held]
    return turned(said.propositions, theirs) or swapped(said.propositions, theirs)


def _share(said: Part, held: list[Part]) -> float:
    """Return how much of a sentence its support holds; facts that were found there count as words however they are spelled."""
    context = said.context()
    size, facts = len(context.single), _FACT * (len(said.amounts) + len(said.names) + len(said.people))
    plain = coverage(said.words, [part.words for part in held])
    return max(plain, (coverage(context, [part.words for part in held]) * size + facts) / ((size + facts) or 1))


def _quotes(sources: Iterable[_Source]) -> tuple[Quote, ...]:
    return tuple(Quote(source.n, source.id, source.part.start, source.part.end) for source in sources)


def _support(said: Part, sources: list[_Source]) -> list[_Source]:
    """Return the sentences that together hold most of the words, best first."""
    chosen: list[_Source] = []
    share = 0.0
    while len(chosen) < _MAX_QUOTES:
        words = [source.part.words for source in chosen]
        rest = [source for source in sources if source not in chosen]
        scored = [(coverage(said.words, [*words, source.part.words]), -len(source.part.text)) for source in rest]
        best = max(range(len(rest)), key=scored.__getitem__, default=None)
        if best is None or scored[best][0] - share < (_MIN_GAIN if chosen else 1e-9):
            break
        share = scored[best][0]
        chosen.append(rest[best])
    return chosen


def _common(said: Part, other: Part) -> int:
    references = frozenset().union(*(name.references for name in other.names))
    return sum(bool(name.references & references) for name in said.names) + len(said.amounts) - len(unheld(said.amounts, other.amounts))
