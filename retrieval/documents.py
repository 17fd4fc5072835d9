"""What is searched: documents and their chunks as plain data, and the one function that reads them from files of any kind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from retrieval.errors import DocumentError

if TYPE_CHECKING:
    from retrieval.readers import Limits

Tier = Literal["low", "medium", "high"]
FRONT_MATTER = {"id", "title", "language", "publisher", "source", "year", "tier", "keywords", "reviewed"}
# Control characters confuse terminals, databases and native tokenizers; tab and newline carry layout and stay.
_CONTROL = dict.fromkeys([*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xFEFF, *range(0xD800, 0xE000)])


@dataclass(frozen=True, slots=True)
class Document:
    """One source text with everything a citation needs.

    ``version`` is 16 hex characters of the SHA-256 of everything but the path: a moved file is the same document.
    """

    id: str
    title: str
    language: str
    publisher: str
    source: str
    year: int
    tier: str
    keywords: tuple[str, ...]
    reviewed: bool
    body: str
    path: str
    collection: str
    key: str = ""
    """The id that the source itself uses (``_id`` of a JSONL line); search results give it back unchanged."""
    pages: tuple[int, ...] = ()
    """Where each page begins in ``body``, ascending from 0; empty where the source has no pages."""
    version: str = field(init=False, default="")

    def __post_init__(self) -> None:
        fields = {name: value for name, value in asdict(self).items() if name not in ("path", "version")}
        digest = hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
        object.__setattr__(self, "version", digest[:16])


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one document: ``body[start:end] == text``."""

    id: str
    document_id: str
    version: str
    ordinal: int
    title: str
    section: str
    kind: str
    text: str
    start: int
    end: int
    language: str
    publisher: str
    source: str
    year: int
    tier: str
    reviewed: bool
    collection: str = "knowledge"
    key: str = ""
    page: int = 0
    """The page on which it begins, counted from 1; 0 where the source has no pages."""


def plain(text: str) -> str:
    """Return ``text`` with one kind of newline and without control characters; unlike ``clean`` it keeps Chinese punctuation as written."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)


def read_documents(
    path: Path, collection: str = "knowledge", tier: str = "medium", limits: Limits | None = None
) -> Iterator[Document | DocumentError]:
    """Yield every document in a file or under a folder; what cannot be read is yielded as its error, so the rest goes on.

    Files of other kinds and hidden files are passed over inside a folder, and are an error when named themselves.

    Args:
        path: a file or a folder.
        collection: where the documents belong.
        tier: the tier of documents that do not name their own.
        limits: what one file may cost; the defaults where absent.
    """
    from retrieval.readers import Reader, files_under  # the readers make Documents, so they import this module

    with Reader(limits) as reader:
        for found in files_under(path):
            if isinstance(found, DocumentError):
                yield found
            else:
                yield from reader.read(found, path, collection, tier)
