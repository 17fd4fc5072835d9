"""How many may be in at once, in all and of one tenant; the others wait in turn, and not too many of them.

Tenants whose turns wait are let in one after the other, so that one who sends a thousand does not make the others wait for all of them.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass

from agent.server.errors import ApiError, TooMany, Unavailable

_LONGEST_S = 60
_WEIGHT = 0.1


@dataclass(frozen=True)
class Room:
    """How much room there is."""

    inside: int
    inside_per_tenant: int
    waiting: int = 0
    waiting_per_tenant: int = 0
    wait_s: float = 0.0


class Ticket:
    """The right to be in, until it is given back."""

    def __init__(self, gate: Gate, tenant: str) -> None:
        self._gate: Gate | None = gate
        self._tenant = tenant
        self._since = time.monotonic()

    def give_back(self) -> None:
        """Make room for the next; once, however often it is called."""
        gate, self._gate = self._gate, None
        if gate is not None:
            gate.leave(self._tenant, time.monotonic() - self._since)


class Gate:
    """Counts who is in; used by one event loop."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._inside: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._usual_s = 1.0
        self.inside = 0
        self.waiting = 0

    async def enter(self, tenant: str) -> Ticket:
        """Wait until there is room.

        Raises:
            TooMany: this tenant has too many in and waiting (429).
            Unavailable: all have (503), or it took too long.
        """
        if self._has_room(tenant) and not self._queues.get(tenant):
            self._let_in(tenant)
            return Ticket(self, tenant)
        self._check_queue(tenant)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(tenant, deque()).append(turn)
        self.waiting += 1
        try:
            async with asyncio.timeout(self._room.wait_s):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # let in at the very moment of giving up
                self.leave(tenant, None)
            else:
                self._forget(tenant, turn)
            if isinstance(error, TimeoutError):
                raise self._told(Unavailable, "busy") from error
            raise
        return Ticket(self, tenant)

    def leave(self, tenant: str, stayed_s: float | None) -> None:
        """Note that somebody has left, and let in whose turn it is."""
        if stayed_s is not None:
            self._usual_s += _WEIGHT * (stayed_s - self._usual_s)
        self.inside -= 1
        self._inside[tenant] -= 1
        if not self._inside[tenant]:
            del self._inside[tenant]
        self._call_next()

    def retry_after(self) -> int:
        """Return in how many seconds there is likely to be room."""
        return min(_LONGEST_S, max(1, math.ceil(self._usual_s * (self.waiting + 1) / self._room.inside)))

    def _check_queue(self, tenant: str) -> None:
        if len(self._queues.get(tenant, ())) >= self._room.waiting_per_tenant and self._inside[tenant] >= self._room.inside_per_tenant:
            raise self._told(TooMany, "busy_tenant")
        if self.waiting >= self._room.waiting:
            raise self._told(Unavailable, "busy")
        if len(self._queues.get(tenant, ())) >= self._room.waiting_per_tenant:
            raise self._told(TooMany, "busy_tenant")

    def _told(self, kind: type[ApiError], code: str) -> ApiError:
        seconds = self.retry_after()
        return kind(code, retry_after=seconds, seconds=seconds)

    def _has_room(self, tenant: str) -> bool:
        return self.inside < self._room.inside and self._inside[tenant] < self._room.inside_per_tenant

    def _let_in(self, tenant: str) -> None:
        self.inside += 1
        self._inside[tenant] += 1

    def _call_next(self) -> None:
        for tenant in list(self._queues):
            if self.inside >= self._room.inside:
                return
            turn = next((one for one in self._queues[tenant] if not one.done()), None)  # who gives up is still in the row for a moment
            if turn is not None and self._has_room(tenant):
                self._forget(tenant, turn)
                if tenant in self._queues:
                    self._queues.move_to_end(tenant)
                self._let_in(tenant)
                turn.set_result(None)

    def _forget(self, tenant: str, turn: asyncio.Future[None]) -> None:
        self.waiting -= 1
        self._queues[tenant].remove(turn)
        if not self._queues[tenant]:
            del self._queues[tenant]
