"""The same tests against SQLite and against a real PostgreSQL."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from configs.settings import StorageSettings
from memory.persistence import Stores, open_stores
from tests.support.postgres import MISSING, NEEDED, PostgresServer, binaries, running_postgres


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    if binaries() is None:
        if NEEDED:
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StorageSettings]:
    if request.param == "sqlite":
        yield StorageSettings(data_dir=tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield StorageSettings(data_dir=tmp_path, url=SecretStr(url), keys=SecretStr(new_key()), connections=4)


@pytest.fixture
async def stores(storage: StorageSettings) -> AsyncIterator[Stores]:
    async with open_stores(storage, []) as opened:
        yield opened
