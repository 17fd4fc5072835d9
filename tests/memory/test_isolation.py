"""Random operations over tenants, owners and their families, many at once, beside a plain model of what should be there: no cross read.

``SHENSI_TEST_OPERATIONS`` sets how many (600); ``make test-memory`` runs 20,000.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import defaultdict

import pytest

from memory import patients
from memory.facts import Fact
from memory.patients import PatientMemory
from memory.persistence import Stores
from memory.threads import Threads
from memory.transfer import ExportedRecord
from tests.memory.people import at, said

# Taken out of the environment: a SHENSI_ variable that names no section of the settings is refused as a typing error.
OPERATIONS = int(os.environ.pop("SHENSI_TEST_OPERATIONS", "600"))
TENANTS, PEOPLE, AT_ONCE = ("", "north", "no"), 50, 12
SUBJECTS = ("self", "mother", "child")
Account = tuple[str, str]


class World:
    """The stores, and what should be in them."""

    def __init__(self, stores: Stores, seed: int) -> None:
        self.stores, self.rng, self.clock = stores, random.Random(seed), 0
        self.held: defaultdict[Account, dict[str, Fact]] = defaultdict(dict)
        self.turns: defaultdict[Account, list[str]] = defaultdict(list)
        self.busy: set[Account] = set()

    def account(self) -> Account:
        while (picked := (self.rng.choice(TENANTS), f"p{self.rng.randrange(PEOPLE)}")) in self.busy:
            continue
        return picked

    async def operate(self) -> None:
        account = self.account()
        self.busy.add(account)
        try:
            await self.one(account, self.rng.choices(["say", "read", "forget", "turn", "erase", "move"], [50, 25, 10, 10, 3, 2])[0])
        finally:
            self.busy.discard(account)

    async def one(self, account: Account, action: str) -> None:
        self.clock += 1
        number, held = self.clock, self.held[account]
        memory, threads = self.memory(account), self.threads(account)
        if action == "say":
            subject = self.rng.choice(SUBJECTS)
            # The value names its account: whoever reads another's is seen at once.
            value = f"{account[0]}/{account[1]}/{subject}/{self.rng.randrange(6)}"
            fact = said(value, number, subject=subject)
            await memory.record([fact])
            held[value] = fact
        elif action == "forget" and held:
            value = self.rng.choice(sorted(held))
            await memory.forget(held.pop(value), at(number))
        elif action == "turn":
            await threads.save("t", f"{number:09}", {"question": f"{account[0]}/{account[1]}/{number}", "subjects": ["self"]})
            self.turns[account].append(f"{account[0]}/{account[1]}/{number}")
        elif action == "erase":
            subject = self.rng.choice(SUBJECTS)
            await memory.erase(lambda event: event.subject == subject)
            self.held[account] = {value: fact for value, fact in held.items() if fact.subject != subject}
        elif action == "move":
            document = ExportedRecord(events=await memory.events()).model_dump_json()
            await memory.erase()
            await memory.append(ExportedRecord.model_validate_json(document).events)
        await self.compare(account)

    async def compare(self, account: Account) -> None:
        assert {fact.value: fact for fact in await self.memory(account).facts()} == self.held[account]
        assert [turn["question"] for turn in await self.threads(account).turns("t")] == self.turns[account]

    def memory(self, account: Account) -> PatientMemory:
        return PatientMemory(self.stores.store, account[1], account[0])

    def threads(self, account: Account) -> Threads:
        return Threads(self.stores.store, account[1], account[0])


@pytest.mark.parametrize("seed", [1])
async def test_nobody_reads_what_somebody_else_has_said(stores: Stores, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(patients, "FOLD", 8)
    world, left = World(stores, seed), OPERATIONS

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await world.operate()

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(worker())
    for account in [(tenant, f"p{number}") for tenant in TENANTS for number in range(PEOPLE)]:
        await world.compare(account)
    assert len(world.held) > min(100, OPERATIONS // 6)
