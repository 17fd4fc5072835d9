"""A process that adds entries until it is done or killed: ``python -m tests.agent.ledger.writer STORAGE NAME COUNT SHARED``.

Every entry of its own is followed by one under a key that all processes share. What was acknowledged goes to standard output.
"""

from __future__ import annotations

import asyncio
import sys

from tests.agent.ledger.conftest import ledger_of
from tests.memory.writer import from_json


async def main(told: str, name: str, count: str, shared: str) -> None:
    async with ledger_of(from_json(told)) as ledger:
        for number in range(int(count)):
            await asyncio.gather(ledger.append(f"{name} {number}", {"by": name}), ledger.append(f"{shared} {number}", {"by": name}))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
