"""What the dense model reads of a chunk."""

from __future__ import annotations

from retrieval.documents import Chunk

_OPENING = 30
"""A title this long with which the text begins is no name: a source without titles lends its first words."""


def embedded_text(chunk: Chunk) -> str:
    """Return a chunk under its title and section: a sentence is found for what it is about."""
    title = "" if len(chunk.title) >= _OPENING and chunk.text.startswith(chunk.title) else chunk.title
    return "\n".join(part for part in (title, chunk.section, chunk.text) if part)
