"""Encryption at rest: what the files tell, whose key opens them, and that nothing can be moved about in them."""

from __future__ import annotations

import base64
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint
from pydantic import SecretStr

from configs.settings import StorageSettings
from memory.errors import KeyProblem, StorageAway, StorageCorrupt
from memory.patients import PatientMemory
from memory.persistence import Stores, open_stores, rotate
from memory.threads import Threads
from tests.memory.conftest import new_key
from tests.memory.people import said
from tests.support.postgres import PostgresServer

CANARY = "金丝雀QZXJ"
THREAD: RunnableConfig = {"configurable": {"thread_id": f"{CANARY}:t", "checkpoint_ns": ""}}


async def fill(stores: Stores) -> None:
    """Leave the canary wherever something about a patient can be: values, owners, threads, keys."""
    await PatientMemory(stores.store, CANARY).record([said(CANARY, 1, turn=CANARY)])
    await Threads(stores.store, CANARY).save(CANARY, CANARY, {"question": CANARY, "subjects": ["self"]})
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"question": CANARY, "history": [{"question": CANARY}]}
    checkpoint["channel_versions"] = {"question": "1", "history": "1"}
    config = {"configurable": {**THREAD["configurable"], "owner": CANARY}, "metadata": {"owner": CANARY}}
    stored = await stores.saver.aput(config, checkpoint, {"step": 1}, {"question": "1", "history": "1"})  # type: ignore[arg-type,typeddict-item]
    await stores.saver.aput_writes(stored, [("answer", CANARY), ("messages", [CANARY])], "task")


async def check(stores: Stores) -> None:
    assert [fact.value for fact in await PatientMemory(stores.store, CANARY).facts()] == [CANARY]
    assert (await Threads(stores.store, CANARY).turns(CANARY))[0]["question"] == CANARY
    found = await stores.saver.aget_tuple(THREAD)
    assert found and found.checkpoint["channel_values"] == {"question": CANARY, "history": [{"question": CANARY}]}
    assert [value for _, _, value in found.pending_writes or []] == [CANARY, [CANARY]]
    assert found.config["configurable"]["thread_id"] == THREAD["configurable"]["thread_id"]


def stored_bytes(storage: StorageSettings) -> Iterator[tuple[str, bytes]]:
    """Yield every byte that the stores hold: the files, or each row of each table."""
    for path in storage.data_dir.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    if url := storage.url.get_secret_value():
        with psycopg.connect(url) as connection:
            for table in ("store", "checkpoints", "checkpoint_blobs", "checkpoint_writes"):
                for number, row in enumerate(connection.execute(f"SELECT * FROM {table}".encode())):
                    yield f"{table}:{number}", b"|".join(v if isinstance(v, bytes) else str(v).encode() for v in row)


async def test_no_file_and_no_row_tells_anything_in_the_clear(storage: StorageSettings) -> None:
    forms = [CANARY.encode(), CANARY.encode("unicode_escape"), "金丝雀".encode(), "金丝雀".encode("utf-16-le"), b"QZXJ", "我对".encode()]
    async with open_stores(storage, []) as stores:
        await fill(stores)
        await check(stores)
        seen = dict(stored_bytes(storage))
        assert sum(map(len, seen.values())) > 2000
        assert [(where, form) for where, said_ in seen.items() for form in forms if form in said_] == []
    assert not [where for where, said_ in stored_bytes(storage) if any(form in said_ for form in forms)]


async def test_the_stores_open_again_with_their_key(storage: StorageSettings) -> None:
    async with open_stores(storage, []) as stores:
        await fill(stores)
    async with open_stores(storage, []) as stores:
        await check(stores)


async def test_the_wrong_key_opens_nothing_and_changes_nothing(storage: StorageSettings) -> None:
    async with open_stores(storage, []) as stores:
        await fill(stores)
    before = dict(stored_bytes(storage)) if not storage.url.get_secret_value() else {}
    wrong = storage.model_copy(update={"keys": SecretStr(new_key())})
    with pytest.raises(KeyProblem) as caught:
        async with open_stores(wrong, []):
            pytest.fail("opened with the wrong key")
    assert caught.value.code == "key_wrong" and "密钥不对" in caught.value.message("zh") and "wrong key" in caught.value.message("en")
    assert wrong.keys.get_secret_value() not in caught.value.message("zh")
    assert {name: before[name] for name in before if name.endswith(".sqlite")} == {
        name: data for name, data in (stored_bytes(storage) if before else ()) if name.endswith(".sqlite")
    }
    async with open_stores(storage, []) as stores:
        await check(stores)


async def test_without_its_key_file_a_folder_stays_shut_and_no_new_key_is_made(tmp_path: Path) -> None:
    storage = StorageSettings(data_dir=tmp_path)
    async with open_stores(storage, []) as stores:
        await fill(stores)
    kept = (tmp_path / "keys").rename(tmp_path / "away")
    with pytest.raises(KeyProblem) as caught:
        async with open_stores(storage, []):
            pytest.fail("opened without a key")
    assert caught.value.code == "key_missing" and not (tmp_path / "keys").exists()
    kept.rename(tmp_path / "keys")
    async with open_stores(storage, []) as stores:
        await check(stores)


async def test_the_first_start_makes_a_key_that_only_its_owner_may_read(tmp_path: Path) -> None:
    async with open_stores(StorageSettings(data_dir=tmp_path), []):
        assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600


