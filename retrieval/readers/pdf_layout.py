"""From the lines of all pages to paragraphs, headings and lists. Lengths are points, downwards from the top of the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from retrieval.readers.body import LONGEST_HEADING
from retrieval.readers.pdf_page import Line, Page

_BULLET = re.compile(r"^(?:[•●·○▪◆■□►➢\uf06c\uf0b7\uf0d8]|[-–—*](?=\s))\s*")
_NUMBERED = re.compile(r"^(?P<mark>\d{1,2}[.)）、．]|[（(]\d{1,2}[)）]|[①-⑳])(?!\d)\s*(?=\S)")
_SECTION = re.compile(r"^(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.．、]?[ \u3000]+(?=[^\W\d])")
_STOPS = "。！？；.!?;:："


@dataclass(frozen=True, slots=True)
class Style:
    """How the text of a document is set: its size, the sizes of its headings from the largest, and how far its lines reach."""

    size: float
    headings: tuple[float, ...]
    gap: float
    bold: bool

    def level(self, paragraph: Sequence[Line]) -> int:
        """Return the level of a heading, or 0: larger than the text, or bold in a text that is not, short and without a full stop."""
        text = "".join(line.text for line in paragraph)
        if len(paragraph) > 3 or not 1 < len(text) <= 2 * LONGEST_HEADING or text[-1] in "。；;，," or not re.search(r"[^\W\d_]{2}", text):
            return 0
        numbered = _SECTION.match(text)
        depth = numbered["number"].count(".") + 1 if numbered else 0
        size = round(max(line.size for line in paragraph), 1)
        if size in self.headings:
            return min(max(self.headings.index(size) + 1, depth), 6)
        if all(line.bold for line in paragraph) and not self.bold and len(text) <= LONGEST_HEADING and text[-1] not in _STOPS:
            return min(len(self.headings) + max(depth, 1), 6)
        return 0


def style_of(pages: Sequence[Page]) -> Style:
    """Return how most of the text is set."""
    lines = [line for page in pages for line in page.lines]
    sizes, bold = Counter[float](), Counter[bool]()
    for line in lines:
        sizes[line.size] += len(line.text)
        bold[line.bold] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    larger = sorted({round(line.size, 1) for line in lines if line.size >= size * 1.12}, reverse=True)[:5]
    gaps = [below.top - above.top for above, below in pairwise(lines) if 0 < below.top - above.top < 4 * size]
    return Style(size, tuple(larger), median(gaps) if gaps else 1.5 * size, bold[True] > bold[False])


def item_of(text: str) -> tuple[str, str] | None:
    """Return mark and text of an item of a list; None for other text."""
    bullet = _BULLET.match(text)
    if bullet:
        return "-", text[bullet.end() :]
    number = _NUMBERED.match(text)
    return (number["mark"], text[number.end() :]) if number else None


def paragraphs(lines: Sequence[Line], style: Style) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph: it ends at a wider gap, a short line, a mark of a list, another size."""
    run: list[Line] = []
    right = max((line.right for line in lines), default=0.0)
    for line in lines:
        if run and _begins(run, line, style, right):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _begins(run: list[Line], line: Line, style: Style, right: float) -> bool:
    last = run[-1]
    if line.size != last.size and (line.size in style.headings or last.size in style.headings):
        return True
    if line.bold != last.bold and (style.level([line]) or style.level([last])):
        return True
    if item_of(line.text) or line.top < last.top:
        # Upwards means the next column, where a sentence may go on.
        return bool(item_of(line.text)) or not is_continued(last, line, style)
    if line.top - last.top > 1.35 * max(style.gap, last.bottom - last.top):
        return True
    # Only lines of the same column tell where its lines begin and end.
    run = run[max((n for n in range(1, len(run)) if run[n].top < run[n - 1].top), default=0) :]
    column = max(other.right for other in run)
    ended = last.text[-1:] in _STOPS or style.level([last]) > 0
    indented = line.left - min(other.left for other in (run[1:] or run)) > 0.9 * line.size and len(run) > 1
    return indented or (ended and min(column, right) - last.right > 2 * last.size) or (ended and line.left - last.left > 0.9 * line.size)


def is_continued(last: Line, line: Line, style: Style) -> bool:
    """Return whether a sentence goes on across a break of page or column."""
    if style.level([last]) or style.level([line]) or item_of(line.text) or line.size != last.size:
        return False
    return last.text[-1:] not in _STOPS
