"""The events of one turn with ids that mean the same before and after a restart, so that a broken stream goes on where it broke.

<turn>.<epoch>.<n>    progress: status, sources, safety; the epoch is another one each time the turn is taken up
<turn>.t.<n>          the n-th piece of the answer, which is always cut into the same pieces
<turn>.m  <turn>.a    what was remembered; a question to the reader
<turn>.d  <turn>.e    the end: done, or an error
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.events import memory_event, pieces
from agent.schema import AskEvent, DoneEvent, ErrorEvent, Event, MemoryEvent, SafetyEvent, SourcesEvent, TokenEvent, Turn

_ID = re.compile(r"([0-9a-f]{16})\.(?:([0-9a-f]{4}|t)\.(\d{1,6})|([made]))\Z")
_LAST = ("m", "a", "d", "e")
_OF: tuple[tuple[type[Event], str], ...] = ((MemoryEvent, "m"), (AskEvent, "a"), (DoneEvent, "d"), (ErrorEvent, "e"))


@dataclass(frozen=True)
class Place:
    """Where in the events of a turn somebody stands."""

    turn: str
    kind: str
    """The epoch of a piece of progress, ``t``, or one of the last ones."""
    n: int = 0

    @classmethod
    def read(cls, event_id: str | None) -> Place | None:
        """Return the place that an id names; ``None`` where it is none of ours."""
        match = _ID.match(event_id or "")
        if match is None:
            return None
        return cls(match[1], match[2] or match[4], int(match[3] or 0))

    def __str__(self) -> str:
        return f"{self.turn}.{self.kind}" if self.kind in _LAST else f"{self.turn}.{self.kind}.{self.n}"

    def follows(self, seen: Place | None) -> bool:
        """Tell whether an event here is news for who has seen the event there."""
        if seen is None or seen.turn != self.turn or seen.kind in ("a", "e"):
            return True  # after a question or an error the turn was taken up anew
        if seen.kind in _LAST:
            return self.kind in _LAST and _LAST.index(self.kind) > _LAST.index(seen.kind)
        return self.n > seen.n if seen.kind == self.kind else True


class Numbering:
    """Gives the events of one taking up of a turn their places."""

    def __init__(self, turn: str, epoch: str) -> None:
        self._turn, self._epoch = turn, epoch
        self._progress = self._tokens = 0

    def place(self, event: Event) -> Place:
        """Return the place of the next event."""
        if isinstance(event, TokenEvent):
            self._tokens += 1
            return Place(self._turn, "t", self._tokens)
        for kind, name in _OF:
            if isinstance(event, kind):
                return Place(self._turn, name)
        self._progress += 1
        return Place(self._turn, self._epoch, self._progress)


def told_again(turn: Turn) -> Iterator[Event]:
    """Yield the events of a turn that has long ended: its answer whole, the steps on the way to it left out."""
    yield SafetyEvent(level=turn.level, findings=turn.findings)
    if turn.citations:
        yield SourcesEvent(sources=turn.citations)
    for piece in pieces(turn.answer):
        yield TokenEvent(text=piece)
    if (remembered := memory_event(turn)) is not None:
        yield remembered
    yield DoneEvent(turn=turn)
