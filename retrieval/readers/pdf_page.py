"""One page of a PDF: its lines in reading order and its tables. Lengths are points, downwards from the top of the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Word = dict[str, Any]
_EDGES = 2
_FIRST_GLYPH = re.compile(r"^\(cid:\d{1,5}\)(?!\(cid)")
_GLYPH = re.compile(r"\(cid:\d{1,5}\)")
_GUTTER = 8.0


@dataclass(slots=True)
class Line:
    """One line of one column."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    page: int


@dataclass(slots=True)
class Table:
    """A ruled table."""

    rows: list[list[str]]
    top: float
    page: int


@dataclass(slots=True)
class Page:
    """What is on a page, in reading order; ``lines`` hold no text of ``tables``."""

    number: int
    lines: list[Line]
    tables: list[Table]

    def edges(self) -> list[Line]:
        """Return the highest and the lowest lines, where running heads and page numbers stand."""
        by_height = sorted(self.lines, key=lambda line: line.top)
        return by_height[:_EDGES] + by_height[max(_EDGES, len(by_height) - _EDGES) :]

    def blocks(self) -> Iterator[list[Line] | Table]:
        """Yield runs of lines and the tables between them."""
        waiting = sorted(self.tables, key=lambda table: table.top)
        run: list[Line] = []
        for line in self.lines:
            # In the second column lines stand above a table that was already passed: it is not asked again.
            while waiting and line.top > waiting[0].top:
                if run:
                    yield run
                run = []
                yield waiting.pop(0)
            run.append(line)
        if run:
            yield run
        yield from waiting


def page_of(page: Any, mended: Callable[[str], str]) -> Page:
    """Return the lines and tables of a ``pdfplumber`` page."""
    tables, boxes = [], []
    # Looking for tables is the slowest step; a page without rules has none.
    if len(page.rects) + len(page.lines) + len(page.curves) >= 4:
        for found in page.find_tables():
            rows = [
                [mended(cell or "").replace("\n", "") if _is_han(cell) else (cell or "").replace("\n", " ") for cell in row]
                for row in found.extract()
            ]
            if len(rows) > 1 and max(map(len, rows)) > 1:
                tables.append(Table(_filled(rows), found.bbox[1], page.page_number))
                boxes.append(found.bbox)
    words: list[Word] = page.extract_words(x_tolerance_ratio=0.25, keep_blank_chars=False, extra_attrs=["size", "fontname"])
    words = [word for word in words if word["upright"] is not False and not any(_inside(word, box) for box in boxes)] if boxes else words
    lines = [_line(part, page.page_number, mended) for part in _columns(_rows(words), float(page.width))]
    return Page(page.page_number, [line for line in lines if line.text], tables)


def cells_of(page: Any, mended: Callable[[str], str]) -> list[list[str]]:
    """Return the lines of a page from top to bottom, each as cells: those of a ruled table, or words with wide gaps between them."""
    placed: list[tuple[float, list[str]]] = []
    boxes = []
    if len(page.rects) + len(page.lines) + len(page.curves) >= 4:
        for found in page.find_tables():
            if len(found.rows) > 1 and any(len(row.cells) > 1 for row in found.rows):
                boxes.append(found.bbox)
                texts = found.extract()
                placed += [
                    (row.bbox[1], [mended((cell or "").replace("\n", " ")) for cell in cells])
                    for row, cells in zip(found.rows, texts, strict=True)
                ]
    words: list[Word] = page.extract_words(x_tolerance_ratio=0.25, keep_blank_chars=False, extra_attrs=["size", "fontname"])
    free = [word for word in words if word["upright"] is not False and not any(_inside(word, box) for box in boxes)]
    placed += [(row[0]["top"], _apart(row, mended)) for row in _rows(free)]
    return [cells for _, cells in sorted(placed, key=lambda one: one[0])]


