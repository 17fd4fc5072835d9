"""The shape of a body: its sections by title path, and inside a section what must not be torn apart.

Every reader writes one shape of text: ``#`` headings, ``- `` or numbered lists, ``| a | b |`` tables, paragraphs. One chunker serves all.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from tools.text import spans

Span = tuple[int, int]
JOINER = " › "
_HEADING = re.compile(r"^(?P<marks>#{1,6})[ \t]+(?P<name>[^\n]*)$", re.M)
_FENCE = re.compile(r"^(?P<mark>```|~~~)[^\n]*\n(?:(?!(?P=mark))[^\n]*\n)*(?:(?P=mark)[^\n]*|\Z)", re.M)
_ITEM = re.compile(r"[ \t]*(?:[-*+•·●○▪◆]\s|\d{1,3}(?:[.)）][ \t]|[、．])|[（(]\d{1,2}[)）]|[①-⑳])")
_CAPTION = re.compile(r"(?:续?表|table)\s*\d", re.I)
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch that stays in one chunk; ``header`` names the columns of a table row that begins away from its header row."""

    span: Span
    header: str = ""


def sections(body: str, title: str = "") -> Iterator[tuple[tuple[str, ...], Span]]:
    """Yield ``(title path, span of the text under it)``.

    The path runs from the outermost heading to the innermost; the document's own title does not open it.
    """
    fences = [match.span() for match in _FENCE.finditer(body)] if "```" in body or "~~~" in body else []
    starts = [left for left, _ in fences]
    stack: list[tuple[int, str]] = []
    path: tuple[str, ...] = ()
    start = 0
    for heading in _HEADING.finditer(body):
        before = bisect_left(starts, heading.start())
        if before and heading.start() < fences[before - 1][1]:
            continue
        yield path, (start, heading.start())
        level = len(heading["marks"])
        stack = [*(above for above in stack if above[0] < level), (level, heading["name"].rstrip(" \t#"))]
        path, start = _path(stack, title), heading.end()
    yield path, (start, len(body))


def _path(stack: list[tuple[int, str]], title: str) -> tuple[str, ...]:
    names = [name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…" for _, name in stack]
    if names and names[0].casefold() == title.strip().casefold():
        del names[0]
    return tuple(name for name in names if name)


def units(body: str, whole: Span, max_chars: int) -> Iterator[Unit]:
    """Yield what a section is packed from: sentences, lists and tables.

    A list or a table that fits stays whole, with the line that leads into it; a longer one is parted between its items or rows. A single
    item or sentence may still be longer than ``max_chars``.
    """
    lead: Span | None = None
    for kind, span in _blocks(body, whole):
        if kind == "prose":
            prose = [(span[0] + offset, span[0] + offset + len(text)) for offset, text in spans(body[span[0] : span[1]])]
            if lead:
                yield Unit(lead)
            lead = prose.pop() if prose and _leads_in(body[slice(*prose[-1])]) else None
            yield from map(Unit, prose)
        else:
            yield from _group(body, kind, span, lead, max_chars)
            lead = None
    if lead:
        yield Unit(lead)


def _leads_in(sentence: str) -> bool:
    return sentence.endswith((":", "：")) or (len(sentence) <= _LONGEST_NAME and _CAPTION.match(sentence) is not None)


def _group(body: str, kind: str, span: Span, lead: Span | None, max_chars: int) -> Iterator[Unit]:
    start = lead[0] if lead else span[0]
    if span[1] - start <= max_chars:
        yield Unit((start, span[1]))
        return
    lines = list(_items(body, span)) if kind == "list" else list(_lines(body, span))
    header = _cells(body[slice(*lines[0])]) if kind == "table" else ""
    if lead and lines[0][1] - start > max_chars:
        yield Unit(lead)
        start = span[0]
    yield Unit((start, lines[0][1]))
    for line in lines[1:]:
        yield from (Unit(part, header) for part in _parts(body, line, max_chars))


def _parts(body: str, span: Span, max_chars: int) -> list[Span]:
    if span[1] - span[0] <= max_chars:
        return [span]
    return [(span[0] + offset, span[0] + offset + len(text)) for offset, text in spans(body[span[0] : span[1]])]


def _cells(row: str) -> str:
    cells = " | ".join(cell.strip() for cell in row.strip().strip("|").split("|"))
    return cells if len(cells) <= 2 * _LONGEST_NAME else cells[: 2 * _LONGEST_NAME - 1] + "…"


def _items(body: str, span: Span) -> Iterator[Span]:
    """Yield the items of a list, each with the lines that continue it."""
    start = end = -1
    for left, right in _lines(body, span):
        if start >= 0 and _ITEM.match(body, left, right):
            yield start, end
            start = -1
        start, end = (left if start < 0 else start), right
    if start >= 0:
        yield start, end


def _blocks(body: str, whole: Span) -> Iterator[tuple[str, Span]]:
    """Yield ``(kind, span)`` of each run of lines of one kind: ``prose``, ``list`` or ``table``; the spans are stripped."""
    kind, start, end = "", -1, -1
    blank = False
    for left, right in _lines(body, whole, blanks=True):
        if left == right:
            blank = True
            continue
        now = _kind(body, left, right)
        # An indented line after an item, without a blank line between, goes on with the item.
        if kind == "list" and now == "prose" and not blank and body[left - 1 : left] in (" ", "\t"):
            now = "list"
        if start >= 0 and now != kind:
            yield kind, (start, end)
            start = -1
        kind, start, end, blank = now, (left if start < 0 else start), right, False
    if start >= 0:
        yield kind, (start, end)


def _kind(body: str, left: int, right: int) -> str:
    if body[left] == "|" and body[right - 1] == "|" and right - left > 1:
        return "table"
    return "list" if _ITEM.match(body, left, right) else "prose"


def _lines(body: str, span: Span, blanks: bool = False) -> Iterator[Span]:
    """Yield the stripped spans of the lines, of empty ones only if asked."""
    position, stop = span
    while position < stop:
        found = body.find("\n", position, stop)
        end = stop if found < 0 else found
        text = body[position:end]
        left = position + len(text) - len(text.lstrip())
        right = left + len(text.strip())
        if right > left or blanks:
            yield left, max(left, right)
        position = end + 1
