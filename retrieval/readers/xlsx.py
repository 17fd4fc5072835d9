"""XLSX: each sheet a section, each row a passage; sheets of records become documents of their own."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from retrieval.errors import DocumentError
from retrieval.readers.body import Body, squeeze
from retrieval.readers.ooxml import check_archive, properties
from retrieval.readers.parsed import ROWS, Limits, Parsed
from retrieval.readers.tables import Row, records, write_rows
from retrieval.readers.years import year_of

_MERGED = 20_000
_SPREAD = 200
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read(path: Path, limits: Limits) -> Iterator[Parsed | DocumentError]:
    """Yield the documents of a workbook; what a formula last showed is its value. Hidden sheets are passed over.

    Raises:
        DocumentError: see `check_archive`.
    """
    import openpyxl

    check_archive(path, "xl/")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    body, has_records = Body(), False
    for sheet in sheets:
        found, rows = records(_rows(sheet, path), str(path))
        if found is not None:
            yield from (_named(one, sheet.title) if isinstance(one, Parsed) and len(sheets) > 1 else one for one in found)
            has_records = True
            continue
        if len(sheets) > 1:
            body.heading(1, sheet.title)
        write_rows(body, rows, level=2)
    text, _ = body.finish()
    known = properties(book.properties)
    if text:
        title = known["title"] or path.stem
        year = year_of(title) or year_of(path.stem)
        yield Parsed(text, title=title, publisher=known["publisher"], year=year)
    elif not has_records:
        raise DocumentError("document_empty", path=str(path))


def _named(parsed: Parsed, sheet: str) -> Parsed:
    return replace(parsed, within=f"{squeeze(sheet)}-{parsed.within}")


def _rows(sheet: Any, path: Path) -> Iterator[Row]:
    # The declared size may be a million empty columns; without it each row is as long as it is.
    sheet.reset_dimensions()
    merged = _merged(path, sheet)
    held: dict[tuple[int, int], str] = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > ROWS:
            return
        cells = [shown(cell.value, cell.number_format if cell.value is not None else "") for cell in row]
        for (top, left), covered in merged.get(number, {}).items():
            if (top, left) == (number, covered):
                held[top, left] = cells[left - 1] if left <= len(cells) else ""
            elif top != number:
                cells += [""] * (covered - len(cells))
                cells[covered - 1] = cells[covered - 1] or held.get((top, left), "")
        yield cells


def _merged(path: Path, sheet: Any) -> dict[int, dict[tuple[int, int], int]]:
    """Return ``row → {(top, left) of a merged cell: its column}`` for cells merged downwards: each row then says what it belongs to."""
    from defusedxml.ElementTree import iterparse
    from openpyxl.utils import range_boundaries

    found: dict[int, dict[tuple[int, int], int]] = {}
    name = posixpath.normpath(sheet._worksheet_path).lstrip("/")
    with zipfile.ZipFile(path) as archive, archive.open(name) as file:
        ranges = 0
        for _, element in iterparse(file):
            if element.tag == f"{_MAIN}mergeCell" and ranges < _MERGED:
                ranges += 1
                left, top, _, bottom = range_boundaries(element.get("ref", "A1"))
                for row in range(top, min(bottom, top + _SPREAD) + 1) if bottom > top else ():
                    found.setdefault(row, {})[top, left] = left
            elif element.tag == f"{_MAIN}row":
                element.clear()
    return found


def shown(value: object, style: str = "") -> str:
    """Return a cell as the sheet shows it, as far as words and numbers go."""
    if value is None or (isinstance(value, str) and value.startswith("#") and value.endswith(("!", "?", "#N/A"))):
        return ""
    if isinstance(value, bool):
        return "√" if value else "×"
    if isinstance(value, int | float):
        percent = "%" in style
        number = value * 100 if percent else value
        return f"{number:.10g}" + ("%" if percent else "")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date | time) else str(value)
