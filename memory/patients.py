"""The patient's record over a LangGraph store: events that are only ever added, and snapshots, so that reading them stays quick.

New events lie in ``live``, each under its own key, beside the snapshot of what came before. When there are many, they are folded: copied
into a segment, which is never changed again, and into a new snapshot. Two processes may do all of this at once and lose nothing:

- an event leaves ``live`` only after a segment and a snapshot that hold it were written;
- a snapshot is deleted only by who has read it and has written one that holds as much;
- where two snapshots stand side by side, or an event came late, everything is read again from the segments.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from langgraph.store.base import PutOp, SearchItem

from memory.events import (
    EVENTS,
    FACTS,
    Event,
    Key,
    essence,
    event_id,
    in_order,
    is_of,
    replay,
    settle,
    statement_events,
    taken_back,
    unlinked,
)
from memory.facts import Fact, current
from memory.live import Live, Snapshot, Stamp
from memory.sealed import SealedStore, listed
from memory.standing import Contradiction, contradictions

FOLD = 64
"""So many events lie beside the snapshot before they are folded into the next one."""
_VERSION = 2
"""Of snapshots: whoever changes ``Fact`` or what follows from facts counts it up, and everything is computed anew from the events."""
Namespace = tuple[str, ...]


class PatientMemory:
    """What one owner has said about themselves and their family."""

    def __init__(self, store: SealedStore, owner: str, tenant: str = "") -> None:
        self._store = store
        self._root: Namespace = ("patients", tenant, owner)
        self._live: Namespace = (*self._root, "live")
        self._segments: Namespace = (*self._root, "segments")

    async def record(self, facts: Iterable[Fact]) -> list[Fact]:
        """Append what was said, and return what of it was not known before."""
        said = list(facts)
        if not said:
            return []
        turn = (said[0].at, said[0].turn)
        held = [fact for fact in await self.facts() if (fact.at, fact.turn) != turn]
        await self.append(statement_events(said, held))
        known = {(fact.key, fact.status, fact.value, fact.detail, fact.severity) for fact in held}
        return [fact for fact in said if (fact.key, fact.status, fact.value, fact.detail, fact.severity) not in known]

    async def forget(self, fact: Fact, at: str) -> None:
        """Append that the patient wants a fact forgotten; it no longer holds from here on, and its history stays."""
        await self.append([Event(id=event_id("forgotten", at, *fact.key), type="forgotten", at=at, by="hand", key=fact.key)])

    async def edit(self, fact: Fact, changed: Fact, at: str) -> None:
        """Append that ``changed`` stands in the place of ``fact``."""
        self_made = changed.model_copy(update={"at": at, "confirmed": True})
        await self.append(
            [Event(id=event_id("edited", at, *fact.key), type="edited", at=at, by="hand", fact=self_made, key=fact.key, target=fact.id)]
        )

    async def confirm(self, fact: Fact, at: str) -> None:
        """Append that the patient was shown this statement and agreed."""
        agreed = fact.model_copy(update={"confirmed": True, "at": at})
        await self.append([Event(id=event_id("confirmed", at, *fact.key), type="confirmed", at=at, by="hand", fact=agreed, target=fact.id)])

    async def undo(self, at: str) -> list[Event]:
        """Take back the last thing that happened and has not been taken back, a whole turn at once; return what that was."""
        events = await self.events()
        undone = taken_back(events)
        standing = [event for event in events if event.type != "undone" and event.id not in undone]
        last = [event for event in standing if (event.at, event.turn) == (standing[-1].at, standing[-1].turn)]
        back = [Event(id=event_id("undone", at, one.id), type="undone", at=at, n=n, by="hand", target=one.id) for n, one in enumerate(last)]
        await self.append(back)
        return last

    async def append(self, events: Sequence[Event]) -> None:
        """Add events; those that are there already change nothing."""
        await self._store.abatch([PutOp(self._live, event.id, {"event": event.model_dump(mode="json")}) for event in events])
        if len((await self._read_live()).events) >= FOLD:
            async with self._store.alone(self._live):
                if len((live := await self._read_live()).events) >= FOLD:
                    await self._fold(live)

    async def statements(self) -> list[Fact]:
        """Return every statement that counts, oldest first; from them follows what holds."""
        quick = (await self._read_live()).quick()
        return quick if quick is not None else await self._whole()

    async def facts(self) -> list[Fact]:
        """Return the facts that hold now."""
        live = await self._read_live()
        if len(live.snapshots) == 1 and not live.events and not live.foreign:
            return list(live.snapshots[0].facts)
        quick = live.quick()
        return current(quick if quick is not None else await self._whole())

    async def waiting(self) -> list[Fact]:
        """Return the statements that hold only once the patient has confirmed them."""
        pending = settle(await self.statements())[1]
        return [fact for fact in pending if not fact.extractor.startswith("model:")]  # a model ends nothing, not even if asked

    async def contradictions(self) -> list[Contradiction]:
        """Return what was said against what holds; the safer reading counts until the patient settles it."""
        return contradictions(essence(await self.statements()))

    async def events(self) -> list[Event]:
        """Return everything that ever happened, oldest first."""
        return in_order(event for item in await self._items(self._root) for event in _events_of(item.value))

    async def history(self, key: Key) -> list[Event]:
        """Return what happened to one thing, oldest first, undoings included."""
        events = await self.events()
        about = {event.id for event in events if event.key == key or (event.fact and event.fact.key == key)}
        return [event for event in events if event.id in about or event.target in about]

    async def erase(self, about: Callable[[Event], bool] | None = None) -> int:
        """Delete events for good, without a trace in the record, and return how many.

        Args:
            about: which; ``None``: all of them.
        """
        gone = 0
        async with self._store.alone(self._live):
            # Again until nothing is left: another process may have folded in between.
            while (items := await self._items(self._root)) and (found := self._matching(items, about)):
                kept = in_order(event for item in items for event in _events_of(item.value) if event.id not in found)
                gone = max(gone, len(found))
                await self._rewrite(items, kept)
        self._store.forget_made()
        return gone

    async def unlink(self, thread: str) -> None:
        """Take the name of a thread that goes out of every event; what was said there stays said."""
        async with self._store.alone(self._live):
            while self._matching(items := await self._items(self._root), lambda event: is_of(event, thread)):
                await self._rewrite(items, in_order(unlinked(event, thread) for item in items for event in _events_of(item.value)))
        self._store.forget_made()

    def _matching(self, items: list[SearchItem], about: Callable[[Event], bool] | None) -> set[str]:
        events = [event for item in items for event in _events_of(item.value)]
        found = {event.id for event in events if about is None or about(event)}
        return found | {event.id for event in events if event.type == "undone" and event.target in found}

    async def _rewrite(self, items: list[SearchItem], kept: list[Event]) -> None:
        if kept:
            await self._put_folded(kept, replay(kept), kept[-1].stamp)
        await self._delete((item.namespace, item.key) for item in items)

    async def _whole(self) -> list[Fact]:
        """Return the statements where that takes reading everything; of those who ask at once one does so, and others read that."""
        async with self._store.alone(self._live):
            live = await self._read_live()
            quick = live.quick()
            return quick if quick is not None else await self._fold(live)

    async def _fold(self, live: Live) -> list[Fact]:
        """Move the live events into a segment and a new snapshot; return the statements."""
        statements, segment = live.quick(), live.events
        stamps = [snapshot.last for snapshot in live.snapshots] + [event.stamp for event in live.events]
        if statements is None:
            everything = await self.events()
            statements, there = replay(everything), {event.id for event in everything}
            stamps += [event.stamp for event in everything[-1:]]
            segment = [event for event in live.events if event.id in there]
        await self._put_folded(segment, statements, max(stamps))
        await self._delete((self._live, key) for key in live.keys)
        return statements

    async def _put_folded(self, segment: list[Event], statements: list[Fact], last: Stamp) -> None:
        snapshot = {
            "version": _VERSION,
            "statements": FACTS.dump_python(essence(statements), mode="json", exclude_defaults=True),
            "last": last,
            "folded": [event.id for event in segment],
        }
        puts = [PutOp(self._live, f"snapshot-{secrets.token_hex(8)}", {"snapshot": snapshot})]
        if segment:
            puts.append(PutOp(self._segments, secrets.token_hex(8), {"events": EVENTS.dump_python(segment, mode="json")}))
        await self._store.abatch(puts)

    async def _delete(self, items: Iterable[tuple[Namespace, str]]) -> None:
        await self._store.abatch([PutOp(namespace, key, None) for namespace, key in items])

    async def _read_live(self) -> Live:
        live = Live()
        events: list[Event] = []
        for key, made in await self._store.made(self._live, _made):
            live.keys.append(key)
            if isinstance(made, list):
                events += made
            else:
                live.foreign = live.foreign or made is None
                live.snapshots += [made] if made else []
        live.events = in_order(events)
        return live

    async def _items(self, namespace: Namespace) -> list[SearchItem]:
        return await listed(self._store, namespace)


def _events_of(value: dict[str, Any]) -> list[Event]:
    if "event" in value:
        return [Event.model_validate(value["event"])]
    return EVENTS.validate_python(value.get("events", []))


def _made(item: SearchItem) -> Snapshot | list[Event] | None:
    """Return what lies in an item of ``live``; ``None`` for a snapshot that another version of this program has written."""
    if "snapshot" not in item.value:
        return _events_of(item.value)
    value = item.value["snapshot"]
    if value.get("version") != _VERSION:
        return None
    at, turn, n, id_ = value["last"]
    return Snapshot(FACTS.validate_python(value["statements"]), (at, turn, n, id_), frozenset(value["folded"]))
