"""What the patient confirmed of a report as facts of the record, and the record's values over time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import cast

from agent.record import RecordService
from agent.reports.analytes import analyte, analyte_of, key_of
from agent.reports.cells import bounds_of, number_of
from agent.reports.reading import mark_of
from agent.wire.reports import ConfirmedValue, Mark, ReportConfirmed, Series, SeriesPoint
from memory.events import replay
from memory.facts import Fact, Kind
from tools.text import clean, language_of

_MEASURED = ("lab", "vital", "weight", "height")
_BY = "report"
_SEMICOLON = "; "
_ABOUT = re.compile(r"^(?P<shown>.*) \((?:(?P<reference>[^;]*); )?\d{4}-\d\d-\d\d\)$")


async def keep(record: RecordService, given: ReportConfirmed, subject: str, language: str) -> list[Fact]:
    """Write down what was confirmed, as said by a document; an older report replaces nothing that a newer one said.

    Args:
        record: whose.
        given: as the patient agreed to it.
        subject: about whom.
        language: of the reader.
    """
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    said = list({fact.key: fact for fact in (_fact(value, given, subject, language, at) for value in given.values)}.values())
    newer = {fact.key: fact for fact in await record.facts(subject) if fact.facets.get("since", "") > given.date.isoformat()}
    await record.memory.record(said)
    for fact in said:
        if fact.key in newer:
            await record.memory.confirm(newer[fact.key], datetime.now(UTC).isoformat(timespec="microseconds"))
    return said


async def series(record: RecordService, subject: str, language: str) -> list[Series]:
    """Return every confirmed value of a report by what was measured, the earliest first."""
    found: dict[str, dict[tuple[str, str], Fact]] = {}
    for fact in replay(await record.memory.events()):
        if fact.subject == subject and fact.kind in _MEASURED and fact.extractor == _BY and fact.confirmed and fact.holds:
            found.setdefault(_key(fact), {})[fact.facets.get("since", ""), _result(fact)[0]] = fact
    return [
        Series(key=key, name=_name(key, facts.values(), language), points=[_point(fact) for _, fact in sorted(facts.items())])
        for key, facts in found.items()
    ]


def _fact(value: ConfirmedValue, given: ReportConfirmed, subject: str, language: str, at: str) -> Fact:
    name, result, unit = clean(value.name), clean(value.result), clean(value.unit)
    known = analyte_of(name)
    kind: Kind = known.kind if known else "lab"
    number = number_of(result)
    if kind in ("height", "weight") and (number is None or unit.lower() not in ("cm", "厘米", "kg", "公斤", "千克")):
        kind = "vital"
    called = known.name(language_of(name, language)) if known else name
    shown = f"{result} {unit}".strip()
    mark, _ = mark_of(result, value.reference)
    about = _SEMICOLON.join(filter(None, (clean(value.reference), given.date.isoformat())))
    return Fact(
        subject=subject,
        kind=kind,
        value=f"{shown if kind in ('height', 'weight') else f'{called} {shown}'} ({about})",
        words=name,
        facets={"since": given.date.isoformat(), "result": value.mark if mark == "unknown" else mark},
        amount=number,
        references=(f"measure:{key_of(name)}",),
        quote=clean(value.line) or f"{name} {shown}",
        turn=sha256(f"{given.file}|{given.date}".encode()).hexdigest()[:16],
        at=at,
        speaker="document",
        extractor=_BY,
        confirmed=True,
    )


def _key(fact: Fact) -> str:
    return fact.references[0].removeprefix("measure:") if fact.references else fact.words


def _name(key: str, facts: Iterable[Fact], language: str) -> str:
    known = analyte(key)
    return known.name(language) if known else next(iter(facts)).words


def _result(fact: Fact) -> tuple[str, str]:
    """Return result with unit, and reference: the value without its name and date. What was edited by hand is taken as it stands."""
    match = _ABOUT.match(fact.value)
    shown, reference = (match["shown"], match["reference"] or "") if match else (fact.value, "")
    known = analyte_of(fact.words)
    names = [fact.words, *([known.zh, known.en] if known else [])]
    return next((shown.removeprefix(name).strip() for name in names if shown.startswith(f"{name} ")), shown), reference


def _point(fact: Fact) -> SeriesPoint:
    shown, reference = _result(fact)
    result, _, unit = shown.partition(" ")
    bounds = bounds_of(reference)
    return SeriesPoint(
        date=fact.facets.get("since", fact.at[:10]),
        result=result,
        number=number_of(result),
        unit=unit,
        reference=reference,
        low=bounds.low if bounds else None,
        high=bounds.high if bounds else None,
        mark=cast(Mark, fact.facets.get("result", "unknown")),
    )
