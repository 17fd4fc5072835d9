"""The two outer layers of the service: nothing unexpected gets out as it is, and without authentication nobody else gets in."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.server.carrying import where
from agent.server.errors import error_answer
from agent.server.logs import ClientGone
from agent.server.reader import reader_language, request_id
from configs.guards import LOCAL
from configs.locales import text

log = logging.getLogger(__name__)


class Guard:
    """Answers what nobody expected with a plain sentence; the log gets its kind and place, and no word of a patient."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            try:
                await send(message)
            except (OSError, RuntimeError) as failure:
                if is_of_the_connection(failure):
                    raise ClientGone from failure
                raise

        try:
            await self._app(scope, receive, watched)
        except (ClientGone, ClientDisconnect):
            log.info("request %s: its client went while it was answered", request_id(scope))
            raise
        except Exception as failure:
            log.error("request %s failed: %s", request_id(scope), where(failure))
            if begun:
                raise ConnectionAbortedError("an answer broke off") from None
            language = reader_language(HTTPConnection(scope))
            answer = error_answer(500, "internal", text(language, "errors.internal"), request_id(scope))
            await answer(scope, receive, send)


def is_of_the_connection(failure: Exception) -> bool:
    """Tell whether sending failed because nobody is there any more; the fast loop has no type of its own for a transport just closed."""
    return isinstance(failure, OSError) or where(failure).split(" in ")[-1].startswith("uvloop.loop.UVHandle")


class LocalOnly:
    """Where nobody has to prove who they are: only programs of this machine, and no page of a website that a browser here has open.

    Such a page reaches a local address by a name of its own (DNS rebinding) or across sites; both show in ``Host`` and ``Origin``.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not _local(scope):
            language = reader_language(HTTPConnection(scope))
            answer = error_answer(403, "local_only", text(language, "errors.local_only"), request_id(scope))
            return await answer(scope, receive, send)
        await self._app(scope, receive, send)


def _local(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    client = scope.get("client")
    named = [f"//{headers.get('host', '')}", *headers.getlist("origin")]
    return (client is None or client[0] in LOCAL) and all(_host(name) in LOCAL for name in named)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""
