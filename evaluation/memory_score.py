"""Comparing remembered facts with those that an author of the bank wrote down."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.tables import Tables
from tools.text import clean, fold

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SAME_PEOPLE = {
    "baby": "child",
    "roommate": "friend",
    "colleague": "friend",
    "neighbor": "friend",
    "neighbour": "friend",
    "girlfriend": "partner",
    "boyfriend": "partner",
    "stepson": "son",
    "stepdaughter": "daughter",
    "stepmother": "mother",
    "stepfather": "father",
}
_SAME_SEX = {"女": "female", "男": "male", "f": "female", "m": "male", "woman": "female", "man": "male", "girl": "female", "boy": "male"}
_YES = frozenset({"yes", "是"})
_UNIT = re.compile(r"\s*[×x]\s*10\^?\d+(?:/l)?|mm?3|(?<=[a-z])\d+(?=/)")
_AGED = re.compile(r"(\d+(?:\.\d+)?)\s*(岁|years?|y|个?月|months?|周|weeks?|天|days?)$")
_DAYS = {"岁": 365.0, "y": 365.0, "月": 30.4, "个月": 30.4, "m": 30.4, "周": 7.0, "w": 7.0, "天": 1.0, "d": 1.0}
_MEASURED = frozenset({"age", "weight", "height", "pregnancy", "vital", "lab"})
_STATUS_TELLS = frozenset({"smoking", "alcohol", "lactation"})
"""Kinds of which the status says everything: yes, no, no longer."""
_LOOSE = frozenset({"condition", "surgery", "vaccination", "family_history", "vital", "lab", "intolerance"})
"""Kinds whose names may be longer or shorter: 2型糖尿病 and 糖尿病 are told apart by the checks, not here."""


@dataclass(slots=True)
class Count:
    """Facts found, facts expected, and both."""

    right: int = 0
    found: int = 0
    expected: int = 0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where there was nothing to find and nothing was."""
        return 2 * self.right / (self.found + self.expected) if self.found + self.expected else 1.0

    def __str__(self) -> str:
        precision = self.right / self.found if self.found else 1.0
        recall = self.right / self.expected if self.expected else 1.0
        return f"P {precision:.3f}  R {recall:.3f}  F1 {self.f1:.3f}  ({self.right} right, {self.found} found, {self.expected} expected)"


@dataclass(slots=True)
class Score:
    """Counts by group, and what was missed or invented."""

    groups: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    errors: list[str] = field(default_factory=list)

    def add(self, case: str, language: str, found: list[dict[str, Any]], expected: list[dict[str, Any]], same: Same) -> None:
        """Count one case; facts are pairs only when subject, kind, value and status agree."""
        left = list(found)
        for fact in expected:
            match = next((other for other in left if same(other, fact)), None)
            for group in _groups(fact, language):
                self.groups[group].expected += 1
                self.groups[group].right += match is not None
            if match is None:
                self.errors.append(f"{case}: missed {_shown(fact)}")
            else:
                left.remove(match)
        for fact in left:
            self.errors.append(f"{case}: invented {_shown(fact)}")
        for fact in found:
            for group in _groups(fact, language):
                self.groups[group].found += 1


def _groups(fact: Mapping[str, Any], language: str) -> Iterable[str]:
    return ("all", f"kind {fact['kind']}", f"status {fact['status']}", f"language {language}", f"language {language}, {fact['kind']}")


def _shown(fact: Mapping[str, Any]) -> str:
    return f"{fact['subject']}/{fact['kind']}/{fact['value']}/{fact['status']}"


class Same:
    """Tells whether two facts say the same, over the names of the tables and the authors' own aliases."""

    def __init__(self, tables: Tables, aliases: Path | None = None) -> None:
        """Read the aliases, ``{name: [other names]}``."""
        self._tables = tables
        self._aliases: dict[str, str] = {}
        if aliases and aliases.is_file():
            for name, others in json.loads(aliases.read_text(encoding="utf-8")).items():
                self._aliases |= {fold(other): fold(name) for other in [name, *others]}

    def __call__(self, found: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
        """Compare subject, kind, status and value."""
        kind = expected["kind"]
        if found["kind"] != kind or _person(found["subject"]) != _person(expected["subject"]) or found["status"] != expected["status"]:
            return False
        if kind in _STATUS_TELLS or (kind == "pregnancy" and expected["status"] == "denied"):
            return True
        return self.values(kind, str(found["value"]), str(expected["value"]))

    def values(self, kind: str, one: str, other: str) -> bool:
        """Compare two values of a kind."""
        a, b = self._plain(one), self._plain(other)
        if a.removesuffix("s") == b.removesuffix("s"):
            return True
        if "*" in (a, b):
            return False
        if kind == "sex":
            return _SAME_SEX.get(a, a) == _SAME_SEX.get(b, b)
        if kind == "pregnancy" and {one.lower(), other.lower()} & _YES:
            return True  # how far it is belongs to the detail for some authors
        if kind == "age" and (one_age := _AGED.search(a)) and (other_age := _AGED.search(b)):
            return _close(_in_days(one_age), _in_days(other_age))
        if kind in _MEASURED and _NUMBER.search(b):
            return _close(a, b)
        if self._references(a) & self._references(b):
            return True
        return kind in _LOOSE and (a in b or b in a or self._share(a, b))

    def _plain(self, value: str) -> str:
        folded = fold(clean(value)).strip(" .。").replace("/", "-")
        return self._aliases.get(folded, folded)

    def _references(self, value: str) -> frozenset[str]:
        exact = self._tables.names.references(value)
        found = self._tables.names.find(value)
        whole = exact or (found[0].references if len(found) == 1 and found[0].end - found[0].start >= len(value) - 1 else frozenset())
        return frozenset(r for r in whole if not r.startswith("food:") or len(whole) == 1)

    @staticmethod
    def _share(a: str, b: str) -> bool:
        """Tell whether most of the shorter value's words or characters are in the longer one."""
        one, other = (set(re.findall(r"[a-z]{3,}|[\u3400-\u9fff]", words)) for words in (a, b))
        few = min(len(one), len(other))
        return bool(few) and len(one & other) >= max(1, round(few * 0.6))


def _person(subject: str) -> str:
    return _SAME_PEOPLE.get(subject, subject)


def _in_days(match: re.Match[str]) -> str:
    """Return an age in days: 天, 周, weeks and years of the same length are one age."""
    return str(float(match[1]) * _DAYS[match[2] if match[2] in _DAYS else match[2][0]])


def _close(a: str, b: str) -> bool:
    one, other = ([float(n) for n in _NUMBER.findall(_UNIT.sub("", words))] for words in (a, b))
    return bool(one) and len(one) == len(other) and all(abs(x - y) <= 0.02 * max(x, y) + 0.051 for x, y in zip(one, other, strict=True))
