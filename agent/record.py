"""What a person may do with what is remembered about them and their family: see, correct, confirm, take back, take away, erase."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from pydantic import BaseModel

from agent.errors import UnknownItem
from agent.imported import check_import
from memory.edit import restated
from memory.events import Event
from memory.facts import SUBJECTS, Fact, Status
from memory.patients import PatientMemory
from memory.persistence import Stores
from memory.standing import Contradiction
from memory.threads import Record, Threads
from memory.transfer import ExportedRecord, about, read_record
from tools.tables import Tables
from tools.text import clean


class Person(BaseModel):
    """One member of the family, with how much is known of them."""

    subject: str
    facts: int
    allergies: int
    medications: int


class Erased(BaseModel):
    """What erasing took away."""

    events: int = 0
    turns: int = 0
    threads: int = 0


class RecordService:
    """The record of one owner. Facts are named by their ``id``, or by their number in ``facts()``, counted from 1."""

    def __init__(self, stores: Stores, tables: Tables | None, owner: str, tenant: str = "") -> None:
        """Without ``tables`` everything but editing works."""
        self._stores = stores
        self._tables = tables
        self._account = f"{tenant}.{owner}" if tenant else owner
        self.memory = PatientMemory(stores.store, owner, tenant)
        self.threads = Threads(stores.store, owner, tenant)

    def thread_id(self, thread: str) -> str:
        """Return the name of a thread in the checkpoints: the owner is part of it, so that a guessed id leads to an empty thread."""
        return f"{self._account}:{clean(thread)[:64]}"

    async def facts(self, subject: str | None = None) -> list[Fact]:
        """Return what is remembered, in the order in which it was said, of everybody or of one person."""
        return [fact for fact in await self.memory.facts() if subject in (None, fact.subject)]

    async def waiting(self) -> list[Fact]:
        """Return what was said and holds only once it is confirmed."""
        return await self.memory.waiting()

    async def contradictions(self) -> list[Contradiction]:
        """Return what was said against what holds, to be settled by the person; until then the safer reading counts."""
        return await self.memory.contradictions()

    async def family(self) -> list[Person]:
        """Return the people of whom something is known, the owner first."""
        facts = await self.memory.facts()
        known = Counter(fact.subject for fact in facts)
        held = Counter((fact.subject, fact.kind) for fact in facts if fact.holds)
        order = sorted(known, key=lambda subject: (subject != "self", SUBJECTS.index(subject) if subject in SUBJECTS else 99, subject))
        return [Person(subject=who, facts=known[who], allergies=held[who, "allergy"], medications=held[who, "medication"]) for who in order]

    async def history(self, which: int | str) -> list[Event]:
        """Return everything that happened to a fact, oldest first."""
        return await self.memory.history((await self.find(which)).key)

    async def edit(self, which: int | str, *, value: str | None = None, status: Status | None = None, detail: str | None = None) -> Fact:
        """Put another value, status or detail in the place of a fact's own; what was there stays in its history.

        Raises:
            UnknownItem: there is no such fact.
            EditRefused: the value cannot be read as one of this kind.
        """
        assert self._tables is not None, "editing looks things up"
        fact = await self.find(which)
        changed = restated(fact, self._tables, value=value, status=status, detail=detail)
        await self.memory.edit(fact, changed, _now())
        return changed

    async def confirm(self, which: int | str) -> Fact:
        """Confirm a statement that waits (numbered as in ``waiting()``), or a fact that holds, by its id."""
        waiting = await self.waiting()
        fact = _pick(waiting, which) if isinstance(which, int) else _pick([*waiting, *await self.facts()], which)
        await self.memory.confirm(fact, _now())
        return fact

    async def forget(self, which: int | str) -> Fact:
        """Let a fact hold no longer; its history stays until the person is erased."""
        fact = await self.find(which)
        await self.memory.forget(fact, _now())
        return fact

    async def undo(self) -> list[Event]:
        """Take back the last thing that happened to the record, a whole turn at once."""
        undone = await self.memory.undo(_now()) if await self.memory.events() else []
        if not undone:
            raise UnknownItem("nothing_to_undo")
        return undone

    async def find(self, which: int | str) -> Fact:
        """Return one fact.

        Raises:
            UnknownItem: there is no such number or id.
        """
        return _pick(await self.facts(), which)

    async def export(self, subject: str = "") -> ExportedRecord:
        """Return everything about a person, about everybody without ``subject``."""
        events, threads = await self.memory.events(), await self.threads.all()
        if subject:
            kept = {name: {key: turn for key, turn in turns.items() if _is_about(turn, subject)} for name, turns in threads.items()}
            events, threads = about(subject, events), {name: turns for name, turns in kept.items() if turns}
        facts = await self.facts(subject or None)
        return ExportedRecord(exported_at=_now(), subject=subject, facts=facts, events=events, threads=threads)

    async def restore(self, document: str | bytes) -> ExportedRecord:
        """Take an exported document back in; what is there already stays as it is.

        Raises:
            BadRecord: it cannot be read; nothing was stored.
        """
        return await self.take_in(read_record(document))

    async def take_in(self, record: ExportedRecord) -> ExportedRecord:
        """Do the same with a document that was read already."""
        check_import(record)
        await self.memory.append(record.events)
        await self.threads.restore(record.threads)
        return record

    async def erase(self, subject: str) -> Erased:
        """Delete for good everything about one person of the family: facts, their history, turns about them, and what was summarised.

        A thread in which they were spoken of loses its running context; its turns about other people stay readable.
        """
        events = await self.memory.erase(lambda event: event.subject == subject)
        erased = Erased(events=events)
        for thread, turns in (await self.threads.all()).items():
            gone = sum(_is_about(turn, subject) for turn in turns.values())
            if gone or await self._unfinished(thread):
                await self.threads.erase(thread, lambda turn: _is_about(turn, subject))
                await self._stores.saver.adelete_thread(self.thread_id(thread))
                erased = Erased(events=events, turns=erased.turns + gone, threads=erased.threads + 1)
        await self._stores.compact()
        return erased

    async def forget_thread(self, thread: str) -> None:
        """Delete a thread for good; the facts told in it stay, and no longer say where."""
        await self.memory.unlink(thread)
        await self.threads.erase(thread)
        await self._stores.saver.adelete_thread(self.thread_id(thread))

    async def erase_all(self) -> Erased:
        """Delete for good everything that is kept of this owner."""
        threads = await self.threads.all()
        events = await self.memory.erase()
        for thread in threads:
            await self._stores.saver.adelete_thread(self.thread_id(thread))
            await self.threads.erase(thread)
        await self._stores.compact()
        return Erased(events=events, turns=sum(map(len, threads.values())), threads=len(threads))

    async def _unfinished(self, thread: str) -> bool:
        """Tell whether a turn of the thread was cut off: nobody has noted yet whom it was about."""
        found = await self._stores.saver.aget_tuple({"configurable": {"thread_id": self.thread_id(thread)}})
        if found is None:
            return False
        turns = {turn["turn"] for turn in await self.threads.turns(thread)}
        return found.checkpoint["channel_values"].get("turn") not in turns


def _is_about(turn: Record, subject: str) -> bool:
    return subject in turn.get("subjects", ("self",))


def _pick(facts: list[Fact], which: int | str) -> Fact:
    if isinstance(which, int):
        if 1 <= which <= len(facts):
            return facts[which - 1]
        raise UnknownItem("no_such_fact", number=which, count=len(facts))
    found = next((fact for fact in facts if fact.id == which), None)
    if found is None:
        raise UnknownItem("no_such_fact", number=which, count=len(facts))
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
