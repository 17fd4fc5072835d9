"""CSV and TSV, streamed: records become documents of their own, any other table one document of passages."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from retrieval.errors import DocumentError
from retrieval.readers.body import Body
from retrieval.readers.encoding import encoding_of
from retrieval.readers.parsed import LINE_BYTES, Limits, Parsed
from retrieval.readers.tables import Row, records, write_rows

_DELIMITERS = ",\t;|"


def read(path: Path, limits: Limits) -> Iterator[Parsed | DocumentError]:
    """Yield the documents of a file.

    Raises:
        DocumentError: not text, or a line that is no CSV; the lines before it are not kept, as the rest would be out of step.
    """
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        delimiter = _delimiter(file.read(65_536))
    csv.field_size_limit(LINE_BYTES)
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline="") as file:
        found, rows = records(_rows(csv.reader(file, delimiter=delimiter), path), str(path))
        if found is not None:
            yield from found
            return
        body = Body()
        write_rows(body, rows, level=2)
        yield Parsed(body.finish()[0], path.stem)


def _rows(reader: Iterator[list[str]], path: Path) -> Iterator[Row]:
    number = 0
    try:
        for row in reader:
            number += 1
            yield row
    except csv.Error as error:
        raise DocumentError("document_line", path=str(path), line=number + 1, reason=str(error)) from error


def _delimiter(sample: str) -> str:
    """Return the mark that most of the first lines hold equally often; files in Europe use the semicolon, exports often a tab."""
    lines = [line for line in sample.split("\n")[:20] if line.strip()]
    scores = {mark: Counter(line.count(mark) for line in lines if mark in line).most_common(1) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: scores[mark][0][1] if scores[mark] else 0)
