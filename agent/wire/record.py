"""What is remembered of a person, and what a reader thinks of an answer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, computed_field

from agent.schema import Wire
from agent.wire.common import Request
from memory.facts import Fact, Status


class FactItem(Fact):
    """A remembered statement with the id by which it is named and a line for the reader."""

    text: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def id(self) -> str:
        """The id by which it is edited, confirmed or forgotten."""
        return super().id


class FactEdit(Request):
    """What to put in the place of a fact's own; what is absent stays."""

    value: str | None = Field(None, max_length=400, examples=["布洛芬"])
    status: Status | None = None
    detail: str | None = Field(None, max_length=400)


class ContradictionItem(Wire):
    """Two statements that cannot both be so; ``held`` counts until the person settles it."""

    held: FactItem
    said: FactItem


class HistoryItem(Wire):
    """One thing that happened to the record."""

    id: str
    type: Literal["said", "corrected", "confirmed", "edited", "forgotten", "undone"]
    at: str
    by: Literal["patient", "hand"]
    subject: str
    target: str = ""
    fact: FactItem | None = None
    text: str


class PersonItem(Wire):
    """A member of the family of whom something is known."""

    person: str
    label: str
    facts: int
    allergies: int
    medications: int


class Imported(Wire):
    """What was taken in."""

    events: int
    turns: int
    threads: int


class ErasedItem(Wire):
    """What was deleted for good."""

    events: int
    turns: int
    threads: int


Reason = Literal["helpful", "wrong", "unsafe", "unclear", "incomplete", "off_topic", "sources", "other"]


class FeedbackGiven(Request):
    """What a reader thinks of one answer."""

    thumb: Literal["up", "down"]
    reason: Reason | None = Field(None, examples=["unclear"])
    comment: str = Field("", max_length=2000)


class Feedback(FeedbackGiven):
    """The same as it is kept, sealed, with the turn."""

    thread: str
    turn: str
    at: str
