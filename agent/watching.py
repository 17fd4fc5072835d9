"""Follows files and folders by looking at them again and again.

The kernel's notices would be faster, but they say nothing of a network share, where a hospital's documents usually lie, and lose the
track of a file that an editor replaces. A look costs a few microseconds a file, and the pause grows with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from retrieval.errors import DocumentError, IndexBusy
from retrieval.readers import files_under

PAUSE_S = 0.5
SHARE = 20
"""The pause is at least this many times what a look costs."""
_Signature = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one file."""

    path: Path
    kind: Literal["new", "changed", "gone"]


def watch(roots: Sequence[Path], apply: Callable[[Sequence[Change]], None], stop: threading.Event) -> Iterator[None]:
    """Look once, yield, then hand every change to ``apply`` until ``stop`` is set.

    A file counts as changed once two looks in a row find it the same, so that one that is still being copied is not read half.
    A root that is not there at all is waited for: it may be a share that is not mounted just now.
    """
    applied = before = _look(roots, {})
    yield
    pause = PAUSE_S
    while not stop.wait(pause):
        start = time.perf_counter()
        now = _look(roots, before)
        pause = max(PAUSE_S, SHARE * (time.perf_counter() - start))
        changes = _changes(applied, before, now)
        before = now
        if changes:
            try:
                apply(changes)
            except IndexBusy:
                continue  # somebody else is writing; the changes are found again at the next look
            applied = _settled(applied, changes, now)
        yield


def _look(roots: Sequence[Path], before: dict[Path, _Signature]) -> dict[Path, _Signature]:
    found: dict[Path, _Signature] = {}
    for root in roots:
        if not root.exists() and not (root in before and root.parent.is_dir()):
            found.update({path: seen for path, seen in before.items() if path == root or root in path.parents})
            continue
        for file in files_under(root):
            if isinstance(file, DocumentError):
                hidden = Path(file.values["path"])
                found.update({path: seen for path, seen in before.items() if hidden in path.parents})
                continue
            try:
                facts = file.stat()
            except OSError:
                continue
            found[file] = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
    return found


def _changes(applied: dict[Path, _Signature], before: dict[Path, _Signature], now: dict[Path, _Signature]) -> list[Change]:
    changes: list[Change] = []
    for path, seen in now.items():
        if before.get(path) == seen and applied.get(path) != seen:
            changes.append(Change(path, "changed" if path in applied else "new"))
    return changes + [Change(path, "gone") for path in applied if path not in now and path not in before]


def _settled(applied: dict[Path, _Signature], changes: Sequence[Change], now: dict[Path, _Signature]) -> dict[Path, _Signature]:
    settled = dict(applied)
    for change in changes:
        if change.kind == "gone":
            settled.pop(change.path, None)
        else:
            settled[change.path] = now[change.path]
    return settled
