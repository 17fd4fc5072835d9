"""``/v1/knowledge``: collections, uploads, searches and chunks. A collection is of a tenant; the installation's own are for everybody."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request, Response
from pydantic import StringConstraints

from agent.errors import BadCall
from agent.indexing import check_name
from agent.server.deps import Reader, consult, needs, service_of, settings_of
from agent.server.endings import conversations
from agent.server.errors import ApiError, Forbidden, NotFound, responses
from agent.server.identity import Principal
from agent.server.shelves import Owned
from agent.server.shown import chunk_item, search_answer
from agent.server.uploads import Uploads
from agent.wire.knowledge import ChunkItem, CollectionItem, FileItem, Job, Removed, SearchAnswer, SearchRequest, Tier
from memory.sealed_files import PIECE, SealedWriter
from retrieval.index import BUILT_IN
from retrieval.readers.files import KINDS
from retrieval.records import CollectionSummary
from retrieval.results import IndexStatus
from retrieval.search import Retriever
from retrieval.tenants import bare, is_of, may_see, named

Anyone = Annotated[Principal, Depends(needs(None))]
Writer = Annotated[Principal, Depends(needs("knowledge:write"))]
Collection = Annotated[str, Path(max_length=64, description="letters, digits, Chinese, - and _", examples=["guides"])]
FileName = Annotated[str, StringConstraints(min_length=3, max_length=200, pattern=r"^[^/\\\x00-\x1f\x7f.][^/\\\x00-\x1f\x7f]*$")]
ThreadName = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]
_BINARY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


class TooLarge(ApiError):
    """The file is larger than what is read."""

    status = 413


class NotSupported(ApiError):
    """Files of this kind are not read."""

    status = 415


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the queue of uploads for as long as the service is open."""
    opened = app.state.service
    app.state.uploads = uploads = Uploads(opened.stores, opened.context.retriever, opened.settings.storage.data_dir)
    uploads.start()
    try:
        yield
    finally:
        await uploads.stop()


router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"], lifespan=lifespan)


@router.get("/collections", responses=responses())
async def collections(request: Request, who: Anyone) -> list[CollectionItem]:
    """Return the collections that may be searched."""
    found = await asyncio.to_thread(_retriever(request).collections)
    return [_collection(one, who.tenant) for one in found if may_see(one.name, who.tenant)]


@router.get("/collections/{collection}/files", responses=responses(404))
async def collection_files(request: Request, who: Anyone, collection: Collection) -> list[FileItem]:
    """Return the files of a collection."""
    found: dict[str, int] = {}
    for stored in await _stored(request, who, collection):
        found |= await asyncio.to_thread(_retriever(request).files, stored)
    return [FileItem(name=File(path).name, documents=count) for path, count in found.items()]


@router.put("/collections/{collection}/files/{file}", status_code=202, responses=responses(404, 413, 415), openapi_extra=_BINARY)
async def upload(
    request: Request,
    response: Response,
    who: Writer,
    language: Reader,
    collection: Collection,
    file: Annotated[FileName, Path(description="with its ending, which says of what kind it is", examples=["guide.pdf"])],
    tier: Annotated[Tier, Query(description="of documents that do not name their own")] = "medium",
    thread: Annotated[ThreadName, Query(description="a thread of yours that the file belongs to: deleted with it")] = "",
) -> Job:
    """Upload a file, its bytes as the body; it is taken in by a job. A file of the same name is replaced once this one could be read.

    It is kept encrypted, belongs to you, and goes with everything that is kept of you, or with the thread that you name.
    """
    _check_own(collection)
    service = consult(request, who)
    if thread and await conversations(service).info(thread) is None:
        raise NotFound("thread_missing")
    if File(file).suffix.lower() not in KINDS:
        raise NotSupported("document_kind", path=file)
    uploads = _uploads(request)
    content = uploads.room()
    try:
        with uploads.writer(who.tenant, collection, file, content) as writing:
            await _receive(request, writing, settings_of(request).retrieval.max_file_mb, file)
        owned = Owned(collection=collection, file=file, owner=service.context.owner, thread=thread, job=secrets.token_hex(8))
        job = await uploads.submit(who.tenant, owned, tier, content)
    except BaseException:
        content.unlink(missing_ok=True)
        raise
    response.headers["location"] = f"/v1/knowledge/jobs/{job.id}"
    return job.told(language)


@router.delete("/collections/{collection}/files/{file}", responses=responses(404))
async def remove_file(request: Request, who: Writer, collection: Collection, file: FileName) -> Removed:
    """Take an uploaded file out of the index, and delete it."""
    await _check_removable(request, who, collection)
    return Removed(documents=await _uploads(request).remove(who.tenant, collection, file))


