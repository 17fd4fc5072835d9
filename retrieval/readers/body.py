"""Builds the one shape of text that every format is brought into: ``#`` headings, ``- `` lists, ``| a | b |`` tables, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.documents import plain
from retrieval.readers.parsed import BODY_CHARS

_LABEL = re.compile(r"^【(?P<name>[^】\n]{1,16})】[ \t　]*")
_CHAPTER = re.compile(r"^(?:第[一二三四五六七八九十百\d]{1,4}[章节篇][ 　]?\S|[一二三四五六七八九十]{1,3}、\S)")
_MARKUP = re.compile(r"^(?=#{1,6}[ \t]|\||```|~~~)")
_SPACES = re.compile(r"[ \t\u00a0\u3000]+")
LONGEST_HEADING = 60


class TooLong(Exception):
    """The text of one document exceeds `BODY_CHARS`."""


@dataclass(slots=True)
class _Block:
    kind: str
    text: str
    level: int = 0


def squeeze(text: str) -> str:
    """Return ``text`` on one line, without control characters and double spaces."""
    return _SPACES.sub(" ", plain(text).replace("\n", " ")).strip()


def is_chapter(line: str) -> bool:
    """Return whether a line announces a chapter by its wording alone (第三章 …, 二、…)."""
    return len(line) <= LONGEST_HEADING // 2 and _CHAPTER.match(line) is not None and line[-1] not in "。；;，,：:."


def label_of(line: str) -> tuple[str, str] | None:
    """Return name and rest of a line of a Chinese package insert, ``【禁忌】对本品过敏者禁用。``; None for other lines."""
    found = _LABEL.match(line)
    return (found["name"].strip(), line[found.end() :].strip()) if found else None


class Body:
    """Collects blocks in reading order; `text` and `pages` are worked out at the end."""

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._length = 0
        self._columns: list[int] = []
        self._header: list[str] = []

    def _add(self, kind: str, text: str, level: int = 0) -> None:
        self._length += len(text)
        if self._length > BODY_CHARS:
            raise TooLong
        self._blocks.append(_Block(kind, text, level))

    def heading(self, level: int, text: str) -> None:
        """Add a heading; one with nothing under it becomes a paragraph, so that its words are not lost."""
        text = squeeze(text)
        if not text:
            return
        self._demote(level)
        self._add("heading", text, min(max(level, 1), 6))

    def paragraph(self, text: str) -> None:
        """Add a paragraph; its line breaks stay. A label such as 【禁忌】 at its beginning becomes a heading."""
        lines = [stripped for line in plain(text).split("\n") if (stripped := _SPACES.sub(" ", line).strip())]
        if not lines:
            return
        label = label_of(lines[0])
        if label:
            self.heading(2, label[0])
            lines = [label[1], *lines[1:]] if label[1] else lines[1:]
        if lines:
            self._add("paragraph", "\n".join(_MARKUP.sub("\\\\", line) for line in lines))

    def more(self, text: str) -> None:
        """Go on with the last paragraph, across a page break for example."""
        last = next((block for block in reversed(self._blocks) if block.kind != "page"), None)
        text = squeeze(text)
        if last is None or last.kind not in ("paragraph", "item", "more"):
            self.paragraph(text)
        elif text:
            self._add("more", joiner(last.text, text) + text)

    def item(self, text: str, depth: int = 0, mark: str = "-") -> None:
        """Add an item of a list."""
        text = squeeze(text)
        if text:
            self._add("item", f"{'  ' * min(depth, 6)}{mark} {text}")

    def table(self, rows: Iterable[Sequence[str]], goes_on: bool = False) -> None:
        """Add a table whose first row names the columns; a table of one column becomes paragraphs.

        With ``goes_on`` the rows belong to the last table; a header that is repeated is left out.
        """
        cells = [[squeeze(cell).replace("|", "/") for cell in row] for row in rows]
        cells = [row for row in cells if any(row)]
        if goes_on and self._columns and cells[:1] == [self._header]:
            del cells[0]
        if not cells:
            return
        goes_on = goes_on and bool(self._columns)
        used = [column for column in range(max(map(len, cells))) if any(column < len(row) and row[column] for row in cells)]
        used = self._columns if goes_on else used
        if len(used) == 1:
            self._columns = []
            for row in cells:
                self.paragraph(row[used[0]] if used[0] < len(row) else "")
            return
        lines = ["| " + " | ".join(row[column] if column < len(row) else "" for column in used) + " |" for row in cells]
        self._columns, self._header = used, self._header if goes_on else cells[0]
        self._add("rows" if goes_on else "table", "\n".join(lines))

    def page(self) -> None:
        """Note that a page begins here."""
        self._add("page", "")

    def _demote(self, level: int) -> None:
        last = next((block for block in reversed(self._blocks) if block.kind != "page"), None)
        if last is not None and last.kind == "heading" and last.level >= level:
            last.kind = "paragraph"

    def finish(self) -> tuple[str, tuple[int, ...]]:
        """Return the text and where its pages begin."""
        self._demote(0)
        parts: list[str] = []
        pages: list[int] = []
        length, waiting, last = 0, 0, ""
        for block in self._blocks:
            if block.kind == "page":
                waiting += 1
                continue
            gap = "" if not parts or block.kind == "more" else "\n" if block.kind == "rows" or block.kind == last == "item" else "\n\n"
            text = f"{'#' * block.level} {block.text}" if block.kind == "heading" else block.text
            parts += [gap, text]
            pages += [length + len(gap)] * waiting
            length, waiting = length + len(gap) + len(text), 0
            last = "item" if block.kind == "more" and last == "item" else block.kind
        # Empty pages at the end hold nothing that could be cited.
        return "".join(parts), tuple([0, *pages[1:]] if pages else ())


def joiner(left: str, right: str) -> str:
    """Return what stands between two pieces of a sentence that a line break parted: a space between words of Latin script."""
    if not left or not right:
        return ""
    return " " if left[-1].isascii() and right[0].isascii() else ""
