"""Threads as their owner sees them: made, listed, read, named, taken away, taken along."""

from __future__ import annotations

from typing import Any

from agent.server.endings import conversations, now, title_of
from agent.server.errors import NotFound
from agent.server.runs import Runs
from agent.server.uploads import Uploads
from agent.service import ConsultService
from agent.wire.threads import ExportedThread, Message, OpenTurn, Thread, ThreadInfo, ThreadPage
from configs.locales import text
from memory.conversations import Record


async def create(service: ConsultService, title: str | None) -> ThreadInfo:
    """Make a thread."""
    thread, at = service.new_thread(), now()
    info = {"title": title or "", "named": title is not None, "created_at": at, "updated_at": at, "turns": 0}
    await conversations(service).write(thread, info)
    return _info(thread, info)


async def page(service: ConsultService, limit: int, after: str | None) -> ThreadPage:
    """Return threads, the last used first; ``after`` is the ``next`` of the page before."""
    known = conversations(service)
    infos = {thread: info or await described(service, thread) for thread, info in (await known.infos()).items()}
    order = sorted(infos, key=lambda thread: (infos[thread]["updated_at"], thread), reverse=True)
    if after is not None:
        order = [thread for thread in order if f"{infos[thread]['updated_at']}~{thread}" < after]
    shown = order[:limit]
    last = f"{infos[shown[-1]]['updated_at']}~{shown[-1]}" if len(order) > limit else None
    return ThreadPage(threads=[_info(thread, infos[thread]) for thread in shown], next=last)


async def described(service: ConsultService, thread: str) -> Record:
    """Describe a thread that was begun elsewhere, on the command line, by what was said in it, and keep the description."""
    turns = await service.turns(thread)
    at = turns[0]["at"] if turns else ""
    title = title_of(turns[0]["question"]) if turns else ""
    info = {"title": title, "named": False, "created_at": at, "updated_at": turns[-1]["at"] if turns else "", "turns": len(turns)}
    if turns:
        await conversations(service).write(thread, info)
    return info


async def read(service: ConsultService, thread: str) -> Thread:
    """Return a thread with everything said in it.

    Raises:
        NotFound: there is none for this owner.
    """
    standing = await conversations(service).standing(thread)
    if standing.info is None:
        raise NotFound("thread_missing")
    info = standing.info or await described(service, thread)
    messages = [message for turn in await service.turns(thread) for message in _messages(turn)]
    return Thread(**_info(thread, info).model_dump(), messages=messages, open=_open(standing.open))


async def rename(service: ConsultService, thread: str, title: str) -> ThreadInfo:
    """Give a thread another name."""
    known = conversations(service)
    info = await known.info(thread)
    if info is None:
        raise NotFound("thread_missing")
    info = {**(info or await described(service, thread)), "title": title, "named": True}
    await known.write(thread, info)
    return _info(thread, info)


async def delete(service: ConsultService, runs: Runs, uploads: Uploads, thread: str) -> None:
    """Take a thread away for good: what was said, the replies, the checkpoints, what was summarised, and where facts point to it.

    The files that were uploaded for it go first: where they cannot go now, the thread is still there to be deleted again.
    """
    async with runs.stopped(service, thread):
        if await conversations(service).info(thread) is None:
            raise NotFound("thread_missing")
        await uploads.forget(service.context.tenant, service.context.owner, thread)
        await service.record.forget_thread(thread)


async def export(service: ConsultService, thread: str, language: str) -> ExportedThread:
    """Return a thread to be kept elsewhere."""
    return ExportedThread(exported_at=now(), label=text(language, "label.disclaimer"), thread=await read(service, thread))


def markdown(exported: ExportedThread, language: str) -> str:
    """Return an exported thread as a page to read or to print."""
    thread = exported.thread
    lines = [
        f"# {thread.title or thread.id}",
        "",
        f"> {exported.label}",
        "",
        text(language, "threads.exported", at=exported.exported_at[:19]),
    ]
    for message in thread.messages:
        who = text(language, f"threads.{message.role}")
        lines += ["", f"## {who} · {message.at[:19].replace('T', ' ')}", "", _escaped(message.content)]
    return "\n".join([*lines, "", f"> {exported.label}", ""])


def _escaped(content: str) -> str:
    """Keep what was said from becoming headings, markup or links of the page."""
    return "\n".join(line if not line.lstrip().startswith(("#", ">", "<")) else "\\" + line.lstrip() for line in content.split("\n"))


def _messages(turn: Record) -> list[Message]:
    answer: dict[str, Any] = turn["answer"]
    about = {name: answer[name] for name in ("body", "citations", "outcome", "level", "label") if name in answer}
    return [
        Message(role="user", turn=turn["turn"], at=turn["at"], content=turn["question"]),
        Message(role="assistant", turn=turn["turn"], at=turn["at"], content=answer["text"], findings=turn.get("findings", []), **about),
    ]


def _open(record: Record | None) -> OpenTurn | None:
    if record is None:
        return None
    start = record["start"]
    return OpenTurn(turn=start["turn"], state=record["state"], content=start["question"], question=record.get("question"))


def _info(thread: str, info: Record) -> ThreadInfo:
    return ThreadInfo(id=thread, **{name: info[name] for name in ("title", "created_at", "updated_at", "turns")})
