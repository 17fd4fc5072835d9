"""A turn on its way. It is read in a thread of its own, so that nothing that is clicked on the page cuts it off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, cast

from agent.client import ClientError, StreamBroken
from agent.schema import AskEvent, Citation, DoneEvent, Event, Level, SafetyEvent, SourcesEvent, StatusEvent, TokenEvent, Turn

_UNSEEN_S = 60.0
_QUIET_S, _SHARE_S, _LONGEST_S = 0.5, 0.05, 2.0
_SETTLED_S = 2.0
_THREAD = "turn"


@dataclass
class Live:
    """What has come so far; written by the thread, read by the page."""

    question: str
    steps: list[str] = field(default_factory=list)
    sources: list[Citation] = field(default_factory=list)
    level: Level = "routine"
    words: str = ""
    turn: Turn | None = None
    asked: Any = None
    error: ClientError | None = None
    over: bool = False
    unseen: bool = False
    """It was no longer read, because nobody looked."""
    began: float = field(default_factory=time.time)
    seen_at: float = field(default_factory=time.monotonic)
    settled_at: float = 0.0
    news: threading.Event = field(default_factory=threading.Event, repr=False)
    ended: threading.Event = field(default_factory=threading.Event, repr=False)

    def begin(self, events: Callable[[], Iterator[Event]]) -> Live:
        """Read a stream in the background."""
        threading.Thread(target=self._read, args=(events,), daemon=True, name=_THREAD).start()
        return self

    def wait(self) -> None:
        """Wait until there is news since the last look, or a moment; where many are on their way, until it is this one's turn.

        A look takes Streamlit some 10 ms of the one core that Python has. Twenty readers who each look four times a second want nearly all
        of it, and Streamlit, which lets everything else go first before each message that it sends, then sends none for minutes.
        """
        others = sum(thread.name == _THREAD for thread in threading.enumerate()) - 1
        self.ended.wait(max(0.0, self.seen_at + min(_LONGEST_S, others * _SHARE_S) - time.monotonic()))
        if not self.over:
            self.news.wait(_QUIET_S)

    def look(self) -> Live:
        """Note that somebody looks at it."""
        self.news.clear()
        self.seen_at = time.monotonic()
        return self

    def due(self) -> bool:
        """Say, now and then, that the page is to be made anew, because this has ended."""
        if due := time.monotonic() - self.settled_at > _SETTLED_S:
            self.settled_at = time.monotonic()
        return due

    def _read(self, events: Callable[[], Iterator[Event]]) -> None:
        try:
            with closing(cast(Any, events())) as stream:
                for event in stream:
                    self.take(event)
                    self.news.set()
                    if time.monotonic() - self.seen_at > _UNSEEN_S:
                        self.unseen = True
                        return  # the reader has gone: the service keeps the turn where it is, and finds it for whoever comes back
        except ClientError as error:
            self.error = error
        except BaseException:
            self.error = StreamBroken("client_stream_broken")
            raise
        finally:
            self.over = True
            self.news.set()
            self.ended.set()

    def take(self, event: Event) -> None:
        """Note what has happened."""
        if isinstance(event, StatusEvent) and event.label not in self.steps[-1:]:
            self.steps.append(event.label)
        elif isinstance(event, SourcesEvent):
            self.sources = [*self.sources, *(one for one in event.sources if one.id not in {known.id for known in self.sources})]
        elif isinstance(event, SafetyEvent):
            self.level = event.level
        elif isinstance(event, TokenEvent):
            self.words += event.text
        elif isinstance(event, AskEvent):
            self.asked = event.question
        elif isinstance(event, DoneEvent):
            self.turn, self.level = event.turn, event.turn.level
