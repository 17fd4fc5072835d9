"""Check-up and laboratory reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from agent.client.calls import Call
from agent.wire.record import FactItem
from agent.wire.reports import ConfirmedValue, ReportConfirmed, ReportRead, Series

_AT = "/v1/reports"


def read(content: bytes | Path, file: str) -> Call[ReportRead]:
    """Read the values of a report; nothing of it is kept."""
    return Call(ReportRead, "POST", _AT, {"file": file}, content=content, headers={"content-type": "application/octet-stream"})


def confirm(values: Sequence[ConfirmedValue], *, measured: date, person: str = "self", file: str = "") -> Call[list[FactItem]]:
    """Remember what the patient has confirmed."""
    given = ReportConfirmed(person=person, date=measured, file=file, values=list(values))
    return Call(list[FactItem], "POST", f"{_AT}/confirm", json=given.model_dump(mode="json"), repeatable=False)


def series(person: str = "self") -> Call[list[Series]]:
    """Return the confirmed values of all reports over time."""
    return Call(list[Series], "GET", f"{_AT}/series", {"person": person})
