"""What laboratories and check-ups measure, by all the names in use."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from tools.text import fold

_TABLE = Path(__file__).parent / "analytes.csv"
_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]")
_SPACES = re.compile(r"[\s,，:：*★▲·#]+")
Kind = Literal["lab", "vital", "height", "weight"]


@dataclass(frozen=True, slots=True)
class Analyte:
    """One thing that is measured."""

    key: str
    kind: Kind
    zh: str
    en: str

    def name(self, language: str) -> str:
        """Return its name for a reader."""
        return self.zh if language == "zh" else self.en


def analyte_of(name: str) -> Analyte | None:
    """Return what a name on a report stands for: the whole of it, what stands before its brackets, or what stands in them."""
    known = _names()
    inside = [match[1] for match in _BRACKETS.finditer(name)]
    for words in (name, _BRACKETS.sub("", name), *inside):
        if (found := known.get(_plain(words))) is not None:
            return found
    # 丙氨酸氨基转移酶 ALT: the abbreviation stands in a column of its own
    parts = [known[_plain(part)] for part in _BRACKETS.sub(" ", name).split() if _plain(part) in known]
    return parts[0] if len({part.key for part in parts}) == 1 else None


def analyte(key: str) -> Analyte | None:
    """Return what has this key."""
    return _keys().get(key)


def key_of(name: str) -> str:
    """Return the key under which a value of this name is kept; one of ours, or made of the name."""
    found = analyte_of(name)
    return found.key if found else f"name:{_plain(_BRACKETS.sub('', name)) or _plain(name)}"


def _plain(name: str) -> str:
    return _SPACES.sub("", fold(name)).strip("-")


@cache
def _rows() -> tuple[tuple[Analyte, tuple[str, ...]], ...]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            (Analyte(row["key"], cast(Kind, row["kind"]), row["zh"], row["en"]), (row["zh"], row["en"], *row["aliases"].split("|")))
            for row in csv.DictReader(file)
        )


@cache
def _keys() -> dict[str, Analyte]:
    return {one.key: one for one, _ in _rows()}


@cache
def _names() -> dict[str, Analyte]:
    return {_plain(name): one for one, names in _rows() for name in names if name}
