"""What the model writes about long threads, after the answers and beside the questions that follow."""

from __future__ import annotations

import asyncio
import logging

from configs.errors import ShensiError
from graphs.context import Context
from graphs.nodes.summarise import write_prose
from graphs.state import ConsultState
from memory.summary import TurnRecord
from memory.threads import Threads

log = logging.getLogger(__name__)


class Summaries:
    """Jobs in the background, one at a time for each thread. What is cut off is not lost: code has kept a line of every turn."""

    def __init__(self, threads: Threads, context: Context) -> None:
        self._threads = threads
        self._context = context
        self._running: dict[tuple[str, str, str], asyncio.Task[None]] = {}

    def of(self, threads: Threads, context: Context) -> Summaries:
        """Return the same for another owner; whoever waits or closes waits for the jobs of all."""
        other = Summaries(threads, context)
        other._running = self._running
        return other

    def after(self, state: ConsultState) -> None:
        """Begin to write about the turns that have just left the history of a thread, if there are any and there is a model."""
        folded, models = state.get("folded", []), self._context.models
        if not folded or models is None or not models.ready():
            return
        thread = state["thread"]
        place = (self._context.tenant, self._context.owner, thread)
        before = self._running.get(place)
        task = asyncio.create_task(self._write(thread, folded, state["language"], before))
        self._running[place] = task
        task.add_done_callback(lambda done: self._running.pop(place) if self._running.get(place) is done else None)

    async def idle(self) -> None:
        """Wait until nothing is being written."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def stop(self, thread: str) -> None:
        """Stop writing about a thread of this owner, because it goes."""
        if task := self._running.get((self._context.tenant, self._context.owner, thread)):
            task.cancel()
            await asyncio.wait([task])

    async def close(self) -> None:
        """Stop writing."""
        for task in self._running.values():
            task.cancel()
        await self.idle()

    async def _write(self, thread: str, folded: list[TurnRecord], language: str, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        assert self._context.models is not None, "asked for only where there is a model"
        try:
            previous = await self._threads.prose(thread)
            budget = self._context.settings.summary_tokens
            models = self._context.models.allowed(self._context.tenant or self._context.owner)
            prose = await write_prose(previous, folded, language, models, budget)
            if prose != previous:
                await self._threads.write_prose(thread, prose)
        except ShensiError as error:
            log.warning("no summary written: %s", error.code)
