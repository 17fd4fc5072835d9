"""Entries of emergencies that were answered although the ledger could not be written: kept, told loudly, and tried again.

Nobody who is told to call an ambulance waits for a disk. An entry that could not be written at once lies sealed in the store, which
outlives this process, and is written as soon as the ledger takes it; its key sees to it that it stands there once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from langgraph.store.base import BaseStore

from configs.errors import ShensiError
from memory.sealed import listed

log = logging.getLogger(__name__)
_PLACE = ("ledger-late",)
_STORE_S = 1.0
_FIRST_S, _LONGEST_S = 0.5, 30.0


class Late:
    """What the ledger still owes. Use ``recover`` at the start and ``close`` at the end."""

    def __init__(self, append: Callable[[str, bytes], Awaitable[None]], store: BaseStore | None) -> None:
        """Owe nothing.

        Args:
            append: writes an entry under its key, once.
            store: where entries survive this process; ``None``: nowhere.
        """
        self.waiting: dict[str, bytes] = {}
        self._append, self._store = append, store
        self._trying: asyncio.Task[None] | None = None

    async def recover(self) -> None:
        """Take up what was owed when the last process ended."""
        if self._store is not None:
            self.waiting = {item.key: str(item.value["entry"]).encode() for item in await listed(self._store, _PLACE)}
        if self.waiting:
            log.warning("%d entries are not in the audit ledger yet", len(self.waiting))
            self._try()

    async def keep(self, key: str, body: bytes) -> None:
        """Owe an entry; nothing that goes wrong here keeps an answer back."""
        self.waiting[key] = body
        log.error("an emergency was answered and is not in the audit ledger yet; %d entries wait", len(self.waiting))
        self._try()
        if self._store is not None:
            try:
                async with asyncio.timeout(_STORE_S):
                    await self._store.aput(_PLACE, key, {"entry": body.decode()})
            except (ShensiError, TimeoutError) as error:
                log.error("and it is kept in memory alone: %s", type(error).__name__)

    async def close(self) -> None:
        """Stop trying; what is still owed is taken up at the next start."""
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.wait([self._trying])
        with suppress(TimeoutError):
            async with asyncio.timeout(_STORE_S):
                await self._pay()

    def _try(self) -> None:
        if self._trying is None:
            self._trying = asyncio.create_task(self._until_paid())

    async def _until_paid(self) -> None:
        pause = _FIRST_S
        try:
            while self.waiting:
                await asyncio.sleep(pause)
                pause = _FIRST_S if await self._pay() else min(2 * pause, _LONGEST_S)
        finally:
            self._trying = None

    async def _pay(self) -> bool:
        """Write what is owed, the oldest first, as far as the ledger takes it; say whether that was everything."""
        for key, body in list(self.waiting.items()):
            try:
                await self._append(key, body)
                if self._store is not None:
                    await self._store.adelete(_PLACE, key)
            except ShensiError as error:
                log.error("the audit ledger cannot be written: %s", error.code)
                return False
            self.waiting.pop(key, None)
            log.warning("an emergency is in the audit ledger now; %d entries wait", len(self.waiting))
        return True
