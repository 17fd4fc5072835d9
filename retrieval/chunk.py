"""Documents into chunks: one section a chunk where it fits; sentences, list items and table rows packed together where it does not.

``section`` is the title path (``用药 › 儿童``). A piece of a long table that begins below the header row carries the cells of that row
as the last part of its path (``用药 › 药物 | 剂量``): search and reader know what the columns mean, and the offsets stay exact.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from retrieval.documents import Chunk, Document
from retrieval.outline import JOINER, Span, Unit, sections, units
from tools.text import spans

_NAMES = {
    "overview": ("是什么", "概述", "概念", "定义", "疾病简介", "what it is", "overview", "definition"),
    "causes": ("常见原因", "病因", "发病原因", "common causes", "causes", "aetiology", "etiology"),
    "action": ("怎么办", "处理", "治疗", "治疗原则", "家庭护理", "what to do", "treatment", "management", "self-care"),
    "medicines": ("用药须知", "用药", "药物治疗", "用法用量", "用法与用量", "medicines", "dosage and administration"),
    "escalation": ("何时就医", "就医指征", "when to see a doctor", "when to seek help"),
    "caution": (
        *("谁要特别小心", "禁忌", "禁忌症", "禁忌证", "注意事项", "特殊人群用药", "警示语"),
        *("who needs extra care", "contraindications", "warnings", "warnings and precautions"),
    ),
}
KINDS = {name: kind for kind, names in _NAMES.items() for name in names}
_NUMBERING = re.compile(r"^[\s【\[（(]*(?:第?[一二三四五六七八九十百\d]+(?:\.\d+)*[章节、．.)）]*[\s　]*)?")


def chunk_document(document: Document, max_chars: int) -> list[Chunk]:
    """Return the chunks of a document in reading order.

    Args:
        document: what to cut; offsets count characters of its body.
        max_chars: longest chunk. A longer sentence is cut at this length, at a space or a comma where there is one.
    """
    # The same body cut by another length gives other chunks, so the length is part of the id.
    digest = hashlib.sha256(f"{document.version}:{max_chars}".encode()).hexdigest()[:12]
    found = (
        (path, unit)
        for path, whole in sections(document.body, document.title)
        for unit in pack(document.body, units(document.body, whole, max_chars), max_chars)
    )
    return [_chunk(document, digest, ordinal, path, unit) for ordinal, (path, unit) in enumerate(found)]


def kind_of(path: tuple[str, ...]) -> str:
    """Return what the innermost heading that is known announces; ``passage`` where none is."""
    for name in reversed(path):
        kind = KINDS.get(_NUMBERING.sub("", name.lower()).strip(" 】]:：")) or KINDS.get(name.lower())
        if kind:
            return kind
    return "passage"


def _chunk(document: Document, digest: str, ordinal: int, path: tuple[str, ...], unit: Unit) -> Chunk:
    start, end = unit.span
    return Chunk(
        id=f"{document.id}:{ordinal}:{digest}",
        document_id=document.id,
        version=document.version,
        ordinal=ordinal,
        title=document.title,
        section=JOINER.join((*path, unit.header) if unit.header else path),
        kind=kind_of(path),
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


def pack(body: str, parts: Iterable[Unit], max_chars: int) -> Iterator[Unit]:
    """Yield stretches of at most ``max_chars`` that hold whole units; what alone is longer is cut between sentences, then inside them."""
    start = end = -1
    header = ""
    for unit in _fitting(body, parts, max_chars):
        left, right = unit.span
        if start >= 0 and right - start > max_chars:
            yield Unit((start, end), header)
            start = -1
        if start < 0:
            start, header = left, unit.header
        end = right
    if start >= 0:
        yield Unit((start, end), header)


def _fitting(body: str, parts: Iterable[Unit], max_chars: int) -> Iterator[Unit]:
    for unit in parts:
        left, right = unit.span
        if right - left <= max_chars:
            yield unit
            continue
        for offset, sentence in spans(body[left:right]):
            for span in _cut(body, left + offset, left + offset + len(sentence), max_chars):
                yield Unit(span, unit.header)


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
