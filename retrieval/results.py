"""What a search returns and what an index tells of itself."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.documents import Chunk
from retrieval.errors import RetrievalError


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk and why it was found; an arm that did not return it, or did not run, is None."""

    chunk: Chunk
    score: float
    bm25: float | None
    dense: float | None
    rerank: float | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first. ``relevant`` is False when they do not cover the question: the assistant then abstains."""

    query: str
    hits: tuple[Hit, ...]
    relevant: bool
    coverage: float
    arms: tuple[str, ...]
    timings: dict[str, float]
    """Seconds by stage."""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What the index holds and which models serve it; a ``reason`` says why a configured model does not."""

    documents: int
    chunks: int
    embedder: str | None
    embedder_reason: RetrievalError | None
    reranker: str | None
    reranker_reason: RetrievalError | None
    recovered: int
