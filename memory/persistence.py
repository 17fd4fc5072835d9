"""Opening the checkpoint saver and the store of a profile, sealed, with the settings that survive a crash."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.store.base import BaseStore

from configs.settings import StorageSettings
from memory.checkpoints import SealedSaver
from memory.cipher import NAMES_SIZE, Cipher, Names
from memory.errors import database_errors, storage_error
from memory.keys import Keyring, key_path, load_keys, with_new_key, write_keys
from memory.plain import take_over
from memory.postgres import open_postgres, setup_lock, where_of
from memory.sealed import SealedStore, load_names
from memory.sealed_files import reseal_files
from memory.sqlite import SqliteBackend, is_sealed, open_sqlite
from memory.sqlite import setup_lock as file_lock


class Backend(Protocol):
    """A database of either kind."""

    @property
    def where(self) -> str:
        """What may be said of its address."""

    @property
    def store(self) -> BaseStore:
        """Its store, unsealed."""

    @property
    def saver(self) -> BaseCheckpointSaver[Any]:
        """Its saver, unsealed."""

    async def try_writing(self) -> None:
        """Fail as its driver does where nothing can be written."""

    async def compact(self) -> None:
        """Leave nothing of what was deleted."""

    async def reseal_checkpoints(self, cipher: Cipher) -> int:
        """Seal anew what the current key has not sealed."""


@dataclass(frozen=True)
class Stores:
    """What a consult keeps things in."""

    saver: SealedSaver
    store: SealedStore
    backend: Backend
    cipher: Cipher = field(repr=False)
    names: Names = field(repr=False)

    @property
    def many(self) -> bool:
        """Whether other processes may use them at the same time."""
        return not isinstance(self.backend, SqliteBackend)

    async def try_writing(self) -> None:
        """Find out whether something can be written.

        Raises:
            StorageError: it cannot.
        """
        try:
            await self.backend.try_writing()
        except database_errors() as error:
            raise storage_error(error, self.backend.where) from error

    async def compact(self) -> None:
        """Leave nothing of what was deleted in any file."""
        try:
            await self.backend.compact()
        except database_errors() as error:
            raise storage_error(error, self.backend.where) from error

    async def reseal(self) -> int:
        """Seal everything with the current key, overwrite what the old ones had sealed, and return how many values were changed."""
        try:
            changed = await self.store.reseal() + await self.backend.reseal_checkpoints(self.cipher)
        except database_errors() as error:
            raise storage_error(error, self.backend.where) from error
        await self.compact()
        return changed


@asynccontextmanager
async def open_stores(settings: StorageSettings, state_types: Iterable[type], *, exclusive: bool = True) -> AsyncIterator[Stores]:
    """Open checkpoints and store, with PostgreSQL for many processes, with SQLite for this one.

    Args:
        settings: where they are and where the keys are.
        state_types: the only classes of ours that a checkpoint may hold; anything else in it is not brought to life.
        exclusive: whether a folder with SQLite is held for this process alone; ``False`` for tools that only touch records.

    Raises:
        StorageBusy: another process holds the folder.
        StorageFull: nothing can be written.
        StorageCorrupt: a file is no database.
        StorageAway: the server does not answer.
        KeyProblem: there is no key, or not the right one.
    """
    url = settings.url.get_secret_value()
    where = where_of(url) if url else str(settings.data_dir)
    async with AsyncExitStack() as stack:
        try:
            stores = await _open(stack, settings, url, state_types, exclusive)
        except database_errors() as error:
            raise storage_error(error, where) from error
        yield stores


async def _open(stack: AsyncExitStack, settings: StorageSettings, url: str, state_types: Iterable[type], exclusive: bool) -> Stores:
    backend: Backend
    if url:
        keys = load_keys(settings, may_create=False)
        backend = opened = await stack.enter_async_context(open_postgres(url, settings.connections))
        cipher = Cipher(keys)
        async with setup_lock(opened.pool, opened.where):
            names = await load_names(backend.store, cipher, secrets.token_bytes(NAMES_SIZE))
    else:
        backend = await stack.enter_async_context(open_sqlite(settings.data_dir, exclusive=exclusive))
        async with file_lock(settings.data_dir):
            cipher = Cipher(load_keys(settings, may_create=not await is_sealed(settings.data_dir)))
            names = await load_names(backend.store, cipher, secrets.token_bytes(NAMES_SIZE))
    store = SealedStore(backend.store, cipher, names, backend.where)
    if isinstance(backend, SqliteBackend) and await take_over(backend.store, store):
        await backend.drop_plain_checkpoints()
        await backend.compact()
    serde = JsonPlusSerializer(allowed_msgpack_modules=[(t.__module__, t.__name__) for t in state_types])
    return Stores(
        saver=SealedSaver(backend.saver, cipher, names, serde),
        store=store,
        backend=backend,
        cipher=cipher,
        names=names,
    )


async def rotate(settings: StorageSettings, *, fresh: bool = True) -> int:
    """Seal everything with a new key and drop the old ones; broken off, it goes on where it was when called again.

    With keys in the environment the first of them is taken as the new one, and dropping the others is left to whoever set them.

    Args:
        settings: where the stores and the keys are.
        fresh: make a new key; without it what the first key has not sealed is sealed with it.

    Returns:
        How many values were sealed anew.

    Raises:
        StorageError: as ``open_stores``; whatever was not reached still opens with the old key.
    """
    in_file = not settings.keys.get_secret_value()
    if in_file and fresh:
        async with open_stores(settings, ()):  # only where the present keys are the right ones
            pass
        write_keys(key_path(settings), with_new_key(load_keys(settings, may_create=False)))
    async with open_stores(settings, ()) as stores:
        changed = await stores.reseal() + await asyncio.to_thread(reseal_files, settings.data_dir / "uploads", stores.cipher)
    if in_file:
        write_keys(key_path(settings), Keyring(load_keys(settings, may_create=False).keys[:1]))
    return changed
