"""JSON lines, streamed: memory holds one line, so a file may be of any length, and a bad line costs only itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from retrieval.errors import DocumentError
from retrieval.readers.encoding import is_chinese
from retrieval.readers.parsed import LINE_BYTES, Limits, Parsed
from retrieval.readers.records import read_record


def read(path: Path, limits: Limits) -> Iterator[Parsed | DocumentError]:
    """Yield the document of each line, or the error of that line."""
    number = 0
    with path.open("rb") as file:
        while line := file.readline(LINE_BYTES + 1):
            number += 1
            if len(line) > LINE_BYTES and not line.endswith(b"\n"):
                # The rest of the line is passed over in pieces, never held.
                while (rest := file.readline(LINE_BYTES)) and not rest.endswith(b"\n"):
                    pass
                yield _error(path, number, f"longer than {LINE_BYTES // 1_000_000} MB")
                continue
            if not line.strip():
                continue
            try:
                row = json.loads(_decoded(line))
                if not isinstance(row, dict):
                    raise TypeError("not an object")
                yield read_record(row, number)
            except (ValueError, TypeError, RecursionError) as error:
                yield _error(path, number, f"{type(error).__name__}: {error}")


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = line.decode("gb18030")
        if not is_chinese(text):
            raise
        return text


def _error(path: Path, number: int, reason: str) -> DocumentError:
    return DocumentError("document_line", path=str(path), line=number, reason=reason)
