"""Bodies of requests, read whole within bounds before anything looks into them."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from starlette.types import Message, Receive

from agent.server.errors import ApiError

# A string is taken whole, a closing quote or not, so that nothing is ever looked at twice.
_MARKS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.S)
_AT_ONCE = 65_536


class Refused(ApiError):
    """A request that goes beyond a bound; ``status`` says which kind."""

    def __init__(self, status: int, code: str, **values: Any) -> None:
        super().__init__(code, **values)
        self.status = status


class Departed(Exception):
    """The client went away before it had said everything."""


async def read_body(receive: Receive, most: int, seconds: float) -> bytes:
    """Return the whole body.

    Raises:
        Refused: it is larger than that, or comes too slowly.
        Departed: nobody is there any more.
    """
    pieces, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Departed
                size += len(piece := message.get("body", b""))
                if size > most:
                    raise Refused(413, "body_large")
                pieces.append(piece)
                if not message.get("more_body"):
                    return b"".join(pieces)
    except TimeoutError as error:
        raise Refused(408, "body_late") from error


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return what hands out a body that was read, and then whatever else comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def counted(receive: Receive, most: int, seconds: float) -> Receive:
    """Return what hands out a body piece by piece and refuses to go beyond its bounds."""
    left = most
    until = asyncio.get_running_loop().time() + seconds
    done = False

    async def piece() -> Message:
        nonlocal left, done
        if done:  # only whether the client is still there is asked now
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError as error:
            raise Refused(408, "body_late") from error
        left -= len(message.get("body", b""))
        if left < 0:
            raise Refused(413, "body_large")
        done = not message.get("more_body")
        return message

    return piece


async def check_depth(body: bytes, most: int) -> None:
    """Refuse JSON that is nested too deeply, without parsing it.

    Raises:
        Refused: it is.
    """
    if body.count(b"[") + body.count(b"{") <= most:
        return
    deep = too_deep(body, most) if len(body) <= _AT_ONCE else await asyncio.to_thread(too_deep, body, most)
    if deep:
        raise Refused(400, "json_deep", most=most)


def too_deep(body: bytes, most: int) -> bool:
    """Tell whether brackets are nested deeper than that; brackets in strings do not count."""
    depth = 0
    for match in _MARKS.finditer(body):
        mark = body[match.start()]
        if mark in b"[{":
            depth += 1
            if depth > most:
                return True
        elif mark in b"]}":
            depth -= 1
    return False
