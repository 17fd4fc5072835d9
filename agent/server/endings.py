"""How turns begin and end in the store: what is written down, and how it is told again."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from agent.schema import Turn
from agent.server.errors import ApiError, Conflict, Failed
from agent.server.run import Reading, Run, State
from agent.service import ConsultService
from graphs.state import ConsultInput
from memory.conversations import Conversations, Record

TITLE_CHARS = 40


def conversations(service: ConsultService) -> Conversations:
    """Return the threads of the service's owner."""
    return Conversations(service.stores.store, service.context.owner, service.context.tenant)


def turn_of_key(service: ConsultService, thread: str, key: str) -> str:
    """Return the id of the turn that is asked for under a key: the same one every time, so that it can only be accepted once."""
    told = json.dumps([service.context.tenant, service.context.owner, thread, key])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def fingerprint(question: str, language: str | None) -> str:
    """Return what tells one request from another under the same key."""
    return hashlib.sha256(json.dumps([question, language]).encode("utf-8", "surrogatepass")).hexdigest()


def opened(start: ConsultInput, asked: str, reader: str) -> Record:
    """Return the record of an accepted turn."""
    return {"start": dict(start), "state": "running", "fingerprint": asked, "at": start["at"], "language": reader}


async def note(service: ConsultService, record: Record, state: State, **more: Any) -> None:
    """Write down how an open turn stands."""
    record |= {"state": state, "at": now(), **more}
    await conversations(service).open(record["start"]["thread"], record["start"]["turn"], record)


async def finish(service: ConsultService, record: Record, turn: Turn) -> None:
    """Write down the reply of a turn, and in the thread's description that there is one more."""
    known = conversations(service)
    info = {"title": "", "named": False, "created_at": record["start"]["at"], "turns": 0, **(await known.info(turn.thread) or {})}
    info |= {"updated_at": now(), "turns": info["turns"] + 1, "title": info["title"] or title_of(record["start"]["question"])}
    reply = {"state": "done", "fingerprint": record["fingerprint"], "at": now(), "reply": turn.model_dump(mode="json", by_alias=True)}
    await known.end(turn.thread, turn.turn, reply, info)


async def give_up(service: ConsultService, record: Record, state: State, code: str) -> ApiError | Turn:
    """End an open turn without an answer, and return what is said of it; one that has its answer already keeps it."""
    start: ConsultInput = record["start"]
    turn = await service.finished(start)
    if turn is not None:
        await finish(service, record, turn)
        return turn
    if await service.unfinished(start["thread"]) is not None:
        await service.close_turn(start["thread"])
    if service.context.ledger is not None:
        await service.context.ledger.closed(start, service.context)
    ended = {"state": state, "fingerprint": record["fingerprint"], "at": now(), "error": code}
    await conversations(service).end(start["thread"], start["turn"], ended)
    return ended_with(ended)


def told(service: ConsultService, start: ConsultInput, reply: Record, reader: str, after: str | None = None) -> Reading:
    """Return a reader of a turn whose end lies in the store."""
    if "reply" in reply:
        return Run.ended(service, start, reader, Turn.model_validate(reply["reply"]), None).reading(after)
    return Run.ended(service, start, reader, None, ended_with(reply)).reading(after)


def title_of(question: str) -> str:
    """Return a name for a thread that was given none."""
    words = " ".join(question.split())
    return words if len(words) <= TITLE_CHARS else words[: TITLE_CHARS - 1] + "…"


def now() -> str:
    """Return the time as it is written down."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def ended_with(reply: Record) -> ApiError:
    """Return what is said of a turn that ended without an answer."""
    return Failed(reply["error"]) if reply["state"] == "failed" else Conflict(reply["error"])
