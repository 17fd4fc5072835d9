"""One search, stage by stage: arms → fusion → reranker → selection → gate. Each stage leaves a record of what it did."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from configs.settings import RetrievalSettings
from retrieval.corpus import Corpus
from retrieval.errors import RetrievalError
from retrieval.fuse import Fusion, fuse
from retrieval.gate import Gate, Signals, Subject, names
from retrieval.ingest_text import embedded_text
from retrieval.priority import Priorities
from retrieval.rerank import Reranker
from retrieval.results import Hit, SearchResult, Stage
from retrieval.select import Selection, select, siblings
from retrieval.tokenize import query_tokens
from tools.text import language_of

Arm = Literal["bm25", "dense", "sparse", "fused", "rerank", "answer"]
"""One arm alone, the fused arms, these reranked: raw rankings, for measuring. ``answer`` adds selection, for evidence."""
Scores = dict[int, float]
"""Chunk number in the corpus → score, best first."""
GATE_REACH = 6
"""The gate reads this many chunks before and behind a hit as the same document; a book is not one subject."""
VectorSearch = Callable[[str, int], Scores | None]
"""Query and depth → scores; None where no such model is configured. Raises RetrievalError when it does not serve now."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: the cleaned text, the text with standard words behind it, and both wordings for the gate."""

    asked: str
    expanded: str
    wordings: tuple[str, ...]
    language: str | None = None
    collections: Collection[str] | None = None


