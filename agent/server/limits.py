"""What a request must get past before a route sees it, in this order: its headers, who asks, room, its body, room for a turn, time.

Everything here is decided on bytes and counts. Nothing of a body is read before it is known who sends it, and nothing is parsed before
its size and depth are known.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, field
from typing import Literal, cast

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.server.bodies import Departed, Refused, check_depth, counted, read_body, replayed
from agent.server.errors import ApiError, TooLate, answer_to
from agent.server.gate import Gate, Room, Ticket
from agent.server.identity import authenticate
from agent.server.reader import reader_language, request_id
from configs.errors import ShensiError
from configs.server import ServerSettings
from configs.settings import Settings

log = logging.getLogger(__name__)

Kind = Literal["turn", "upload", "import", "other"]
OPEN = frozenset({"/livez", "/readyz", "/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"})
"""What is told to everybody, and takes no body."""
_KINDS: tuple[tuple[str, re.Pattern[str], Kind], ...] = (
    ("POST", re.compile(r"/v1/threads/[^/]+/(messages|resume)/?"), "turn"),
    ("POST", re.compile(r"/v1/chat/completions/?"), "turn"),
    ("PUT", re.compile(r"/v1/knowledge/collections/[^/]+/files/[^/]+/?"), "upload"),
    ("POST", re.compile(r"/v1/reports/?"), "upload"),
    ("POST", re.compile(r"/v1/memory/import/?"), "import"),
)
_BODY_LESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


class Limits:
    """Pure ASGI, between the number of the request and the routes."""

    def __init__(self, app: ASGIApp, settings: Settings, gates: Gates) -> None:
        self._app = app
        self._limits = settings.server.limits
        self._upload_bytes = settings.retrieval.max_file_mb * 1024 * 1024
        self._gates = gates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        answering = Answering(send)
        try:
            await self._admit(scope, receive, answering)
        except Departed:
            return
        except ShensiError as error:
            if answering.begun:
                raise
            await _refuse(error, scope, receive, send)
        finally:
            answering.give_back()

    async def _admit(self, scope: Scope, receive: Receive, answering: Answering) -> None:
        headers = Headers(scope=scope)
        self._check_headers(scope, headers)
        tenant = ""
        if scope["path"] not in OPEN:
            principal = await authenticate(HTTPConnection(scope))
            scope.setdefault("state", {})["principal"] = principal
            tenant = principal.tenant or principal.owner
        kind = kind_of(scope)
        answering.keep(await self._gates.requests.enter(tenant))
        if kind in ("upload", "import"):
            answering.keep(await self._gates.uploads.enter(tenant))
        client, receive = receive, await self._body(kind, scope, headers, receive)
        if kind == "turn":
            answering.keep(await _entered(self._gates.turns, tenant, client), until_answered=True)
        await self._serve(scope, receive, answering)

    def _check_headers(self, scope: Scope, headers: Headers) -> None:
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if size > self._limits.header_bytes or len(scope["headers"]) > self._limits.header_count:
            raise Refused(431, "headers_large")
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._limits.header_bytes:
            raise Refused(414, "headers_large")
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise Refused(415, "encoding_refused")

    async def _body(self, kind: Kind, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        limits = self._limits
        most = {"upload": self._upload_bytes, "import": limits.import_bytes}.get(kind, limits.body_bytes)
        if kind == "turn" and scope["path"].startswith("/v1/chat/"):
            most = limits.transcript_bytes
        if scope["path"] in OPEN or scope["method"] in _BODY_LESS:
            most = 0
        length = headers.get("content-length", "")
        if length and (not length.isascii() or not length.isdecimal() or int(length[:20]) > most):
            raise Refused(413, "body_large")
        if not most and not headers.get("transfer-encoding"):
            return receive
        if kind == "upload":
            return counted(receive, most, limits.upload_s)
        body = await read_body(receive, most, limits.upload_s if kind == "import" else limits.body_s)
        await check_depth(body, limits.json_depth)
        return replayed(body, receive)

    async def _serve(self, scope: Scope, receive: Receive, answering: Answering) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limits.request_s) as time_left:
                answering.streams = lambda: time_left.reschedule(loop.time() + self._limits.stream_s)
                await self._app(scope, receive, answering)
        except TimeoutError as error:
            if not time_left.expired():
                raise
            raise TooLate("request_late") from error


@dataclass
class Answering:
    """Sends the answer on, and gives back what the request held: the right to a turn as soon as it is answered, the rest at the end."""

    send: Send
    begun: bool = False
    streams: object = None
    _held: list[Ticket] = field(default_factory=list)
    _turns: list[Ticket] = field(default_factory=list)
    _streaming: bool = False

    def keep(self, ticket: Ticket, *, until_answered: bool = False) -> None:
        """Hold a ticket."""
        (self._turns if until_answered else self._held).append(ticket)

    async def __call__(self, message: Message) -> None:
        """Send a message; a client that does not read it holds no turn."""
        if message["type"] == "http.response.start":
            self.begun = True
            self._streaming = Headers(raw=message["headers"]).get("content-type", "").startswith("text/event-stream")
            if self._streaming and callable(self.streams):
                self.streams()
        if not self._streaming or (message["type"] == "http.response.body" and not message.get("more_body")):
            self._answered()
        await self.send(message)

    def give_back(self) -> None:
        """Give back everything."""
        self._answered()
        while self._held:
            self._held.pop().give_back()

    def _answered(self) -> None:
        while self._turns:
            self._turns.pop().give_back()


class Gates:
    """The room of one process: for requests of any kind, for turns, for uploads."""

    def __init__(self, settings: ServerSettings) -> None:
        limits, many = settings.limits, settings.auth.required

        def part(all_: int, of_one: int) -> int:
            return min(all_, of_one) if many else all_  # where all are one tenant, that one has all the room

        self.requests = Gate(Room(limits.requests, part(limits.requests, limits.requests_per_tenant)))
        self.uploads = Gate(Room(limits.uploads, part(limits.uploads, max(1, limits.uploads // 2))))
        self.turns = Gate(
            Room(
                limits.running,
                part(limits.running, limits.running_per_tenant),
                limits.waiting,
                part(limits.waiting, limits.waiting_per_tenant),
                limits.wait_s,
            )
        )


def kind_of(scope: Scope) -> Kind:
    """Return what a request is for, by its method and path alone."""
    path = cast(str, scope["path"])
    return next((kind for method, pattern, kind in _KINDS if method == scope["method"] and pattern.fullmatch(path)), "other")


async def _entered(gate: Gate, tenant: str, client: Receive) -> Ticket:
    """Wait for room as long as the client, whose body is read, is there to wait for its answer.

    Raises:
        Departed: it has gone.
    """
    entering = asyncio.ensure_future(gate.enter(tenant))
    leaving = asyncio.ensure_future(_gone(client))
    try:
        await asyncio.wait({entering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not leaving.done():
            return entering.result()
        raise Departed
    except BaseException:
        entering.cancel()
        await asyncio.wait({entering})
        if not entering.cancelled() and entering.exception() is None:
            entering.result().give_back()
        raise
    finally:
        leaving.cancel()


async def _gone(client: Receive) -> None:
    while (await client())["type"] != "http.disconnect":
        pass


async def _refuse(error: ShensiError, scope: Scope, receive: Receive, send: Send) -> None:
    answer = answer_to(error, reader_language(HTTPConnection(scope)), request_id(scope))
    if isinstance(error, ApiError) and answer.status_code in (408, 413, 431):
        answer.headers["connection"] = "close"  # what it was still sending is not waited for
    log.info("refused: %d %s", answer.status_code, error.code)
    await answer(scope, receive, send)
