"""Opening the checkpoints and the store."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointMetadata, empty_checkpoint
from pydantic import BaseModel

from configs.settings import StorageSettings
from memory.errors import StorageBusy, StorageCorrupt, StorageError, StorageFull, storage_error
from memory.persistence import open_stores

FILES = ("checkpoints.sqlite", "store.sqlite")


def at(folder: Path) -> StorageSettings:
    return StorageSettings(data_dir=folder)


WHERE: RunnableConfig = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}


class Known(BaseModel):
    """A class that checkpoints may hold."""

    number: int


class Stranger(BaseModel):
    """A class that they may not."""

    number: int


async def test_the_folder_is_made_and_both_files_are_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    async with open_stores(at(folder), []):
        assert all((folder / name).exists() for name in FILES)


async def test_a_second_opening_is_busy_and_the_first_goes_on(tmp_path: Path) -> None:
    async with open_stores(at(tmp_path), []) as stores:
        store = stores.store
        with pytest.raises(StorageBusy) as caught:
            async with open_stores(at(tmp_path), []):
                pytest.fail("opened twice")
        assert str(tmp_path) in caught.value.message("zh") and str(tmp_path) in caught.value.message("en")
        await store.aput(("n",), "k", {"v": 1})
        found = await store.aget(("n",), "k")
        assert found and found.value == {"v": 1}


async def test_after_closing_it_opens_again_with_what_was_kept(tmp_path: Path) -> None:
    async with open_stores(at(tmp_path), []) as stores:
        store = stores.store
        await store.aput(("n",), "k", {"v": "值"})
    async with open_stores(at(tmp_path), []) as stores:
        store = stores.store
        found = await store.aget(("n",), "k")
        assert found and found.value == {"v": "值"}


async def test_the_lock_is_given_back_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        async with open_stores(at(tmp_path), []):
            raise RuntimeError("inside")
    async with open_stores(at(tmp_path), []):
        pass


@pytest.mark.parametrize("content", [b"garbage " * 700, b"SQLite format 3\x00" + b"\xff" * 5000])
@pytest.mark.parametrize("name", FILES)
async def test_a_damaged_file_is_refused_and_not_changed(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(StorageCorrupt):
        async with open_stores(at(tmp_path), []):
            pytest.fail("opened a damaged file")
    assert (tmp_path / name).read_bytes() == content


async def test_after_a_damaged_file_is_moved_away_it_opens(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"garbage " * 700)
    with pytest.raises(StorageCorrupt):
        async with open_stores(at(tmp_path), []):
            pass
    (tmp_path / "store.sqlite").unlink()
    async with open_stores(at(tmp_path), []):
        pass


@pytest.mark.parametrize("below", ["", "sub"])
async def test_a_file_in_place_of_the_folder_is_a_storage_error(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError):
        async with open_stores(at(tmp_path / "file" / below), []):
            pytest.fail("opened")
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("allowed", [[], [Known]])
async def test_an_unknown_class_in_a_checkpoint_is_not_brought_to_life(
    tmp_path: Path, allowed: list[type], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"known": Known(number=1), "stranger": Stranger(number=2), "plain": [1, "二"]}
    about: CheckpointMetadata = {"source": "input", "step": 1, "parents": {}}
    async with open_stores(at(tmp_path), [Known, Stranger]) as stores:
        saver = stores.saver
        await saver.aput(WHERE, checkpoint, about, {})
    async with open_stores(at(tmp_path), allowed) as stores:
        saver = stores.saver
        found = await saver.aget_tuple(WHERE)
    assert found
    values = found.checkpoint["channel_values"]
    assert not isinstance(values["stranger"], Stranger)
    assert isinstance(values["known"], Known) is (Known in allowed)
    assert values["plain"] == [1, "二"]


async def test_both_files_write_ahead(tmp_path: Path) -> None:
    async with open_stores(at(tmp_path), []):
        for name in FILES:
            connection = sqlite3.connect(tmp_path / name)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            connection.close()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (sqlite3.OperationalError("database or disk is full"), StorageFull),
        (sqlite3.OperationalError("attempt to write a readonly database"), StorageFull),
        (sqlite3.OperationalError("unable to open database file"), StorageFull),
        (sqlite3.OperationalError("disk I/O error"), StorageFull),
        (OSError(28, "No space left on device"), StorageFull),
        (PermissionError(13, "Permission denied"), StorageFull),
        (sqlite3.OperationalError("database is locked"), StorageBusy),
        (sqlite3.DatabaseError("file is not a database"), StorageCorrupt),
        (sqlite3.DatabaseError("database disk image is malformed"), StorageCorrupt),
        (OSError(5, "strange"), StorageError),
    ],
)
def test_what_the_system_says_becomes_one_of_our_errors(error: sqlite3.Error | OSError, kind: type[StorageError]) -> None:
    ours = storage_error(error, "/data")
    assert type(ours) is kind
    assert "/data" in ours.message("zh") and "/data" in ours.message("en")
