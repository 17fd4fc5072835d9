"""What the dense model reads of a chunk."""

from __future__ import annotations

from retrieval.documents import Chunk


def embedded_text(chunk: Chunk) -> str:
    """Return a chunk under its title and section: a sentence is found for what it is about."""
    return "\n".join(part for part in (chunk.title, chunk.section, chunk.text) if part)
