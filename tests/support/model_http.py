"""The HTTP side of the model server: the listener and the connection that writes replies."""

import json
import select
import socket
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.support.model_script import (
    DropMidStream,
    Garbage,
    Hang,
    Json,
    RawText,
    Reply,
    Request,
    Slow,
    Status,
    Text,
    ToolCall,
    dumps,
)
from tests.support.model_wire import VERSION, Completion, error, models, refusal

if TYPE_CHECKING:
    from tests.support.model_server import ModelServer

CHAT, TICK = "/v1/chat/completions", 0.01


class ClientGoneError(ConnectionError):
    """The client closed its connection before the answer was complete."""


class Listener(ThreadingHTTPServer):
    """The listener, which knows its open connections so that it can close them."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, port: int, owner: "ModelServer") -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def connections(self) -> int:
        """How many connections clients keep open."""
        return len(self._open)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection and hand it to a thread."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a finished connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what a handler raised, unless the client just left."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """Close every open connection."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    """One connection: routes, then writes a reply."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        """Answer the informational pages."""
        owner, path = self.server.owner, self.path.partition("?")[0]
        if path == "/health":
            self._whole(200, b"", None)
        elif path == "/metrics":
            self._whole(200, owner.metrics().encode(), "text/plain; version=1.0.0; charset=utf-8")
        elif path == "/version":
            self._json(200, {"version": VERSION})
        elif path == "/v1/models":
            self._json(200, models(owner.model, owner.max_model_len))
        else:
            self._json(404, error(404, "Not Found", kind="Not Found"))

    def do_POST(self) -> None:
        """Answer a chat completion."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != CHAT:
            return self._json(404, error(404, "Not Found", kind="Not Found"))
        try:
            payload = json.loads(body)
        except ValueError:
            payload = None
        if not isinstance(payload, dict):
            return self._json(400, error(400, "1 validation error:\n  JSON decode error", "body", "Bad Request"))
        with self.server.owner.running(payload):
            self._chat(payload)

    def _chat(self, payload: dict[str, Any]) -> None:
        owner = self.server.owner
        refused = refusal(payload, owner.model, owner.max_model_len)
        if refused:
            return self._json(refused["error"]["code"], refused)
        request = Request(payload)
        try:
            reply = owner.script.reply(request)
        except Exception as raised:  # a broken script must reach the test as an answer, not as a dead thread
            reply = Status(500, f"script failed: {raised!r}")
        self._send(reply, request)

    def _send(self, reply: Reply, request: Request, delay: float = 0.0) -> None:
        match reply:
            case Slow():
                return self._send(reply.reply, request, delay + reply.seconds)
            case Text() | Json() | RawText() | ToolCall():
                return self._complete(Completion.of(reply, request), delay)
        self._wait(delay)
        match reply:
            case Status():
                self._json(reply.code, error(reply.code, reply.message))
            case Garbage():
                self._whole(200, reply.data, "application/json")
            case Hang():
                self._wait(reply.seconds)
                self.close_connection = True
            case DropMidStream():
                self._drop(reply, request)

    def _complete(self, completion: Completion, delay: float) -> None:
        self.server.owner.account(completion.request, completion.usage())
        if completion.request.stream:
            self._stream(list(completion.events()), delay)
            self._write(b"0\r\n\r\n")
        else:
            self._wait(delay)
            self._json(200, completion.body())

    def _drop(self, reply: DropMidStream, request: Request) -> None:
        self.close_connection = True
        if request.stream:
            return self._stream(list(Completion(request, reply.text[: reply.after_chars]).beginning()), 0.0)
        body = dumps(Completion(request, reply.text).body())
        self._head(200, "application/json", len(body.encode()))
        self._write(body[: min(reply.after_chars, len(body) - 1)].encode())

    def _stream(self, events: list[str], delay: float) -> None:
        self._head(200, "text/event-stream; charset=utf-8", None)
        for event in events:
            self._wait(delay / len(events))
            data = event.encode()
            self._write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _json(self, status: int, body: Mapping[str, Any]) -> None:
        self._whole(status, dumps(body).encode(), "application/json")

    def _whole(self, status: int, body: bytes, content_type: str | None) -> None:
        self._head(status, content_type, len(body))
        self._write(body)

    def _head(self, status: int, content_type: str | None, length: int | None) -> None:
        self.send_response(status)
        if content_type:
            self.send_header("Content-Type", content_type)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _write(self, data: bytes) -> None:
        self._wait(0.0)
        self.wfile.write(data)

    def _wait(self, seconds: float) -> None:
        """Wait, unless the client leaves or the server closes first."""
        until = time.monotonic() + seconds
        while True:
            left = max(0.0, until - time.monotonic())
            if self.server.owner.closing.is_set():
                raise ClientGoneError
            if select.select([self.connection], [], [], min(left, TICK))[0]:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    raise ClientGoneError
                time.sleep(min(left, TICK))
            if time.monotonic() >= until:
                return
