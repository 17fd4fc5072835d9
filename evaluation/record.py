"""How fast a record is listed: ``python -m evaluation.record``. Prints figures, judges nothing."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from configs.settings import StorageSettings
from memory.facts import Fact
from memory.patients import PatientMemory
from memory.persistence import open_stores

FACTS, ROUNDS, OTHERS, LISTINGS = 200, 25, 50, 200


def facts(round_: int) -> list[Fact]:
    """Return statements about 200 things; every round changes half of them."""
    at = f"2026-01-01T00:{round_:02}:00.000000+00:00"
    return [
        Fact(
            kind="medication" if n % 2 else "allergy",
            value=f"药物{n}",
            detail=f"{round_ * 5} mg" if n % 2 else "皮疹",
            quote=f"我一直在吃药物{n}",
            turn=f"t{round_}",
            at=at,
        )
        for n in range(FACTS)
    ]


async def measure(folder: Path) -> dict[str, float]:
    """Return milliseconds: of one listing in a process that has listed before, and in one that has not."""
    storage = StorageSettings(data_dir=folder)
    async with open_stores(storage, ()) as stores:
        memory = PatientMemory(stores.store, "local")
        for round_ in range(ROUNDS):
            await memory.record(facts(round_))
        for other in range(OTHERS):
            await PatientMemory(stores.store, f"other{other}").record(facts(0))
        warm = [await _timed(memory) for _ in range(LISTINGS)]
        cold = []
        for _ in range(20):
            stores.store.forget_made()
            cold.append(await _timed(memory))
        assert len(await memory.facts()) == FACTS
    ranked = sorted(warm)
    return {"p50": statistics.median(warm), "p99": ranked[int(len(ranked) * 0.99)], "cold_p50": statistics.median(cold)}


async def _timed(memory: PatientMemory) -> float:
    start = time.perf_counter()
    await memory.facts()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(measure(Path(folder)))
    print(f"listing {FACTS} facts after {FACTS * ROUNDS} events, {OTHERS} other owners beside them, sealed, SQLite")
    print("  " + "  ".join(f"{name} {value:.1f} ms" for name, value in took.items()))


if __name__ == "__main__":
    main()
