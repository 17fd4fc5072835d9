"""SQLite: two files in the data folder, for the embedded profile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import aiosqlite
from filelock import FileLock, Timeout
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.sqlite.aio import AsyncSqliteStore

from memory.checkpoints import place
from memory.cipher import Cipher
from memory.errors import StorageBusy
from memory.sealed import NAMES_PLACE

FILES = ("store.sqlite", "checkpoints.sqlite")
_SETUP_S = 30.0


@dataclass(frozen=True)
class SqliteBackend:
    """Store and checkpoints in two files."""

    where: str
    store: AsyncSqliteStore
    saver: AsyncSqliteSaver

    async def compact(self) -> None:
        """Rewrite both files, so that nothing deleted is left in free pages or in what was written ahead."""
        for connection in (self.store.conn, self.saver.conn):
            await connection.commit()
            for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                await (await connection.execute(statement)).close()

    async def drop_plain_checkpoints(self) -> None:
        """Delete the checkpoints of versions before the encryption: they say only how far turns had come that are long finished."""
        for table in ("checkpoints", "writes"):  # sealed names of threads are hexadecimal
            await self.saver.conn.execute(f"DELETE FROM {table} WHERE thread_id GLOB '*:*'")
        await self.saver.conn.commit()

    async def reseal_checkpoints(self, cipher: Cipher) -> int:
        """Seal anew the checkpoints that the current key has not sealed, and return how many values that were."""
        return await self._reseal_values(cipher) + await self._reseal_writes(cipher)

    async def _reseal_values(self, cipher: Cipher) -> int:
        connection, serde, changed = self.saver.conn, self.saver.serde, 0
        async with connection.execute("SELECT rowid, thread_id, type, checkpoint FROM checkpoints") as rows:
            found = list(await rows.fetchall())
        for rowid, thread, type_, stored in found:
            checkpoint = serde.loads_typed((type_, stored))
            values = checkpoint["channel_values"]
            old = {name: sealed for name, sealed in values.items() if not cipher.is_current(sealed)}
            for name, sealed in old.items():
                where = place("value", thread, name)
                values[name] = cipher.seal(cipher.open(sealed, where), where)
            if old:
                await connection.execute("UPDATE checkpoints SET checkpoint = ? WHERE rowid = ?", (serde.dumps_typed(checkpoint)[1], rowid))
            changed += len(old)
        await connection.commit()
        return changed

    async def _reseal_writes(self, cipher: Cipher) -> int:
        connection, changed = self.saver.conn, 0
        async with connection.execute("SELECT rowid, thread_id, channel, value FROM writes") as rows:
            found = list(await rows.fetchall())
        for rowid, thread, channel, sealed in found:
            if not cipher.is_current(sealed):
                where = place("write", thread, channel)
                await connection.execute(
                    "UPDATE writes SET value = ? WHERE rowid = ?", (cipher.seal(cipher.open(sealed, where), where), rowid)
                )
                changed += 1
        await connection.commit()
        return changed


@asynccontextmanager
async def open_sqlite(folder: Path, *, exclusive: bool) -> AsyncIterator[SqliteBackend]:
    """Open both files in ``folder``, which is made when absent.

    Args:
        folder: where.
        exclusive: hold the folder for this process alone. Records are safe either way; turns on one thread are not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        await _lock(stack, folder, exclusive)
        # A new file takes its journal mode from one connection alone: a second one is refused, not made to wait.
        async with setup_lock(folder):
            saver, store = await _set_up(stack, folder)
        await stack.enter_async_context(store)
        yield SqliteBackend(str(folder), store, saver)


async def _lock(stack: AsyncExitStack, folder: Path, exclusive: bool) -> None:
    if not exclusive:
        return
    try:
        stack.enter_context(FileLock(folder / "lock", timeout=0))
    except Timeout as error:
        raise StorageBusy("storage_busy", path=str(folder)) from error


async def _set_up(stack: AsyncExitStack, folder: Path) -> tuple[AsyncSqliteSaver, AsyncSqliteStore]:
    # What lies outside of the seal is plain; no class of anybody is brought to life from there.
    serde = JsonPlusSerializer(allowed_msgpack_modules=[])
    saver = AsyncSqliteSaver(await _connect(stack, folder / "checkpoints.sqlite", "NORMAL"), serde=serde)
    store = AsyncSqliteStore(await _connect(stack, folder / "store.sqlite", "FULL", autocommit=True))
    await saver.setup()
    await store.setup()
    return saver, store


@asynccontextmanager
async def setup_lock(folder: Path) -> AsyncIterator[None]:
    """Let one process at a time make what is not there yet."""
    lock = FileLock(folder / "setup.lock", thread_local=False)
    try:
        await asyncio.to_thread(lock.acquire, timeout=_SETUP_S)
    except Timeout as error:
        raise StorageBusy("storage_busy", path=str(folder)) from error
    try:
        yield
    finally:
        lock.release()


async def _connect(stack: AsyncExitStack, path: Path, synchronous: str, *, autocommit: bool = False) -> aiosqlite.Connection:
    connecting = aiosqlite.connect(path, isolation_level=None) if autocommit else aiosqlite.connect(path)
    connection = await stack.enter_async_context(connecting)
    # Both survive the death of the process. FULL survives the loss of power too and costs a disk flush a write: the record is worth it, a
    # checkpoint, which only says how far an unanswered turn had come, is not. What is deleted is overwritten.
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", f"synchronous={synchronous}", "secure_delete=ON"):
        await connection.execute(f"PRAGMA {pragma}")
    return connection


async def is_sealed(folder: Path) -> bool:
    """Tell whether something was sealed in the store here, without changing a byte of it."""
    path = folder / "store.sqlite"
    if not path.exists() or not path.stat().st_size:
        return False
    async with aiosqlite.connect(f"file:{path.resolve().as_posix()}?mode=ro", uri=True) as connection:
        try:
            async with connection.execute("SELECT EXISTS (SELECT 1 FROM store WHERE prefix = ?)", NAMES_PLACE[0]) as rows:
                return bool(cast(tuple[int], await rows.fetchone())[0])
        except aiosqlite.OperationalError:
            return False  # the table is not there yet
