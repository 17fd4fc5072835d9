"""Read files in a test: the documents, and the codes of what could not be read."""

from __future__ import annotations

from pathlib import Path

from retrieval.chunk import chunk_document
from retrieval.documents import Chunk, Document, read_documents
from retrieval.errors import DocumentError
from retrieval.readers import Limits


def read(path: Path, collection: str = "knowledge", tier: str = "medium", limits: Limits | None = None) -> tuple[list[Document], list[str]]:
    found = list(read_documents(path, collection, tier, limits))
    return [d for d in found if isinstance(d, Document)], [e.code for e in found if isinstance(e, DocumentError)]


def read_one(path: Path) -> Document:
    documents, errors = read(path)
    assert not errors and len(documents) == 1, (errors, documents)
    return documents[0]


def chunks_of(path: Path, max_chars: int = 480) -> list[Chunk]:
    document = read_one(path)
    chunks = chunk_document(document, max_chars)
    assert all(document.body[chunk.start : chunk.end] == chunk.text and len(chunk.text) <= max_chars for chunk in chunks)
    return chunks
