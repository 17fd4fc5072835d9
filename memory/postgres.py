"""PostgreSQL: records and checkpoints for many processes, by address."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from memory.checkpoints import place
from memory.cipher import Cipher
from memory.errors import StorageBusy

if TYPE_CHECKING:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.store.postgres.aio import AsyncPostgresStore
    from psycopg_pool import AsyncConnectionPool

_OPEN_S = 10.0
_SETUP_LOCK = zlib.crc32(b"shensi setup")
_TABLES = ("store", "checkpoints", "checkpoint_blobs", "checkpoint_writes")


@dataclass(frozen=True)
class PostgresBackend:
    """Store and checkpoints in one database."""

    where: str
    pool: AsyncConnectionPool[Any]
    store: AsyncPostgresStore
    saver: AsyncPostgresSaver

    async def try_writing(self) -> None:
        """Delete nothing, which the server refuses where it may not be written: after a fail-over to a copy."""
        async with self.pool.connection() as connection:
            await connection.execute("DELETE FROM store WHERE false")

    async def compact(self) -> None:
        """Rewrite the tables without what was deleted; the server's log keeps its sealed bytes until it recycles them."""
        async with self.pool.connection() as connection:
            for table in _TABLES:
                await connection.execute(f"VACUUM FULL {table}".encode())

    async def reseal_checkpoints(self, cipher: Cipher) -> int:
        """Seal anew the checkpoints that the current key has not sealed, and return how many values that were."""
        values = await self._reseal(cipher, "value", "checkpoint_blobs")
        return values + await self._reseal(cipher, "write", "checkpoint_writes")

    async def _reseal(self, cipher: Cipher, kind: str, table: str) -> int:
        changed = 0
        async with self.pool.connection() as connection:
            query = f"SELECT ctid::text AS row, thread_id, channel, blob FROM {table} WHERE blob IS NOT NULL"
            found = await (await connection.execute(query.encode())).fetchall()
            for row in found:
                sealed = bytes(row["blob"])
                if not sealed or cipher.is_current(sealed):
                    continue
                where = place(kind, row["thread_id"], row["channel"])
                update = f"UPDATE {table} SET blob = %s WHERE ctid = %s::tid AND blob = %s".encode()
                await connection.execute(update, (cipher.seal(cipher.open(sealed, where), where), row["row"], sealed))
                changed += 1
        return changed


@asynccontextmanager
async def open_postgres(url: str, connections: int) -> AsyncIterator[PostgresBackend]:
    """Connect and bring the tables up to date.

    Raises:
        psycopg.Error: as the server says.
    """
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.store.postgres.aio import AsyncPostgresStore
    from psycopg.rows import dict_row
    from psycopg_pool import AsyncConnectionPool

    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row, "connect_timeout": int(_OPEN_S)}
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(url, min_size=1, max_size=connections, kwargs=options, open=False)
    try:
        await pool.open(wait=True, timeout=_OPEN_S)
        saver = AsyncPostgresSaver(pool, serde=JsonPlusSerializer(allowed_msgpack_modules=[]))
        store = AsyncPostgresStore(pool)
        async with setup_lock(pool, where_of(url)):
            await saver.setup()
            await store.setup()
        yield PostgresBackend(where_of(url), pool, store, saver)
    finally:
        await pool.close()


@asynccontextmanager
async def setup_lock(pool: AsyncConnectionPool[Any], where: str) -> AsyncIterator[None]:
    """Let one process at a time make what is not there yet.

    Asked again and again instead of waited for: a waiting statement would keep the other's ``CREATE INDEX CONCURRENTLY`` waiting for it.
    """
    async with pool.connection() as connection:
        for _ in range(600):
            row = await (await connection.execute("SELECT pg_try_advisory_lock(%s) AS got", (_SETUP_LOCK,))).fetchone()
            if row and row["got"]:
                break
            await asyncio.sleep(0.05)
        else:
            raise StorageBusy("storage_busy", path=where)
        try:
            yield
        finally:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (_SETUP_LOCK,))


def where_of(url: str) -> str:
    """Return what may be said of an address: the host and the database, never the password."""
    parts = urlsplit(url)
    return f"postgresql://{parts.hostname or ''}{parts.path}"
