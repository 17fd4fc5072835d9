"""What routes ask for: who asks and whether they may, the service as it is for them, and the running turns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, Path, Request

from agent.server.errors import Forbidden
from agent.server.identity import Principal, authenticate
from agent.server.people import narrowed, user_of
from agent.server.reader import reader_language
from agent.server.runs import Runs
from agent.server.uploads import Uploads
from agent.service import ConsultService
from configs.locales import Language
from configs.settings import Settings

Check = Callable[[Request], Awaitable[Principal]]


def needs(scope: str | None) -> Check:
    """Return the dependency of a route that asks for a scope, or for nothing but an identity with ``None``.

    Raises:
        Unauthorized: nobody has proved who they are (401).
        Forbidden: they have not this scope (403).
    """

    async def principal(request: Request) -> Principal:
        who = await identity(request)
        if scope is not None and scope not in who.scopes:
            raise Forbidden("forbidden", scope=scope)
        return who

    return principal


async def identity(request: Request) -> Principal:
    """Return who asks; middleware that has found it out already leaves it in ``request.state.principal``."""
    known = getattr(request.state, "principal", None)
    if known is None:
        known = request.state.principal = await authenticate(request)
    return cast(Principal, known)


def service_of(request: Request) -> ConsultService:
    """Return the service, as opened for the profile's own owner."""
    return cast(ConsultService, request.app.state.service)


def settings_of(request: Request) -> Settings:
    """Return the profile."""
    return cast(Settings, request.app.state.settings)


def runs_of(request: Request) -> Runs:
    """Return the running turns."""
    return cast(Runs, request.app.state.runs)


def uploads_of(request: Request) -> Uploads:
    """Return the uploaded files."""
    return cast(Uploads, request.app.state.uploads)


def consult(request: Request, principal: Principal) -> ConsultService:
    """Return the service as it is for whoever asks, or for whom of their people they name: their threads, their record."""
    service = service_of(request)
    who = narrowed(principal, user_of(request), service.stores.names)
    return service.of(who.owner, who.tenant)


def language(request: Request) -> Language:
    """Return the reader's language by ``Accept-Language``; Chinese where it names none of ours."""
    return reader_language(request)


ThreadId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$", examples=["5f2b8c0d9e3a4b17"])]
TurnId = Annotated[str, Path(max_length=16, pattern=r"^[0-9a-f]+$", examples=["9c1d5a7e02b46f38"])]
Chat = Annotated[Principal, Depends(needs("chat"))]
Reader = Annotated[Language, Depends(language)]
