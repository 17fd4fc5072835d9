"""How long a person's record takes to be listed: read from the sealed store, opened, put together and settled."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from configs.settings import StorageSettings
from evaluation.metrics import percentile
from memory.facts import Fact
from memory.patients import PatientMemory
from memory.persistence import open_stores

FACTS = 200
TIMES = 200
_SUBJECTS = ("self", "mother", "son", "wife")
_TURN = 5
"""Facts that are said in one message."""


async def listing() -> str:
    """Return how long one list of 200 facts takes, by the clock, on SQLite: of a record at rest, and of one that has just grown."""
    with TemporaryDirectory() as folder:
        async with open_stores(StorageSettings(data_dir=Path(folder)), []) as stores:
            memory = PatientMemory(stores.store, "somebody")
            for start in range(0, FACTS, _TURN):
                await memory.record([_fact(number) for number in range(start, start + _TURN)])
            grown = await _timed(memory)
            await memory.edit(_fact(0), _fact(FACTS), "2026-01-03T00:00:00+00:00")
            await memory.statements()
            rested = await _timed(memory)
    return f"listing {FACTS} facts, {TIMES} times: as recorded {grown}; after a correction {rested}"


async def _timed(memory: PatientMemory) -> str:
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        facts = await memory.facts()
        taken.append((time.perf_counter() - start) * 1000)
        assert len(facts) == FACTS, len(facts)
    return f"median {percentile(taken, 0.5):.1f} ms, p99 {percentile(taken, 0.99):.1f} ms"


def _fact(number: int) -> Fact:
    kind = "medication" if number % 2 else "condition"
    return Fact(
        subject=_SUBJECTS[number % len(_SUBJECTS)],
        kind=kind,
        value=f"{kind} {number}",
        quote=f"I have {kind} {number}",
        detail="every morning",
        span=(0, 10),
        thread="t",
        turn=f"turn-{number // _TURN}",
        at=f"2026-01-01T00:{number // _TURN:02d}:00+00:00",
    )


if __name__ == "__main__":
    print(asyncio.run(listing()))
