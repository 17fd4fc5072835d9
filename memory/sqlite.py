"""SQLite: two files in the data folder, for the embedded profile."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import aiosqlite
from filelock import FileLock, Timeout
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from memory.checkpoints import place
from memory.cipher import Cipher
from memory.errors import StorageBusy
from memory.group_commit import GroupCommit, open_file
from memory.sealed import NAMES_PLACE
from memory.sqlite_tables import GroupSaver, GroupStore

FILES = ("store.sqlite", "checkpoints.sqlite")
_SETUP_S = 30.0


@dataclass(frozen=True)
class SqliteBackend:
    """Store and checkpoints in two files."""

    where: str
    store: GroupStore
    saver: GroupSaver

    async def try_writing(self) -> None:
        """Find nothing wrong: a file is written by this process alone, and what it refuses is said where it is written."""

    async def compact(self) -> None:
        """Rewrite both files, so that nothing deleted is left in free pages or in what was written ahead."""
        for commits in (self.store.commits, self.saver.commits):
            await commits.alone(_compacted)

    async def drop_plain_checkpoints(self) -> None:
        """Delete the checkpoints of versions before the encryption: they say only how far turns had come that are long finished."""

        def drop(run: sqlite3.Connection) -> None:
            for table in ("checkpoints", "writes"):  # sealed names of threads are hexadecimal
                run.execute(f"DELETE FROM {table} WHERE thread_id GLOB '*:*'")

        await self.saver.commits.write(drop)

    async def reseal_checkpoints(self, cipher: Cipher) -> int:
        """Seal anew the checkpoints that the current key has not sealed, and return how many values that were."""
        serde = self.saver.serde
        values = await self.saver.commits.write(lambda run: _reseal_values(run, serde, cipher))
        return values + await self.saver.commits.write(lambda run: _reseal_writes(run, cipher))


def _compacted(run: sqlite3.Connection) -> None:
    for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
        run.execute(statement).fetchall()


def _reseal_values(run: sqlite3.Connection, serde: SerializerProtocol, cipher: Cipher) -> int:
    changed = 0
    for rowid, thread, type_, stored in run.execute("SELECT rowid, thread_id, type, checkpoint FROM checkpoints").fetchall():
        checkpoint = serde.loads_typed((type_, stored))
        values = checkpoint["channel_values"]
        old = {name: sealed for name, sealed in values.items() if not cipher.is_current(sealed)}
        for name, sealed in old.items():
            where = place("value", thread, name)
            values[name] = cipher.seal(cipher.open(sealed, where), where)
        if old:
            run.execute("UPDATE checkpoints SET checkpoint = ? WHERE rowid = ?", (serde.dumps_typed(checkpoint)[1], rowid))
        changed += len(old)
    return changed


def _reseal_writes(run: sqlite3.Connection, cipher: Cipher) -> int:
    changed = 0
    for rowid, thread, channel, sealed in run.execute("SELECT rowid, thread_id, channel, value FROM writes").fetchall():
        if not cipher.is_current(sealed):
            where = place("write", thread, channel)
            run.execute("UPDATE writes SET value = ? WHERE rowid = ?", (cipher.seal(cipher.open(sealed, where), where), rowid))
            changed += 1
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
        yield SqliteBackend(str(folder), store, saver)


async def _lock(stack: AsyncExitStack, folder: Path, exclusive: bool) -> None:
    if not exclusive:
        return
    try:
        stack.enter_context(FileLock(folder / "lock", timeout=0))
    except Timeout as error:
        raise StorageBusy("storage_busy", path=str(folder)) from error


async def _set_up(stack: AsyncExitStack, folder: Path) -> tuple[GroupSaver, GroupStore]:
    # What lies outside of the seal is plain; no class of anybody is brought to life from there.
    serde = JsonPlusSerializer(allowed_msgpack_modules=[])
    saver = GroupSaver(await _open(stack, folder / "checkpoints.sqlite", "NORMAL"), serde)
    store = GroupStore(await _open(stack, folder / "store.sqlite", "FULL"))
    await saver.set_up()
    await store.set_up()
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


async def _open(stack: AsyncExitStack, path: Path, synchronous: str) -> GroupCommit:
    # Both survive the death of the process. FULL survives the loss of power too and costs a disk flush a commit: the record is worth it, a
    # checkpoint, which only says how far an unanswered turn had come, is not. What is deleted is overwritten.
    pragmas = ("busy_timeout=30000", "journal_mode=WAL", f"synchronous={synchronous}", "secure_delete=ON")
    return await stack.enter_async_context(open_file(path, pragmas))


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
