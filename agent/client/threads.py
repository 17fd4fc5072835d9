"""Conversations: threads, questions, what is said of answers."""

from __future__ import annotations

from typing import Any, Literal

from agent.client.calls import Call, key, part
from agent.client.errors import TurnWaits
from agent.schema import Turn
from agent.wire.record import Feedback, FeedbackGiven, Reason
from agent.wire.threads import Cancelled, ExportedThread, Reply, Thread, ThreadInfo, ThreadPage, Waiting

_AT = "/v1/threads"
_EVENTS = {"accept": "text/event-stream"}


def create(title: str | None = None) -> Call[ThreadInfo]:
    """Make a thread."""
    return Call(ThreadInfo, "POST", _AT, json={"title": title} if title else {}, repeatable=False)


def page(*, limit: int = 50, after: str | None = None) -> Call[ThreadPage]:
    """Return threads, the last used first; ``after`` is the ``next`` of the page before."""
    return Call(ThreadPage, "GET", _AT, {"limit": limit, "after": after})


def get(thread: str) -> Call[Thread]:
    """Return a thread with everything said in it."""
    return Call(Thread, "GET", f"{_AT}/{part(thread)}")


def rename(thread: str, title: str) -> Call[ThreadInfo]:
    """Give a thread another name."""
    return Call(ThreadInfo, "PATCH", f"{_AT}/{part(thread)}", json={"title": title})


def delete(thread: str) -> Call[None]:
    """Delete a thread for good."""
    return Call(type(None), "DELETE", f"{_AT}/{part(thread)}", repeatable=False)


def export(thread: str) -> Call[ExportedThread]:
    """Take a thread along."""
    return Call(ExportedThread, "GET", f"{_AT}/{part(thread)}/export")


def cancel(thread: str) -> Call[Cancelled]:
    """End what is being answered without an answer."""
    return Call(Cancelled, "POST", f"{_AT}/{part(thread)}/cancel")


def ask(thread: str, question: str, language: str | None = None) -> Call[Reply]:
    """Ask, and wait for the whole answer; sent twice it is asked once."""
    return Call(_reply(), "POST", f"{_AT}/{part(thread)}/messages", json=_message(question, language), headers={"idempotency-key": key()})


def resume(thread: str, answer: Any = None) -> Call[Reply]:
    """Answer what a turn asks, or go on with one that was broken off, and wait for the end."""
    return Call(_reply(), "POST", f"{_AT}/{part(thread)}/resume", json={"answer": answer}, repeatable=False)


def stream(thread: str, question: str, language: str | None = None) -> Call[None]:
    """Ask, and follow what happens."""
    headers = {**_EVENTS, "idempotency-key": key()}
    return Call(type(None), "POST", f"{_AT}/{part(thread)}/messages", json=_message(question, language), headers=headers)


def resume_stream(thread: str, answer: Any = None) -> Call[None]:
    """Answer what a turn asks, or go on with one that was broken off, and follow what happens."""
    return Call(type(None), "POST", f"{_AT}/{part(thread)}/resume", json={"answer": answer}, headers=_EVENTS, repeatable=False)


def follow(thread: str, turn: str) -> Call[None]:
    """Follow a turn that was accepted before, or read it again."""
    return Call(type(None), "GET", f"{_AT}/{part(thread)}/turns/{part(turn)}", headers=_EVENTS)


def feedback(thread: str, turn: str, thumb: Literal["up", "down"], *, reason: Reason | None = None, comment: str = "") -> Call[Feedback]:
    """Say what you think of an answer."""
    given = FeedbackGiven(thumb=thumb, reason=reason, comment=comment)
    return Call(Feedback, "PUT", _feedback(thread, turn), json=given.model_dump(mode="json"))


def feedback_given(thread: str, turn: str) -> Call[Feedback]:
    """Return what was said about an answer."""
    return Call(Feedback, "GET", _feedback(thread, turn))


def withdraw_feedback(thread: str, turn: str) -> Call[None]:
    """Take back what was said about an answer."""
    return Call(type(None), "DELETE", _feedback(thread, turn), repeatable=False)


def finished(reply: Reply) -> Turn:
    """Return the turn that a reply is.

    Raises:
        TurnWaits: it is a question to the reader.
    """
    if isinstance(reply, Waiting):
        raise TurnWaits(reply.thread, reply.turn, reply.question)
    return reply


def _reply() -> type[Reply]:
    return Reply  # type: ignore[return-value]


def _feedback(thread: str, turn: str) -> str:
    return f"{_AT}/{part(thread)}/turns/{part(turn)}/feedback"


def _message(question: str, language: str | None) -> dict[str, str]:
    return {"content": question, **({"language": language} if language else {})}
