"""Questions and answers: as JSON, or as server-sent events with ``Accept: text/event-stream``."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from agent.schema import Event, Turn
from agent.server.deps import Chat, Reader, ThreadId, TurnId, consult, runs_of, settings_of
from agent.server.errors import Conflict, Unprocessable, responses
from agent.server.events import Place
from agent.server.reader import reader_language
from agent.server.run import Reading
from agent.server.sse import HEARTBEAT, EventStream, frame, until_gone
from agent.wire.threads import Cancelled, Question, Resumption, Waiting

router = APIRouter(prefix="/v1/threads/{thread}", tags=["messages"])
_KEY = re.compile(r"[!-~]{1,255}\Z")
_EXAMPLE = 'event: status\nid: 5f2b8c0d9e3a4b17.a1b2.1\ndata: {"event":"status","node":"intake","label":"正在读您的问题"}\n\n'
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The finished turn; as events: status, sources, safety, token, memory, then done, ask or error",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    },
    202: {"model": Waiting, "description": "The turn waits for an answer of the reader"},
}
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", description="The same key is the same turn: a repeated request gets the same reply")
]
After = Annotated[
    str | None, Header(alias="Last-Event-ID", description="Id of the last event seen: the turn it belongs to goes on from there")
]


@router.post("/messages", response_model=Turn, responses={**responses(404, 409), **_ANSWERS})
async def send_message(request: Request, who: Chat, thread: ThreadId, body: Question, key: Key = None, after: After = None) -> Response:
    """Ask a question. A stream that broke goes on with ``Last-Event-ID``, and the turn is not run again."""
    service, runs, reader = consult(request, who), runs_of(request), _reader(request, body.language)
    if key is not None and not _KEY.match(key):
        raise Unprocessable("idempotency_invalid")
    if (place := Place.read(after)) is not None:
        return await _answer(request, await runs.find(service, thread, place.turn, reader=reader, after=after))
    reading = await runs.submit(service, thread, body.content, language=body.language, reader=reader, key=key or "")
    return await _answer(request, reading)


@router.get("/turns/{turn}", response_model=Turn, responses={**responses(404, 409), **_ANSWERS})
async def get_turn(request: Request, who: Chat, thread: ThreadId, turn: TurnId, reader: Reader, after: After = None) -> Response:
    """Read a turn again, or follow it; one whose reader had gone goes on where it was."""
    return await _answer(request, await runs_of(request).find(consult(request, who), thread, turn, reader=reader, after=after))


@router.post("/resume", response_model=Turn, responses={**responses(404, 409), **_ANSWERS})
async def resume_turn(request: Request, who: Chat, thread: ThreadId, body: Resumption | None = None) -> Response:
    """Answer what a turn asks, or go on with one that was broken off."""
    given = body or Resumption()
    reader = _reader(request, given.language)
    return await _answer(request, await runs_of(request).resume(consult(request, who), thread, given.answer, reader=reader))


@router.post("/cancel", responses=responses(404))
async def cancel_turn(request: Request, who: Chat, thread: ThreadId) -> Cancelled:
    """End what is being answered without an answer; what was told about the patient stays told."""
    turn = await runs_of(request).cancel(consult(request, who), thread)
    return Cancelled(thread=thread, turn=turn, state="cancelled" if turn else "idle")


def _reader(request: Request, said: str | None) -> str:
    request.state.language = said  # for the answer to an error
    return reader_language(request, said)


async def _answer(request: Request, reading: Reading) -> Response:
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventStream(_frames(reading, settings_of(request).server.heartbeat_s), reading.leave)
    try:
        turn = await until_gone(request.receive, reading.result())
    except Conflict:
        if reading.run.state != "waiting":
            raise
        return _waiting(reading)
    finally:
        reading.leave()
    if turn is None:
        return Response(status_code=499)  # nobody is there to read it
    return Response(turn.model_dump_json(by_alias=True), media_type="application/json")


def _waiting(reading: Reading) -> Response:
    start = reading.run.start
    told = Waiting(thread=start["thread"], turn=start["turn"], question=reading.run.question)
    return Response(told.model_dump_json(), 202, media_type="application/json")


async def _frames(reading: Reading, heartbeat_s: float) -> AsyncIterator[bytes]:
    async for seen in reading.events(heartbeat_s):
        yield HEARTBEAT if seen is None else _frame(*seen)


def _frame(place: Place, event: Event) -> bytes:
    return frame(event.event, event.model_dump_json(by_alias=True), str(place))
