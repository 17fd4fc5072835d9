"""What is read from a patient's turns, and comparing it with what is expected."""

from __future__ import annotations

from memory.extract import read_turns
from memory.facts import current
from tools.tables import Tables


def read(said: str, tables: Tables) -> set[str]:
    """Return ``subject/kind/value/status`` of what stands after some turns, parted by ``//``."""
    facts = current(read_turns([turn.strip() for turn in said.split("//")], tables))
    return {f"{fact.subject}/{fact.kind}/{fact.value}/{fact.status}" for fact in facts}


def check(case: str, tables: Tables) -> None:
    """Compare with what is expected; ``!`` before a fact: it must not be read."""
    said, _, wanted = case.partition(" | ")
    found = read(said, tables)
    for fact in wanted.split("; "):
        assert (fact[1:] not in found) if fact.startswith("!") else (fact in found), (said, found)
