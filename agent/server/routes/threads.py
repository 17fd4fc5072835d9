"""Threads: create, list, read, rename, delete, export."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from agent.server import conversation
from agent.server.deps import Chat, Reader, ThreadId, consult, runs_of, uploads_of
from agent.server.errors import responses
from agent.wire.threads import ExportedThread, NewThread, Rename, Thread, ThreadInfo, ThreadPage

router = APIRouter(prefix="/v1/threads", tags=["threads"])


@router.post("", status_code=201, responses=responses())
async def create_thread(request: Request, who: Chat, body: NewThread | None = None) -> ThreadInfo:
    """Make a thread."""
    return await conversation.create(consult(request, who), body.title if body else None)


@router.get("", responses=responses())
async def list_threads(
    request: Request,
    who: Chat,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=120, description="`next` of the page before")] = None,
) -> ThreadPage:
    """List your threads, the last used first."""
    return await conversation.page(consult(request, who), limit, after)


@router.get("/{thread}", responses=responses(404))
async def get_thread(request: Request, who: Chat, thread: ThreadId) -> Thread:
    """Read a thread: its messages with their citations, and the turn that has no end yet."""
    return await conversation.read(consult(request, who), thread)


@router.patch("/{thread}", responses=responses(404))
async def rename_thread(request: Request, who: Chat, thread: ThreadId, body: Rename) -> ThreadInfo:
    """Give a thread another name."""
    return await conversation.rename(consult(request, who), thread, body.title)


@router.delete("/{thread}", status_code=204, responses=responses(404))
async def delete_thread(request: Request, who: Chat, thread: ThreadId) -> Response:
    """Delete a thread for good: replies, checkpoints, uploads, every link to it in the record. What you told about yourself stays."""
    await conversation.delete(consult(request, who), runs_of(request), uploads_of(request), thread)
    return Response(status_code=204)


@router.get(
    "/{thread}/export",
    response_model=ExportedThread,
    responses={**responses(404), 200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
async def export_thread(
    request: Request, who: Chat, thread: ThreadId, reader: Reader, format: Annotated[Literal["json", "markdown"], Query()] = "json"
) -> ExportedThread | Response:
    """Take a thread along, as JSON or as a page of Markdown; both say that the answers were written by a machine."""
    exported = await conversation.export(consult(request, who), thread, reader)
    if format == "json":
        return exported
    return Response(conversation.markdown(exported, reader), media_type="text/markdown; charset=utf-8")
