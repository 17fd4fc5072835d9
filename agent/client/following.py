"""A stream that is followed over broken connections: what was seen is not seen again, and the turn is not run again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from agent.client.calls import Call
from agent.client.errors import ServerFailed, TurnFailed
from agent.client.sse import Frame, Frames
from agent.client.threads import follow
from agent.schema import AskEvent, DoneEvent, ErrorEvent, Event

_PASSING = ("stopping", "turn_paused")
"""Errors of a stream after which its turn is taken up again: the worker goes, or the last reader had gone."""


class Following:
    """One stream."""

    def __init__(self, thread: str, call: Call[None]) -> None:
        self._thread, self._call = thread, call
        self._frames = Frames()
        self.ended = False

    @property
    def repeatable(self) -> bool:
        """Whether the next request may be sent twice: that which follows may."""
        return bool(self._frames.last_id) or self._call.repeatable

    def request(self) -> dict[str, Any]:
        """Return the arguments of the next request: the call as it is, and once something was seen, what comes after that."""
        self._frames.again()
        seen = self._frames.last_id
        if not seen:
            return self._call.request()
        asked = follow(self._thread, seen.partition(".")[0]).request()
        return {**asked, "headers": {**asked["headers"], "last-event-id": seen}}

    def feed(self, piece: bytes) -> Iterator[Event]:
        """Yield the events that have come.

        Raises:
            TurnFailed: the turn ended with an error.
            ServerFailed: what has come is no event.
        """
        for frame in self._frames.feed(piece):
            event = _event(frame)
            if isinstance(event, ErrorEvent):
                if event.code in _PASSING:
                    return
                raise TurnFailed(event.code, event.message)
            self.ended = isinstance(event, (DoneEvent, AskEvent))
            yield event


def _event(frame: Frame) -> Event:
    try:
        return _EVENT.validate_json(frame.data)
    except ValidationError as error:
        raise ServerFailed("client_unexpected") from error


_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
