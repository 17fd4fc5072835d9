"""Whether manifest, vectors and keyword index hold the same chunks."""

from __future__ import annotations

from retrieval.search import Retriever


def in_step(retriever: Retriever) -> bool:
    index = retriever._index
    assert index.store is not None
    ready = {chunk.id for chunk, _ in index.manifest.ready()}
    leftovers = index.manifest.entries("pending") + index.manifest.entries("removing")
    return ready == index.store.ids() == set(index.corpus.numbers) and not leftovers
