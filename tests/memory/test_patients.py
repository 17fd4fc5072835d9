"""The patient's record over a real store on a real disk."""

from __future__ import annotations

import pytest

from configs.settings import StorageSettings
from memory.facts import Fact, profile_of
from memory.patients import PatientMemory
from memory.persistence import Stores, open_stores
from memory.sealed import SealedStore


@pytest.fixture
def store(stores: Stores) -> SealedStore:
    return stores.store


def allergy(value: str, number: int = 0, status: str = "active") -> Fact:
    at = f"2026-01-01T00:00:00.{number:06d}+00:00"
    return Fact.model_validate({"kind": "allergy", "value": value, "status": status, "quote": value, "turn": f"u{number}", "at": at})


@pytest.mark.parametrize("count", [25, 201, 450])
async def test_every_allergy_is_listed(store: SealedStore, count: int) -> None:
    memory = PatientMemory(store, "local")
    await memory.record(allergy(f"过敏原{n}", n) for n in range(count))
    assert [fact.value for fact in await memory.facts()] == [f"过敏原{n}" for n in range(count)]
    assert len(profile_of(await memory.facts()).allergies) == count


async def test_recording_twice_changes_nothing(store: SealedStore) -> None:
    memory = PatientMemory(store, "local")
    said = [allergy("青霉素", 1), allergy("头孢", 2)]
    await memory.record(said)
    once = await memory.statements()
    await memory.record(said)
    assert await memory.statements() == once == said


async def test_statements_are_kept_and_the_last_one_holds(store: SealedStore) -> None:
    memory = PatientMemory(store, "local")
    await memory.record([allergy("青霉素", 1), allergy("青霉素", 2, "refuted")])
    assert len(await memory.statements()) == 2
    assert [fact.status for fact in await memory.facts()] == ["refuted"]
    await memory.record([allergy("青霉素", 3)])
    assert [fact.status for fact in await memory.facts()] == ["active"]


async def test_the_order_is_that_of_time_not_of_writing(store: SealedStore) -> None:
    memory = PatientMemory(store, "local")
    await memory.record([allergy("青霉素", 2, "refuted")])
    await memory.record([allergy("青霉素", 1)])
    assert [fact.status for fact in await memory.facts()] == ["refuted"]


async def test_what_is_forgotten_no_longer_holds(store: SealedStore) -> None:
    memory = PatientMemory(store, "local")
    await memory.record([allergy("青霉素", 1), allergy("头孢", 2)])
    await memory.forget(allergy("青霉素", 1), "2026-01-02T00:00:00.000000+00:00")
    assert [fact.value for fact in await memory.facts()] == ["头孢"]


async def test_what_is_said_again_after_forgetting_holds_again(store: SealedStore) -> None:
    memory = PatientMemory(store, "local")
    await memory.record([allergy("青霉素", 1)])
    await memory.forget(allergy("青霉素", 1), "2026-01-01T00:00:00.000002+00:00")
    assert await memory.facts() == []
    await memory.record([allergy("青霉素", 3)])
    assert [fact.value for fact in await memory.facts()] == ["青霉素"]


@pytest.mark.parametrize(
    ("mine", "theirs"), [("anna", "ben"), ("a", "ab"), ("a_b", "axb"), ("Anna", "anna"), ("x-y", "x_y"), ("local", "local2"), ("_", "a")]
)
async def test_two_owners_never_mix(store: SealedStore, mine: str, theirs: str) -> None:
    own, other = PatientMemory(store, mine), PatientMemory(store, theirs)
    await own.record([allergy("青霉素", 1)])
    await other.record([allergy("头孢", 1)])
    assert [fact.value for fact in await own.facts()] == ["青霉素"]
    assert [fact.value for fact in await other.facts()] == ["头孢"]
    await own.forget(allergy("头孢", 1), "2026-01-02")
    assert [fact.value for fact in await other.facts()] == ["头孢"]


async def test_the_record_survives_closing(storage: StorageSettings) -> None:
    full = allergy("青霉素", 1).model_copy(update={"references": ("group:penicillins",), "detail": "休克", "amount": 1.5})
    async with open_stores(storage, []) as stores:
        await PatientMemory(stores.store, "local").record([full])
    async with open_stores(storage, []) as stores:
        assert await PatientMemory(stores.store, "local").facts() == [full]


async def test_a_new_owner_has_no_record(store: SealedStore) -> None:
    assert await PatientMemory(store, "nobody").facts() == []
