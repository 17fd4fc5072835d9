"""``python -m agent memory``: the record without a conversation, and new keys for what is stored."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.files import read_bytes, write_private
from agent.remembered import describe_event, describe_fact, describe_subject, subject_named
from configs.locales import environment_language, text
from configs.settings import Settings

if TYPE_CHECKING:
    from agent.record import RecordService
    from memory.persistence import Stores

_ACTIONS = ("list", "history", "family", "export", "import", "erase", "rotate")


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    one = commands.add_parser("memory", parents=[common], help="查看、导出、清除记录，更换密钥 / list, export, erase records, new keys")
    one.add_argument("action", choices=_ACTIONS)
    one.add_argument("item", nargs="?", default="", help="编号、文件或家人 / a number, a file or a member of the family")
    one.add_argument("--who", default="", help="只要这位家人的 / only of this member of the family")
    one.add_argument("--json", action="store_true")
    one.add_argument("--yes", action="store_true", help="确认清除 / really erase")


async def memory(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Run one action on the record of the profile's owner."""
    from agent.record import RecordService  # the stores take a second to import, which other commands can do without
    from memory.persistence import open_stores, rotate

    reader = language or environment_language()
    if options.action == "rotate":
        print(text(reader, "memory.rotated", count=await rotate(settings.storage)))
        return 0
    async with open_stores(settings.storage, ()) as stores:
        record = RecordService(stores, None, settings.consult.owner, settings.consult.tenant)
        return await (_erase(options, record, stores, settings, reader) if options.action == "erase" else _act(options, record, reader))


async def _act(options: argparse.Namespace, record: RecordService, reader: str) -> int:
    subject = subject_named(options.who, reader) if options.who else ""
    if options.action == "list":
        facts = await record.facts(subject or None)
        return _print(options, facts, [f"{n}. {describe_fact(fact, reader)}" for n, fact in enumerate(facts, start=1)])
    if options.action == "history":
        events = await record.history(int(options.item) if options.item.isdecimal() else options.item)
        return _print(options, events, [describe_event(event, reader) for event in events])
    if options.action == "family":
        people = await record.family()
        return _print(options, people, [f"{describe_subject(person.subject, reader)}: {person.facts}" for person in people])
    if options.action == "export":
        return await _export(options, record, subject)
    taken = await record.restore(await asyncio.to_thread(read_bytes, Path(options.item)))
    print(text(reader, "chat.imported", path=options.item, events=len(taken.events), turns=sum(map(len, taken.threads.values()))))
    return 0


async def _export(options: argparse.Namespace, record: RecordService, subject: str) -> int:
    document = (await record.export(subject)).model_dump_json(indent=1)
    if options.item:
        await asyncio.to_thread(write_private, Path(options.item), document)
    else:
        print(document)
    return 0


async def _erase(options: argparse.Namespace, record: RecordService, stores: Stores, settings: Settings, reader: str) -> int:
    if not options.yes or not options.item:
        print(text(reader, "errors.erase_usage"), file=sys.stderr)
        return 2
    everybody = options.item.lower() in ("all", "全部")
    if everybody:
        await _forget_files(stores, settings)
    gone = await (record.erase_all() if everybody else record.erase(subject_named(options.item, reader)))
    print(text(reader, "chat.erased", who=options.item, **gone.model_dump()))
    return 0


async def _forget_files(stores: Stores, settings: Settings) -> None:
    """Delete what the owner has uploaded; the index is opened only where there is something."""
    from agent.server.shelves import Owners
    from agent.server.uploads import Uploads
    from retrieval.search import Retriever

    owner, tenant, folder = settings.consult.owner, settings.consult.tenant, settings.storage.data_dir
    if any(one.owner == owner for one in await Owners(stores.store).all(tenant)):
        with closing(await asyncio.to_thread(Retriever.open, settings.retrieval, folder)) as retriever:
            await Uploads(stores, retriever, folder).forget(tenant, owner)


def _print(options: argparse.Namespace, items: list[Any], lines: list[str]) -> int:
    if options.json:
        lines = [json.dumps(item.model_dump(mode="json"), ensure_ascii=False) for item in items]
    for line in lines:
        print(line)
    return 0
