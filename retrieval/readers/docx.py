"""DOCX: headings by style or outline level, lists, tables; what is deleted, hidden or only a field's instruction is not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retrieval.readers.body import LONGEST_HEADING, Body, is_chapter, label_of, squeeze
from retrieval.readers.ooxml import check_archive, properties
from retrieval.readers.parsed import Limits, Parsed
from retrieval.readers.years import year_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = {_FALLBACK, *(_W + name for name in ("del", "moveFrom", "pPr", "sectPr", "tblPr", "instrText", "footnoteReference", "tbl"))}


def read(path: Path, limits: Limits) -> Iterator[Parsed]:
    """Yield the one document of a file.

    Raises:
        DocumentError: see `check_archive`.
    """
    import docx

    check_archive(path, "word/")
    source = docx.Document(str(path))
    text, title = _Text(source).read()
    known = properties(source.core_properties)
    title = title or known["title"]
    year = year_of(title) or year_of(path.stem)
    yield Parsed(text, title=title, publisher=known["publisher"], year=year)


class _Text:
    """Walks the body of one document."""

    def __init__(self, source: Any) -> None:
        self._root = source.element.body
        self._styles = {style.style_id: style for style in source.styles}
        self._formats = _list_formats(source)
        self._body, self._title = Body(), ""
        self._counts: Counter[tuple[str, int]] = Counter()
        self._has_styles = any(self._level(paragraph) for paragraph in self._root.iter(f"{_W}p"))

    def read(self) -> tuple[str, str]:
        """Return the text and the title that the document gives itself."""
        self._walk(self._root)
        return self._body.finish()[0], self._title

    def _walk(self, parent: Any) -> None:
        for element in parent:
            if element.tag == f"{_W}p":
                self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                self._table(element)
            elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
                self._walk(element)

    def _paragraph(self, paragraph: Any) -> None:
        text = _words(paragraph)
        name = self._style_name(paragraph)
        if not text.strip() or name.startswith("toc "):
            return
        level = self._level(paragraph)
        if name == "title" or (level == 1 and not self._title):
            self._title = self._title or squeeze(text)
        if name == "title" and self._title == squeeze(text):
            return
        if level:
            self._body.heading(level, text)
        elif not self._has_styles and _looks_like_heading(paragraph, text):
            self._body.heading(2, text)
        elif not self._item(paragraph, text, name):
            self._body.paragraph(text)

    def _style(self, paragraph: Any) -> Any:
        found = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return self._styles.get(found.get(f"{_W}val")) if found is not None else None

    def _style_name(self, paragraph: Any) -> str:
        return str(getattr(self._style(paragraph), "name", None) or "").lower()

    def _level(self, paragraph: Any) -> int:
        """Return the level of a heading, 0 for other paragraphs: its own outline level, or that of its style or one it is based on."""
        own = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        if own is not None:
            return _outline(own)
        style, steps = self._style(paragraph), 0
        while style is not None and steps < 10:
            name = str(style.name or "").lower()
            if name.startswith("heading ") and name[8:].isdigit():
                return int(name[8:])
            found = style.element.find(f"{_W}pPr/{_W}outlineLvl")
            if found is not None:
                return _outline(found)
            style, steps = style.base_style, steps + 1
        return 0

    def _item(self, paragraph: Any, text: str, name: str) -> bool:
        number = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        depth = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        level = int(depth.get(f"{_W}val", "0")) if depth is not None else 0
        if number is None and not name.startswith(("list bullet", "list number")):
            self._counts.clear()
            return False
        identity = number.get(f"{_W}val", "0") if number is not None else name
        if identity == "0":
            return False
        ordered = self._formats.get((identity, level), "decimal" if "number" in name else "bullet") != "bullet"
        self._counts[identity, level] += 1
        self._body.item(text, level, f"{self._counts[identity, level]}." if ordered else "-")
        return True

    def _table(self, table: Any) -> None:
        rows = list(_cells(table))
        if len(rows) == 1 or all(len(set(row)) == 1 for row in rows):
            # A frame around text, not a table: what is in it goes on as text.
            for cell in table.iter(f"{_W}tc"):
                self._walk(cell)
        else:
            self._body.table(rows)


def _outline(element: Any) -> int:
    level = int(element.get(f"{_W}val", "9"))
    return level + 1 if level < 9 else 0


def _words(element: Any) -> str:
    """Return the text below an element; Word keeps tracked insertions, content controls and text boxes in elements of their own."""
    parts: list[str] = []
    stack = [element]
    while stack:
        node = stack.pop()
        if node.tag in _SKIPPED and node is not element:
            continue
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif node.tag == f"{_W}tab":
            parts.append(" ")
        elif node.tag == f"{_W}r" and _is_hidden(node):
            continue
        stack += reversed(node)
    return "".join(parts)


def _is_hidden(run: Any) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val") not in ("0", "false")


def _looks_like_heading(paragraph: Any, text: str) -> bool:
    """Return whether a paragraph of a document without heading styles is one: a chapter by its wording, or short and all bold."""
    line = text.strip()
    if len(line) > LONGEST_HEADING // 2 or line[-1] in "。；;，,：:.!?！？" or label_of(line):
        return False
    runs = [run for run in paragraph.iter(f"{_W}r") if _words(run).strip()]
    bold = [run.find(f"{_W}rPr/{_W}b") for run in runs]
    return is_chapter(line) or (bool(bold) and all(mark is not None and mark.get(f"{_W}val") not in ("0", "false") for mark in bold))


def _cells(table: Any) -> Iterator[list[str]]:
    """Yield the rows; a cell merged downwards is repeated, so that each row says what it belongs to."""
    above: list[str] = []
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue
        cells: list[str] = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is not row:
                continue
            text = " ".join(filter(None, (squeeze(_words(paragraph)) for paragraph in cell.iter(f"{_W}p"))))
            merge, span = cell.find(f"{_W}tcPr/{_W}vMerge"), cell.find(f"{_W}tcPr/{_W}gridSpan")
            if merge is not None and merge.get(f"{_W}val", "continue") == "continue" and len(cells) < len(above):
                text = above[len(cells)]
            cells += [text, *[""] * (min(int(span.get(f"{_W}val", "1")), 64) - 1 if span is not None else 0)]
        above = cells
        yield cells


def _list_formats(source: Any) -> dict[tuple[str, int], str]:
    """Return ``(list, level) → bullet, decimal, …`` from the numbering part."""
    try:
        root = source.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    abstract = {
        (kind.get(f"{_W}abstractNumId"), int(level.get(f"{_W}ilvl", "0"))): level.find(f"{_W}numFmt")
        for kind in root.iter(f"{_W}abstractNum")
        for level in kind.iter(f"{_W}lvl")
    }
    found: dict[tuple[str, int], str] = {}
    for number in root.iter(f"{_W}num"):
        target = number.find(f"{_W}abstractNumId")
        for (kind, level), style in abstract.items():
            if target is not None and kind == target.get(f"{_W}val") and style is not None:
                found[number.get(f"{_W}numId"), level] = style.get(f"{_W}val", "bullet")
    return found
