"""What is known of whoever reads the answer before anything of the request was parsed: their language, and the number of the request."""

from __future__ import annotations

import re
import secrets
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from configs.locales import Language

_OURS = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
_TAG = re.compile(r"^\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*$")


def reader_language(request: HTTPConnection, said: Any = None) -> Language:
    """Return the language of messages for the reader: ``Accept-Language``, else what the body's ``language`` said, else Chinese."""
    return accepted_language(request.headers.get("accept-language", "")) or ("en" if said == "en" else "zh")


def accepted_language(header: str) -> Language | None:
    """Return which of our languages a header prefers; ``None`` where it names none of them."""
    best: tuple[float, Language] | None = None
    for tag in header[:400].split(","):
        match = _TAG.match(tag)
        language = match[1].lower() if match else ""
        weight = float(match[2] or 1) if match else 0.0
        if language in ("zh", "en") and weight > (best[0] if best else 0.0):
            best = (weight, "zh" if language == "zh" else "en")
    return best[1] if best else None


def request_id(scope: Scope) -> str:
    """Return the number under which a request is found in the logs."""
    return str(scope.get("state", {}).get("request_id", ""))


class RequestIds:
    """Gives every request a number, the gateway's where it sends one, and says it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        number = given if _OURS.match(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = number

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = number
            await send(message)

        await self._app(scope, receive, numbered)
