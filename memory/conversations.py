"""What is known of a thread beside its turns: its name, the turn that is being answered, and the replies as they were given.

An accepted turn is ``open`` until its end is written down; then a reply with the same id takes its place, in one transaction. Both go
when the thread goes, or when the turn does (``Threads.erase``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.store.base import BaseStore, GetOp, Item, PutOp, SearchItem, SearchOp

from memory.sealed import ALL, listed

Record = dict[str, Any]
OPEN = "open-turns"
INFOS, REPLIES = "thread-infos", "replies"


@dataclass(frozen=True)
class Standing:
    """How a thread stands, read at one time."""

    info: Record | None
    """``None``: there is no such thread."""
    open: Record | None
    """The turn that has no end yet."""
    reply: Record | None
    """The end of the turn that was asked for."""


class Conversations:
    """The threads of one owner."""

    def __init__(self, store: BaseStore, owner: str, tenant: str = "") -> None:
        self._store = store
        self._infos = (INFOS, tenant, owner)
        self._known = ("thread-ids", tenant, owner)
        self._replies = (REPLIES, tenant, owner)
        self._open = (OPEN, tenant, owner)

    async def standing(self, thread: str, turn: str = "") -> Standing:
        """Return how a thread stands, and how a turn of it ended."""
        asked = (GetOp(self._infos, thread), GetOp(self._known, thread), SearchOp((*self._open, thread), limit=ALL))
        found = await self._store.abatch([*asked, *([GetOp((*self._replies, thread), turn)] if turn else [])])
        info, known, opened = _value(found[0]), _value(found[1]), found[2]
        waiting = [item.value for item in opened if isinstance(item, SearchItem)] if isinstance(opened, list) else []
        return Standing(
            info=info or ({} if known is not None else None),
            open=max(waiting, key=lambda record: str(record["at"]), default=None),
            reply=_value(found[3]) if turn else None,
        )

    async def info(self, thread: str) -> Record | None:
        """Return what is known of a thread; an empty record where its turns are all there is; ``None`` where there is none."""
        info, known = await self._store.abatch([GetOp(self._infos, thread), GetOp(self._known, thread)])
        return _value(info) or ({} if known is not None else None)

    async def infos(self) -> dict[str, Record]:
        """Return all threads with what is known of them."""
        known = {item.key: Record() for item in await listed(self._store, self._known)}
        return known | {item.key: item.value for item in await listed(self._store, self._infos)}

    async def write(self, thread: str, info: Record) -> None:
        """Keep what is known of a thread, and that there is one."""
        await self._store.abatch([PutOp(self._infos, thread, info), PutOp(self._known, thread, {"thread": thread})])

    async def open(self, thread: str, turn: str, record: Record) -> None:
        """Accept a turn, or note how it stands; from here on it survives a crash."""
        await self._store.abatch([PutOp((*self._open, thread), turn, record)])

    async def end(self, thread: str, turn: str, reply: Record, info: Record | None = None) -> None:
        """Write down the end of a turn."""
        ending = [PutOp((*self._replies, thread), turn, reply), PutOp((*self._open, thread), turn, None)]
        await self._store.abatch([*ending, *([PutOp(self._infos, thread, info)] if info is not None else [])])


async def open_turns(store: BaseStore) -> list[SearchItem]:
    """Return the accepted turns of everybody that have no end yet; the labels after the first are tenant, owner and thread."""
    return await listed(store, (OPEN,))


def _value(found: Any) -> Record | None:
    return found.value if isinstance(found, Item) else None
