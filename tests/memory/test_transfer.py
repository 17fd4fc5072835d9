"""A record out and back in, and erased for good."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from configs.settings import StorageSettings
from memory.errors import BadRecord
from memory.patients import PatientMemory
from memory.persistence import Stores, open_stores
from memory.transfer import ExportedRecord, about, read_record
from tests.memory.conftest import new_key
from tests.memory.people import at, said
from tests.memory.test_sealed import stored_bytes
from tests.support.postgres import PostgresServer

PENICILLINS = ("group:penicillins",)


async def eventful(memory: PatientMemory) -> None:
    await memory.record([said("青霉素", 1, severity="severe", references=PENICILLINS), said("花生", 1, subject="daughter")])
    await memory.record([said("青霉素", 2, status="refuted", references=PENICILLINS), said("布洛芬", 2, kind="medication")])
    await memory.confirm((await memory.waiting())[0], at(3))
    await memory.edit(said("布洛芬", 2, kind="medication"), said("对乙酰氨基酚", 2, kind="medication"), at(4))
    await memory.forget(said("花生", 1, subject="daughter"), at(5))
    await memory.undo(at(6))


async def test_out_and_back_in_nothing_is_lost(stores: Stores) -> None:
    memory, other = PatientMemory(stores.store, "local"), PatientMemory(stores.store, "other")
    await eventful(memory)
    document = ExportedRecord(events=await memory.events(), facts=await memory.facts()).model_dump_json()
    for _ in range(2):  # twice is once
        await other.append(read_record(document).events)
    assert await other.facts() == await memory.facts() and len(await other.facts()) == 3
    assert await other.events() == await memory.events()
    assert await other.history(said("花生", subject="daughter").key) == await memory.history(said("花生", subject="daughter").key)


async def test_a_part_of_the_family_is_told_apart(stores: Stores) -> None:
    memory = PatientMemory(stores.store, "local")
    await eventful(memory)
    hers = about("daughter", await memory.events())
    assert [event.type for event in hers] == ["said", "forgotten", "undone"]


@pytest.mark.parametrize(
    "document", ["", "{", "[]", '{"format": "other"}', '{"version": 2}', '{"events": [{"id": 1}]}', '{"secret": "金丝雀"}', "金丝雀"]
)
def test_what_is_no_record_is_refused_and_not_repeated(document: str) -> None:
    with pytest.raises(BadRecord) as caught:
        read_record(document)
    assert "金丝雀" not in caught.value.message("zh") + caught.value.message("en")


def rows(storage: StorageSettings, data: bytes) -> bool:
    return any(data in said_ for _, said_ in stored_bytes(storage))


async def sealed_of(stores: Stores) -> list[bytes]:
    return [str(item.value["sealed"]).encode() for item in await stores.backend.store.asearch((), limit=10_000)]


async def test_no_sealed_byte_of_an_erased_person_is_left_in_any_file(storage: StorageSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ciphertext too: whoever finds the key one day finds nothing to open. Checked in the files themselves."""
    monkeypatch.setattr("memory.patients.FOLD", 4)
    async with open_stores(storage, []) as stores:
        memory = PatientMemory(stores.store, "local")
        kept = await sealed_of(stores)
        for number in range(30):
            await memory.record([said(f"花生{number}", number, subject="daughter")])
            kept += await sealed_of(stores)
        await memory.record([said("青霉素", 99)])
        hers = set(kept) - set((await sealed_of(stores))[-1:])
        names_row = {row for row in hers if row in await sealed_of(stores) and row in kept[:1]}
        assert await memory.erase(lambda event: event.subject == "daughter") == 30
        assert await memory.erase(lambda event: event.subject == "daughter") == 0
        await stores.compact()
        assert [fact.value for fact in await memory.facts()] == ["青霉素"]
        assert [row for row in hers - names_row if rows(storage, row[:60])] == []
    assert [row for row in hers - names_row if rows(storage, row[:60])] == []


async def test_nor_in_the_table_files_of_the_server(postgres: PostgresServer, tmp_path: Path) -> None:
    with postgres.database() as url:
        storage = StorageSettings(data_dir=tmp_path, url=SecretStr(url), keys=SecretStr(new_key()))

        def in_files(row: bytes) -> bool:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
            return any(row[:60] in path.read_bytes() for path in postgres.files())

        async with open_stores(storage, []) as stores:
            memory = PatientMemory(stores.store, "local")
            names = await sealed_of(stores)
            await memory.record([said("花生", 1)])
            hers = [row for row in await sealed_of(stores) if row not in names]
            assert hers and all(in_files(row) for row in hers)
            await memory.erase()
            await stores.compact()
            assert not any(in_files(row) for row in hers)


async def test_erasing_everything_leaves_other_owners_alone(stores: Stores) -> None:
    memory, other = PatientMemory(stores.store, "local"), PatientMemory(stores.store, "other")
    await eventful(memory)
    await eventful(other)
    assert await memory.erase() == 8
    assert await memory.facts() == [] == await memory.events()
    assert len(await other.facts()) == 3
    await memory.record([said("头孢", 1)])
    assert [fact.value for fact in await memory.facts()] == ["头孢"]
