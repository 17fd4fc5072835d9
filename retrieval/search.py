"""Hybrid search: keywords beside vectors, fused, reranked where a model is there, and a gate that says when nothing fits."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from configs.settings import RetrievalSettings
from retrieval.corpus import Corpus
from retrieval.documents import Chunk
from retrieval.embed import Embedder
from retrieval.errors import EmbedderUnavailable, RerankerUnavailable, RetrievalError
from retrieval.expand import Expansions
from retrieval.fuse import Fusion, fuse
from retrieval.gate import fits
from retrieval.index import Index
from retrieval.ingest import IngestReport, Progress
from retrieval.ingest_text import embedded_text
from retrieval.rerank import Reranker, make_reranker
from retrieval.results import Hit, IndexStatus, SearchResult
from retrieval.tokenize import tokens
from tools.text import clean

Arm = Literal["bm25", "dense", "fused"]
MAX_KEYWORD_CHARS = 1000
MAX_DENSE_CHARS = 400
"""A longer question is searched by its two ends. 400 characters fit one window of the model; 8000 would take it seconds."""
Scores = dict[int, float]
"""Chunk number in the corpus → score, best first."""


class Retriever:
    """The index of one data folder and the way to search it. Searches may run in many threads; one ingest runs at a time."""

    def __init__(self, settings: RetrievalSettings, index: Index, expansions: Mapping[str, str]) -> None:
        """Use `open`."""
        self._settings, self._index, self._expansions = settings, index, Expansions(expansions)
        self._writing = threading.Lock()
        self._reranker: Reranker | None = None
        self._reranker_reason: RetrievalError | None = None
        try:
            self._reranker = make_reranker(settings)
        except RerankerUnavailable as reason:
            self._reranker_reason = reason

    @classmethod
    def open(
        cls, settings: RetrievalSettings, data_dir: Path, expansions: Mapping[str, str] | None = None, *, mend: bool = False
    ) -> Retriever:
        """Open or create the index under ``data_dir``.

        Args:
            settings: models, depths and the gate.
            data_dir: where ``index/`` lies.
            expansions: lay term → standard words, added to a question that holds the term.
            mend: build a damaged part anew instead of raising; after a damaged manifest ingest the documents again.

        Raises:
            IndexCorrupt: a part of the index cannot be read.
            StorageFull: no room.
        """
        return cls(settings, Index(settings, data_dir, mend), expansions or {})

    @property
    def embedder(self) -> Embedder | None:
        """The dense model, where one serves."""
        return self._index.embedder

    def search(self, query: str, *, language: str | None = None, k: int | None = None, arm: Arm = "fused") -> SearchResult:
        """Return the best chunks for a question.

        Args:
            query: the patient's words; empty is allowed and finds nothing.
            language: keep to documents in this language, unless the settings offer any; None searches all.
            k: how many hits, ``top_k`` of the settings when absent.
            arm: one arm alone, for measuring.

        Raises:
            IndexCorrupt: the vector store fails; `rebuild` mends it.
        """
        clock, timings = _Clock(), {}
        text = _ends(clean(query), MAX_KEYWORD_CHARS)
        expanded, corpus = self._expansions.append(text), self._index.corpus
        language = None if self._settings.any_language else language
        keyword = self._keyword(corpus, expanded, language) if arm != "dense" else None
        timings["bm25"] = clock.lap()
        dense = self._dense(corpus, expanded, language) if arm != "bm25" and text else None
        timings["dense"] = clock.lap()
        fused = self._fuse(keyword, dense)
        reranked = self._rerank(text, fused, corpus) if arm == "fused" else {}
        timings["rerank"] = clock.lap()
        final = reranked or fused
        best = sorted(final, key=lambda number: (-final[number], number))[: k or self._settings.top_k]
        share, relevant = self._judge(text, best, corpus, _agree(keyword, dense, corpus))
        timings["gate"] = clock.lap()
        hits = tuple(_hit(n, final[n], corpus, keyword or {}, dense or {}, reranked) for n in best)
        ran = (("bm25", keyword), ("dense", dense), ("rerank", reranked or None))
        arms = tuple(name for name, scores in ran if scores is not None)
        return SearchResult(query, hits, relevant, share, arms, timings)

    def _keyword(self, corpus: Corpus, query: str, language: str | None) -> Scores:
        numbers, scores = corpus.bm25.top(tokens(query), self._settings.fetch_k, corpus.mask(language))
        return dict(zip(numbers.tolist(), scores.tolist(), strict=True))

    def _dense(self, corpus: Corpus, query: str, language: str | None) -> Scores | None:
        """Return cosine similarities, best first, or None where no dense model serves."""
        embedder, store = self._index.embedder, self._index.store
        if embedder is None or store is None:
            return None
        try:
            vector = embedder.embed_queries([_ends(query, MAX_DENSE_CHARS)])[0]
        except EmbedderUnavailable as reason:
            self._index.dense_off(reason)
            return None
        found = store.query(vector, self._settings.fetch_k, language)
        # Between an ingest's two swaps the store may know a chunk that this corpus does not, never the other way round for long.
        return {corpus.numbers[identity]: 1.0 - distance for identity, distance in found if identity in corpus.numbers}

    def _fuse(self, keyword: Scores | None, dense: Scores | None) -> Scores:
        if keyword is None or dense is None:
            return (keyword if dense is None else dense) or {}
        method: Fusion = self._settings.fusion
        return fuse(keyword, dense, method, self._settings.rrf_k)

    def _rerank(self, query: str, fused: Scores, corpus: Corpus) -> Scores:
        if self._reranker is None or not fused:
            return {}
        best = sorted(fused, key=lambda number: (-fused[number], number))[: self._settings.rerank_k]
        try:
            scores = self._reranker.score(query, [embedded_text(corpus.chunks[number]) for number in best])
        except RerankerUnavailable as reason:
            self._reranker, self._reranker_reason = None, reason
            return {}
        return dict(zip(best, scores.tolist(), strict=True))

    def expanded(self, query: str) -> str:
        """Return the question with the documents' words for its lay terms behind it, as the search reads it."""
        return self._expansions.append(clean(query))

    def _judge(self, query: str, best: list[int], corpus: Corpus, agreed: bool) -> tuple[float, bool]:
        """Return the coverage and whether the evidence fits the question, as asked or in standard words."""
        documents = dict.fromkeys(corpus.chunks[number].document_id for number in best)
        wordings = (query, self._expansions.rewrite(query))
        share = max(corpus.gate.coverage(words, documents) for words in wordings)
        named = any(corpus.gate.names(words, documents) for words in wordings)
        return share, bool(best) and fits(share, named, agreed, self._settings.min_coverage)

    def chunk(self, identity: str) -> Chunk | None:
        """Return a chunk by its id, or None where it is gone or was never there."""
        corpus = self._index.corpus
        number = corpus.numbers.get(identity)
        return None if number is None else corpus.chunks[number]

    def ingest(self, paths: Sequence[Path], progress: Progress | None = None, collection: str = "knowledge") -> IngestReport:
        """Bring the index to what files and folders say now; searches go on meanwhile.

        Raises:
            IndexBusy: another process is writing.
            StorageFull: no room; what was written so far stays whole.
        """
        with self._writing:
            return self._index.ingest(paths, progress, collection)

    def rebuild(self) -> None:
        """Build the vectors and the keyword index anew from the manifest; a search that runs meanwhile may raise IndexCorrupt.

        Raises:
            IndexBusy: another process is writing.
        """
        with self._writing:
            self._index.rebuild()

    def status(self) -> IndexStatus:
        """Return what is indexed and which models serve."""
        index = self._index
        return IndexStatus(
            documents=index.corpus.documents,
            chunks=len(index.corpus.chunks),
            embedder=index.embedder.name if index.embedder else None,
            embedder_reason=index.embedder_reason,
            reranker=self._reranker.name if self._reranker else None,
            reranker_reason=self._reranker_reason,
            recovered=index.recovered,
        )

    def close(self) -> None:
        """Let go of every file."""
        with self._writing:
            self._index.close()


class _Clock:
    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self) -> float:
        """Return the seconds since the last lap."""
        now = time.perf_counter()
        seconds, self._last = now - self._last, now
        return seconds


def _ends(text: str, longest: int) -> str:
    """Return the text, or its two ends: a long message begins with the complaint and ends with the question."""
    return text if len(text) <= longest else f"{text[: longest // 2]} {text[-longest // 2 + 1 :]}"


def _agree(keyword: Scores | None, dense: Scores | None, corpus: Corpus) -> bool:
    """Return whether both arms ran and put the same document first."""
    if not keyword or not dense:
        return False
    first, second = (corpus.chunks[max(arm, key=lambda number: arm[number])].document_id for arm in (keyword, dense))
    return first == second


def _hit(number: int, score: float, corpus: Corpus, keyword: Scores, dense: Scores, reranked: Scores) -> Hit:
    return Hit(corpus.chunks[number], score, keyword.get(number), dense.get(number), reranked.get(number))
