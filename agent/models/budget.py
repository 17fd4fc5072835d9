"""The tokens that each tenant has used today, over all workers and restarts.

Every worker keeps a row of its own and reads those of the others, so that nobody overwrites what somebody else has counted. Rows are
written a few seconds after a call: a crash forgets at most that, and workers see each other's calls so much later.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from langgraph.store.base import BaseStore

from configs.errors import ShensiError
from memory.sealed import listed

log = logging.getLogger(__name__)
_FLUSH_S = 3.0
_PLACE = "token-budgets"


def today() -> str:
    """Return the day that budgets count by."""
    return datetime.now(UTC).date().isoformat()


class DayBudget:
    """Use ``close`` at the end."""

    def __init__(self, most: int, store: BaseStore | None, day: Callable[[], str] = today) -> None:
        """Take the bound.

        Args:
            most: tokens of one account a day.
            store: where workers tell each other; ``None``: this process counts alone.
            day: tells which day it is.
        """
        self._most, self._store, self._day = most, store, day
        self._worker = secrets.token_hex(8)
        self._on = day()
        self._own: dict[str, int] = {}
        self._others: dict[str, int] = {}
        self._dirty: set[str] = set()
        self._flushing: asyncio.Task[None] | None = None

    async def take(self, account: str, wanted: int) -> bool:
        """Set so many tokens of an account aside, if it has them left today; say whether it has."""
        self._turn_the_page()
        if account not in self._others:
            await self._read(account)
        if self._own.get(account, 0) + self._others.get(account, 0) + wanted > self._most:
            return False
        self.count(account, wanted)
        return True

    def count(self, account: str, used: int) -> None:
        """Note what an account has used, or with a number below zero what it has not used after all."""
        self._turn_the_page()
        self._own[account] = max(0, self._own.get(account, 0) + used)
        self._dirty.add(account)
        if self._store is not None and self._flushing is None:
            self._flushing = asyncio.create_task(self._soon())

    async def close(self) -> None:
        """Write what is not written yet."""
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.wait([self._flushing])
        await self._flush()

    def _turn_the_page(self) -> None:
        if self._on != (now := self._day()):
            self._on = now
            self._own, self._others = {}, {}
            self._dirty.clear()

    async def _soon(self) -> None:
        try:
            while self._dirty:
                await asyncio.sleep(_FLUSH_S)
                await self._flush()
        finally:
            self._flushing = None

    async def _flush(self) -> None:
        while self._store is not None and self._dirty:
            account, on = self._dirty.pop(), self._on
            try:
                await self._store.aput((_PLACE, account), self._worker, {"day": on, "tokens": self._own.get(account, 0)})
                await self._read(account)
            except ShensiError as error:
                log.warning("used tokens were not written down: %s", error.code)
                self._dirty.add(account)
                return

    async def _read(self, account: str) -> None:
        """Read what other workers have counted, and clear away what they counted on other days."""
        if self._store is None:
            self._others[account] = 0
            return
        rows = [item for item in await listed(self._store, (_PLACE, account)) if item.key != self._worker]
        self._others[account] = sum(int(item.value["tokens"]) for item in rows if item.value["day"] == self._on)
        for item in rows:
            if item.value["day"] < self._on:
                await self._store.adelete((_PLACE, account), item.key)
