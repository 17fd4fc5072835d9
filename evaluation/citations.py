"""The verifier of citations against errors made on purpose: ``python -m evaluation.citations`` (``make bench-citations``).

True sentences are sentences of ``knowledge/documents`` and the paraphrases of ``banks/paraphrases.jsonl``; wrong ones are made of them by
``evaluation.corruptions`` and by citing what was not retrieved, has changed, or says something else. A second bank of paraphrases,
``banks/paraphrases_fresh.jsonl``, is by another author and counted on its own. Seeded. Half of the documents and of the paraphrases is
``dev``, which was used for tuning; the other half, ``final``, was only counted.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from configs.settings import ROOT
from evaluation.corruptions import CORRUPTIONS
from evaluation.safety import BANKS, Tally
from retrieval.chunk import chunk_document
from retrieval.documents import Chunk, Document, read_documents
from retrieval.tokenize import tokens
from retrieval.verify import Passage, Verifier
from tools.tables import Tables, load_tables
from tools.text import sentences

KNOWLEDGE = ROOT / "knowledge"
KINDS = (*CORRUPTIONS, "source")
PER_KIND = {"zh": 60, "en": 40}
SPLITS = ("dev", "final")
PARAPHRASES = ("paraphrase", "fresh")
TRUE = ("quote", *PARAPHRASES)
_TURN = 6
"""How many chunks a turn retrieves beside the cited one."""
_MAX_CHARS = 900


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with its citation and what was retrieved; ``kind`` is the error in it, or one of ``TRUE`` when it is true."""

    kind: str
    language: str
    split: str
    origin: str
    text: str
    cites: tuple[int, ...]
    evidence: dict[int, Passage]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _True:
    """A true sentence and the chunk that says so."""

    text: str
    chunk: Chunk
    split: str
    origin: str


