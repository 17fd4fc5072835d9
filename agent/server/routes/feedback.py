"""What a reader thinks of an answer. It is kept with the turn, sealed, and goes where the turn goes: exported, erased, deleted with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from agent.record import RecordService
from agent.server.deps import Chat as Owner
from agent.server.deps import ThreadId, TurnId, consult
from agent.server.errors import NotFound, responses
from agent.wire.record import Feedback, FeedbackGiven
from tools.text import clean

router = APIRouter(prefix="/v1/threads/{thread}/turns/{turn}/feedback", tags=["feedback"])


@router.put("", responses=responses(404))
async def give_feedback(given: FeedbackGiven, request: Request, who: Owner, thread: ThreadId, turn: TurnId) -> Feedback:
    """Say what you think of an answer; saying it again replaces what was said."""
    record = consult(request, who).record
    stored = await _turn(record, thread, turn)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    said = Feedback(thumb=given.thumb, reason=given.reason, comment=clean(given.comment), thread=thread, turn=turn, at=at)
    await _save(record, thread, stored | {"feedback": said.model_dump(mode="json")})
    return said


@router.get("", responses=responses(404))
async def get_feedback(request: Request, who: Owner, thread: ThreadId, turn: TurnId) -> Feedback:
    """Return what was said about an answer."""
    stored = await _turn(consult(request, who).record, thread, turn)
    if "feedback" not in stored:
        raise NotFound("feedback_missing")
    return Feedback.model_validate(stored["feedback"])


@router.delete("", status_code=204, responses=responses(404), response_class=Response)
async def withdraw_feedback(request: Request, who: Owner, thread: ThreadId, turn: TurnId) -> None:
    """Take back what was said about an answer."""
    record = consult(request, who).record
    stored = await _turn(record, thread, turn)
    if stored.pop("feedback", None) is None:
        raise NotFound("feedback_missing")
    await _save(record, thread, stored)


async def _turn(record: RecordService, thread: str, turn: str) -> dict[str, Any]:
    for stored in await record.threads.turns(thread):
        if stored.get("turn") == turn:
            return stored
    raise NotFound("turn_missing")


async def _save(record: RecordService, thread: str, stored: dict[str, Any]) -> None:
    await record.threads.save(thread, f"{stored['at']}|{stored['turn']}", stored)
