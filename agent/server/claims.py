"""Who answers a thread: one worker at a time.

With SQLite one process holds the data folder, and a set will do. With PostgreSQL several workers on several hosts share the database; there
a row names the holder, who renews it while it lives. When a worker dies, its rows run out and another one finishes its turns.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from memory.errors import StorageError, database_errors, storage_error
from memory.persistence import Stores

log = logging.getLogger(__name__)
_KEEP_S = 1.0
_LOCK = zlib.crc32(b"shensi claims")
CalledOff = Callable[[str, bool], Awaitable[None]]
"""Called with the name of a thread whose turn must stop here, and whether it is to be cancelled or goes on at another worker."""
_TABLE = """CREATE TABLE IF NOT EXISTS thread_claims (
    name text PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL, cancel boolean NOT NULL DEFAULT false)"""
_CLAIM = """INSERT INTO thread_claims AS held (name, holder, until) VALUES (%s, %s, now() + %s * interval '1 second')
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, cancel = false
    WHERE held.until < now() OR held.holder = excluded.holder RETURNING holder"""
_KEEP = "UPDATE thread_claims SET until = now() + %s * interval '1 second' WHERE holder = %s AND name = ANY(%s) RETURNING name, cancel"
_STILL = "UPDATE thread_claims SET until = now() + %s * interval '1 second' WHERE name = %s AND holder = %s RETURNING name"


class Claims(Protocol):
    """Who answers which thread."""

    async def take(self, name: str) -> bool:
        """Take a thread; say whether it was free or ours."""

    async def still(self, name: str) -> bool:
        """Say whether a thread that was taken is still ours, and if so for long enough to write down an end."""

    async def release(self, name: str) -> None:
        """Give a thread back."""

    async def call_off(self, name: str) -> None:
        """Ask whoever holds a thread to cancel its turn."""


class LocalClaims:
    """The threads of a data folder that this process alone holds."""

    def __init__(self) -> None:
        self._held: set[str] = set()

    async def take(self, name: str) -> bool:
        """Take a thread."""
        if name in self._held:
            return False
        self._held.add(name)
        return True

    async def still(self, name: str) -> bool:
        """Say whether it is ours."""
        return name in self._held

    async def release(self, name: str) -> None:
        """Give a thread back."""
        self._held.discard(name)

    async def call_off(self, name: str) -> None:
        """There is nobody else."""


class PostgresClaims:
    """Rows of a table that all workers share. A name is hashed: the database is told nothing of owners."""

    def __init__(self, pool: Any, lease_s: float, called_off: CalledOff) -> None:
        self._pool, self._lease_s, self._called_off = pool, lease_s, called_off
        self._holder = secrets.token_hex(8)
        self._held: dict[str, str] = {}
        self._keeper: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Make the table and begin to renew."""
        # PostgreSQL looks for the table first and makes it then: workers that start at once do so one after the other.
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            await connection.execute(_TABLE)
        self._keeper = asyncio.create_task(self._keep())

    async def take(self, name: str) -> bool:
        """Take a thread."""
        if name in self._held.values():
            return False
        row = _row(name)
        if not await self._run(_CLAIM, row, self._holder, self._lease_s):
            return False
        self._held[row] = name
        return True

    async def still(self, name: str) -> bool:
        """Ask the database whether it is ours, and renew the claim."""
        return bool(await self._run(_STILL, self._lease_s, _row(name), self._holder))

    async def release(self, name: str) -> None:
        """Give a thread back."""
        self._held.pop(_row(name), None)
        await self._run("DELETE FROM thread_claims WHERE name = %s AND holder = %s", _row(name), self._holder)

    async def call_off(self, name: str) -> None:
        """Ask whoever holds a thread to cancel its turn."""
        await self._run("UPDATE thread_claims SET cancel = true WHERE name = %s", _row(name))

    async def close(self) -> None:
        """Stop renewing and give everything back."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        try:
            await self._run("DELETE FROM thread_claims WHERE holder = %s", self._holder)
        except StorageError as error:
            log.warning("claims not given back, they run out by themselves: %s", error.code)

    async def _keep(self) -> None:
        renewed = _now()
        while True:
            await asyncio.sleep(_KEEP_S)
            asked = dict(self._held)
            if _now() - renewed > self._lease_s:
                # Stopped, suspended or cut off for longer than a claim lasts: somebody else may be at work by now. What runs here is
                # stopped before it writes another word; what is still ours is taken up again like any turn that was cut off.
                await self._look(asked, {})
            begun = _now()
            try:
                rows = await self._run(_KEEP, self._lease_s, self._holder, list(asked))
            except StorageError as error:
                log.warning("claims not renewed: %s", error.code)
                continue
            renewed = begun
            asked = {row: name for row, name in asked.items() if row in self._held}
            await self._look(asked, {row["name"]: row["cancel"] for row in rows})

    async def _look(self, asked: dict[str, str], kept: dict[str, bool]) -> None:
        for row, name in asked.items():
            if self._held.get(row) == name and kept.get(row, True):
                if row not in kept:  # too late: somebody else goes on with it
                    self._held.pop(row)
                await self._called_off(name, row in kept)

    async def _run(self, statement: str, *values: Any) -> list[Any]:
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(statement.encode(), values or None)
                return list(await cursor.fetchall()) if cursor.description else []
        except database_errors() as error:
            raise storage_error(error, "thread_claims") from error


@asynccontextmanager
async def open_claims(stores: Stores, lease_s: float, called_off: CalledOff) -> AsyncIterator[Claims]:
    """Open the claims that fit the stores, and give them back at the end.

    Args:
        stores: of the service.
        lease_s: how long a claim holds when its worker says nothing any more.
        called_off: called when a turn must stop here because of another worker.
    """
    pool = getattr(stores.backend, "pool", None)
    if pool is None:
        yield LocalClaims()
        return
    claims = PostgresClaims(pool, lease_s, called_off)
    await claims.open()
    try:
        yield claims
    finally:
        await claims.close()


def _now() -> float:
    """Return seconds that go on while the process is stopped, and where the system tells it while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _row(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
