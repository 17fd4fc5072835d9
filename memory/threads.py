"""The turns of an owner's threads as they are kept for reading again, and the model's summary of each thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from langgraph.store.base import BaseStore, GetOp, Item, PutOp

from memory.conversations import INFOS, OPEN, REPLIES
from memory.sealed import listed

Record = dict[str, Any]


class Threads:
    """What one owner has asked and been told."""

    def __init__(self, store: BaseStore, owner: str, tenant: str = "") -> None:
        self._store = store
        self._turns = ("threads", tenant, owner)
        self._known = ("thread-ids", tenant, owner)
        self._prose = ("summaries", tenant, owner)
        self._infos, self._replies, self._open = ((kind, tenant, owner) for kind in (INFOS, REPLIES, OPEN))

    async def begin(self, thread: str) -> None:
        """Note that a thread exists, before its first turn is finished, so that erasing finds it."""
        (known,) = await self._store.abatch([GetOp(self._known, thread)])
        if known is None:
            await self._store.abatch([PutOp(self._known, thread, {"thread": thread})])

    async def save(self, thread: str, key: str, record: Record) -> None:
        """Keep a turn; keeping it again under the same key changes nothing."""
        await self._store.abatch([PutOp((*self._turns, thread), key, record), PutOp(self._known, thread, {"thread": thread})])

    async def turns(self, thread: str) -> list[Record]:
        """Return the turns of a thread, oldest first."""
        found = await listed(self._store, (*self._turns, thread))
        return [item.value for item in sorted(found, key=lambda item: item.key)]

    async def all(self) -> dict[str, dict[str, Record]]:
        """Return the turns of every thread by thread and key."""
        threads: dict[str, dict[str, Record]] = {item.key: {} for item in await listed(self._store, self._known)}
        for item in sorted(await listed(self._store, self._turns), key=lambda item: item.key):
            threads.setdefault(item.namespace[-1], {})[item.key] = item.value
        return threads

    async def restore(self, threads: Mapping[str, Mapping[str, Record]]) -> None:
        """Put back turns that ``all`` returned."""
        for thread, turns in threads.items():
            for key, record in turns.items():
                await self.save(thread, key, record)

    async def erase(self, thread: str, about: Callable[[Record], bool] | None = None) -> bool:
        """Delete turns of a thread for good, and with them what the model wrote about it.

        Args:
            thread: which.
            about: which turns; ``None``: all, and that there was such a thread.

        Returns:
            Whether any turn was deleted.
        """
        found = await listed(self._store, (*self._turns, thread))
        gone = [item for item in found if about is None or about(item.value)]
        turns = {item.value["turn"] for item in gone if "turn" in item.value}
        # What was being answered has nothing left to go on from: the caller deletes the checkpoints too.
        beside = await listed(self._store, (*self._open, thread))
        beside += [item for item in await listed(self._store, (*self._replies, thread)) if about is None or item.key in turns]
        deleting = [PutOp(item.namespace, item.key, None) for item in [*gone, *beside]]
        if about is None:
            deleting += [PutOp(self._known, thread, None), PutOp(self._infos, thread, None)]
        elif gone:
            deleting += await self._unnamed(thread)
        await self._store.abatch([*deleting, PutOp(self._prose, thread, None)])
        return bool(gone)

    async def _unnamed(self, thread: str) -> list[PutOp]:
        """Take a name back that was made of a question, which may be one of those that went."""
        (item,) = await self._store.abatch([GetOp(self._infos, thread)])
        if not isinstance(item, Item) or item.value.get("named"):
            return []
        return [PutOp(self._infos, thread, {**item.value, "title": ""})]

    async def prose(self, thread: str) -> str:
        """Return what the model wrote about the older turns of a thread; empty where it has not."""
        (item,) = await self._store.abatch([GetOp(self._prose, thread)])
        return str(item.value["prose"]) if isinstance(item, Item) else ""

    async def write_prose(self, thread: str, prose: str) -> None:
        """Keep what the model wrote."""
        await self._store.abatch([PutOp(self._prose, thread, {"prose": prose})])