@dataclass(slots=True)
class Search:
    """One run over one picture of the corpus; used once, by one thread.

    The arms run one after the other: keywords take a fortieth of the time of a vector, so two threads would cost more than they gain.
    """

    settings: RetrievalSettings
    corpus: Corpus
    dense: VectorSearch
    sparse: VectorSearch
    reranker: Reranker | None
    priorities: Priorities
    stages: list[Stage] = field(default_factory=list)
    unavailable: dict[str, str] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def run(self, query: str, question: Question, k: int, arm: Arm) -> SearchResult:
        """Return the ``k`` best chunks."""
        fetched = self._arms(question, max(k, self.settings.fetch_k), arm)
        fused = self._fused(fetched, question)
        reranked = self._reranked(question.asked, fused) if arm in ("rerank", "answer") else {}
        final = reranked or fused
        selection = self._selected(final, k, arm)
        signals = self._signals(question, selection.numbers, fetched, reranked)
        relevant = bool(selection.numbers) and signals.confidence >= self.settings.min_confidence
        self._stage("gate", len(selection.numbers) if relevant else 0, f"{signals.confidence:.2f}")
        hits = tuple(_hit(n, final, self.corpus, {**fetched, "rerank": reranked}, selection) for n in selection.numbers)
        return SearchResult(
            query=query,
            hits=hits,
            relevant=relevant,
            coverage=signals.coverage,
            arms=(*fetched, *(("rerank",) if reranked else ())),
            timings={stage.name: stage.seconds for stage in self.stages},
            expanded=question.expanded,
            signals=signals,
            stages=tuple(self.stages),
            dropped=selection.dropped,
            unavailable=self.unavailable,
        )

    def _arms(self, question: Question, depth: int, arm: Arm) -> dict[str, Scores]:
        """Return the scores of each arm that was asked for and served."""
        wanted = {arm} if arm in ("bm25", "dense", "sparse") else {"bm25", "dense", "sparse"}
        found: dict[str, Scores] = {}
        if "bm25" in wanted:
            mask = self.corpus.mask(question.language, question.collections)
            numbers, scores = self.corpus.bm25.top(query_tokens(question.expanded), depth, mask)
            found["bm25"] = dict(zip(numbers.tolist(), scores.tolist(), strict=True))
            self._stage("bm25", len(found["bm25"]))
        for name, vectors in (("dense", self.dense), ("sparse", self.sparse)):
            scored = self._vectors(name, vectors, question, depth) if name in wanted and question.asked else None
            if scored is not None:
                found[name] = scored
                self._stage(name, len(scored))
        return found

    def _vectors(self, name: str, vectors: VectorSearch, question: Question, depth: int) -> Scores | None:
        try:
            return vectors(question.expanded, depth)
        except RetrievalError as reason:
            if reason.code.startswith("index"):
                raise
            self.unavailable[name] = reason.code
            self._stage(name, 0, reason.code)
            return None

    def _fused(self, fetched: Mapping[str, Scores], question: Question) -> Scores:
        if not fetched:
            return {}
        method: Fusion = self.settings.fusion
        language: Literal["zh", "en"] = "en" if (question.language or language_of(question.asked)) == "en" else "zh"
        dense = self.settings.dense_weight.get(language, 0.65)
        rest = (1 - dense) * (1 - self.settings.sparse_share if "sparse" in fetched else 1)
        weights = {"bm25": rest, "dense": dense, "sparse": (1 - dense) * self.settings.sparse_share}
        fused = fuse(list(fetched.values()), [weights[name] for name in fetched], method, self.settings.rrf_k)
        self._stage("fuse", len(fused), f"{method} {dense:.2f}")
        return fused

    def _reranked(self, asked: str, fused: Scores) -> Scores:
        """Return the scores of the best of ``fused`` by the cross-encoder; nothing where none serves: the fused order stands."""
        if self.reranker is None or not fused:
            return {}
        best = _best(fused)[: self.settings.rerank_k]
        try:
            scores = self.reranker.score(asked, [embedded_text(self.corpus.chunks[number]) for number in best])
        except RetrievalError as reason:
            self.unavailable["rerank"] = reason.code
            self._stage("rerank", 0, reason.code)
            return {}
        self._stage("rerank", len(best), self.reranker.name)
        return dict(zip(best, scores.tolist(), strict=True))

    def _selected(self, final: Scores, k: int, arm: Arm) -> Selection:
        if arm != "answer":
            return Selection(tuple(_best(final)[:k]), {}, frozenset(), ())
        selection = select(final, self.corpus, self.priorities, self.settings, k)
        self._stage("select", len(selection.numbers), f"{len(selection.dropped)} dropped, {len(selection.pulled)} pulled")
        return selection

    def _signals(self, question: Question, numbers: Sequence[int], fetched: Mapping[str, Scores], reranked: Mapping[int, float]) -> Signals:
        """Return what the gate needs of the question, as asked or in standard words, and of the first evidence."""
        first = numbers[: self.settings.top_k]
        if not first:
            return Signals()
        subjects = [*{self.corpus.chunks[n].document_id: self._subject(n) for n in reversed(first)}.values()]
        gate = Gate(self.corpus.bm25.documents_with, self.corpus.bm25.size)
        return Signals(
            coverage=max(gate.coverage(words, subjects) for words in question.wordings),
            named=any(names(words, subjects) for words in question.wordings),
            agreed=self._agreed(fetched),
            rerank=max((reranked[n] for n in first if n in reranked), default=None) if reranked else None,
        )

    def _subject(self, number: int) -> Subject:
        chunk = self.corpus.chunks[number]
        parts = (self.corpus.chunks[n] for n in siblings(chunk, self.corpus, GATE_REACH))
        texts = [f"{part.section}\n{part.text}" for part in parts]
        return Subject.of(texts, chunk.title, self.corpus.keywords[number])

    def _agreed(self, fetched: Mapping[str, Scores]) -> bool | None:
        """Return whether keywords and vectors put the same document first; None where one of them did not run."""
        keyword, dense = fetched.get("bm25"), fetched.get("dense")
        if keyword is None or dense is None:
            return None
        if not keyword or not dense:
            return False
        first, second = (self.corpus.chunks[_best(arm)[0]].document_id for arm in (keyword, dense))
        return first == second

    def _stage(self, name: str, candidates: int, note: str = "") -> None:
        now = time.perf_counter()
        self.stages.append(Stage(name, candidates, now - self._last, note))
        self._last = now


def _best(scores: Mapping[int, float]) -> list[int]:
    return sorted(scores, key=lambda number: (-scores[number], number))


def _hit(number: int, final: Scores, corpus: Corpus, scores: Mapping[str, Scores], selection: Selection) -> Hit:
    def of(name: str) -> float | None:
        return scores.get(name, {}).get(number)

    return Hit(
        corpus.chunks[number],
        final.get(number, 0.0),
        of("bm25"),
        of("dense"),
        of("rerank"),
        of("sparse"),
        selection.bonuses.get(number, 0.0),
        number in selection.pulled,
    )