class Bank:
    """True sentences with their evidence, and the wrong ones made of them."""

    def __init__(self, tables: Tables, seed: int = 4) -> None:
        """Read the documents and the paraphrases.

        Raises:
            ValueError: a paraphrase names a section that its document no longer has.
        """
        self.tables = tables
        self._seed = seed
        found = read_documents(KNOWLEDGE / "documents")
        self.chunks = [chunk for d in found if isinstance(d, Document) for chunk in chunk_document(d, _MAX_CHARS)]
        self._terms = {chunk.id: frozenset(tokens(chunk.text)) for chunk in self.chunks}
        self._quotes = [_True(s, chunk, _half(chunk.document_id), "quote") for chunk in self.chunks for s in sentences(chunk.text)]
        self._paraphrases = list(self._read(BANKS / "paraphrases.jsonl", "paraphrase"))
        self._fresh = list(self._read(BANKS / "paraphrases_fresh.jsonl", "fresh"))

    def _read(self, path: Path, origin: str) -> Iterator[_True]:
        by_section: dict[tuple[str, str], list[Chunk]] = defaultdict(list)
        for chunk in self.chunks:
            by_section[chunk.document_id, chunk.section].append(chunk)
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            chunks = by_section[row["document"], row["section"]]
            if not chunks:
                raise ValueError(f"{path.name}: {row['id']} paraphrases a section that is gone")
            terms = frozenset(tokens(row["text"]))
            yield _True(row["text"], max(chunks, key=lambda chunk: len(terms & self._terms[chunk.id])), row["split"], origin)

    def untouched(self, n: int) -> Iterator[Case]:
        """Yield ``n`` sentences a language and split as they stand in the documents, and every paraphrase."""
        for language, split in ((language, split) for language in PER_KIND for split in SPLITS):
            rng = random.Random(f"{self._seed}:{language}:{split}")
            pool = [true for true in self._quotes if (true.chunk.language, true.split) == (language, split)]
            for true in rng.sample(pool, min(n, len(pool))):
                yield self._case("quote", true, true.text)
        for true in (*self._paraphrases, *self._fresh):
            yield self._case(true.origin, true, true.text)

    def wrong(self, per_kind: dict[str, int] | None = None) -> Iterator[Case]:
        """Yield the errors of every kind, half of them in each split, and in each about as many paraphrases as quotes."""
        for kind in KINDS:
            for language, n in (per_kind or PER_KIND).items():
                for split in SPLITS:
                    yield from self._errors(kind, language, split, n // 2)

    def _errors(self, kind: str, language: str, split: str, n: int) -> Iterator[Case]:
        rng = random.Random(f"{self._seed}:{kind}:{language}:{split}")
        pools = []
        for pool in (self._paraphrases, self._quotes):
            fitting = [true for true in pool if (true.chunk.language, true.split) == (language, split)]
            pools.append(iter(rng.sample(fitting, len(fitting))))
        for number in range(n):
            # Paraphrases with a drug or a number are fewer than sentences: then a sentence of the documents takes the place.
            rest = chain(pools[number % 2], pools[1])
            case = next((case for true in rest if (case := self._corrupt(kind, true, number, rng))), None)
            if case is None:
                return
            yield case

    def _corrupt(self, kind: str, true: _True, number: int, rng: random.Random) -> Case | None:
        if kind == "source":
            return self._invented(true, number)
        made = CORRUPTIONS[kind](true.text, true.chunk.language, true.chunk.text, self.tables, rng)
        if made is None or made.text == true.text or made.text in true.chunk.text:
            return None
        return self._case(kind, true, made.text, f"{made.before} → {made.after}")

    def _invented(self, true: _True, number: int) -> Case | None:
        """Cite a number that was not retrieved, the nearest other document, or a version that the index no longer holds."""
        case = self._case("source", true, true.text)
        way = number % 3
        if way == 0:
            return replace(case, cites=(len(case.evidence) + 1 + number % 5,), note="not retrieved")
        if way == 1:
            return replace(case, cites=(2,), note="another document")
        stale = replace(case.evidence[1], version="0" * 16)
        return replace(case, evidence=case.evidence | {1: stale}, note="another version")

    def _case(self, kind: str, true: _True, text: str, note: str = "") -> Case:
        others = self._neighbours(true)
        evidence = {n: _passage(chunk) for n, chunk in enumerate([true.chunk, *others], start=1)}
        return Case(kind, true.chunk.language, true.split, true.origin, text, (1,), evidence, note)

    def _neighbours(self, true: _True) -> list[Chunk]:
        terms = frozenset(tokens(true.text))
        others = [c for c in self.chunks if c.language == true.chunk.language and c.document_id != true.chunk.document_id]
        return sorted(others, key=lambda c: (-len(terms & self._terms[c.id]), c.id))[:_TURN]


def _passage(chunk: Chunk) -> Passage:
    return Passage(chunk.id, chunk.text, chunk.title, chunk.section, chunk.version, chunk.version)


def _half(document: str) -> str:
    return SPLITS[zlib.crc32(document.encode()) % 2]


def measure(cases: Iterable[Case], verifier: Verifier) -> dict[tuple[str, str, str], Tally]:
    """Return by kind, language and split how many cases were objected to; ``missed`` holds those that were not."""
    result: dict[tuple[str, str, str], Tally] = defaultdict(Tally)
    for case in cases:
        verdict = verifier.verify(case.text, case.cites, case.evidence)
        rules = ",".join(failure.rule for failure in verdict.failures)
        true = case.kind in TRUE
        tally = result[case.kind, case.language, case.split]
        tally.add(not verdict.ok, f"{case.origin} {case.note} | {case.text}")
        if true and not verdict.ok:
            tally.missed.append(f"FALSE ALARM {rules} {verdict.support:.2f} {[f.words for f in verdict.failures]} | {case.text}")
    return result


def report(result: dict[tuple[str, str, str], Tally], splits: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the report."""
    for split in splits:
        for title, kinds in (("errors caught", KINDS), ("false alarms", ("quote",)), ("false alarms", PARAPHRASES)):
            for kind in kinds:
                for language in PER_KIND:
                    yield f"{split:<6} {title:<14} {kind:<11} {language}  {result[kind, language, split]}"
            for language in (*PER_KIND, "all"):
                yield f"{split:<6} {title:<14} {'all':<11} {language:<3} {_sum(result, kinds, language, split)}"


def _sum(result: dict[tuple[str, str, str], Tally], kinds: Iterable[str], language: str, split: str) -> Tally:
    total = Tally()
    for (kind, lang, half), tally in result.items():
        if kind in kinds and language in (lang, "all") and half == split:
            total.hits += tally.hits
            total.n += tally.n
    return total


def latency(bank: Bank, answers: int = 200) -> str:
    """Return how long it takes to verify an answer of ten sentences with a verifier that has read none of its evidence."""
    cases = [case for case in bank.untouched(5 * answers) if case.split == "dev"][: 10 * answers]
    times = []
    for start in range(0, len(cases) - 9, 10):
        verifier = Verifier(bank.tables)
        began = time.perf_counter()
        for case in cases[start : start + 10]:
            verifier.verify(case.text, case.cites, case.evidence)
        times.append((time.perf_counter() - began) * 1000)
    p50, p99 = np.percentile(times, [50, 99])
    return f"answer of 10 sentences, 10 chunks: p50 {p50:.1f} ms ({p50 / 10:.2f} ms a sentence), p99 {p99:.1f} ms, n={len(times)}"


def main() -> None:
    """Print the report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--split", choices=("dev", "final", "all"), default="all")
    options.add_argument("--missed", action="store_true", help="print the dev cases that went wrong")
    options.add_argument("--fast", action="store_true", help="without retrieval and latency")
    chosen = options.parse_args()
    splits = SPLITS if chosen.split == "all" else (chosen.split,)
    if not chosen.fast:
        from evaluation.bench import machine

        print(machine())
    bank = Bank(load_tables(KNOWLEDGE / "tables"))
    cases = [case for case in (*bank.wrong(), *bank.untouched(300)) if case.split in splits]
    result = measure(cases, Verifier(bank.tables))
    print(*report(result, splits), sep="\n")
    if chosen.missed:
        for (kind, language, split), tally in result.items():
            wrong = [m for m in tally.missed if m.startswith("FALSE")] if kind in TRUE else tally.missed
            print(*(f"{kind} {language} {m}" for m in wrong if split == "dev"), sep="\n")
    if not chosen.fast:
        from evaluation.attribution import attribution

        print(latency(bank))
        print(*attribution(bank.tables), sep="\n")


if __name__ == "__main__":
    main()
