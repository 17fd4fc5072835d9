"""Documents into chunks: one section a chunk where it fits, sentences packed together where it does not."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator

from retrieval.documents import Chunk, Document
from tools.text import sentences

KINDS = {
    "是什么": "overview",
    "what it is": "overview",
    "常见原因": "causes",
    "common causes": "causes",
    "怎么办": "action",
    "what to do": "action",
    "用药须知": "medicines",
    "medicines": "medicines",
    "何时就医": "escalation",
    "when to see a doctor": "escalation",
    "谁要特别小心": "caution",
    "who needs extra care": "caution",
}
_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<name>[^\n]*?)[ \t#]*$", re.M)
Span = tuple[int, int]


def chunk_document(document: Document, max_chars: int) -> list[Chunk]:
    """Return the chunks of a document in reading order.

    Args:
        document: what to cut; offsets count characters of its body.
        max_chars: longest chunk. A longer sentence is cut at this length, at a space or a comma where there is one.
    """
    # The same body cut by another length gives other chunks, so the length is part of the id.
    digest = hashlib.sha256(f"{document.version}:{max_chars}".encode()).hexdigest()[:12]
    parts = [(section, span) for section, whole in sections(document.body) for span in pack(document.body, whole, max_chars)]
    return [_chunk(document, digest, ordinal, section, span) for ordinal, (section, span) in enumerate(parts)]


def _chunk(document: Document, digest: str, ordinal: int, section: str, span: Span) -> Chunk:
    start, end = span
    return Chunk(
        id=f"{document.id}:{ordinal}:{digest}",
        document_id=document.id,
        version=document.version,
        ordinal=ordinal,
        title=document.title,
        section=section,
        kind=KINDS.get(section.lower(), "passage"),
        text=document.body[start:end],
        start=start,
        end=end,
        language=document.language,
        publisher=document.publisher,
        source=document.source,
        year=document.year,
        tier=document.tier,
        reviewed=document.reviewed,
        collection=document.collection,
        key=document.key,
        page=bisect_right(document.pages, start),
    )


def sections(body: str) -> Iterator[tuple[str, Span]]:
    """Yield ``(heading, span of the text under it)``; the text before the first heading has the heading ``""``."""
    name, start = "", 0
    for heading in _HEADING.finditer(body):
        yield name, (start, heading.start())
        name, start = heading["name"], heading.end()
    yield name, (start, len(body))


def pack(body: str, whole: Span, max_chars: int) -> Iterator[Span]:
    """Yield spans of at most ``max_chars`` that hold whole sentences."""
    start = end = -1
    for left, right in _sentence_spans(body, whole, max_chars):
        if start >= 0 and right - start > max_chars:
            yield start, end
            start = -1
        start, end = (left if start < 0 else start), right
    if start >= 0:
        yield start, end


def _sentence_spans(body: str, whole: Span, max_chars: int) -> Iterator[Span]:
    position, stop = whole
    for sentence in sentences(body[position:stop]):
        left = body.index(sentence, position, stop)
        position = left + len(sentence)
        yield from _cut(body, left, position, max_chars)


def _cut(body: str, left: int, right: int, max_chars: int) -> Iterator[Span]:
    """Cut a sentence only if it alone is too long."""
    while right - left > max_chars:
        # A cut in the last quarter, after a mark, reads better than one inside a word.
        window = body[left + max_chars * 3 // 4 : left + max_chars]
        back = max(window.rfind(mark) for mark in "，,；;、 \n")
        middle = left + max_chars if back < 0 else left + max_chars * 3 // 4 + back + 1
        yield left, left + len(body[left:middle].rstrip())
        left = middle + len(body[middle:right]) - len(body[middle:right].lstrip())
    if right > left:
        yield left, right
