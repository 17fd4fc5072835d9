"""Evidence for the question: what the tools say, then what the documents say."""

from __future__ import annotations

import asyncio
from itertools import zip_longest
from typing import Any

from langgraph.runtime import Runtime

from graphs.context import Context, patient
from graphs.evidence import numbered, tool_evidence
from graphs.query import in_context, search_queries
from graphs.state import ComposeState, EvidenceRef
from retrieval.documents import Chunk
from retrieval.search import Retriever

_MAX_CHUNKS = 10


async def retrieve(state: ComposeState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Search, and abstain from documents that do not bear on the question."""
    context = runtime.context
    from_tools = tool_evidence(state, await patient(state, runtime), context.tables)
    query = in_context(state["question"], state["history"])
    chunks = await asyncio.to_thread(_search, context.retriever, search_queries(state), state["language"])
    documents = [EvidenceRef(n=0, kind="chunk", id=chunk.id, version=chunk.version) for chunk in chunks]
    return {"evidence": numbered(from_tools + documents), "query": query, "tool_results": [], "tool_rounds": 0}


def _search(retriever: Retriever, queries: list[str], language: str) -> list[Chunk]:
    """Return the relevant chunks of all queries in turn, best first, each once."""
    results = [retriever.search(query, language=language) for query in queries]
    rankings = [[hit.chunk for hit in result.hits] for result in results if result.relevant]
    merged = {chunk.id: chunk for rank in zip_longest(*rankings) for chunk in rank if chunk is not None}
    return list(merged.values())[:_MAX_CHUNKS]
