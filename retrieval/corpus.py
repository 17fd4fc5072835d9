"""What a search reads: one immutable picture of every ready chunk, replaced as a whole after an ingest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.bm25 import Bm25Index
from retrieval.documents import Chunk
from retrieval.gate import Gate, Subject
from retrieval.manifest import Manifest
from retrieval.tokenize import tokens


@dataclass(frozen=True, slots=True)
class Corpus:
    """Chunks in a fixed order, their keyword index, and the gate that knows what their documents are about."""

    chunks: tuple[Chunk, ...]
    numbers: dict[str, int]
    bm25: Bm25Index
    masks: dict[str, NDArray[np.bool_]]
    documents: int
    gate: Gate

    @classmethod
    def load(cls, manifest: Manifest, k1: float, b: float) -> Corpus:
        """Read every ready chunk and compile the keyword index."""
        rows = manifest.ready()
        chunks = tuple(chunk for chunk, _ in rows)
        indexed = [tokens(indexed_text(chunk, keywords)) for chunk, keywords in rows]
        languages = np.array([chunk.language for chunk in chunks], dtype="<U8")
        return cls(
            chunks=chunks,
            numbers={chunk.id: number for number, chunk in enumerate(chunks)},
            bm25=Bm25Index(indexed, k1, b),
            masks={language: languages == language for language in sorted(set(languages.tolist()))},
            documents=len({chunk.document_id for chunk in chunks}),
            gate=_gate(rows, indexed),
        )

    def mask(self, language: str | None) -> NDArray[np.bool_] | None:
        """Return which chunks are in the language, bool ``[n]``; None for all."""
        if language is None:
            return None
        return self.masks.get(language, np.zeros(len(self.chunks), dtype=np.bool_))


def indexed_text(chunk: Chunk, keywords: str) -> str:
    """Return what keyword search reads; the lines keep a bigram from crossing from one part into the next."""
    return "\n".join((chunk.title, chunk.section, keywords, chunk.text))


def _gate(rows: list[tuple[Chunk, str]], indexed: list[list[str]]) -> Gate:
    terms: dict[str, set[str]] = {}
    words: dict[str, tuple[str, str]] = {}
    for (chunk, keywords), found in zip(rows, indexed, strict=True):
        terms.setdefault(chunk.document_id, set()).update(found)
        words[chunk.document_id] = (chunk.title, keywords)
    return Gate({document: Subject.of(found, *words[document]) for document, found in terms.items()})
