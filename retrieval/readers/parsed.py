"""What a reader hands over, and the bounds it reads within."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from configs.settings import RetrievalSettings

TEXT_MB = 64
"""Most that Markdown, text, HTML or CSV may hold: it lies in memory several times over while it is cut into chunks."""
BODY_CHARS = 20_000_000
"""Longest text of one document."""
LINE_BYTES = 8_000_000
"""Longest line of a JSONL file: the file itself is streamed and may be of any length."""
ROWS = 1_048_576
"""Most rows of a table."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may cost before it is given up, so that one bad file does not take the others with it."""

    file_mb: int = 200
    seconds: float = 300.0
    memory_mb: int = 1024

    @classmethod
    def of(cls, settings: RetrievalSettings) -> Limits:
        """Return the limits that a profile sets."""
        return cls(settings.max_file_mb, settings.file_timeout_s, settings.file_memory_mb)


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document as its reader found it; what a source does not tell stays empty and is filled in from the file's name.

    ``within`` tells apart the documents of one file; ``id`` overrides the identity altogether (front matter).
    """

    body: str
    title: str = ""
    pages: tuple[int, ...] = ()
    keywords: tuple[str, ...] = ()
    key: str = ""
    within: str = ""
    id: str = ""
    language: str = ""
    publisher: str = ""
    source: str = ""
    year: int = 0
    tier: str = ""
    reviewed: bool = False
