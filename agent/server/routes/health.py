"""Whether the process lives, and whether it can work."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response

from agent.schema import Wire
from agent.server.deps import Reader, runs_of, service_of, settings_of
from agent.server.readiness import Part, parts_of

router = APIRouter(tags=["health"])


class Alive(Wire):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(Wire):
    """Whether every part that is needed works, and how each of them stands."""

    status: Literal["ready", "not_ready"]
    parts: list[Part]


@router.get("/livez")
async def livez() -> Alive:
    """Say that the process answers."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready}})
async def readyz(request: Request, response: Response, reader: Reader) -> Ready:
    """Say whether requests can be served, and which part keeps it from that."""
    parts = await parts_of(service_of(request), settings_of(request), runs_of(request), reader)
    bad = any(part.state == "failed" for part in parts)
    response.status_code = 503 if bad else 200
    return Ready(status="not_ready" if bad else "ready", parts=parts)
