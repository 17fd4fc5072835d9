"""Server-sent events: ``event:``, ``id:``, ``data:``, and a comment now and then that keeps proxies from closing a quiet stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

T = TypeVar("T")
HEARTBEAT = b": \n\n"
_HEADERS = {"cache-control": "no-cache, no-transform", "x-accel-buffering": "no"}


def frame(event: str, data: str, event_id: str = "") -> bytes:
    """Return one event as bytes; ``data`` is JSON and holds no line break."""
    number = f"id: {event_id}\n" if event_id else ""
    return f"event: {event}\n{number}data: {data}\n\n".encode()


class EventStream(Response):
    """Sends frames as they come, and notices at once when the client has gone, not only at the next frame."""

    media_type = "text/event-stream"

    def __init__(self, frames: AsyncIterator[bytes], closing: Callable[[], None]) -> None:
        """Take the frames.

        Args:
            frames: what is sent; its iterator says a ``HEARTBEAT`` when it has been quiet for long.
            closing: called once the stream is over, however it ended.
        """
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._frames, self._closing = frames, closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream until its end or until the client is gone."""
        try:
            await until_gone(receive, self._send(send))
        finally:
            self._closing()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for chunk in self._frames:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def until_gone(receive: Receive, work: Coroutine[Any, Any, T]) -> T | None:
    """Do some work unless the client goes away first; then the work is stopped, and ``None`` is the answer."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait([working, leaving], return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    except OSError:  # sent to a client that is gone
        return None
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.wait([working, leaving])


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