@router.delete("/collections/{collection}", responses=responses(404))
async def remove_collection(request: Request, who: Writer, collection: Collection) -> Removed:
    """Take a whole collection out of the index, and delete its uploaded files."""
    await _check_removable(request, who, collection)
    return Removed(documents=await _uploads(request).remove(who.tenant, collection))


@router.get("/jobs", responses=responses())
async def jobs(request: Request, who: Writer, language: Reader) -> list[Job]:
    """Return what became of the uploads of this tenant, the newest first."""
    return [job.told(language) for job in await _uploads(request).jobs.all(who.tenant)]


@router.get("/jobs/{job}", responses=responses(404))
async def get_job(request: Request, who: Writer, language: Reader, job: Annotated[str, Path(max_length=64)]) -> Job:
    """Return how far an upload is."""
    return (await _uploads(request).job(who.tenant, job)).told(language)


@router.post("/search", responses=responses(404))
async def search(given: SearchRequest, request: Request, who: Anyone, language: Reader) -> SearchAnswer:
    """Search, and tell what each stage made of it."""
    retriever = _retriever(request)
    _check_arm(given.arm, retriever.status(), language)
    names = None
    if given.collections is not None:
        names = [stored for name in given.collections for stored in await _stored(request, who, name)]

    def found() -> SearchAnswer:
        result = retriever.search(given.query, language=given.language, k=given.k, arm=given.arm, collections=names, tenant=who.tenant)
        return search_answer(result)

    return await asyncio.get_running_loop().run_in_executor(retriever.threads, found)


@router.get("/chunks/{chunk:path}", responses=responses(404))
async def get_chunk(request: Request, who: Anyone, chunk: Annotated[str, Path(max_length=400)]) -> ChunkItem:
    """Open what a citation refers to."""
    retriever = _retriever(request)
    found = retriever.chunk(chunk)
    if found is None or not may_see(found.collection, who.tenant):
        raise NotFound("chunk_missing")
    return chunk_item(found, retriever.sections(found))


def _retriever(request: Request) -> Retriever:
    return service_of(request).context.retriever


def _uploads(request: Request) -> Uploads:
    uploads: Uploads = request.app.state.uploads
    return uploads


def _collection(one: CollectionSummary, tenant: str) -> CollectionItem:
    return CollectionItem(
        name=bare(one.name),
        documents=one.documents,
        chunks=one.chunks,
        languages=one.languages,
        changed=datetime.fromtimestamp(one.changed, UTC).isoformat(timespec="seconds") if one.changed else "",
        own=is_of(one.name, tenant) and one.name != BUILT_IN,
    )


async def _stored(request: Request, who: Principal, name: str) -> list[str]:
    """Return what a collection that may be searched is called in the index: the tenant's own, the installation's, or both.

    Raises:
        NotFound: there is none, or it is another tenant's.
    """
    known = {one.name for one in await asyncio.to_thread(_retriever(request).collections)}
    found = [stored for stored in dict.fromkeys((named(name, who.tenant), name)) if stored in known]
    if not found:
        raise NotFound("collection_missing")
    return found


def _check_own(collection: str) -> None:
    check_name(collection)
    if collection == BUILT_IN:
        raise BadCall("collection_built_in", name=BUILT_IN)


async def _check_removable(request: Request, who: Principal, collection: str) -> None:
    """Raise unless it is there and the tenant's own.

    Raises:
        Forbidden: it belongs to the installation.
    """
    _check_own(collection)
    if named(collection, who.tenant) not in await _stored(request, who, collection):
        raise Forbidden("collection_shared", name=collection)


async def _receive(request: Request, writing: SealedWriter, limit_mb: int, name: str) -> None:
    """Write the body of a request into a file, a piece at a time, and stop where it becomes too large.

    Raises:
        TooLarge: nothing of it is kept.
    """
    held, size = bytearray(), 0
    async for piece in request.stream():
        held += piece
        size += len(piece)
        if size > limit_mb * 1_000_000:
            raise TooLarge("document_large", path=name, size=f"> {limit_mb}", limit=limit_mb)
        if len(held) >= PIECE:
            await asyncio.to_thread(writing.write, bytes(held))
            held.clear()
    await asyncio.to_thread(writing.write, bytes(held))


def _check_arm(arm: str, status: IndexStatus, language: str) -> None:
    serves = {"dense": status.embedder, "sparse": status.embedder, "rerank": status.reranker}.get(arm, "yes")
    if not serves:
        reason = status.reranker_reason if arm == "rerank" else status.embedder_reason
        raise BadCall("stage_unavailable", stage=arm, reason=reason.message(language) if reason else "-")