@pytest.mark.parametrize("given", ["nonsense", "AAAA", "", "ключ", f"{base64.b64encode(bytes(32)).decode()} x"])
async def test_keys_that_are_none_are_refused_without_repeating_them(tmp_path: Path, given: str) -> None:
    (tmp_path / "mine").write_text(given, encoding="utf-8")
    storage = StorageSettings(data_dir=tmp_path / "data", key_file=tmp_path / "mine")
    with pytest.raises(KeyProblem) as caught:
        async with open_stores(storage, []):
            pytest.fail("opened")
    assert caught.value.code == "key_invalid" and (not given or given not in caught.value.message("zh"))


async def test_a_key_file_that_is_named_and_not_there_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem):
        async with open_stores(StorageSettings(data_dir=tmp_path, key_file=tmp_path / "mounted"), []):
            pytest.fail("opened")
    assert not (tmp_path / "mounted").exists()


async def test_postgresql_needs_a_key_that_somebody_gave(postgres: PostgresServer, tmp_path: Path) -> None:
    with postgres.database() as url, pytest.raises(KeyProblem):
        async with open_stores(StorageSettings(data_dir=tmp_path, url=SecretStr(url)), []):
            pytest.fail("opened")


async def test_a_server_that_does_not_answer_is_said_without_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memory.postgres._OPEN_S", 1.0)
    url = SecretStr(f"postgresql://somebody:geheim@localhost/db?host={tmp_path}")
    with pytest.raises(StorageAway) as caught:
        async with open_stores(StorageSettings(data_dir=tmp_path, url=url, keys=SecretStr(new_key())), []):
            pytest.fail("opened")
    assert "geheim" not in caught.value.message("zh") + str(caught.value.values)


async def test_a_value_moved_to_another_place_does_not_open(stores: Stores) -> None:
    mine, theirs = PatientMemory(stores.store, "mine"), PatientMemory(stores.store, "theirs")
    await mine.record([said("青霉素", 1)])
    await theirs.record([said("头孢", 1)])
    inner = stores.backend.store
    rows = [item for item in await inner.asearch((), limit=100) if len(item.namespace) == 4]
    assert len(rows) == 2
    await inner.aput(rows[0].namespace, rows[0].key, rows[1].value, index=False)
    with pytest.raises(StorageCorrupt) as caught:
        await mine.facts()
        await theirs.facts()
    assert caught.value.code == "storage_forged"


async def test_a_checkpoint_moved_to_another_thread_does_not_open(stores: Stores) -> None:
    await fill(stores)
    other: RunnableConfig = {"configurable": {"thread_id": "other:t", "checkpoint_ns": ""}}
    inner = stores.backend.saver
    found = await inner.aget_tuple(stores.saver._renamed(THREAD))
    assert found
    await inner.aput(stores.saver._renamed(other), found.checkpoint, found.metadata, {"question": "1", "history": "1"})
    with pytest.raises(StorageCorrupt):
        await stores.saver.aget_tuple(other)


async def test_changing_one_bit_is_noticed(stores: Stores) -> None:
    memory = PatientMemory(stores.store, "mine")
    await memory.record([said("青霉素", 1)])
    inner = stores.backend.store
    (row,) = [item for item in await inner.asearch((), limit=100) if len(item.namespace) == 4]
    sealed = str(row.value["sealed"])
    await inner.aput(row.namespace, row.key, {"sealed": sealed[:60] + ("A" if sealed[60] != "A" else "B") + sealed[61:]}, index=False)
    with pytest.raises(StorageCorrupt):
        await memory.facts()


async def test_after_rotation_only_the_new_key_opens_and_nothing_is_lost(tmp_path: Path) -> None:
    storage = StorageSettings(data_dir=tmp_path)
    async with open_stores(storage, []) as stores:
        await fill(stores)
    old = (tmp_path / "keys").read_text()
    assert await rotate(storage) >= 7
    new = (tmp_path / "keys").read_text()
    assert new != old and len(new.split()) == 1 and stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    async with open_stores(storage, []) as stores:
        await check(stores)
    (tmp_path / "keys").write_text(old)
    with pytest.raises(KeyProblem):
        async with open_stores(storage, []):
            pytest.fail("opened with the old key")


async def test_keys_from_the_environment_rotate_on_both_databases(storage: StorageSettings) -> None:
    old, new = new_key(), new_key()
    with_old, both, with_new = (storage.model_copy(update={"keys": SecretStr(k)}) for k in (old, f"{new},{old}", new))
    async with open_stores(with_old, []) as stores:
        await fill(stores)
    async with open_stores(both, []) as stores:
        await check(stores)  # old keys still read
        await PatientMemory(stores.store, "new").record([said("头孢", 1)])
    assert await rotate(both) >= 7
    assert await rotate(both) == 0
    async with open_stores(with_new, []) as stores:
        await check(stores)
        assert await PatientMemory(stores.store, "new").facts()
    with pytest.raises(KeyProblem):
        async with open_stores(with_old, []):
            pytest.fail("opened with the old key")


async def test_a_rotation_that_was_broken_off_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = StorageSettings(data_dir=tmp_path)
    async with open_stores(storage, []) as stores:
        await fill(stores)

    async def die(self: object, cipher: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("memory.sqlite.SqliteBackend.reseal_checkpoints", die)
        with pytest.raises(Exception, match="space"):
            await rotate(storage)
    async with open_stores(storage, []) as stores:
        await check(stores)
    await rotate(storage)
    assert len((tmp_path / "keys").read_text().split()) == 1
    async with open_stores(storage, []) as stores:
        await check(stores)
