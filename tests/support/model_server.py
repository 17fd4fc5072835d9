"""A scripted model server: a real OpenAI-compatible HTTP server on loopback that speaks as vLLM does.

    with ModelServer(dangerous("布洛芬")) as server:
        client = OpenAI(base_url=server.base_url, api_key="none")

By hand: `python -m tests.support.model_server --script honest --port 0` prints the base URL.
"""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.support.model_http import TICK, Listener
from tests.support.model_ready import (
    SCRIPTS,
    always_pass,
    certain,
    dangerous,
    dead_auditor,
    dropping,
    forged_citation,
    hanging,
    honest,
    malformed_json,
    named,
    null_tools,
    prescriber,
    raw_tool_call,
    thinking_leak,
    uncited,
)
from tests.support.model_script import (
    STRUCTURED_ROLES,
    DropMidStream,
    Garbage,
    Handler,
    Hang,
    Json,
    RawText,
    Reply,
    Request,
    Script,
    Slow,
    Status,
    Text,
    ToolCall,
    always,
    in_turn,
)
from tests.support.model_wire import BLOCK, blocks, metrics

__all__ = [
    "SCRIPTS",
    "STRUCTURED_ROLES",
    "DropMidStream",
    "Garbage",
    "Handler",
    "Hang",
    "Json",
    "ModelServer",
    "RawText",
    "RecordedRequest",
    "Reply",
    "Request",
    "Script",
    "Slow",
    "Status",
    "Text",
    "ToolCall",
    "always",
    "always_pass",
    "certain",
    "dangerous",
    "dead_auditor",
    "dropping",
    "forged_citation",
    "hanging",
    "honest",
    "in_turn",
    "malformed_json",
    "named",
    "null_tools",
    "prescriber",
    "raw_tool_call",
    "thinking_leak",
    "uncited",
]

MODEL, MAX_MODEL_LEN = "qwen-medical", 8192


@dataclass(frozen=True)
class RecordedRequest:
    """One chat request that reached the server, refused ones included; `time` is monotonic."""

    role: str
    payload: Mapping[str, Any]
    time: float


class ModelServer:
    """The server, its script (which may be replaced while it runs) and what it has seen."""

    def __init__(
        self, script: Script | None = None, *, model: str = MODEL, port: int = 0, max_model_len: int = MAX_MODEL_LEN, caching: bool = True
    ) -> None:
        """Bind the port; the server answers once the context is entered."""
        self.script, self.model, self.max_model_len = script or honest(), model, max_model_len
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._requests: list[RecordedRequest] = []
        self._aborted = self._running = self._prompt = self._generated = self._cached = 0
        self._blocks: set[int] = set()
        self._caching = caching
        self._http = Listener(port, self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(TICK,), name="model-server")

    def __enter__(self) -> Self:
        """Start answering."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close every connection, then wait for all threads."""
        self.closing.set()
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()

    @property
    def root_url(self) -> str:
        """The address that /health, /version and /metrics hang from."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def base_url(self) -> str:
        """The address for an OpenAI client."""
        return f"{self.root_url}/v1"

    @property
    def requests(self) -> list[RecordedRequest]:
        """A copy of all chat requests so far, oldest first."""
        with self._lock:
            return list(self._requests)

    @property
    def aborted(self) -> int:
        """How often a client went away before its answer was complete."""
        with self._lock:
            return self._aborted

    def left_alone(self, seconds: float = 5.0) -> bool:
        """Tell whether every client closes its connections within the time."""
        deadline = time.monotonic() + seconds
        while self._http.connections and time.monotonic() < deadline:
            time.sleep(TICK)
        return not self._http.connections

    def calls(self, role: str) -> int:
        """Return how many requests the role has made."""
        return sum(request.role == role for request in self.requests)

    def reset(self) -> None:
        """Forget all requests and aborts."""
        with self._lock:
            self._requests.clear()
            self._aborted = 0

    def metrics(self) -> str:
        """Return the page at /metrics."""
        with self._lock:
            return metrics(self.model, self._running, self._prompt, self._generated, self._cached)

    @contextmanager
    def running(self, payload: Mapping[str, Any]) -> Iterator[None]:
        """Record a request, and count it as running until it is answered or its client leaves."""
        with self._lock:
            self._running += 1
            self._requests.append(RecordedRequest(Request(payload).role, payload, time.monotonic()))
        try:
            yield
        except ConnectionError:
            with self._lock:
                self._aborted += not self.closing.is_set()
            raise
        finally:
            with self._lock:
                self._running -= 1

    def account(self, request: Request, usage: Mapping[str, Any]) -> None:
        """Add an answer to the token counters, and its prompt to the prefix cache."""
        with self._lock:
            held = blocks(request)
            known = next((place for place, block in enumerate(held) if block not in self._blocks), len(held))
            if self._caching:
                self._blocks.update(held)
            self._cached += min(known * BLOCK, usage["prompt_tokens"])
            self._prompt += usage["prompt_tokens"]
            self._generated += usage["completion_tokens"]


def main(arguments: list[str] | None = None) -> None:
    """Serve a ready-made script until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.model_server", description=main.__doc__)
    parser.add_argument("--script", choices=sorted(SCRIPTS), default="honest")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--drug", default="布洛芬", help="the drug that the dangerous script recommends")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long the hanging script hangs")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with ModelServer(named(options.script, options.drug, options.seconds), port=options.port) as server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
