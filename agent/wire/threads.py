"""Threads and what is said in them, as they are asked for and told."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from agent.schema import Turn, Wire
from agent.wire.common import Language, Request
from graphs.state import Citation, Outcome, Sentence
from tools.findings import Finding
from tools.records import Level

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
TurnState = Literal["idle", "running", "paused", "waiting"]


class NewThread(Request):
    """A thread to be made; without a title it is named after its first question."""

    title: Title | None = None


class Rename(Request):
    """Another name for a thread."""

    title: Title


class Question(Request):
    """What is asked."""

    content: str = Field(min_length=1, max_length=20_000, examples=["我对青霉素过敏，嗓子疼能吃阿莫西林吗？"])
    language: Language | None = None
    """Of the answer; left out: that of the question."""


class Resumption(Request):
    """The answer to what a turn asks; without one a turn that was broken off goes on."""

    answer: Any = None
    language: Language | None = None
    """Of messages, where ``Accept-Language`` says nothing."""


class ThreadInfo(Wire):
    """A thread in a list."""

    id: str = Field(examples=["5f2b8c0d9e3a4b17"])
    title: str = Field(examples=["嗓子疼能吃阿莫西林吗？"])
    created_at: str
    updated_at: str
    turns: int


class ThreadPage(Wire):
    """Threads, the last used first."""

    threads: list[ThreadInfo]
    next: str | None = None
    """What to give as ``after`` for those that follow."""


class Message(Wire):
    """Something said in a thread, with what it rests on."""

    role: Literal["user", "assistant"]
    turn: str
    at: str
    content: str
    body: list[Sentence] = Field(default_factory=list)
    """The answer sentence by sentence, each with the numbers of its sources."""
    citations: list[Citation] = Field(default_factory=list)
    findings: list[Finding] = Field(default_factory=list)
    outcome: Outcome | None = None
    level: Level | None = None
    label: str = ""
    """That a machine wrote it."""


class OpenTurn(Wire):
    """A turn without an end yet."""

    turn: str
    state: Literal["running", "paused", "waiting"]
    """``paused``: its reader has gone, and whoever asks for it again finds it where it was; ``waiting``: for an answer of the reader."""
    content: str
    question: Any = None
    """What it waits for."""


class Thread(ThreadInfo):
    """A thread with everything said in it."""

    messages: list[Message]
    open: OpenTurn | None = None


class ExportedThread(Wire):
    """A thread to be kept elsewhere; it says that a machine wrote the answers."""

    format: Literal["shensi-thread"] = "shensi-thread"
    version: Literal[1] = 1
    exported_at: str
    label: str
    ai_generated: Literal[True] = True
    thread: Thread


class Waiting(Wire):
    """A turn that goes on once its question is answered (``POST …/resume``)."""

    thread: str
    turn: str
    state: Literal["waiting"] = "waiting"
    question: Any


class Cancelled(Wire):
    """What cancelling has ended; ``turn`` is empty where nothing was being answered."""

    thread: str
    turn: str
    state: Literal["cancelled", "idle"]


Reply = Turn | Waiting
