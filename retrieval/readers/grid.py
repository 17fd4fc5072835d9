"""PDF, DOCX, XLSX and CSV as they lie on the page: lines of cells, tabs between them. For reports, whose meaning is in rows and columns.

The other readers make running text; here no line is joined to the next, and an empty cell of a table stays where it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from retrieval.errors import DocumentError
from retrieval.readers.body import squeeze
from retrieval.readers.encoding import encoding_of
from retrieval.readers.ooxml import check_archive
from retrieval.readers.parsed import LINE_BYTES, Limits, Parsed

PAGES = 60
ROWS = 5_000
COLUMNS = 40
CELL_CHARS = 400
_DELIMITERS = ",\t;|"


def read(path: Path, limits: Limits) -> Iterator[Parsed]:
    """Yield the one document of a file: its body is lines, and a line is cells with tabs between them.

    Raises:
        DocumentError: encrypted, damaged, made of pictures only, of another kind, or larger than a report is.
    """
    readers = {".pdf": _pdf, ".docx": _docx, ".xlsx": _xlsx, ".csv": _csv, ".tsv": _csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DocumentError("document_kind", path=str(path))
    lines = []
    for row in islice(reader(path), ROWS + 1):
        cells = [squeeze(cell)[:CELL_CHARS] for cell in row[:COLUMNS]]
        if any(cells):
            lines.append("\t".join(cells).rstrip("\t"))
    if len(lines) > ROWS:
        raise DocumentError("report_long", path=str(path), rows=ROWS)
    if not lines:
        raise DocumentError("document_scanned" if path.suffix.lower() == ".pdf" else "document_empty", path=str(path))
    yield Parsed("\n".join(lines), path.stem)


def _pdf(path: Path) -> Iterator[Sequence[str]]:
    import pdfplumber
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    from retrieval.readers.pdf import mended
    from retrieval.readers.pdf_page import cells_of

    try:
        with pdfplumber.open(path) as file:
            if len(file.pages) > PAGES:
                raise DocumentError("report_long", path=str(path), rows=ROWS)
            for page in file.pages:
                yield from cells_of(page, mended)
                page.close()
    except (PdfminerException, MalformedPDFException) as error:
        cause = error.args[0] if error.args else error
        if isinstance(cause, MemoryError):
            raise cause from error
        locked = "Password" in type(cause).__name__ or "Encryption" in type(cause).__name__
        code = "document_encrypted" if locked else "document_damaged"
        raise DocumentError(code, path=str(path), reason=type(cause).__name__) from error


def _docx(path: Path) -> Iterator[Sequence[str]]:
    import docx

    check_archive(path, "word/")
    for block in docx.Document(str(path)).iter_inner_content():
        if not hasattr(block, "rows"):
            yield from ([line] for line in block.text.split("\n"))
            continue
        for row in block.rows:
            yield [cell.text for cell in _once(row.cells)]


def _once(cells: Iterable[Any]) -> Iterator[Any]:
    """Yield the cells of a row; one that is merged across columns comes once."""
    last = None
    for cell in cells:
        if cell._tc is not last:
            yield cell
        last = cell._tc


def _xlsx(path: Path) -> Iterator[Sequence[str]]:
    import openpyxl

    from retrieval.readers.xlsx import shown

    check_archive(path, "xl/")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_row=ROWS + 1, max_col=COLUMNS):
            yield [shown(cell.value, cell.number_format if cell.value is not None else "") for cell in row]


def _csv(path: Path) -> Iterator[Sequence[str]]:
    encoding = encoding_of(path)
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline="") as file:
        sample = file.read(65_536)
        file.seek(0)
        lines = [line for line in sample.split("\n")[:40] if line.strip()]
        delimiter = max(_DELIMITERS, key=lambda mark: sum(mark in line for line in lines))
        csv.field_size_limit(LINE_BYTES)
        try:
            yield from csv.reader(file, delimiter=delimiter)
        except csv.Error as error:
            raise DocumentError("document_damaged", path=str(path), reason=str(error)) from error
