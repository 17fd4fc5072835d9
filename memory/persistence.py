"""Opening the checkpoint saver and the store, with the settings that survive a crash."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiosqlite
from filelock import FileLock, Timeout
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.sqlite.aio import AsyncSqliteStore

from memory.errors import StorageBusy, storage_error


@asynccontextmanager
async def open_stores(folder: Path, state_types: Iterable[type]) -> AsyncIterator[tuple[AsyncSqliteSaver, AsyncSqliteStore]]:
    """Open checkpoints and store in ``folder``, for this process alone.

    Args:
        folder: created when absent.
        state_types: the only classes of ours that a checkpoint may hold; anything else in the file is not brought to life.

    Raises:
        StorageBusy: another process holds the folder.
        StorageFull: the folder cannot be written.
        StorageCorrupt: a file is no database.
    """
    async with AsyncExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(FileLock(folder / "lock", timeout=0))
            saver_connection = await _connect(stack, folder / "checkpoints.sqlite", "NORMAL")
            allowed = [(t.__module__, t.__name__) for t in state_types]
            saver = AsyncSqliteSaver(saver_connection, serde=JsonPlusSerializer(allowed_msgpack_modules=allowed))
            await saver.setup()
            store = AsyncSqliteStore(await _connect(stack, folder / "store.sqlite", "FULL", autocommit=True))
            await store.setup()
        except Timeout as error:
            raise StorageBusy("storage_busy", path=str(folder)) from error
        except (sqlite3.Error, OSError) as error:
            raise storage_error(error, str(folder)) from error
        await stack.enter_async_context(store)
        yield saver, store


async def _connect(stack: AsyncExitStack, path: Path, synchronous: str, *, autocommit: bool = False) -> aiosqlite.Connection:
    connecting = aiosqlite.connect(path, isolation_level=None) if autocommit else aiosqlite.connect(path)
    connection = await stack.enter_async_context(connecting)
    # Both survive the death of the process. FULL survives the loss of power too and costs a disk flush a write: the record is worth it, a
    # checkpoint, which only says how far an unanswered turn had come, is not.
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "busy_timeout=5000"):
        await connection.execute(f"PRAGMA {pragma}")
    return connection
