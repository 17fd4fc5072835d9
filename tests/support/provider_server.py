"""A server of embeddings and reranking on loopback, real sockets, that behaves well or badly as a test says."""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Answer = tuple[int, bytes]
Behaviour = Callable[["ProviderServer", dict[str, Any]], Answer]
DIMENSION = 8


def vector(text: str) -> list[float]:
    """Return numbers that belong to this text alone, not of length 1."""
    return [byte / 16 - 8 for byte in hashlib.sha256(text.encode()).digest()[:DIMENSION]]


def relevance(query: str, text: str) -> float:
    """Return the share of the query's characters that the text has."""
    return sum(character in text for character in query) / max(len(query), 1)


def ok(value: Any) -> Answer:
    return 200, json.dumps(value).encode()


def embeddings(server: ProviderServer, body: dict[str, Any]) -> Answer:
    """OpenAI's shape."""
    return ok({"object": "list", "data": [{"index": i, "embedding": vector(text)} for i, text in enumerate(body["input"])]})


def shuffled(server: ProviderServer, body: dict[str, Any]) -> Answer:
    """OpenAI's shape, last text first."""
    return ok({"data": json.loads(embeddings(server, body)[1])["data"][::-1]})


def reranked(server: ProviderServer, body: dict[str, Any]) -> Answer:
    """vLLM's shape: best first."""
    rows = [{"index": i, "relevance_score": relevance(body["query"], text)} for i, text in enumerate(body["documents"])]
    return ok({"id": "rerank-1", "results": sorted(rows, key=lambda row: -row["relevance_score"])})


def tei(server: ProviderServer, body: dict[str, Any]) -> Answer:
    """TEI's shape; a request without ``texts`` is not for it."""
    if "texts" not in body:
        return 422, b"Failed to deserialize the JSON body into the target type: missing field `texts`"
    rows = [{"index": i, "score": relevance(body["query"], text)} for i, text in enumerate(body["texts"])]
    return ok(sorted(rows, key=lambda row: -row["score"]))


def logits(server: ProviderServer, body: dict[str, Any]) -> Answer:
    """Scores before the sigmoid."""
    rows = [{"index": i, "relevance_score": 10 * relevance(body["query"], text) - 5} for i, text in enumerate(body["documents"])]
    return ok({"results": rows})


def status(code: int) -> Behaviour:
    return lambda server, body: (code, b'{"error": "no"}')


def first(code: int, times: int, then: Behaviour) -> Behaviour:
    """Refuse ``times`` requests, then behave."""
    return lambda server, body: (code, b"") if len(server.requests) <= times else then(server, body)


def at_most(count: int, chars: int, code: int) -> Behaviour:
    """Refuse more than ``count`` texts, or one longer than ``chars``."""

    def behave(server: ProviderServer, body: dict[str, Any]) -> Answer:
        texts = body["input"]
        return (code, b"") if len(texts) > count or max(map(len, texts)) > chars else embeddings(server, body)

    return behave


def changed(change: Callable[[list[dict[str, Any]]], Any], of: Behaviour = embeddings, key: str = "data") -> Behaviour:
    """Answer well and then spoil the rows."""
    return lambda server, body: ok({key: change(json.loads(of(server, body)[1])[key])})


def raw(data: bytes, code: int = 200) -> Behaviour:
    return lambda server, body: (code, data)


def hang(server: ProviderServer, body: dict[str, Any]) -> Answer:
    """Say nothing until the test is over."""
    server.over.wait(30)
    return 503, b""


class ProviderServer:
    """Listens on a free port of loopback; ``behaviour`` may be changed at any time."""

    def __init__(self, behaviour: Behaviour = embeddings) -> None:
        self.behaviour = behaviour
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.drip: float = 0.0
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._listener: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> ProviderServer:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, after a stop on the same port."""
        owner = self

        class Handler(_Handler):
            server_of = owner

        self._listener = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._listener.daemon_threads = False
        self.port = self._listener.server_address[1]
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; whoever hangs is let go."""
        self.over.set()
        if self._listener and self._thread:
            self._listener.shutdown()
            self._thread.join()
            self._listener.server_close()
            self._listener = None

    def answer(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Answer:
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            self.paths.append(path)
        return self.behaviour(self, body)


class _Handler(BaseHTTPRequestHandler):
    server_of: ProviderServer

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        code, data = self.server_of.answer(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        try:
            self._send(code, data)
        except OSError:
            return  # the client gave up waiting

    def _send(self, code: int, data: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        if 300 <= code < 400:
            self.send_header("Location", self.server_of.url + "/elsewhere")
        self.end_headers()
        if not self.server_of.drip:
            self.wfile.write(data)
            return
        for byte in data:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server_of.over.wait(self.server_of.drip):
                return


def unit(text: str) -> list[float]:
    """Return the vector of a text at length 1."""
    values = vector(text)
    return [value / math.hypot(*values) for value in values]
