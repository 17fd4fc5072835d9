"""A folder from before the encryption."""

from __future__ import annotations

from pathlib import Path

import aiosqlite
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.sqlite.aio import AsyncSqliteStore

from configs.settings import StorageSettings
from memory.patients import PatientMemory
from memory.persistence import open_stores
from memory.threads import Threads
from tests.memory.people import at, said


async def old(folder: Path) -> None:
    """Write what the version before has written."""
    async with aiosqlite.connect(folder / "store.sqlite", isolation_level=None) as connection:
        store = AsyncSqliteStore(connection)
        await store.setup()
        for fact in (said("青霉素", 1), said("头孢", 2), said("花生", 3)):
            value = {"type": "said", "fact": fact.model_dump()}
            await store.aput(("patients", "local", "events"), f"{fact.at}|{fact.turn}|{fact.id}", value, index=False)
        forgotten = {"type": "forgotten", "key": list(said("头孢").key)}
        await store.aput(("patients", "local", "events"), f"{at(4)}|forget|x", forgotten, index=False)
        await store.aput(("threads", "local", "t"), f"{at(1)}|u1", {"question": "我对青霉素过敏", "turn": "u1"}, index=False)
    async with aiosqlite.connect(folder / "checkpoints.sqlite") as connection:
        saver = AsyncSqliteSaver(connection)
        checkpoint = empty_checkpoint()
        checkpoint["channel_values"] = {"question": "我对青霉素过敏"}
        await saver.aput({"configurable": {"thread_id": "local:t", "checkpoint_ns": ""}}, checkpoint, {}, {})


async def test_what_was_kept_in_the_clear_is_taken_over_and_no_longer_in_the_clear(tmp_path: Path) -> None:
    await old(tmp_path)
    assert any("青霉素".encode() in path.read_bytes() for path in tmp_path.iterdir())
    for _ in range(2):
        async with open_stores(StorageSettings(data_dir=tmp_path), []) as stores:
            assert [fact.value for fact in await PatientMemory(stores.store, "local").facts()] == ["青霉素", "花生"]
            assert [turn["question"] for turn in await Threads(stores.store, "local").turns("t")] == ["我对青霉素过敏"]
            found = [path for path in tmp_path.iterdir() if path.is_file() and "青霉素".encode() in path.read_bytes()]
            assert found == []
