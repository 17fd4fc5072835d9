"""``/v1/reports``: a check-up or laboratory report is read, shown, and kept only as far as the patient confirms it."""

from __future__ import annotations

import asyncio
from pathlib import Path as File
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import StringConstraints

from agent.remembered import describe_fact, subject_named
from agent.reports.keeping import keep, series
from agent.reports.reading import ENDINGS, LIMITS, read_file, read_report
from agent.server.deps import Reader, consult, needs
from agent.server.errors import responses
from agent.server.identity import Principal
from agent.server.routes.knowledge import NotSupported, TooLarge
from agent.wire.record import FactItem
from agent.wire.reports import ReportConfirmed, ReportRead, Series
from retrieval.errors import DocumentError

router = APIRouter(prefix="/v1/reports", tags=["reports"])
Owner = Annotated[Principal, Depends(needs("memory"))]
FileName = Annotated[str, StringConstraints(min_length=3, max_length=200, pattern=r"^[^/\\\x00-\x1f\x7f.][^/\\\x00-\x1f\x7f]*$")]
_BINARY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.post("", responses=responses(413, 415), openapi_extra=_BINARY)
async def read_a_report(
    request: Request,
    who: Owner,
    language: Reader,
    file: Annotated[FileName, Query(description="its name, with its ending: PDF with text, DOCX, XLSX, CSV", examples=["血常规.pdf"])],
) -> ReportRead:
    """Read the values of a report, its bytes as the body. Nothing is kept: neither the file nor what was read."""
    ending = File(file).suffix.lower()
    if ending not in ENDINGS:
        raise NotSupported("report_kind", path=file)
    with TemporaryDirectory(prefix="shensi-") as folder:
        path = File(folder, f"report{ending}")
        await _receive(request, path, file)
        try:
            lines = await asyncio.to_thread(read_file, path)
        except DocumentError as error:
            raise DocumentError(error.code, **error.values | {"path": file}) from error
    return await asyncio.to_thread(read_report, lines, file, language)


@router.post("/confirm", responses=responses())
async def confirm_report(given: ReportConfirmed, request: Request, who: Owner, language: Reader) -> list[FactItem]:
    """Remember what the patient has confirmed, as said by a document."""
    kept = await keep(consult(request, who).record, given, subject_named(given.person, language), language)
    return [FactItem(**fact.model_dump(), text=describe_fact(fact, language)) for fact in kept]


@router.get("/series", responses=responses())
async def report_series(
    request: Request, who: Owner, language: Reader, person: Annotated[str, Query(max_length=64, examples=["self"])] = "self"
) -> list[Series]:
    """Return the confirmed values of all reports, by what was measured, the earliest first."""
    return await series(consult(request, who).record, subject_named(person, language), language)


async def _receive(request: Request, path: File, name: str) -> None:
    """Write the body of a request into a file.

    Raises:
        TooLarge: nothing of it is kept.
    """
    size = 0
    with path.open("wb") as file:
        async for piece in request.stream():
            size += len(piece)
            if size > LIMITS.file_mb * 1_000_000:
                raise TooLarge("document_large", path=name, size=f"> {LIMITS.file_mb}", limit=LIMITS.file_mb)
            await asyncio.to_thread(file.write, piece)
