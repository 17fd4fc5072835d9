"""uvicorn's HTTP protocol with patience that ends: for heads that do not come, and for answers that nobody reads.

The parser itself bounds neither the size of a head nor the time it may take, and a connection that is closed waits for its reader for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from configs.guards import LimitSettings

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_OWN_FILES = 256
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class PatientProtocol(HttpToolsProtocol):
    """One connection."""

    limits = LimitSettings()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        super().connection_made(transport)
        self._head_bytes = 0
        self._in_head = True
        self._stalled: asyncio.TimerHandle | None = None
        self._heading: asyncio.TimerHandle | None = self.loop.call_later(self.limits.header_s, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting for anything."""
        self._stop_heading()
        self._stop_stalled()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head grows too large."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > 2 * self.limits.header_bytes and not self.transport.is_closing():
            self._close(_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = True
        if self._heading is None:
            self._heading = self.loop.call_later(self.limits.header_s, self._head_is_late)

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._in_head, self._head_bytes = False, 0
        self._stop_heading()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """The client does not keep up with the answer."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self.limits.send_s, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        self._stop_stalled()

    def timeout_keep_alive_handler(self) -> None:
        """Close, and do not wait for ever until the last answer was read."""
        super().timeout_keep_alive_handler()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self.limits.send_s, self.transport.abort)

    def _head_is_late(self) -> None:
        self._heading = None
        if not self.transport.is_closing():
            self._close(_TOO_LATE)

    def _close(self, answer: bytes) -> None:
        self._stop_heading()
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(answer)
        self.transport.close()

    def _stop_heading(self) -> None:
        if self._heading is not None:
            self._heading.cancel()
            self._heading = None

    def _stop_stalled(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


def protocol(limits: LimitSettings) -> type[Any]:
    """Return the protocol with the bounds of a profile, for ``uvicorn.Config(http=…)``."""
    return type("Protocol", (PatientProtocol,), {"limits": limits})


def make_room(connections: int) -> None:
    """Let the process hold so many connections open, as far as the system lets it: the usual limit of 1024 files is soon used up."""
    try:
        import resource
    except ImportError:  # no such limit here
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(hard, wanted), hard))
