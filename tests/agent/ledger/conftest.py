"""The same tests against SQLite and against a real PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
import pytest

from agent.ledger.ledger import Ledger, open_ledger
from configs.settings import StorageSettings
from memory.persistence import open_stores
from tests.memory.conftest import postgres as postgres
from tests.memory.conftest import storage as storage

Opening = Callable[..., Any]


@asynccontextmanager
async def ledger_of(storage: StorageSettings, *, trust: bool = False) -> AsyncIterator[Ledger]:
    async with open_stores(storage, [], exclusive=False) as stores, open_ledger(storage, stores.names, trust=trust) as ledger:
        yield ledger


@pytest.fixture
async def ledger(storage: StorageSettings) -> AsyncIterator[Ledger]:
    async with ledger_of(storage) as opened:
        yield opened


@contextmanager
def intruder(storage: StorageSettings) -> Iterator[Callable[..., list[Any]]]:
    """Somebody with every right in the database and without the keys."""
    url = storage.url.get_secret_value()
    if url:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("ALTER TABLE ledger DISABLE TRIGGER USER")
            yield lambda statement, *values: rows_of(server.execute(statement.replace("?", "%s").encode(), values))
        return
    file = sqlite3.connect(storage.data_dir / "ledger.sqlite", isolation_level=None)
    try:
        for name in ("ledger_no_update", "ledger_no_delete"):
            file.execute(f"DROP TRIGGER IF EXISTS {name}")
        yield lambda statement, *values: file.execute(statement, values).fetchall()
    finally:
        file.close()


def rows_of(cursor: psycopg.Cursor[Any]) -> list[Any]:
    return cursor.fetchall() if cursor.description else []
