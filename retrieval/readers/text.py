"""Plain text: the wording of a line is all that shows a heading, so only chapters and 【labels】 are taken for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from retrieval.readers.body import is_chapter, label_of
from retrieval.readers.encoding import decode
from retrieval.readers.parsed import Limits, Parsed

_LONGEST_TITLE = 40


def read(path: Path, limits: Limits) -> Iterator[Parsed]:
    """Yield the one document of a text file; a line that begins with ``#`` is a heading, as in Markdown."""
    lines = [shaped for line in decode(path.read_bytes(), path).strip().split("\n") for shaped in _shape(line)]
    heading = next((line.lstrip("#").strip() for line in lines if line.startswith("# ")), "")
    first = lines[0].strip()
    if not heading and len(lines) > 1 and len(first) <= _LONGEST_TITLE and first[-1:].isalnum() and not first.startswith("#"):
        heading = first
    yield Parsed("\n".join(lines), heading)


def _shape(line: str) -> list[str]:
    bare = line.strip(" \t\u3000")
    label = label_of(bare)
    if label:
        return [f"## {label[0]}", *([label[1]] if label[1] else [])]
    return [f"## {bare}"] if bare and is_chapter(bare) else [line]
