"""A process that has one conversation, from where the last one was cut off.

Called as ``python -m tests.memory.talker STORAGE BASE_URL OWNER FIRST LINE...``: says every line from number FIRST on, on one thread, and
tells ``begin N`` and ``done N``. A line that was cut off before is said again and finishes its turn.
"""

from __future__ import annotations

import asyncio
import sys

from agent.service import ConsultService
from configs.settings import ConsultSettings, ModelSettings, RetrievalSettings, Settings
from tests.memory.writer import from_json


def tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def main(told: str, base_url: str, owner: str, first: str, *lines: str) -> None:
    settings = Settings(
        llm=ModelSettings(base_url=base_url),
        retrieval=RetrievalSettings(embedder="none"),
        storage=from_json(told),
        consult=ConsultSettings(owner=owner, recent_turns=2),
    )
    async with ConsultService.open(settings) as service:
        for number in range(int(first), len(lines)):
            tell(f"begin {number}")
            await service.ask(lines[number], thread="t")
            tell(f"done {number}")
        await service.summaries.idle()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
