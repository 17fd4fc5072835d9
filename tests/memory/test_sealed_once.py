"""What has not changed is neither sealed nor opened once more, and what has changed is never taken for what it was."""

from __future__ import annotations

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint

from memory.errors import StorageCorrupt
from memory.patients import PatientMemory
from memory.persistence import Stores
from tests.memory.people import said

THREAD: RunnableConfig = {"configurable": {"thread_id": "somebody:t", "checkpoint_ns": ""}}


async def test_a_channel_is_sealed_once_for_each_version_and_what_changed_is_read_as_it_is_now(stores: Stores) -> None:
    def checkpoint(number: int, said_: str) -> Checkpoint:
        made = empty_checkpoint()
        made["id"] = f"{made['id'][:-1]}{number}"
        made["channel_values"], made["channel_versions"] = {"same": "始终", "other": said_}, {"same": "1", "other": str(number)}
        return made

    inner, sealed = stores.backend.saver, []
    for number, said_ in enumerate(("早", "晚")):
        versions = {"same": "1", "other": str(number)}
        await stores.saver.aput(THREAD, checkpoint(number, said_), {"step": number}, versions)
        found, below = await stores.saver.aget_tuple(THREAD), await inner.aget_tuple(stores.saver._renamed(THREAD))
        assert found and below and found.checkpoint["channel_values"] == {"same": "始终", "other": said_}
        sealed.append({name: bytes(value) for name, value in below.checkpoint["channel_values"].items()})
    assert sealed[0]["same"] == sealed[1]["same"] and sealed[0]["other"] != sealed[1]["other"]


async def test_what_others_have_written_is_read_though_the_same_was_read_before(stores: Stores) -> None:
    mine, again = PatientMemory(stores.store, "mine"), PatientMemory(stores.store, "mine")
    for number, name in enumerate(("青霉素", "头孢", "阿司匹林")):
        await mine.record([said(name, number)])
        assert [fact.value for fact in await again.facts()] == [fact.value for fact in await mine.facts()]
        assert [fact.value for fact in await again.facts()][-1] == name


async def test_what_was_read_before_and_is_forged_now_does_not_open(stores: Stores) -> None:
    memory = PatientMemory(stores.store, "mine")
    await memory.record([said("青霉素", 1)])
    assert await memory.facts() and await memory.facts()
    inner = stores.backend.store
    (row,) = [item for item in await inner.asearch((), limit=100) if len(item.namespace) == 4]
    await inner.aput(row.namespace, row.key, {"sealed": str(row.value["sealed"])[:-8] + "AAAAAAA="}, index=False)
    with pytest.raises(StorageCorrupt):
        await memory.facts()


async def test_nothing_of_what_was_erased_is_kept_in_memory(stores: Stores) -> None:
    memory = PatientMemory(stores.store, "mine")
    await memory.record([said("青霉素", 1)])
    assert await memory.facts() and "青霉素" in str(stores.store._made)
    await memory.erase()
    assert not await memory.facts() and not stores.store._made
