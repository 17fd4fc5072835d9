"""How good a source is, for breaking ties: drug label > national guideline > textbook > other, and of two alike the newer one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from configs.settings import ROOT
from retrieval.documents import Chunk
from retrieval.errors import DocumentError
from tools.text import fold

TABLE = ROOT / "configs" / "sources.yaml"
_NEWEST, _SPAN = 2030, 30
_YEARS = 0.15
"""What being new can add: less than the step from one kind of source to the next."""


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    worth: float
    pattern: re.Pattern[str]


class Priorities:
    """The kinds of sources, the first that fits decides."""

    def __init__(self, path: Path = TABLE) -> None:
        """Read the table.

        Raises:
            DocumentError: it cannot be read as what it should be.
        """
        try:
            rows = yaml.safe_load(path.read_text(encoding="utf-8"))
            self._kinds = tuple(_Kind(str(row["kind"]), float(row["worth"]), re.compile(str(row["match"]))) for row in rows)
        except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, re.error) as error:
            raise DocumentError("document_unreadable", path=str(path), reason=str(error).splitlines()[0]) from error
        self._worth = lru_cache(maxsize=4096)(self._look_up)

    def kind(self, chunk: Chunk) -> str:
        """Return the kind of the chunk's source; ``other`` where none fits."""
        return self._worth(chunk.publisher, chunk.source)[0]

    def of(self, chunk: Chunk) -> float:
        """Return how good the chunk's source is, 0..1; a year of 0 is an unknown one and counts as old."""
        age = min(max(_NEWEST - chunk.year, 0), _SPAN)
        return (1 - _YEARS) * self._worth(chunk.publisher, chunk.source)[1] + _YEARS * (1 - age / _SPAN)

    def _look_up(self, publisher: str, source: str) -> tuple[str, float]:
        said = fold(f"{source}\n{publisher}")
        return next(((kind.name, kind.worth) for kind in self._kinds if kind.pattern.search(said)), ("other", 0.0))
