"""Taking over what versions before the encryption have written: read once, sealed, and removed from the clear."""

from __future__ import annotations

from typing import Any

from langgraph.store.base import BaseStore, PutOp

from memory.events import Event, event_id
from memory.facts import Fact
from memory.patients import PatientMemory
from memory.sealed import ALL, SealedStore
from memory.threads import Threads


async def take_over(inner: BaseStore, sealed: SealedStore) -> int:
    """Move plain records and turns into the sealed store, and return how many there were; broken off, it goes on the next time."""
    moved = 0
    for item in await inner.asearch(("patients",), limit=ALL):
        await PatientMemory(sealed, item.namespace[1]).append([_event(item.value, item.key)])
        await inner.abatch([PutOp(item.namespace, item.key, None)])
        moved += 1
    for item in await inner.asearch(("threads",), limit=ALL):
        await Threads(sealed, item.namespace[1]).save(item.namespace[2], item.key, item.value)
        await inner.abatch([PutOp(item.namespace, item.key, None)])
        moved += 1
    return moved


def _event(value: dict[str, Any], key: str) -> Event:
    at, *_ = key.split("|")
    if value["type"] == "forgotten":
        return Event(id=event_id("forgotten", at, *value["key"]), type="forgotten", at=at, by="hand", key=tuple(value["key"]))
    fact = Fact.model_validate(value["fact"])
    return Event(id=event_id("said", fact.at, fact.turn, fact.id), type="said", at=fact.at, turn=fact.turn, fact=fact)
