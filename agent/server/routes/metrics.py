"""What is counted, for Prometheus."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from agent.server.deps import needs
from agent.server.errors import NotFound, responses
from agent.server.identity import Principal

router = APIRouter(tags=["health"])
_TEXT = "text/plain; version=1.0.0; charset=utf-8"


@router.get(
    "/metrics",
    response_class=Response,
    responses={**responses(404), 200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text"}},
)
async def metrics(request: Request, who: Annotated[Principal, Depends(needs("admin"))]) -> Response:
    """Return the metrics."""
    if not request.app.state.settings.server.telemetry.metrics:
        raise NotFound("not_found")
    return Response(request.app.state.metrics.text(), media_type=_TEXT)
