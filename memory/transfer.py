"""An owner's record as one JSON document, out and back in without loss."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from memory.errors import BadRecord
from memory.events import Event
from memory.facts import Fact


class ExportedRecord(BaseModel):
    """Everything that is kept about a person, or about all people of an owner when ``subject`` is empty.

    ``facts`` is what holds, for who reads it; ``events`` and ``threads`` are what is taken back in.
    """

    model_config = ConfigDict(extra="forbid")

    format: Literal["shensi-record"] = "shensi-record"
    version: Literal[1] = 1
    exported_at: str = ""
    subject: str = ""
    facts: list[Fact] = Field(default_factory=list)
    events: list[Event] = Field(default_factory=list)
    threads: dict[str, dict[str, dict[str, Any]]] = Field(default_factory=dict)


def read_record(document: str | bytes) -> ExportedRecord:
    """Read an exported document.

    Raises:
        BadRecord: it is none, or of a version we do not know. Nothing of it is repeated.
    """
    try:
        return ExportedRecord.model_validate_json(document)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][:3]) or "JSON"
        raise BadRecord("record_invalid", where=where, reason=first["type"]) from error


def about(subject: str, events: list[Event]) -> list[Event]:
    """Return the events about a person, with what took any of them back."""
    ids = {event.id for event in events if event.subject == subject}
    return [event for event in events if event.id in ids or event.target in ids]
