"""What a search returns, how it came to it, and what an index tells of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from retrieval.documents import Chunk
from retrieval.errors import RetrievalError
from retrieval.gate import Signals
from retrieval.orders import material


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk and why it was found; an arm that did not return it, or did not run, is None."""

    chunk: Chunk
    score: float
    bm25: float | None
    dense: float | None
    rerank: float | None
    sparse: float | None = None
    bonus: float = 0.0
    """What its source added to the score, for breaking ties."""
    pulled: bool = False
    """Not found by its words: the section on who must take care, of a high-risk document that was found."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a search: how many candidates it left, the time it took, and a word on what it did."""

    name: str
    candidates: int
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A chunk that ranked high enough and was still left out: ``duplicate`` of another one, or its ``document`` had enough."""

    chunk: str
    reason: str
    of: str = ""


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
    expanded: str = ""
    """The query with the documents' words for its lay terms and misspelt words behind it."""
    signals: Signals = field(default_factory=Signals)
    stages: tuple[Stage, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    unavailable: dict[str, str] = field(default_factory=dict)
    """Arm or reranker that is configured and did not serve this search → code of the error."""

    def trace(self) -> dict[str, Any]:
        """Return how the result came about, as plain data: no text of a chunk and, but for the query, no word of the patient."""
        return {
            "query": self.query,
            "expanded": self.expanded,
            "relevant": self.relevant,
            "confidence": round(self.signals.confidence, 4),
            "signals": asdict(self.signals),
            "arms": list(self.arms),
            "unavailable": dict(self.unavailable),
            "stages": [asdict(stage) for stage in self.stages],
            "hits": [_line(rank, hit) for rank, hit in enumerate(self.hits, start=1)],
            "dropped": [asdict(one) for one in self.dropped],
        }


def _line(rank: int, hit: Hit) -> dict[str, Any]:
    chunk = hit.chunk
    scores = {name: getattr(hit, name) for name in ("score", "bm25", "dense", "sparse", "rerank", "bonus")}
    about = {"document": material(chunk.title[:200]), "section": material(chunk.section[:200]), "tier": chunk.tier, "year": chunk.year}
    rounded = {name: value if value is None else round(value, 5) for name, value in scores.items()}
    return {"rank": rank, "id": chunk.id, **about, **rounded, "pulled": hit.pulled}


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
