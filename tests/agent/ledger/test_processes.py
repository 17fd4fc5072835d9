"""Several processes on one ledger, one of them killed: no acknowledged entry is lost, none is there twice, and the chain holds."""

from __future__ import annotations

import subprocess
import sys

import psycopg

from configs.settings import ROOT, StorageSettings
from memory.persistence import rotate
from tests.agent.ledger.conftest import intruder, ledger_of
from tests.memory.writer import as_json

EACH = 20


def started(storage: StorageSettings, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.agent.ledger.writer", as_json(storage), name, str(count), "both"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


async def test_two_processes_of_which_one_is_killed_leave_one_whole_chain(storage: StorageSettings) -> None:
    async with ledger_of(storage):
        pass
    survivor, victim = started(storage, "甲", EACH), started(storage, "乙", 100_000)
    assert victim.stdout is not None
    for _ in range(EACH // 2):
        victim.stdout.readline()
    victim.kill()
    rest, _ = victim.communicate()
    _, complaints = survivor.communicate(timeout=120)
    assert survivor.returncode == 0, complaints
    acknowledged = EACH // 2 + len(rest.split())
    async with ledger_of(storage) as ledger:
        report = await ledger.verify()
    with intruder(storage) as run:
        keys = [key for (key,) in run("SELECT key FROM ledger")]
    assert report.whole and report.anchored and report.entries == len(keys) == len(set(keys))
    assert {f"甲 {number}" for number in range(EACH)} <= set(keys)
    assert {f"{name} {number}" for name in ("乙", "both") for number in range(acknowledged)} <= set(keys)


async def test_new_keys_of_the_encryption_leave_the_ledger_as_it_is(storage: StorageSettings) -> None:
    async with ledger_of(storage) as ledger:
        await ledger.append("before", {})
        token = ledger.head.token
    if storage.keys.get_secret_value():  # keys from the environment are changed there
        from pydantic import SecretStr

        from tests.memory.conftest import new_key

        both = SecretStr(f"{new_key()},{storage.keys.get_secret_value()}")
        storage = storage.model_copy(update={"keys": both})
    assert await rotate(storage) > 0
    if storage.keys.get_secret_value():
        storage = storage.model_copy(update={"keys": type(both)(both.get_secret_value().split(",")[0])})
    async with ledger_of(storage) as ledger:
        assert ledger.head.token == token
        await ledger.append("after", {})
        report = await ledger.verify()
    assert report.whole and report.anchored and report.entries == 2


async def test_a_database_server_that_drops_its_connections_costs_no_entry(storage: StorageSettings) -> None:
    async with ledger_of(storage) as ledger:
        await ledger.append("before", {})
        if url := storage.url.get_secret_value():
            with psycopg.connect(url, autocommit=True) as server:
                others = (
                    b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
                server.execute(others)
        await ledger.append("after", {})
        report = await ledger.verify()
    assert report.whole and report.entries == 2
