"""Rows of a sheet or a CSV file into passages that carry their header: ``药品：阿莫西林；规格：0.25 g``.

A row that was cut out of its sheet says nothing; with the names of its columns it stands alone, is found by them and can be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from retrieval.errors import DocumentError
from retrieval.readers.body import LONGEST_HEADING, Body, squeeze
from retrieval.readers.parsed import ROWS, Parsed
from retrieval.readers.records import is_record, read_record

Row = Sequence[str]
_NUMBER = re.compile(r"[\d.,%~\-+/:： ]+")
_SAMPLE = 200
_HAN = re.compile(r"[\u3400-\u9fff]")


def header_of(rows: Iterator[Row]) -> tuple[list[str], list[str] | None, Iterator[Row]]:
    """Return the notes above a table, its header (None where no row looks like one) and the rows below it.

    A header is the first row with two cells or more, if they are all words and all differ.
    """
    notes: list[str] = []
    for row in rows:
        cells = [squeeze(cell) for cell in row]
        filled = [cell for cell in cells if cell]
        if len(filled) < 2:
            notes += filled
            continue
        is_header = len(set(filled)) == len(filled) and all(len(cell) <= LONGEST_HEADING and not _NUMBER.fullmatch(cell) for cell in filled)
        return notes, (cells if is_header else None), rows if is_header else chain([row], rows)
    return notes, None, iter(())


def write_rows(body: Body, rows: Iterable[Row], level: int) -> None:
    """Write each row as a section: its name is the heading, its cells with their columns the text."""
    notes, header, rest = header_of(iter(rows))
    for note in notes:
        body.paragraph(note)
    if header is None:
        body.table(rest)
        return
    width = sum(map(bool, header))
    colon, comma = ("：", "；") if _HAN.search("".join(header)) else (": ", "; ")
    grouped = 0
    sample = list(islice(rest, _SAMPLE))
    column = _naming(sample)
    for number, row in enumerate(chain(sample, rest)):
        cells = [squeeze(cell) for cell in row]
        filled = [cell for cell in cells if cell]
        if number >= ROWS or not filled or cells[: len(header)] == header:
            continue
        if len(filled) == 1 and width > 1 and cells[0]:
            # A row of one cell names the group of the rows below it.
            body.heading(level, cells[0])
            grouped = 1
            continue
        body.heading(level + grouped, _name(cells, column))
        named = [(header[column] if column < len(header) else "", cell) for column, cell in enumerate(cells) if cell]
        body.paragraph(comma.join(f"{name}{colon}{cell.rstrip('。；;')}" if name else cell for name, cell in named))


def _is_name(cell: str) -> bool:
    return 0 < len(cell) <= LONGEST_HEADING // 2 and not _NUMBER.fullmatch(cell)


def _naming(rows: Sequence[Row]) -> int:
    """Return the first column whose cells are short words and all differ; -1 where none is."""
    rows = [[squeeze(cell) for cell in row] for row in rows]
    for column in range(min(map(len, rows), default=0)):
        cells = [row[column] for row in rows]
        if all(map(_is_name, cells)) and len(set(cells)) == len(cells):
            return column
    return -1


def _name(cells: Sequence[str], column: int) -> str:
    """Return the cell that names a row: that of the naming column, or the first that is a word and short."""
    if 0 <= column < len(cells) and _is_name(cells[column]):
        return cells[column]
    filled = [cell for cell in cells if cell]
    return next(filter(_is_name, filled), filled[0][: LONGEST_HEADING // 2])


def records(rows: Iterator[Row], path: str) -> tuple[Iterator[Parsed | DocumentError] | None, Iterator[Row]]:
    """Return the documents of a table of records, or None and the rows, untouched, of any other table."""
    first = next(rows, None)
    if first is None or not is_record(map(str, first)):
        return None, chain([] if first is None else [first], rows)
    return _records([str(cell) for cell in first], rows, path), iter(())


def _records(header: list[str], rows: Iterator[Row], path: str) -> Iterator[Parsed | DocumentError]:
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            yield read_record({name: cell for name, cell in zip(header, row, strict=False) if cell.strip()}, number)
        except ValueError as error:
            yield DocumentError("document_line", path=path, line=number, reason=f"{type(error).__name__}: {error}")
