"""Every request leaves a line in the log, a count and, where traces are on, a span: its route, never its address, which holds words."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any, cast

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.ledger.ledger import Ledger
from agent.metering import Meter
from agent.server.logs import NUMBER
from agent.server.metrics import Metrics
from agent.server.reader import request_id
from agent.server.telemetry import open_traces
from agent.service import ConsultService
from configs.settings import Settings

log = logging.getLogger(__name__)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Observing:
    """Pure ASGI, just inside of the number of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun, status = time.perf_counter(), 0
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        number = NUMBER.set(request_id(scope))
        traces = getattr(scope["app"].state, "traces", None)
        try:
            with traces.request(method, Headers(scope=scope).get("traceparent", "")) if traces else nullcontext() as span:
                try:
                    await self._app(scope, receive, watched)
                finally:
                    _tell(scope, method, status, time.perf_counter() - begun, span)
        finally:
            NUMBER.reset(number)


def _tell(scope: Scope, method: str, status: int, seconds: float, span: Any) -> None:
    """Tell of a request; a status of 0 means that its client went away before there was an answer."""
    route, principal = getattr(scope.get("route"), "path", "-"), scope.get("state", {}).get("principal")
    told = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4), "key": getattr(principal, "key", "")}
    log.info("request", extra={"told": told})
    if (metrics := getattr(scope["app"].state, "metrics", None)) is not None:
        metrics.request(method, route, status, seconds)
    if span is not None:
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.route": route, "http.response.status_code": status, "shensi.request_id": request_id(scope)})


@asynccontextmanager
async def watching(app: FastAPI) -> AsyncIterator[None]:
    """Let an application whose service is open count and trace what happens in it."""
    settings, service = cast(Settings, app.state.settings), cast(ConsultService, app.state.service)
    ledger, models = cast(Ledger, service.context.ledger), service.context.models
    app.state.metrics = Metrics(app.state.gates, ledger, lambda: models.circuit if models else "")
    provider = getattr(app.state, "tracer_provider", None)
    async with open_traces(settings.server.telemetry, provider) as traces:
        app.state.traces = traces
        meters: list[Meter] = [app.state.metrics, *([traces] if traces else [])]
        service.meters.all.extend(meters)
        try:
            yield
        finally:
            for meter in meters:
                service.meters.all.remove(meter)
