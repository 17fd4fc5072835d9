"""Search results and chunks as their readers see them: without sentences that speak to a machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.wire.knowledge import ChunkItem, HitItem, SearchAnswer
from retrieval.documents import Chunk
from retrieval.orders import material
from retrieval.results import SearchResult
from retrieval.tenants import bare

_MAX_NAME = 200


def search_answer(result: SearchResult) -> SearchAnswer:
    """Return a search with the text of its hits."""
    trace = result.trace()
    hits = [_hit(line, hit.chunk) for line, hit in zip(trace["hits"], result.hits, strict=True)]
    return SearchAnswer.model_validate({**trace, "hits": hits})


def _hit(line: dict[str, Any], chunk: Chunk) -> HitItem:
    scores = {name: line[name] for name in ("rank", "score", "bm25", "dense", "sparse", "rerank", "bonus", "pulled")}
    return HitItem(**_about(chunk), **scores)


def chunk_item(chunk: Chunk, around: Sequence[Chunk]) -> ChunkItem:
    """Return a chunk with the ids of its neighbours, which are among the chunks of its document ``around`` it."""
    places = {other.ordinal: other.id for other in around}
    return ChunkItem(
        **_about(chunk),
        version=chunk.version,
        document_id=chunk.document_id,
        language=chunk.language,
        reviewed=chunk.reviewed,
        previous=places.get(chunk.ordinal - 1),
        next=places.get(chunk.ordinal + 1),
    )


def _about(chunk: Chunk) -> dict[str, Any]:
    return {
        "id": chunk.id,
        "collection": bare(chunk.collection),
        "document": _name(chunk.title),
        "section": _name(chunk.section),
        "text": material(chunk.text),
        "publisher": _name(chunk.publisher),
        "source": _name(chunk.source),
        "year": chunk.year,
        "tier": chunk.tier,
        "page": chunk.page,
    }


def _name(words: str) -> str:
    return " ".join(material(words[:_MAX_NAME]).split())
