"""PDF: text in reading order, tables, page numbers, headings; what a page only repeats (running heads, page numbers) is dropped.

A PDF holds no paragraphs, only places of characters: ``pdf_page`` works out columns and lines, ``pdf_layout`` paragraphs and headings.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retrieval.errors import DocumentError
from retrieval.readers.body import Body, is_chapter, joiner, squeeze
from retrieval.readers.ooxml import sane
from retrieval.readers.parsed import Limits, Parsed
from retrieval.readers.pdf_layout import Style, is_continued, item_of, paragraphs, style_of
from retrieval.readers.pdf_page import Line, Page, Table, page_of
from retrieval.readers.years import year_of

_TAIL = 4096
_PAGES = 3000
_PAGE_NUMBER = re.compile(r"^(?:第\s*)?[-–—·.\s]*(?:page\s*)?\d{1,4}(?:\s*(?:/|of|页\s*[,，/]?\s*共)\s*\d{1,4})?[-–—·.\s]*页?$", re.I)
_PROGRAM = re.compile(r"microsoft|\.(?:docx?|indd|pdf|cdr|fbd)$|untitled|anonymous|unspecified|^\W*$", re.I)
_COMPATIBLE = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")


def read(path: Path, limits: Limits) -> Iterator[Parsed]:
    """Yield the one document of a file.

    Raises:
        DocumentError: encrypted, cut off, damaged, or made of pictures only.
    """
    import pdfplumber
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    _check_end(path)
    try:
        with pdfplumber.open(path) as file:
            if len(file.pages) > _PAGES:
                raise DocumentError("document_large", path=str(path), size=path.stat().st_size // 1_000_000, limit=limits.file_mb)
            pages = [_page(page) for page in file.pages]
            facts = {str(key): value for key, value in (file.metadata or {}).items()}
    except (PdfminerException, MalformedPDFException) as error:
        cause = error.args[0] if error.args else error
        if isinstance(cause, MemoryError):
            raise cause from error
        if "Password" in type(cause).__name__ or "Encryption" in type(cause).__name__:
            raise DocumentError("document_encrypted", path=str(path)) from error
        raise DocumentError("document_damaged", path=str(path), reason=type(cause).__name__) from error
    if not any(page.lines or page.tables for page in pages):
        raise DocumentError("document_scanned", path=str(path))
    _drop_repeated(pages)
    style = style_of(pages)
    text, starts = _body(pages, style)
    author = sane(facts.get("Author"))
    title = _title(facts, pages, style)
    yield Parsed(
        text,
        title=title,
        pages=starts,
        publisher="" if _PROGRAM.search(author) else author,
        year=year_of(title) or year_of(path.stem),
    )


def _check_end(path: Path) -> None:
    """Refuse a file without its end: the parsers would guess, and half a guideline is worse than none.

    Raises:
        DocumentError: the end mark is missing.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        if b"%%EOF" not in file.read():
            raise DocumentError("document_damaged", path=str(path), reason="no %%EOF")


def _page(page: Any) -> Page:
    """Return what is on a page and let go of its thousands of characters."""
    try:
        return page_of(page, mended)
    finally:
        page.close()


def mended(text: str) -> str:
    """Return text in which the radicals and ligatures of PDF fonts are the characters that people type (⽤ → 用, ﬁ → fi)."""
    return _COMPATIBLE.sub(lambda char: unicodedata.normalize("NFKC", char[0]), text)


def _drop_repeated(pages: list[Page]) -> None:
    """Take page numbers, and first and last lines that most pages share, off the pages."""
    edges = Counter(key for page in pages for key in {_edge(line) for line in page.edges()})
    often = max(min(3, len(pages)), len(pages) // 3)
    for page in pages:
        gone = {id(line) for line in page.edges() if _PAGE_NUMBER.match(line.text) or (len(pages) > 1 and edges[_edge(line)] >= often)}
        page.lines = [line for line in page.lines if id(line) not in gone]


def _edge(line: Line) -> str:
    return re.sub(r"\d+", "#", squeeze(line.text))


def _body(pages: list[Page], style: Style) -> tuple[str, tuple[int, ...]]:
    body = Body()
    last: Line | Table | None = None
    for page in pages:
        body.page()
        for block in page.blocks():
            if isinstance(block, Table):
                # A table at the head of a page, as wide as the one at the foot of the last page, is the same table.
                goes_on = isinstance(last, Table) and last.page != page.number and len(last.rows[0]) == len(block.rows[0])
                body.table(block.rows, goes_on)
                last = block
                continue
            for paragraph in paragraphs(block, style):
                _write(body, paragraph, style, last)
                last = paragraph[-1]
    return body.finish()


def _write(body: Body, paragraph: list[Line], style: Style, last: Line | Table | None) -> None:
    text = ""
    for line in paragraph:
        # A word that was parted at the end of a line is one word.
        if text.endswith("-") and text[-2:-1].isalpha() and line.text[:1].islower():
            text = text[:-1] + line.text
        else:
            text += joiner(text, line.text) + line.text
    level = style.level(paragraph)
    item = item_of(text)
    if level or (len(paragraph) == 1 and is_chapter(text)):
        body.heading(level or 2, text)
    elif item:
        body.item(item[1], 0, item[0])
    elif isinstance(last, Line) and last.page != paragraph[0].page and is_continued(last, paragraph[0], style):
        body.more(text)
    else:
        body.paragraph(text)


def _title(facts: dict[str, Any], pages: list[Page], style: Style) -> str:
    """Return the title of the properties, unless a program put it there, or the largest line of the first page."""
    named = sane(mended(str(facts.get("Title") or "")))
    if named and not _PROGRAM.search(named) and "\ufffd" not in named:
        return named
    first = [line for line in pages[0].lines if style.level([line])] if pages else []
    return max(first, key=lambda line: line.size).text if first else ""
