"""Reading CSV tables from a folder and from a hospital's own folders, and telling exactly where one is wrong.

A strict reader raises at the first defect. A tolerant one notes it, keeps the rows that hold, and leaves it to the checks to say that what
depends on the damaged table could not be verified.
"""

from __future__ import annotations

import csv
import gc
import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from tools.errors import TableError
from tools.linear import LinearModel, load_model
from tools.rows import Row

T = TypeVar("T")

MANIFEST = "manifest.json"
MAX_AGE_DAYS = 730
"""Knowledge that nobody has looked at for two years is not relied on."""


class Reader:
    """Reads tables; ``problems`` holds what a tolerant reader has found, by the name of the table."""

    def __init__(self, folder: Path, extra: Sequence[Path] = (), *, strict: bool = True) -> None:
        self.folder = folder
        self.strict = strict
        self.problems: dict[str, TableError] = {}
        self._extra = extra

    def rows(self, table: str, build: Callable[[Row], T], *, optional: bool = False) -> list[T]:
        """Read one table; an ``optional`` one may be absent."""
        built: list[T] = []
        for folder in (self.folder, *self._extra):
            path = folder / f"{table}.csv"
            if (optional or folder is not self.folder) and not path.exists():
                continue
            try:
                built += self._file(path, table, build)
            except TableError as error:
                self.note(table, error)
        return built

    def keyed(self, table: str, build: Callable[[Row], T], *, optional: bool = False) -> dict[str, T]:
        """Read a table whose rows have an ``id``."""
        built: dict[str, T] = {}
        for key, row in self.rows(table, lambda r: (r["id"], build(r)), optional=optional):
            if key in built or not key:
                self.note(table, TableError("table_row", table=f"{table}.csv", line=0, reason=f"id {key!r} is empty or used twice"))
            else:
                built[key] = row
        return built

    def resolved(self, table: str, rows: Iterable[T], references: Callable[[T], Iterable[str]], known: Collection[str]) -> list[T]:
        """Return the rows that refer to nothing unknown."""
        kept = []
        for row in rows:
            lost = next((reference for reference in references(row) if reference not in known), None)
            if lost is None:
                kept.append(row)
            else:
                self.note(table, TableError("table_row", table=f"{table}.csv", line=0, reason=f"unknown reference {lost!r}"))
        return kept

    def closed(
        self, table: str, rows: dict[str, T], references: Callable[[T], Iterable[str]], known: Collection[str] = frozenset()
    ) -> dict[str, T]:
        """Return the rows whose references lead to rows that are themselves kept, or to something ``known``."""
        while True:
            kept = self.resolved(table, rows.values(), references, {*rows, *known})
            if len(kept) == len(rows):
                return rows
            held = {id(row) for row in kept}
            rows = {key: row for key, row in rows.items() if id(row) in held}

    def unique(self, table: str, rows: Iterable[T], key: Callable[[T], object]) -> list[T]:
        """Return the rows without those that say something about the same thing again: two rows could contradict each other."""
        kept: dict[object, T] = {}
        for row in rows:
            if kept.setdefault(key(row), row) is not row:
                self.note(table, TableError("table_row", table=f"{table}.csv", line=0, reason=f"two rows for {key(row)!r}"))
        return list(kept.values())

    def acyclic(self, table: str, above: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Return who is above whom, without what leads back to itself."""
        for start in above:
            seen, todo = set(), list(above[start])
            while todo:
                key = todo.pop()
                if key == start:
                    self.note(table, TableError("table_row", table=f"{table}.csv", line=0, reason=f"{start!r} is above itself"))
                    return self.acyclic(table, above | {start: ()})
                if key not in seen:
                    seen.add(key)
                    todo += above.get(key, ())
        return above

    def note(self, table: str, error: TableError) -> None:
        """Raise, or remember, the first defect of a table."""
        if self.strict:
            raise error
        self.problems.setdefault(table, error)

    def _file(self, path: Path, table: str, build: Callable[[Row], T]) -> list[T]:
        try:
            with path.open(encoding="utf-8", newline="") as file:
                lines = list(csv.reader(file, strict=True))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise TableError("table_unreadable", table=path.name, reason=str(error)) from error
        if len(lines) < 2:
            raise TableError("table_unreadable", table=path.name, reason="no rows")
        header, built = lines[0], []
        for number, cells in enumerate(lines[1:], start=2):
            try:
                if len(cells) != len(header):
                    raise ValueError(f"{len(cells)} cells instead of {len(header)}")
                built.append(build(dict(zip(header, cells, strict=True))))
            except (ValueError, KeyError, re.error) as error:
                self.note(table, TableError("table_row", table=path.name, line=number, reason=repr(error)))
        return built

    def model(self, name: str) -> LinearModel | None:
        """Read a model learned from a table; ``None`` where there is none, for a folder of a few tables does without."""
        path = self.folder / f"{name}.npz"
        try:
            return load_model(path) if path.exists() else None
        except TableError as error:
            self.note(name, error)
            return None

    def check_manifest(self) -> None:
        """Compare the folder with its manifest; called last, because a damaged row says more than a changed file."""
        path = self.folder / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            published = date.fromisoformat(manifest["published"])
            sums = dict(manifest["sha256"])
        except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
            self.note("manifest", TableError("table_unreadable", table=MANIFEST, reason=str(error)))
            return
        for name in sorted({*sums, *(path.name for path in _sealed(self.folder))}):
            expected = sums.get(name, "")
            if checksum(self.folder / name) != expected:
                self.note(name.partition(".")[0], TableError("table_changed", table=name))
        if (datetime.now(UTC).date() - published).days > MAX_AGE_DAYS:
            self.note("manifest", TableError("table_stale", published=published.isoformat()))


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector still while rows are built: it would go through all of them again and again and find nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file; empty when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _sealed(folder: Path) -> list[Path]:
    """Return the tables and the models learned from them."""
    return [*folder.glob("*.csv"), *folder.glob("*.npz")]


def seal(folder: Path) -> dict[str, Any]:
    """Write the manifest of a folder of tables: who changes a table says so."""
    sums = {path.name: checksum(path) for path in sorted(_sealed(folder))}
    manifest = {"published": datetime.now(UTC).date().isoformat(), "sha256": sums}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest
