"""The wire types: what every door sends and every client reads. Events are what a stream is made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from graphs.state import Change, Citation, ModelLook, Outcome, Sentence, Writer
from memory.facts import Fact
from tools.findings import Finding
from tools.records import Level

__all__ = [
    "AskEvent",
    "Change",
    "Citation",
    "DoneEvent",
    "ErrorEvent",
    "Event",
    "Fact",
    "Finding",
    "Level",
    "MemoryEvent",
    "ModelLook",
    "Outcome",
    "SafetyEvent",
    "Sentence",
    "SourcesEvent",
    "StatusEvent",
    "TokenEvent",
    "Turn",
    "Wire",
    "Writer",
]


class Wire(BaseModel):
    """A message that leaves the process."""

    model_config = ConfigDict(populate_by_name=True)


class Turn(Wire):
    """One finished turn."""

    thread: str
    turn: str
    answer: str
    outcome: Outcome
    level: Level
    notices: list[str] = []
    questions: list[str] = []
    """What the reader is asked back before the advice can be sure."""
    body: list[Sentence] = []
    next_steps: list[str] = []
    citations: list[Citation] = []
    findings: list[Finding] = []
    changes: list[Change] = []
    facts: list[Fact] = []
    remembered: list[Fact] = []
    """What of ``facts`` was not known before."""
    waiting: list[Fact] = []
    """What of them holds only once the patient has confirmed it."""
    contradicted: list[Fact] = []
    """What was said before and does not go with it; the safer one counts until the reader settles it."""
    memory_line: str = ""
    """The same in one line for the reader, so that they can object."""
    rounds: int = 0
    writer: Writer
    reviewed: bool = False
    """Whether a language model audited the answer beside the rules."""
    model_look: ModelLook = "off"
    """Whether a language model has looked at the urgency beside the rules; ``unavailable``: it was asked and gave no usable answer."""
    fallback: str = ""
    recorded: bool = True
    """Whether the audit ledger had the entry when this was told; an emergency is answered even while it cannot be written."""
    label: str
    searches: list[dict[str, Any]] = []
    """How the evidence was found: for each search its stages, scores, the gate's signals and what was left out."""
    timings: dict[str, float] = {}
    """Seconds per node; ``total`` is the whole turn."""


class StatusEvent(Wire):
    """A step began."""

    event: Literal["status"] = "status"
    node: str
    label: str


class SourcesEvent(Wire):
    """Evidence was found."""

    event: Literal["sources"] = "sources"
    sources: list[Citation]


class SafetyEvent(Wire):
    """How urgent it is and what conflicts, known before any draft; sent again when the language model has raised the level."""

    event: Literal["safety"] = "safety"
    level: Level
    findings: list[Finding]


class TokenEvent(Wire):
    """A piece of the audited answer; never of a draft."""

    event: Literal["token"] = "token"
    text: str


class MemoryEvent(Wire):
    """What was newly remembered, and what waits for a confirmation."""

    event: Literal["memory"] = "memory"
    facts: list[Fact]
    waiting: list[Fact] = []


class AskEvent(Wire):
    """The turn waits for the reader: a clarifying question, a confirmation. The stream ends here and goes on with the answer."""

    event: Literal["ask"] = "ask"
    thread: str
    turn: str
    question: Any


class DoneEvent(Wire):
    """The turn is finished and stored."""

    event: Literal["done"] = "done"
    turn: Turn


class ErrorEvent(Wire):
    """The turn failed; the message is for the reader."""

    event: Literal["error"] = "error"
    code: str
    message: str


Event = Annotated[
    StatusEvent | SourcesEvent | SafetyEvent | TokenEvent | MemoryEvent | AskEvent | DoneEvent | ErrorEvent,
    Field(discriminator="event"),
]
