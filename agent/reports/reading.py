"""A file with a report into its values. Large parsers run in the readers' child process: bounded memory, killed when late."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from agent.reports.analytes import analyte_of
from agent.reports.cells import Bounds, Flag, bounds_of, flat, number_of
from agent.reports.dates import measured_on, named_on, without_dates
from agent.reports.scan import Found, scan
from agent.reports.table import Block, head_of, values_by
from agent.wire.reports import MAX_VALUES, Mark, ReportRead, ReportValue
from retrieval.errors import DocumentError
from retrieval.readers.child import Child
from retrieval.readers.files import check
from retrieval.readers.parsed import Limits, Parsed

ENDINGS = frozenset({".pdf", ".docx", ".xlsx", ".csv", ".tsv"})
LIMITS = Limits(file_mb=20, seconds=30.0, memory_mb=1024)
_LINE_CHARS = 2_000
_SIGNS = frozenset("<>≤≥")
_LIKE_VALUE = re.compile(r"\d\s*(?:-{1,2}|–|—|~|～)\s*\d.*|[↑↓]|(?:mmol|μmol|umol|mg|g|ng|pg|IU|U)/(?:dL|L|mL)", re.I)


def read_file(path: Path, limits: Limits = LIMITS) -> list[str]:
    """Return the lines of a file, cells with tabs between them.

    Raises:
        DocumentError: it cannot be read, or not within the limits.
    """
    if path.suffix.lower() not in ENDINGS:
        raise DocumentError("report_kind", path=path.name)
    check(path, limits)
    child = Child(limits)
    try:
        found = [one for one in child.read(path, "grid") if isinstance(one, Parsed)]
    finally:
        child.close()
    return found[0].body.split("\n") if found else []


def read_report(lines: Sequence[str], name: str, language: str) -> ReportRead:
    """Return the values of a report.

    Args:
        lines: as ``read_file`` returns them.
        name: of the file.
        language: of the reader.
    """
    lines = [line[:_LINE_CHARS] for line in lines]
    values: list[ReportValue] = []
    heads: list[Block] = []
    left_out = 0
    for line in lines:
        cells = line.split("\t")
        heads = head_of(cells) or heads
        found = [] if head_of(cells) else list(_values(heads, cells))
        values += [_value(one, line, language) for one in found]
        left_out += not found and not head_of(cells) and _LIKE_VALUE.search(without_dates(line)) is not None
    day = measured_on(lines, datetime.now(UTC).date())
    return ReportRead(file=name, date=day, named=named_on(lines), values=_once(values)[:MAX_VALUES], left_out=left_out)


def mark_of(result: str, reference: str, printed: Flag = "") -> tuple[Mark, bool]:
    """Return how a result is to be taken, and whether the report says two different things about it."""
    number, bounds = number_of(result), bounds_of(reference)
    if number is None or bounds is None:
        return _mark_of_words(result, reference, printed), False
    open_ended = flat(result)[:1]
    computed = _mark_of_bound(open_ended, number, bounds) if open_ended in _SIGNS else bounds.flag(number) or "normal"
    if not printed:
        return computed, False
    return printed, printed != "abnormal" and computed not in (printed, "unknown")


def _mark_of_bound(sign: str, number: float, bounds: Bounds) -> Mark:
    """Return how a result lies of which only a bound is known (<0.5): certain, or unknown."""
    if sign in "<≤":
        if bounds.low and number <= bounds.low:
            return "low"
        return "normal" if bounds.high is not None and number <= bounds.high and not bounds.low else "unknown"
    if bounds.high is not None and number >= bounds.high:
        return "high"
    return "normal" if bounds.high is None and bounds.low is not None and number >= bounds.low else "unknown"


def _mark_of_words(result: str, reference: str, printed: Flag) -> Mark:
    if printed:
        return printed
    negative, positive = re.search(r"阴性|negative|未检出|not detected", result, re.I), re.search(r"阳性|positive|[+]", result, re.I)
    if re.search(r"阴性|negative|未检出|not detected", reference, re.I) and (negative or positive):
        return "normal" if negative else "abnormal"
    return "unknown"


def _values(heads: list[Block], cells: list[str]) -> Iterator[Found]:
    by_head = values_by(heads, cells) if heads and len(cells) > 1 else None
    found = by_head if by_head else scan([without_dates(cell) for cell in cells])
    yield from (one for one in found if one.plausible or by_head)


def _value(found: Found, line: str, language: str) -> ReportValue:
    known = analyte_of(found.name)
    mark, doubtful = mark_of(found.result, found.reference, found.flag)
    return ReportValue(
        name=found.name[:60],
        known_as=known.name(language) if known else "",
        result=found.result,
        unit=found.unit,
        reference=found.reference[:60],
        mark=mark,
        doubtful=doubtful,
        line=" ".join(filter(None, line.split("\t")))[:400],
    )


def _once(values: list[ReportValue]) -> list[ReportValue]:
    """Return the values, those that a report repeats (on its summary page, say) once."""
    return list({(value.known_as or value.name, value.result, value.unit): value for value in reversed(values)}.values())[::-1]
