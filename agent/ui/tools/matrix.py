"""Which medicine goes with which, as a table. An empty cell would say "safe": there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import combinations

from agent.client import NotFound
from agent.ui.layout import Page
from agent.ui.plain import plain
from tools.findings import Finding
from tools.records import SEVERITIES

_INNER = re.compile(r"^(?P<base>.*?)\s*[（(](?P<said>[^（）()]*)[)）]$")


@dataclass(frozen=True)
class Named:
    """A name as it was typed, and what the tables call it; empty: they do not know it."""

    typed: str
    name: str

    def is_in(self, shown: str) -> bool:
        """Tell whether a finding that names ``shown`` is about this medicine."""
        match = _INNER.match(shown)
        parts = {shown, *(match.groups() if match else ())}
        mine = {self.typed, self.name} - {""}
        return bool({part.casefold() for part in parts} & {part.casefold() for part in mine})


def named(page: Page, typed: str) -> Named:
    """Look a name up."""
    try:
        return Named(typed, page.client.tools.drug(typed).name)
    except NotFound:
        return Named(typed, "")


@dataclass
class Matrix:
    """Findings by pair of medicines; ``unplaced`` are those about a pair that is not in the table."""

    names: list[Named]
    findings: list[Finding]
    cells: dict[tuple[int, int], Finding] = field(default_factory=dict)
    unplaced: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        for finding in self.findings:
            if finding.kind in ("interaction", "duplicate"):
                self._place(finding)

    def rows(self, page: Page) -> list[dict[str, str]]:
        """Return the table: a row and a column for each medicine."""
        about = page.say("quick.medicine")
        return [
            {about: plain(one.typed)} | {plain(other.typed): self._cell(page, row, column) for column, other in enumerate(self.names)}
            for row, one in enumerate(self.names)
        ]

    def pairs(self, page: Page) -> list[dict[str, str]]:
        """Return the same as a list, for narrow screens and large type."""
        together, result = page.say("quick.pair"), page.say("quick.result")
        return [
            {together: f"{plain(self.names[row].typed)} + {plain(self.names[column].typed)}", result: self._cell(page, row, column)}
            for row, column in combinations(range(len(self.names)), 2)
        ]

    def _cell(self, page: Page, row: int, column: int) -> str:
        if row == column:
            return "—"
        finding = self.cells.get((min(row, column), max(row, column)))
        if finding is not None:
            return page.say(f"quick.cell_{finding.severity}")
        known = self.names[row].name and self.names[column].name
        return page.say("quick.cell_none" if known else "quick.cell_unknown")

    def _place(self, finding: Finding) -> None:
        pairs = [
            (row, column)
            for row, column in combinations(range(len(self.names)), 2)
            if self._is(finding, row, column) or self._is(finding, column, row)
        ]
        for pair in pairs:
            held = self.cells.get(pair)
            if held is None or SEVERITIES.index(finding.severity) < SEVERITIES.index(held.severity):
                self.cells[pair] = finding
        if not pairs:
            self.unplaced.append(finding)

    def _is(self, finding: Finding, row: int, column: int) -> bool:
        return self.names[row].is_in(finding.drug) and self.names[column].is_in(finding.with_)
