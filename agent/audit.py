"""The checks for scripts: JSON lines on standard input, one JSON line each on standard output. No model, no network."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TextIO, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import BadLine
from configs.locales import text
from configs.settings import ConsultSettings
from graphs.second_look import SecondLook
from memory.extract import extract
from memory.facts import profile_of
from tools.checks import check
from tools.departments import departments_for
from tools.persons import Person, egfr_in
from tools.profile import PatientProfile
from tools.tables import Tables
from tools.text import clean, fold, language_of
from tools.triage import Triage, emergency_of, triage

_MAX_CHARS = 100_000


class Line(BaseModel):
    """What every line of input may say."""

    model_config = ConfigDict(extra="ignore")

    id: str | int | None = None
    lang: str | None = Field(None, pattern="^(zh|en)$")


Shape = TypeVar("Shape", bound=Line)


class Record(Line):
    """One line to check or to triage."""

    text: str = Field(max_length=_MAX_CHARS)
    profile: Person = Field(default_factory=Person)

    @property
    def language(self) -> str:
        """The language of the findings."""
        return self.lang or language_of(self.text)


def check_lines(lines: Iterable[str], tables: Tables, language: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the findings of each record, in ``language`` where a line asks for none."""
    for record in records(lines, Record, language):
        if isinstance(record, dict):
            yield record
            continue
        said = clean(record.text)
        found = check(person_of(record, tables), said, tables, record.language)
        keep = {"kind", "severity", "drug", "with_", "reason", "action", "source", "rule", "span"}
        yield {"id": record.id, "findings": [finding.model_dump(mode="json", by_alias=True, include=keep) for finding in found]}


def triage_lines(
    lines: Iterable[str], tables: Tables, second_look: SecondLook | None = None, *, language: str | None = None, batch: int = 64
) -> Iterator[dict[str, Any]]:
    """Yield level, red flag, rules, advice and department of each record, in ``language`` where a line asks for none."""
    held: list[Record | dict[str, Any]] = []
    for record in records(lines, Record, language):
        held.append(record)
        if len(held) >= batch:
            yield from _triaged(held, tables, second_look)
            held = []
    yield from _triaged(held, tables, second_look)


def _triaged(held: list[Record | dict[str, Any]], tables: Tables, second_look: SecondLook | None) -> Iterator[dict[str, Any]]:
    ready = triaged([record for record in held if isinstance(record, Record)], tables, second_look, ConsultSettings().region)
    for record in held:
        yield record if isinstance(record, dict) else next(ready)


def triaged(given: Sequence[Record], tables: Tables, second_look: SecondLook | None, region: str) -> Iterator[dict[str, Any]]:
    """Yield the triage of each record, with the emergency numbers of a region."""
    said = [clean(record.text) for record in given]
    people = [person_of(record, tables) for record in given]
    results = [triage(words, tables, person) for words, person in zip(said, people, strict=True)]
    if second_look:
        results = second_look(said, results)
    for record, words, person, result in zip(given, said, people, results, strict=True):
        yield _triage_line(record, words, person, result, tables, region)


def _triage_line(record: Record, words: str, person: PatientProfile, result: Triage, tables: Tables, region: str) -> dict[str, Any]:
    language = record.language
    emergency = emergency_of(result, tables)
    if emergency:
        department = emergency.department
        advice = emergency.advice.in_(language)
        line = tables.hotlines.get((region, emergency.call))
        if line and result.level == "emergency":
            advice = text(language, "emergency.call_ambulance", number=line.number, name=line.name.in_(language)) + " " + advice
    else:
        department = result.selfcare.department if result.selfcare else departments_for(words, tables, person)[0].id
        advice = (
            f"{result.selfcare.advice.in_(language)} {result.selfcare.see_doctor.in_(language)}"
            if result.selfcare
            else text(language, f"tools.level_{result.level}")
        )
    if tables.problems:
        advice = f"{text(language, 'triage.unverified')} {advice}"
    return {
        "id": record.id,
        "level": result.level,
        "red_flag": bool(result.red_flags),
        "cn_level": result.cn_level,
        "rules": [flag.id for flag in result.red_flags],
        "emergency": emergency.name.in_(language) if emergency else "",
        "advice": advice,
        "department": tables.departments[department].name.in_(language) if department in tables.departments else department,
    }


def person_of(record: Record, tables: Tables) -> PatientProfile:
    """Return the person of a record: what the record says, and what the text itself says about them."""
    given = record.profile.profile(tables)
    facts, subject = extract(clean(record.text), tables)
    told = profile_of(facts, subject)
    return replace(
        given,
        allergies=(*given.allergies, *told.allergies),
        intolerances=told.intolerances,
        medications=(*given.medications, *(replace(known, now=True) for known in told.medications)),
        conditions=(*given.conditions, *told.conditions),
        age_months=given.age_months if given.age_months is not None else told.age_months,
        sex=given.sex or told.sex,
        pregnant=given.pregnant if given.pregnant is not None else told.pregnant,
        pregnancy_weeks=given.pregnancy_weeks if given.pregnancy_weeks is not None else told.pregnancy_weeks,
        lactating=given.lactating if given.lactating is not None else told.lactating,
        weight_kg=given.weight_kg or told.weight_kg,
        egfr=given.egfr if given.egfr is not None else egfr_in(fold(clean(record.text))),
    )


def records(lines: Iterable[str], shape: type[Shape], language: str | None = None) -> Iterator[Shape | dict[str, Any]]:
    """Yield records; a line that is none becomes an ``error`` and stops nothing."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = shape.model_validate_json(line)
            yield record if record.lang else record.model_copy(update={"lang": language})
        except ValidationError as error:
            first = error.errors()[0]
            reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}".lstrip(": ")
            yield {"id": _id_of(line), "error": BadLine("line_invalid", line=number, reason=reason).message(_language_of(line, language))}


def _id_of(line: str) -> Any:
    try:
        given = json.loads(line)
    except ValueError:
        return None
    return given.get("id") if isinstance(given, dict) else None


def _language_of(line: str, default: str | None) -> str:
    """Return the language that a line which is no record asks for, or else ``default``, or else the one it is written in."""
    try:
        given = json.loads(line)
    except ValueError:
        return default or language_of(line, "en")
    if isinstance(given, dict) and given.get("lang") in ("zh", "en"):
        return str(given["lang"])
    return default or language_of(str(given.get("text", "")) if isinstance(given, dict) else line, "en")


def run(results: Iterable[dict[str, Any]], out: TextIO = sys.stdout) -> int:
    """Write results as JSON lines.

    Returns:
        0, or 1 when a line could not be read.
    """
    failed = False
    for result in results:
        failed |= "error" in result
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
    out.flush()
    return 1 if failed else 0
