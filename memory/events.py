"""What happened to a record, and what follows from it.

The events are the record; everything else is computed from them. An event has an id made of what caused it, so that writing it twice
changes nothing, and a place in time, so that the order of writing does not matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from memory.facts import Fact, refined, waits

EventType = Literal["said", "corrected", "confirmed", "edited", "forgotten", "undone"]
Key = tuple[str, ...]
_Placed = tuple[int, Fact]


class Event(BaseModel):
    """One thing that happened to a record.

    ``said``, ``corrected``, ``confirmed`` and ``edited`` bring a statement; ``edited`` and ``forgotten`` take away what was said before
    under ``key``; ``undone`` takes back the event ``target``. ``by`` is ``patient`` for what was said in a conversation and ``hand`` for
    what was done in a list.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    type: EventType
    at: str
    turn: str = ""
    n: int = 0
    by: Literal["patient", "hand"] = "patient"
    fact: Fact | None = None
    key: Key = ()
    target: str = ""

    @property
    def stamp(self) -> tuple[str, str, int, str]:
        """Its place in time: within a turn the order of the words counts."""
        return (self.at, self.turn, self.n, self.id)

    @property
    def subject(self) -> str:
        """Whom it is about; empty for ``undone``."""
        return self.fact.subject if self.fact else self.key[0] if self.key else ""


EVENTS = TypeAdapter(list[Event])
FACTS = TypeAdapter(list[Fact])


def event_id(*what: object) -> str:
    """Return the id of an event: the same for the same cause."""
    return hashlib.sha256("\0".join(map(str, what)).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def statement_events(facts: Iterable[Fact], held: Iterable[Fact]) -> list[Event]:
    """Return the events that bring what one turn said.

    Args:
        facts: in the order in which they were said.
        held: what held before the turn; a statement that differs from it is a correction.
    """
    before = {fact.key: fact for fact in held}
    events = []
    for number, fact in enumerate(facts):
        known = before.get(fact.key)
        differs = known is not None and (known.status, known.value) != (fact.status, fact.value)
        events.append(
            Event(
                id=event_id("said", fact.at, fact.turn, fact.id),
                type="corrected" if differs else "said",
                at=fact.at,
                turn=fact.turn,
                n=number,
                fact=fact,
                target=known.id if known and differs else "",
            )
        )
    return events


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events by time, each once."""
    return sorted({event.id: event for event in events}.values(), key=lambda event: event.stamp)


def replay(events: Iterable[Event]) -> list[Fact]:
    """Return every statement that stands after all events, oldest first."""
    ordered = in_order(events)
    undone = taken_back(ordered)
    statements: list[Fact] = []
    for event in ordered:
        if event.type != "undone" and event.id not in undone:
            statements = apply(statements, event)
    return statements


def taken_back(ordered: Iterable[Event]) -> set[str]:
    """Return the ids of the events that an undoing took back; an undoing can itself be undone."""
    undone: set[str] = set()
    for event in reversed([event for event in ordered if event.type == "undone"]):
        if event.id not in undone:
            undone.add(event.target)
    return undone


def apply(statements: list[Fact], event: Event) -> list[Fact]:
    """Return the statements after one more event."""
    if event.type in ("edited", "forgotten"):
        statements = [fact for fact in statements if fact.key != event.key]
    return [*statements, event.fact] if event.fact else statements


def settle(statements: Iterable[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return what holds, each with the details of the statements before it, and what waits for the patient to confirm it."""
    latest, pending = _settled(statements)
    return [fact for _, fact in latest], [fact for _, fact in pending]


def essence(statements: Iterable[Fact]) -> list[Fact]:
    """Return the fewest statements, in their order, from which ``current`` reads the same, now and after whatever is said later."""
    latest, pending = _settled(statements)
    return [fact for _, fact in sorted([*latest, *pending], key=lambda placed: placed[0])]


def _settled(statements: Iterable[Fact]) -> tuple[list[_Placed], list[_Placed]]:
    """Do as ``memory.facts.current`` does, and keep what waits beside it."""
    latest: dict[Key, _Placed] = {}
    pending: dict[Key, list[_Placed]] = {}
    for place, fact in enumerate(statements):
        before = latest[fact.key][1] if fact.key in latest else None
        if waits(fact, before):
            others = [one for one in pending.get(fact.key, []) if not _same(one[1], fact)]
            pending[fact.key] = [*others, (place, fact)]
            continue
        pending.pop(fact.key, None)
        latest.pop(fact.key, None)
        latest[fact.key] = (place, refined(before, fact) if before else fact)
    return list(latest.values()), sorted((one for mine in pending.values() for one in mine), key=lambda placed: placed[0])


def _same(one: Fact, other: Fact) -> bool:
    """Tell whether two statements say the same, in whatever words and whenever."""
    away = {"quote", "thread", "turn", "at", "span", "words"}
    return one.model_dump(exclude=away) == other.model_dump(exclude=away)


def is_of(event: Event, thread: str) -> bool:
    """Tell whether an event is about something said in a thread."""
    return event.fact is not None and event.fact.thread == thread


def unlinked(event: Event, thread: str) -> Event:
    """Return an event without the name of the thread in which it was said."""
    if event.fact is None or not is_of(event, thread):
        return event
    return event.model_copy(update={"fact": event.fact.model_copy(update={"thread": ""})})
