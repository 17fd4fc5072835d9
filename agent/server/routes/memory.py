"""``/v1/memory``: what is remembered about a person and their family, to be seen, corrected, confirmed, taken back, taken along, erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from agent.errors import UnknownItem
from agent.record import RecordService
from agent.remembered import describe_event, describe_fact, describe_subject, subject_named
from agent.server.deps import Reader, consult, needs, runs_of, uploads_of
from agent.server.errors import NotFound, Unprocessable, responses
from agent.server.identity import Principal
from agent.wire.record import ContradictionItem, ErasedItem, FactEdit, FactItem, HistoryItem, Imported, PersonItem
from memory.events import Event
from memory.facts import Fact
from memory.transfer import ExportedRecord, about

router = APIRouter(prefix="/v1/memory", tags=["memory"])
Owner = Annotated[Principal, Depends(needs("memory"))]
FactId = Annotated[str, Path(max_length=64, description="the id of a fact", examples=["850633c77bb2"])]
PersonAsked = Annotated[str, Query(max_length=64, description="self, mother, 女儿 …; empty: everybody", examples=["self"])]


@router.get("/people", responses=responses())
async def people(request: Request, who: Owner, language: Reader) -> list[PersonItem]:
    """Return the people of whom something is known, the owner first."""
    return [
        PersonItem(person=one.subject, label=describe_subject(one.subject, language), **one.model_dump(exclude={"subject"}))
        for one in await _record(request, who).family()
    ]


@router.get("/facts", responses=responses())
async def facts(request: Request, who: Owner, language: Reader, person: PersonAsked = "") -> list[FactItem]:
    """Return what holds, in the order in which it was said."""
    return [_item(fact, language) for fact in await _record(request, who).facts(_subject(person, language))]


@router.get("/waiting", responses=responses())
async def waiting(request: Request, who: Owner, language: Reader, person: PersonAsked = "") -> list[FactItem]:
    """Return what was said and holds only once it is confirmed."""
    subject = _subject(person, language)
    return [_item(fact, language) for fact in await _record(request, who).waiting() if subject in (None, fact.subject)]


@router.get("/contradictions", responses=responses())
async def contradictions(request: Request, who: Owner, language: Reader, person: PersonAsked = "") -> list[ContradictionItem]:
    """Return what was said against what holds; the safer reading counts until the person settles it."""
    subject = _subject(person, language)
    return [
        ContradictionItem(held=_item(clash.held, language), said=_item(clash.said, language))
        for clash in await _record(request, who).contradictions()
        if subject in (None, clash.held.subject)
    ]


@router.get("/history", responses=responses())
async def history(request: Request, who: Owner, language: Reader, person: PersonAsked = "") -> list[HistoryItem]:
    """Return everything that ever happened to the record, oldest first, what was forgotten and taken back included."""
    events = await _record(request, who).memory.events()
    subject = _subject(person, language)
    return [_happened(event, language) for event in (events if subject is None else about(subject, events))]


@router.get("/facts/{fact}/history", responses=responses(404))
async def fact_history(request: Request, who: Owner, language: Reader, fact: FactId) -> list[HistoryItem]:
    """Return everything that happened to one fact, oldest first."""
    record = _record(request, who)
    return [_happened(event, language) for event in await record.history((await _find(record, fact)).id)]


@router.patch("/facts/{fact}", responses=responses(404))
async def edit_fact(given: FactEdit, request: Request, who: Owner, language: Reader, fact: FactId) -> FactItem:
    """Correct a fact by hand; what was there stays in its history."""
    record = _record(request, who)
    await _find(record, fact)
    if given == FactEdit():
        raise Unprocessable("edit_nothing")
    edited = await record.edit(fact, value=given.value, status=given.status, detail=given.detail)
    return _item(await record.find(edited.id), language)


@router.post("/facts/{fact}/confirm", responses=responses(404))
async def confirm_fact(request: Request, who: Owner, language: Reader, fact: FactId) -> FactItem:
    """Confirm a statement that waits, or a fact that holds."""
    try:
        return _item(await _record(request, who).confirm(fact), language)
    except UnknownItem as error:
        raise NotFound("fact_missing") from error


@router.delete("/facts/{fact}", responses=responses(404))
async def forget_fact(request: Request, who: Owner, language: Reader, fact: FactId) -> FactItem:
    """Let a fact hold no longer; its history stays until the person is erased."""
    record = _record(request, who)
    await _find(record, fact)
    return _item(await record.forget(fact), language)


@router.post("/undo", responses=responses(404))
async def undo(request: Request, who: Owner, language: Reader) -> list[HistoryItem]:
    """Take back the last thing that happened to the record, a whole turn at once, and return what that was."""
    return [_happened(event, language) for event in await _record(request, who).undo()]


@router.get("/export", responses=responses())
async def export_record(request: Request, response: Response, who: Owner, language: Reader, person: PersonAsked = "") -> ExportedRecord:
    """Return everything that is kept about a person, or about everybody, as one document that can be imported again."""
    response.headers["content-disposition"] = 'attachment; filename="shensi-record.json"'
    return await _record(request, who).export(_subject(person, language) or "")


@router.post("/import", responses=responses())
async def import_record(given: ExportedRecord, request: Request, who: Owner) -> Imported:
    """Take an exported document back in; what is there already stays as it is."""
    taken = await _record(request, who).take_in(given)
    return Imported(events=len(taken.events), turns=sum(map(len, taken.threads.values())), threads=len(taken.threads))


@router.delete("/people/{person}", responses=responses())
async def erase_person(request: Request, who: Owner, language: Reader, person: Annotated[str, Path(max_length=64)]) -> ErasedItem:
    """Delete for good everything about one person of the family: facts, their history, turns about them, and what was summarised."""
    async with _still(request, who) as record:
        gone = await record.erase(subject_named(person, language))
    return ErasedItem(**gone.model_dump())


@router.delete("", responses=responses())
async def erase_everything(
    request: Request, who: Owner, everything: Annotated[bool, Query(description="must be true: this cannot be undone")] = False
) -> ErasedItem:
    """Delete for good everything that is kept of whoever asks: every record, every thread, every file that they have uploaded."""
    if not everything:
        raise Unprocessable("erase_unsure")
    service = consult(request, who)
    async with _still(request, who) as record:
        await uploads_of(request).forget(service.context.tenant, service.context.owner)
        gone = await record.erase_all()
    return ErasedItem(**gone.model_dump())


def _record(request: Request, who: Principal) -> RecordService:
    return consult(request, who).record


@asynccontextmanager
async def _still(request: Request, who: Principal) -> AsyncIterator[RecordService]:
    """Yield the record while nothing is being answered: a turn that ends later would write down again what is erased."""
    service = consult(request, who)
    async with AsyncExitStack() as stack:
        for thread in await service.record.threads.all():
            await stack.enter_async_context(runs_of(request).stopped(service, thread))
        yield service.record


def _subject(person: str, language: str) -> str | None:
    return subject_named(person, language) if person.strip() else None


async def _find(record: RecordService, fact: str) -> Fact:
    try:
        return await record.find(fact)
    except UnknownItem as error:
        raise NotFound("fact_missing") from error


def _item(fact: Fact, language: str) -> FactItem:
    values: dict[str, Any] = fact.model_dump()
    return FactItem(**values, text=describe_fact(fact, language))


def _happened(event: Event, language: str) -> HistoryItem:
    told = event.model_dump(include={"id", "type", "at", "by", "target"})
    fact = _item(event.fact, language) if event.fact else None
    return HistoryItem(**told, subject=event.subject, fact=fact, text=describe_event(event, language))
