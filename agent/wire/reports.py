"""Check-up and laboratory reports: what was read, what the patient confirms, and how values went over time."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from agent.schema import Wire
from agent.wire.common import Request

Mark = Literal["high", "low", "abnormal", "normal", "unknown"]
Short = Annotated[str, StringConstraints(max_length=60)]
MAX_VALUES = 300


class ReportValue(Wire):
    """One value as the report prints it. ``mark`` is what the report marks, else how the number lies to the printed range."""

    name: str
    """As printed."""
    known_as: str = ""
    """Our name for it in the reader's language; empty: we have none."""
    result: str
    unit: str = ""
    reference: str = ""
    mark: Mark = "unknown"
    doubtful: bool = False
    """The mark on the report and its own range say different things: look at the paper."""
    line: str = ""
    """The line it was read from."""


class ReportRead(Wire):
    """What was found in a file. Nothing of it is kept until ``/v1/reports/confirm`` is called with what the patient agrees to."""

    file: str
    date: str = ""
    """When it was measured, ``YYYY-MM-DD``; empty: the report does not say."""
    named: str = ""
    """Whose name stands on it."""
    values: list[ReportValue]
    left_out: int = 0
    """Lines that look like values and could not be read: the patient should look at the paper."""


class ConfirmedValue(Request):
    """One value as the patient agreed to it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    result: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    unit: Annotated[str, StringConstraints(max_length=30)] = ""
    reference: Short = ""
    mark: Mark = "unknown"
    """As the report marks it; counts where its range cannot be compared with."""
    line: Annotated[str, StringConstraints(max_length=400)] = ""


class ReportConfirmed(Request):
    """What the patient confirmed of a report, for whom, and when it was measured."""

    person: str = Field("self", max_length=64, examples=["self", "mother"])
    date: date
    file: str = Field("", max_length=200)
    values: list[ConfirmedValue] = Field(min_length=1, max_length=MAX_VALUES)


class SeriesPoint(Wire):
    """One value at one time; ``low`` and ``high`` are the bounds printed beside it."""

    date: str
    result: str
    number: float | None = None
    unit: str = ""
    reference: str = ""
    low: float | None = None
    high: float | None = None
    mark: Mark = "unknown"


class Series(Wire):
    """All confirmed values of one thing, the earliest first."""

    key: str
    name: str
    points: list[SeriesPoint]
