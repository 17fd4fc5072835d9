"""``/v1/tools``: body mass index, drugs, checks, triage and departments, by the tables alone; no model is asked."""

from __future__ import annotations

import asyncio
import math
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request

from agent.audit import Record, person_of, triaged
from agent.server.deps import Reader, needs, service_of
from agent.server.errors import NotFound, Unprocessable, responses
from agent.server.identity import Principal
from agent.server.reader import accepted_language
from agent.service import ConsultService
from agent.wire.tools import (
    BmiBand,
    BmiRequest,
    BmiResult,
    CheckRequest,
    CheckResult,
    DepartmentItem,
    DrugResult,
    TriageRequest,
    TriageResult,
)
from configs.locales import text
from tools.bmi import SOURCE, bands, bmi
from tools.checks import check, known
from tools.departments import departments_for
from tools.drugs import lookup_drug
from tools.errors import UnknownDrug
from tools.findings import Finding, worst_first
from tools.tables import Tables
from tools.text import clean, language_of
from tools.triage_records import Department

router = APIRouter(prefix="/v1/tools", tags=["tools"])
Anyone = Annotated[Principal, Depends(needs(None))]


@router.post("/bmi", responses=responses())
async def calculate_bmi(given: BmiRequest, who: Anyone, language: Reader) -> BmiResult:
    """Calculate the body mass index of an adult, with the Chinese and the WHO bands."""
    found = bmi(given.height_cm, given.weight_kg)
    return BmiResult(
        value=found.value,
        height_cm=found.height_cm,
        weight_kg=found.weight_kg,
        cn_band=found.cn_band,
        who_band=found.who_band,
        bands=[
            BmiBand(standard=cast(Any, standard), name=name, since=since, until=until if math.isfinite(until) else None)
            for standard, name, since, until in bands(language)
        ],
        text=found.sentence(language),
        source=SOURCE,
    )


@router.get("/drugs", responses=responses(404))
async def drug(
    request: Request,
    who: Anyone,
    language: Reader,
    name: Annotated[str, Query(min_length=1, max_length=200, description="generic name, brand or abbreviation", examples=["芬必得"])],
) -> DrugResult:
    """Look a drug up by any of its names; 404 means that it could not be verified, never that it is safe."""
    try:
        card = lookup_drug(clean(name), _tables(request), language)
    except UnknownDrug as error:
        raise NotFound(error.code, **error.values) from error
    about = {part: getattr(card, part) for part in ("id", "name", "other_name", "rx", "use", "caution", "source", "year")}
    joined = (" " if language == "en" else "").join(card.sentences(language))
    return DrugResult(**about, classes=list(card.classes), ingredients=list(card.ingredients), text=joined)


@router.post("/check", responses=responses())
async def check_medicines(given: CheckRequest, request: Request, who: Anyone) -> CheckResult:
    """Check a text or a list of drugs for one person: allergies, interactions, contraindications, duplicates, doses, unknown names."""
    if not clean(given.text) and not any(clean(name) for name in given.drugs):
        raise Unprocessable("nothing_to_check")
    record = _record(request, given)
    found = await asyncio.to_thread(_checked, record, [clean(name) for name in given.drugs], _tables(request))
    return CheckResult(
        findings=found,
        verified=all(finding.severity != "unverified" for finding in found),
        label=text(record.language, "label.disclaimer"),
    )


@router.post("/triage", responses=responses())
async def triage_complaints(given: TriageRequest, request: Request, who: Anyone) -> TriageResult:
    """Tell how urgent complaints are; the learned second look, where one serves, may only raise a level."""
    if not clean(given.text):
        raise Unprocessable("question_empty")
    record, service = _record(request, given), service_of(request)
    line = await asyncio.to_thread(_triaged, record, service)
    line.pop("id")
    return TriageResult(**line, verified=not service.context.tables.problems, label=text(record.language, "label.disclaimer"))


@router.post("/departments", responses=responses())
async def departments(given: TriageRequest, request: Request, who: Anyone) -> list[DepartmentItem]:
    """Return where to go with complaints, the most fitting first; general practice where nothing fits better."""
    if not clean(given.text):
        raise Unprocessable("question_empty")
    record, tables = _record(request, given), _tables(request)

    def found() -> list[Department]:
        return departments_for(clean(record.text), tables, person_of(record, tables), limit=5)

    return [_item(one, record.language) for one in await asyncio.to_thread(found)]


@router.get("/departments", responses=responses())
async def all_departments(request: Request, who: Anyone, language: Reader) -> list[DepartmentItem]:
    """Return all departments."""
    return [_item(one, language) for one in _tables(request).departments.values()]


def _tables(request: Request) -> Tables:
    return service_of(request).context.tables


def _record(request: Request, given: CheckRequest | TriageRequest) -> Record:
    """Return the request as the scripts' checks read it: answered in the language asked for, else in that of the words."""
    said = given.text or " ".join(getattr(given, "drugs", ()))
    language = given.language or accepted_language(request.headers.get("accept-language", "")) or language_of(said)
    return Record(text=given.text, lang=language, profile=given.profile)


def _checked(record: Record, drugs: list[str], tables: Tables) -> list[Finding]:
    person = person_of(record, tables)
    if not drugs:
        return check(person, clean(record.text), tables, record.language)
    found = check(person, drugs, tables, record.language)
    told = {finding.drug for finding in found if finding.kind == "unknown_drug"}
    # Named as a drug, a word that no table knows is one, whatever it looks like in a sentence.
    strange = [one.words for one in known(drugs, tables) if not one.references and not any(word in one.words for word in told)]
    return worst_first([*found, *(_unknown(words, record.language) for words in strange)])


def _unknown(words: str, language: str) -> Finding:
    return Finding(
        kind="unknown_drug",
        severity="unverified",
        rule="drug.unknown",
        drug=words,
        reason=text(language, "findings.unknown_drug", name=words, drug=""),
        action=text(language, "findings.ask_pharmacist"),
    )


def _triaged(record: Record, service: ConsultService) -> dict[str, object]:
    context = service.context
    return next(triaged([record], context.tables, context.second_look, context.settings.region))


def _item(one: Department, language: str) -> DepartmentItem:
    return DepartmentItem(id=one.id, name=one.name.in_(language), note=one.note.in_(language), source=str(one.origin))