def _apart(words: list[Word], mended: Callable[[str], str]) -> list[str]:
    cells = [words[0]["text"]]
    for before, word in pairwise(words):
        gap = word["x0"] - before["x1"]
        if gap > 0.9 * word["size"]:
            cells.append(word["text"])
        else:
            cells[-1] += (" " if gap > 0.15 * word["size"] else "") + word["text"]
    return [mended(_GLYPH.sub("", cell)) for cell in cells]


def _is_han(text: str | None) -> bool:
    return bool(text and re.search(r"[\u3400-\u9fff]", text))


def _filled(rows: list[list[str]]) -> list[list[str]]:
    """Repeat the first cell of rows that were merged downwards: each row then says what it belongs to."""
    for above, row in pairwise(rows[1:]):
        if row and not row[0] and any(row[1:]):
            row[0] = above[0]
    return rows


def _inside(word: Word, box: tuple[float, float, float, float]) -> bool:
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def _rows(words: list[Word]) -> list[list[Word]]:
    """Return the words by line of the whole page, each from left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word["bottom"], word["x0"])):
        if rows and abs(rows[-1][-1]["bottom"] - word["bottom"]) < 0.45 * min(word["size"], rows[-1][-1]["size"]):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word["x0"]) for row in rows]


def _columns(rows: list[list[Word]], width: float) -> Iterator[list[Word]]:
    """Yield the lines in reading order: where a page is set in two columns, the left one of each stretch before the right one."""
    gutter = _gutter(rows, width)
    right: list[list[Word]] = []
    for row in rows:
        parted = gutter is not None and not any(word["x0"] < gutter < word["x1"] for word in row) and _is_parted(row, gutter)
        if not parted:
            yield from right
            right = []
            yield row
            continue
        left = [word for word in row if word["x1"] <= (gutter or 0)]
        if left:
            yield left
        if len(left) < len(row):
            right.append(row[len(left) :])
    yield from right


def _is_parted(row: list[Word], gutter: float | None) -> bool:
    before = [word["x1"] for word in row if word["x1"] <= (gutter or 0)]
    after = [word["x0"] for word in row if word["x0"] >= (gutter or 0)]
    return not before or not after or min(after) - max(before) >= _GUTTER


def _gutter(rows: list[list[Word]], width: float) -> float | None:
    """Return where the gap between two columns lies; None unless most lines respect it and many have text on both sides."""
    if len(rows) < 8:
        return None
    best: tuple[int, float] | None = None
    for x in (width * step / 100 for step in range(40, 61)):
        crossed = sum(any(word["x0"] < x < word["x1"] for word in row) for row in rows)
        if best is None or crossed < best[0]:
            best = (crossed, x)
    if best is None:
        return None
    both = sum(row[0]["x0"] < best[1] < row[-1]["x1"] and not any(w["x0"] < best[1] < w["x1"] for w in row) for row in rows)
    return best[1] if both >= 0.4 * len(rows) and best[0] <= 0.35 * len(rows) else None


def _line(words: list[Word], page: int, mended: Callable[[str], str]) -> Line:
    text = words[0]["text"]
    for before, word in pairwise(words):
        gap = word["x0"] - before["x1"]
        text += (" " if gap > 0.15 * word["size"] else "") + word["text"]
    sizes = Counter[float]()
    for word in words:
        sizes[round(word["size"], 1)] += len(word["text"])
    # Chinese set with wide spacing (目　录) has gaps between all characters that mean nothing.
    # Glyphs without a meaning: at the beginning of a line a mark of a list.
    text = _GLYPH.sub("", _FIRST_GLYPH.sub("• ", text))
    text = re.sub(r"(?<=[\u3400-\u9fff，。、；：]) (?=[\u3400-\u9fff，。、；：])", "", mended(text))
    bold = all(re.search(r"bold|heavy|black|simhei|heiti", word["fontname"], re.I) for word in words)
    box = (words[0]["x0"], max(word["x1"] for word in words), min(word["top"] for word in words), max(word["bottom"] for word in words))
    return Line(text.strip(), *box, sizes.most_common(1)[0][0], bold, page)
