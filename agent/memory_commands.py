"""The commands of the terminal chat that look after what is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from agent.errors import BadCall
from agent.files import read_bytes, write_private
from agent.record import RecordService
from agent.remembered import describe_event, describe_fact, describe_subject, subject_named
from memory.facts import Fact

Say = Callable[..., None]
Command = Callable[["MemoryCommands", str], Awaitable[None]]


class MemoryCommands:
    """``/memory``, ``/history``, ``/forget``, ``/edit``, ``/confirm``, ``/undo``, ``/family``, ``/export``, ``/import``, ``/erase``."""

    def __init__(self, record: RecordService, say: Say, language: Callable[[], str], forget_files: Callable[[], Awaitable[int]]) -> None:
        self._record = record
        self._forget_files = forget_files
        self._say = say
        self._language = language

    async def run(self, name: str, rest: str) -> bool:
        """Run a command; ``False`` means that it is none of these."""
        command = _COMMANDS.get(name)
        if command is not None:
            await command(self, rest)
        return command is not None

    async def _memory(self, who: str) -> None:
        """List what is remembered; numbers stay the same whoever is asked for."""
        wanted = subject_named(who, self._language()) if who else None
        facts = [(number, fact) for number, fact in enumerate(await self._record.facts(), start=1) if wanted in (None, fact.subject)]
        waiting = await self._record.waiting()
        if not facts and not waiting:
            self._say("chat.memory_empty")
        for number, fact in facts:
            at = fact.at[:16].replace("T", " ")
            self._say("chat.memory_line", number=number, fact=self._told(fact), quote=fact.quote, at=at)
        if waiting:
            self._say("chat.waiting_head")
        for number, fact in enumerate(waiting, start=1):
            self._say("chat.memory_line", number=number, fact=self._told(fact), quote=fact.quote, at=fact.at[:16].replace("T", " "))
        for clash in await self._record.contradictions():
            self._say("chat.contradiction", held=self._told(clash.held), said=self._told(clash.said), quote=clash.said.quote)

    async def _history(self, number: str) -> None:
        for event in await self._record.history(_number(number, "history")):
            self._say("chat.event_line", what=describe_event(event, self._language()))

    async def _forget(self, number: str) -> None:
        fact = await self._record.forget(_number(number, "forget"))
        self._say("chat.forgotten", fact=self._told(fact))

    async def _edit(self, rest: str) -> None:
        number, _, value = rest.partition(" ")
        if not value.strip():
            raise BadCall("edit_usage")
        fact = await self._record.edit(_number(number, "edit"), value=value)
        self._say("chat.edited", fact=self._told(fact))

    async def _confirm(self, number: str) -> None:
        waiting = await self._record.waiting()
        if not waiting:
            self._say("chat.nothing_waiting")
        elif number or len(waiting) == 1:
            fact = await self._record.confirm(_number(number or "1", "confirm"))
            self._say("chat.confirmed", fact=self._told(fact))
        else:
            for place, fact in enumerate(waiting, start=1):
                self._say("chat.memory_line", number=place, fact=self._told(fact), quote=fact.quote, at=fact.at[:16].replace("T", " "))
            self._say("chat.confirm_usage")

    async def _undo(self, rest: str) -> None:
        for event in await self._record.undo():
            self._say("chat.undone", what=describe_event(event, self._language()))

    async def _family(self, rest: str) -> None:
        people = await self._record.family()
        if not people:
            self._say("chat.memory_empty")
        for person in people:
            who = describe_subject(person.subject, self._language())
            self._say("chat.family_line", who=who, facts=person.facts, allergies=person.allergies, medications=person.medications)

    async def _export(self, rest: str) -> None:
        path, _, who = rest.partition(" ")
        if not path:
            raise BadCall("export_usage")
        record = await self._record.export(subject_named(who, self._language()) if who.strip() else "")
        await asyncio.to_thread(write_private, Path(path).expanduser(), record.model_dump_json(indent=1))
        self._say("chat.exported", path=path, events=len(record.events), turns=sum(map(len, record.threads.values())))

    async def _import(self, path: str) -> None:
        if not path:
            raise BadCall("import_usage")
        record = await self._record.restore(await asyncio.to_thread(read_bytes, Path(path).expanduser()))
        self._say("chat.imported", path=path, events=len(record.events), turns=sum(map(len, record.threads.values())))

    async def _erase(self, rest: str) -> None:
        *who, sure = rest.split() or [""]
        if not who or sure.lower() not in ("yes", "确认"):
            raise BadCall("erase_usage")
        wanted = " ".join(who)
        all_of_them = wanted.lower() in ("all", "全部")
        subject = subject_named(wanted, self._language())
        if all_of_them:
            await self._forget_files()
        gone = await (self._record.erase_all() if all_of_them else self._record.erase(subject))
        self._say("chat.erased", who=wanted if all_of_them else describe_subject(subject, self._language()), **gone.model_dump())

    def _told(self, fact: Fact) -> str:
        return describe_fact(fact, self._language())


def _number(words: str, command: str) -> int:
    if not words.strip().isdecimal():
        raise BadCall(f"{command}_usage")
    return int(words)


_COMMANDS: dict[str, Command] = {
    "/memory": MemoryCommands._memory,
    "/history": MemoryCommands._history,
    "/forget": MemoryCommands._forget,
    "/edit": MemoryCommands._edit,
    "/confirm": MemoryCommands._confirm,
    "/undo": MemoryCommands._undo,
    "/family": MemoryCommands._family,
    "/export": MemoryCommands._export,
    "/import": MemoryCommands._import,
    "/erase": MemoryCommands._erase,
}
