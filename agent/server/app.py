"""The service over HTTP, put together: what it opens, what every request passes, and which paths there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

from agent.server import errors
from agent.server.floors import check_floors
from agent.server.guard import Guard, LocalOnly
from agent.server.limits import Gates, Limits
from agent.server.observing import Observing, watching
from agent.server.openapi import describe
from agent.server.reader import RequestIds
from agent.server.routes import feedback, health, knowledge, memory, messages, metrics, openai_compat, reports, threads, tools
from agent.server.runs import Runs
from agent.service import ConsultService
from configs.settings import Settings

VERSION = "1.0.0"
_ABOUT = """慎思 Shensi: 会自我审核的医学助手。AI 生成，不是诊断，也不是处方。
A medical assistant that audits itself before it answers. AI-generated; not a diagnosis, not a prescription.

Every failure is answered with `{"error": {"code", "message", "request_id", "details"?}}`, in the language of `Accept-Language`."""


def create_app(settings: Settings, *, service: ConsultService | None = None) -> FastAPI:
    """Return the application.

    Args:
        settings: a loaded profile.
        service: one that is open already and stays so; ``None``: it is opened and closed with the application.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        check_floors()
        async with AsyncExitStack() as stack:
            app.state.service = service or await stack.enter_async_context(ConsultService.open(settings))
            await stack.enter_async_context(watching(app))
            app.state.runs = await stack.enter_async_context(Runs.open(app.state.service, settings.server))
            yield

    gates = Gates(settings.server)
    app = FastAPI(
        title="Shensi",
        version=VERSION,
        description=_ABOUT,
        lifespan=lifespan,
        middleware=_middleware(settings, gates),
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings, app.state.gates = settings, gates
    errors.install(app)
    for module in (threads, messages, feedback, memory, knowledge, tools, reports, openai_compat, health, metrics):
        app.include_router(module.router)
    describe(app, settings)
    return app


def _middleware(settings: Settings, gates: Gates) -> list[Middleware]:
    """Return what every request passes, the outermost first."""
    layers = [Middleware(RequestIds), Middleware(Observing), Middleware(Guard)]
    local = [] if settings.server.auth.required else [Middleware(LocalOnly)]
    return [*layers, *local, Middleware(Limits, settings=settings, gates=gates)]
