"""``python -m agent serve``: the service on one address of this machine, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
from collections.abc import Callable
from typing import Any

from agent.errors import BadCall
from agent.server.logs import set_up
from configs.guards import LOCAL
from configs.locales import environment_language, text
from configs.settings import Settings

_STOPPING_S = 10
_IDLE_S = 75
_YOUNG = 10_000
"""Objects made before the collector looks at the youngest."""
_ARENA_MAX, _ARENAS = -8, 2
"""glibc's number of that parameter, and how many heaps serve all threads."""


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    one = commands.add_parser("serve", parents=[common], help="启动 HTTP 服务 / serve over HTTP")
    one.add_argument("--host", default=None, help="监听地址 / address (server.host)")
    one.add_argument("--port", type=int, default=None, help="端口，0 为任意空闲端口 / port, 0 for any free one (server.port)")


async def serve(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Serve until SIGINT or SIGTERM.

    Returns:
        0, or 1 when it could not start.

    Raises:
        BadCall: without authentication on an address that others reach.
    """
    given = {name: value for name in ("host", "port") if (value := getattr(options, name)) is not None}
    settings = settings.model_copy(update={"server": settings.server.model_copy(update=given)})
    check_address(settings)
    set_up(settings.server.telemetry.log_level)
    few_arenas()
    server = make_server(settings, language or environment_language())
    await server.serve()
    return 0 if server.started else 1


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes the event loop of the service: the fast one."""
    import uvloop

    return uvloop.new_event_loop


def leave_alone_what_stays() -> None:
    """Keep the garbage collector away from what lives as long as the process.

    Tables, index and code are hundreds of thousands of objects; every turn makes thousands of others, and for each few hundred of them
    the collector looks around, now and then through everything there is, while all turns wait.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)


def few_arenas() -> bool:
    """Keep the C library from giving each thread a heap of its own, and tell whether it could be told so.

    What a turn needs is taken in one thread and given back in another: with an arena for every thread the memory of a worker went on
    growing under load, without any object more.
    """
    import ctypes

    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS))
    except (OSError, AttributeError):  # another C library
        return False


def check_address(settings: Settings) -> None:
    """Refuse to let anybody in who has not proved who they are, unless they sit at this machine.

    Raises:
        BadCall: that would be so.
    """
    if not settings.server.auth.required and settings.server.host not in LOCAL:
        raise BadCall("open_server", host=settings.server.host)


def make_server(settings: Settings, language: str) -> Any:
    """Return the server of a profile as ``serve`` runs it; it says in this language where it listens."""
    import uvicorn

    from agent.server.app import create_app
    from agent.server.protocol import make_room, protocol

    make_room(settings.server.limits.connections)

    class Server(uvicorn.Server):
        """Says where it listens once it does."""

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if self.started:
                leave_alone_what_stays()
                host, port = self.servers[0].sockets[0].getsockname()[:2]
                address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
                sys.stdout.write(text(language, "serve.listening", address=address) + "\n")
                if not settings.server.auth.required:
                    sys.stdout.write(text(language, "serve.open") + "\n")
                sys.stdout.flush()

    return Server(
        uvicorn.Config(
            create_app(settings),
            http=protocol(settings.server.limits),
            limit_concurrency=settings.server.limits.connections,
            host=settings.server.host,
            port=settings.server.port,
            log_config=None,
            access_log=False,
            proxy_headers=False,  # who asks is found out by proof, never by an address that a header claims
            server_header=False,
            timeout_keep_alive=_IDLE_S,
            timeout_graceful_shutdown=_STOPPING_S,
            lifespan="on",
            ws="none",
        )
    )
