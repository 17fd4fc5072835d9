"""A profile with authentication on, and keys to it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from agent.server.keys import KeyBook
from configs.guards import AuthSettings, LimitSettings
from configs.server import ServerSettings
from configs.settings import RetrievalSettings, Settings, StorageSettings
from memory.persistence import open_stores


def profile(folder: Path, *, auth: AuthSettings | None = None, limits: LimitSettings | None = None, **changes: Any) -> Settings:
    server = ServerSettings(auth=auth or AuthSettings(required=True, cache_s=0.0), limits=limits or LimitSettings())
    return Settings(storage=StorageSettings(data_dir=folder), retrieval=RetrievalSettings(embedder="none"), server=server, **changes)


def made_keys(settings: Settings, *wanted: tuple[str, str, tuple[str, ...]]) -> list[str]:
    """Make keys of (tenant, owner, scopes) and return them."""

    async def make() -> list[str]:
        async with open_stores(settings.storage, [], exclusive=False) as stores:
            book = KeyBook(stores.store, stores.names)
            return [(await book.create(owner, scopes, tenant=tenant))[1] for tenant, owner, scopes in wanted]

    return asyncio.run(make())


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
