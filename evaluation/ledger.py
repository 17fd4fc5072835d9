"""How fast the audit ledger is: ``python -m evaluation.ledger``. Bound of the issue: 100,000 entries verified within 5 s."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from pathlib import Path

from agent.ledger.ledger import Ledger, open_ledger
from configs.settings import StorageSettings
from evaluation.bench import machine
from memory.cipher import NAMES_SIZE, Names

ENTRIES = 100_000
AT_ONCE = 200


def main() -> None:
    """Print the figures."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        for line in asyncio.run(measured(StorageSettings(data_dir=Path(folder)))):
            print(line)


async def measured(storage: StorageSettings) -> list[str]:
    """Return the lines of the report on a ledger of its own."""
    async with open_ledger(storage, Names(secrets.token_bytes(NAMES_SIZE))) as ledger:
        single = await _appended(ledger, "one", 200, 1)
        together = await _appended(ledger, "many", ENTRIES - 200, AT_ONCE)
        begun = time.perf_counter()
        report = await ledger.verify()
        took = time.perf_counter() - begun
    assert report.whole and report.anchored and report.entries == ENTRIES
    return [
        f"append, one after the other: {200 / single:,.0f} entries/s ({single / 200 * 1000:.1f} ms each, flushed to disk)",
        f"append, {AT_ONCE} turns at once: {(ENTRIES - 200) / together:,.0f} entries/s",
        f"verify {report.entries:,} entries: {took:.2f} s (bound: 5 s)",
    ]


async def _appended(ledger: Ledger, name: str, count: int, at_once: int) -> float:
    entry = {"kind": "turn", "evidence": [f"chunk:{name}:{number}@{'0' * 16}" for number in range(8)], "answer": "0" * 64}
    begun = time.perf_counter()
    for start in range(0, count, at_once):
        await asyncio.gather(*(ledger.append(f"{name} {number}", entry) for number in range(start, min(start + at_once, count))))
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
