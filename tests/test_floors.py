"""Security floors of what we depend on: each is the first release without a known hole that reaches us."""

from __future__ import annotations

import re
from importlib.metadata import version

import pytest

from configs.settings import ROOT

FLOORS = {
    "langgraph": (1, 0, 10),  # CVE-2026-28277
    "langgraph-checkpoint": (4, 0, 0),  # CVE-2026-27794
    "langgraph-checkpoint-sqlite": (3, 0, 1),  # CVE-2025-67644
    "langgraph-prebuilt": (1, 1, 0),
    "langchain-core": (1, 2, 5),  # CVE-2025-68664
}


@pytest.mark.parametrize("package", FLOORS)
def test_a_dependency_is_at_or_above_its_floor(package: str) -> None:
    assert tuple(int(part) for part in version(package).split(".")[:3]) >= FLOORS[package]


def test_every_requirement_is_pinned_exactly_and_as_the_constraints_say() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    constraints = {_normal(package): pinned for package, _, pinned in (line.partition("==") for line in lines) if pinned}
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            pin = line.partition("#")[0].partition(";")[0].strip()
            if pin:
                package, _, pinned = pin.partition("==")
                assert pinned and constraints[_normal(package)] == pinned, line


def _normal(package: str) -> str:
    """Return a name as the registry compares it, without extras."""
    return re.sub(r"[-_.]+", "-", package.partition("[")[0]).lower()


def test_nothing_starts_the_chroma_server() -> None:
    for package in ("retrieval", "agent", "graphs", "memory"):
        for path in (ROOT / package).rglob("*.py"):
            assert not re.search(r"\bchromadb\.(?:Async)?HttpClient|import (?:Async)?HttpClient", path.read_text(encoding="utf-8")), path
