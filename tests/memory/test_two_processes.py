"""Several processes on the same store, some of them killed: no acknowledged event is lost, none is there twice."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from configs.settings import ROOT, StorageSettings
from memory.patients import PatientMemory
from memory.persistence import open_stores
from tests.memory.people import said
from tests.memory.writer import as_json

EACH = 30


def started(storage: StorageSettings, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.memory.writer", as_json(storage), name, str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


async def recorded(storage: StorageSettings) -> list[str]:
    async with open_stores(storage, []) as stores:
        memory = PatientMemory(stores.store, "local")
        facts, events = await memory.facts(), await memory.events()
        assert len(events) == len({event.id for event in events}) == len(facts)
        return [fact.value for fact in facts]


async def test_two_processes_write_at_once_and_nothing_is_lost(storage: StorageSettings) -> None:
    workers = [started(storage, name, EACH) for name in ("甲", "乙")]
    for worker in workers:
        _, complaints = worker.communicate(timeout=120)
        assert worker.returncode == 0, complaints
    assert sorted(await recorded(storage)) == sorted(f"{name}{number}" for name in ("甲", "乙") for number in range(EACH))


async def test_what_was_acknowledged_before_a_kill_is_there(storage: StorageSettings) -> None:
    """One is killed at work while the other goes on; half-done folding is finished by who comes next."""
    survivor = started(storage, "甲", EACH)
    acknowledged: list[str] = []
    for round_ in range(3):
        victim = started(storage, f"丙{round_}号", 1000)
        assert victim.stdout is not None
        for _ in range(5 + 4 * round_):
            acknowledged.append(victim.stdout.readline().strip())
        victim.kill()
        rest, _ = victim.communicate()
        acknowledged += rest.split()
    _, complaints = survivor.communicate(timeout=120)
    assert survivor.returncode == 0, complaints
    found = await recorded(storage)
    assert {f"甲{number}" for number in range(EACH)} | set(filter(None, acknowledged)) <= set(found)
    assert len(acknowledged) >= 20


async def test_who_opens_a_new_store_at_the_same_moment_agrees_on_its_keys_and_names(storage: StorageSettings) -> None:
    async def open_and_record(number: int) -> None:
        async with open_stores(storage, [], exclusive=False) as stores:
            await PatientMemory(stores.store, "local").record([said(f"药{number}", number)])

    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(open_and_record(number))
    assert sorted(await recorded(storage)) == [f"药{number}" for number in range(6)]


async def test_two_handles_in_one_process_see_each_others_events(storage: StorageSettings) -> None:
    async with open_stores(storage, [], exclusive=False) as one, open_stores(storage, [], exclusive=False) as two:
        mine, theirs = PatientMemory(one.store, "local"), PatientMemory(two.store, "local")
        await mine.record([said("青霉素", 1)])
        await theirs.record([said("头孢", 2)])
        assert [fact.value for fact in await mine.facts()] == [fact.value for fact in await theirs.facts()] == ["青霉素", "头孢"]
