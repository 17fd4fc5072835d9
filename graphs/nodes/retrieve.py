"""Evidence for the question: what the tools say, then what the documents say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from langgraph.runtime import Runtime

from graphs.asking import SECTIONS, Asked, asked, leading, wanted_terms
from graphs.context import Context, patient
from graphs.evidence import numbered, tool_evidence
from graphs.query import search_queries, understood
from graphs.rewrite import rewritten, was_asked
from graphs.state import ComposeState, EvidenceRef
from retrieval.documents import Chunk
from retrieval.results import SearchResult
from retrieval.search import Retriever

_MAX_CHUNKS = 10
_MAX_MORE = 4
"""Sections of the leading documents that are added to what was found."""
_ASKED_FOR = 1.5
"""From this weight on a question asks for a kind of section in as many words."""


async def retrieve(state: ComposeState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Search, and abstain from documents that do not bear on the question."""
    context = runtime.context
    from_tools = tool_evidence(state, await patient(state, runtime), context.tables)
    meant = await rewritten(understood(state), state, context.models)
    loop, queries = asyncio.get_running_loop(), search_queries(state, meant)
    results = await loop.run_in_executor(context.retriever.threads, _search, context.retriever, queries, state["language"], context.tenant)
    found = _completed(_merged(results), meant.standalone, context.retriever)
    documents = [EvidenceRef(n=0, kind="chunk", id=chunk.id, version=chunk.version) for chunk in found]
    return {
        "evidence": numbered(from_tools + documents),
        "query": meant.standalone,
        "searches": [{**result.trace(), "steps": list(meant.steps)} for result in results],
        "tool_results": [],
        "tool_rounds": 0,
        "calls": int(was_asked(meant)),
    }


def _search(retriever: Retriever, queries: list[str], language: str, tenant: str) -> list[SearchResult]:
    return [retriever.search(query, language=language, tenant=tenant) for query in queries]


def _merged(results: Sequence[SearchResult]) -> list[Chunk]:
    """Return the relevant chunks of all searches in turn, best first, each once: every question of a letter gets its share."""
    rankings = [[hit.chunk for hit in result.hits] for result in results if result.relevant]
    merged = {chunk.id: chunk for rank in zip_longest(*rankings) for chunk in rank if chunk is not None}
    return list(merged.values())[:_MAX_CHUNKS]


def _completed(found: list[Chunk], question: str, retriever: Retriever) -> list[Chunk]:
    """Return the chunks with the sections that the leading documents have and the search did not bring.

    Who asks about low blood sugar needs what to do and when to call for help, also where these sections share no word with the question.
    Documents beside the first give only what is asked for: "what is gout, and what helps" leads to gout and to its medicines.
    """
    titles = leading([chunk.title for chunk in found], wanted_terms(retriever.expanded(question)))
    wants = asked(question)
    more: list[Chunk] = []
    for place, title in enumerate(titles):
        least = 0.0 if place == 0 else _ASKED_FOR
        more += _missing(next(chunk for chunk in found if chunk.title == title), found, wants, least, retriever)
    return found + more[:_MAX_MORE]


def _missing(lead: Chunk, found: list[Chunk], wants: Asked, least: float, retriever: Retriever) -> list[Chunk]:
    """Return a chunk of each kind of section that a document has, the question wants at least so much, and the search did not bring."""
    ids, kinds = {chunk.id for chunk in found}, {chunk.kind for chunk in found if chunk.document_id == lead.document_id}
    wanted = sorted((kind for kind in SECTIONS - kinds if wants.weight(kind) >= least), key=lambda kind: (-wants.weight(kind), kind))
    rest = [chunk for chunk in retriever.sections(lead) if chunk.id not in ids]
    first = (next((chunk for chunk in rest if chunk.kind == kind), None) for kind in wanted)
    return [chunk for chunk in first if chunk is not None]
