"""The service behind the protocol that ``serve`` uses, on loopback, in a thread of its own; ``agent.server.beside`` runs it without."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from agent.server.app import create_app
from agent.server.protocol import protocol
from configs.settings import Settings


class Serving(uvicorn.Server):
    """Says when it listens, and where."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        limits = settings.server.limits
        super().__init__(
            uvicorn.Config(self.app, port=0, http=protocol(limits), log_config=None, access_log=False, lifespan="on", ws="none")
        )
        self.listening = threading.Event()
        self.failed: BaseException | None = None
        self.thread = threading.Thread(target=self._run)

    @property
    def port(self) -> int:
        return int(self.servers[0].sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    def _run(self) -> None:
        try:
            asyncio.run(self.serve())
        except BaseException as error:
            self.failed = error
        finally:
            self.listening.set()


@contextmanager
def serving(settings: Settings) -> Iterator[Serving]:
    """Serve until the end of the block."""
    server = Serving(settings)
    server.thread.start()
    try:
        assert server.listening.wait(60) and server.started, server.failed
        yield server
    finally:
        server.should_exit = True
        server.thread.join(30)
        assert not server.thread.is_alive()
