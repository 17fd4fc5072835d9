"""Who is let in when there is no room for all."""

from __future__ import annotations

import asyncio

import pytest

from agent.server.errors import TooMany, Unavailable
from agent.server.gate import Gate, Room, Ticket


async def entered(gate: Gate, *tenants: str) -> list[Ticket]:
    return [await gate.enter(tenant) for tenant in tenants]


async def queued(gate: Gate, order: list[str], *tenants: str) -> list[asyncio.Task[None]]:
    async def one(tenant: str) -> None:
        ticket = await gate.enter(tenant)
        order.append(tenant)
        ticket.give_back()

    tasks = [asyncio.create_task(one(tenant)) for tenant in tenants]
    while gate.waiting < len(tenants):
        await asyncio.sleep(0)
    return tasks


async def test_tenants_that_wait_are_let_in_one_after_the_other() -> None:
    gate, order = Gate(Room(1, 1, 100, 100, 30.0)), []
    (ticket,) = await entered(gate, "full")
    tasks = await queued(gate, order, *["loud"] * 5, *["quiet"] * 2)
    ticket.give_back()
    await asyncio.gather(*tasks)
    assert order == ["loud", "quiet", "loud", "quiet", "loud", "loud", "loud"]
    assert gate.inside == gate.waiting == 0


async def test_one_tenant_never_has_all_the_room() -> None:
    gate = Gate(Room(3, 2, 0, 0, 1.0))
    await entered(gate, "loud", "loud")
    with pytest.raises(TooMany) as told:
        await gate.enter("loud")
    assert told.value.retry_after and told.value.retry_after >= 1
    await gate.enter("quiet")
    with pytest.raises(Unavailable):
        await gate.enter("third")


async def test_a_tenant_whose_queue_is_full_is_told_so_while_others_may_wait() -> None:
    gate, order = Gate(Room(1, 1, 3, 2, 30.0)), []
    (ticket,) = await entered(gate, "loud")
    tasks = await queued(gate, order, "loud", "loud", "quiet")
    for tenant, told in (("loud", TooMany), ("third", Unavailable)):
        with pytest.raises(told):
            await gate.enter(tenant)
    ticket.give_back()
    await asyncio.gather(*tasks)
    assert order == ["loud", "quiet", "loud"]


async def test_who_gives_up_waiting_leaves_no_trace() -> None:
    gate, order = Gate(Room(1, 1, 9, 9, 30.0)), []
    (ticket,) = await entered(gate, "a")
    (gone, stays) = await queued(gate, order, "a", "b")
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    ticket.give_back()
    await stays
    assert order == ["b"] and (gate.inside, gate.waiting) == (0, 0)


async def test_who_is_cancelled_at_the_moment_of_being_let_in_takes_no_room() -> None:
    gate, order = Gate(Room(1, 1, 9, 9, 30.0)), []
    (ticket,) = await entered(gate, "a")
    (waits,) = await queued(gate, order, "a")
    ticket.give_back()
    waits.cancel()
    (ended,) = await asyncio.gather(waits, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError) and order == []
    assert (gate.inside, gate.waiting) == (0, 0)


async def test_waiting_too_long_ends_with_when_to_come_back() -> None:
    gate = Gate(Room(1, 1, 9, 9, 0.01))
    (ticket,) = await entered(gate, "a")
    with pytest.raises(Unavailable) as told:
        await gate.enter("a")
    assert told.value.retry_after == 1
    ticket.give_back()
    ticket.give_back()
    assert (gate.inside, gate.waiting) == (0, 0)
