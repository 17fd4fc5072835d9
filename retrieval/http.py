"""One model behind an HTTP server: bounded in time, size and number of requests, and translated when it fails."""

from __future__ import annotations

import ipaddress
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from configs.settings import RetrievalSettings
from retrieval.errors import RetrievalError

log = logging.getLogger(__name__)
Result = TypeVar("Result")
CONNECT_S = 3.0
PAUSE_S = 0.2
"""Between the two attempts."""
AT_ONCE = 8
"""Requests in flight; the server makes batches of them."""
MAX_BYTES = 64 * 1024 * 1024
MIN_CHARS = 200
RETRIED = frozenset({429, 500, 502, 503, 504})
TOO_MUCH = frozenset({400, 413, 422})
"""How vLLM (400) and TEI (413, 422) refuse texts that are too many or too long."""


class Endpoint:
    """One address that takes JSON and returns JSON. Safe to use from many threads."""

    def __init__(self, url: str, path: str, settings: RetrievalSettings, error: type[RetrievalError]) -> None:
        """Prepare; nothing is sent.

        Args:
            url: with or without ``path`` at its end.
            path: such as ``/embeddings``.
            settings: limits and the key.
            error: the class of every error.
        """
        parts = urlsplit(url)
        self.service = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
        self._url = url if url.endswith(path) else url + path
        self._timeout_s, self._queue, self._error = settings.provider_timeout_s, settings.provider_queue, error
        self._slots, self._waiting, self._lock = threading.BoundedSemaphore(AT_ONCE), 0, threading.Lock()
        self._closed = threading.Event()
        key = settings.provider_api_key.get_secret_value()
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(self._timeout_s, connect=min(CONNECT_S, self._timeout_s)),
            limits=httpx.Limits(max_connections=AT_ONCE),
            # A redirect would carry the patient's words and the key to an address that nobody configured.
            follow_redirects=False,
            # A proxy of the environment is for the world outside, not for a server on this machine.
            trust_env=not _loopback(parts.hostname or ""),
        )

    def post(self, body: dict[str, Any]) -> Any:
        """Send a request, once more if the server was unreachable or busy, and return the parsed answer.

        Raises:
            RetrievalError: ``provider_unreachable``, ``_slow``, ``_refused`` (with ``status``), ``_garbled``, ``_busy`` or ``_closed``.
        """
        deadline = time.monotonic() + self._timeout_s
        with self._slot(deadline):
            try:
                return self._once(body, deadline)
            except RetrievalError as error:
                again = error.code == "provider_unreachable" or error.values.get("status") in RETRIED
                if not again or time.monotonic() + PAUSE_S > deadline or self._closed.wait(PAUSE_S):
                    raise
            return self._once(body, deadline)

    def garbled(self, reason: str) -> RetrievalError:
        """Return the error for an answer that makes no sense."""
        return self._error("provider_garbled", service=self.service, reason=reason)

    def close(self) -> None:
        """Close the connections; whoever calls later gets ``provider_closed``."""
        self._closed.set()
        self._client.close()

    @contextmanager
    def _slot(self, deadline: float) -> Iterator[None]:
        with self._lock:
            if self._waiting >= self._queue + AT_ONCE:
                raise self._error("provider_busy", service=self.service, waiting=self._queue)
            self._waiting += 1
        try:
            if not self._slots.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise self._error("provider_late", service=self.service, seconds=f"{self._timeout_s:g}")
            try:
                yield
            finally:
                self._slots.release()
        finally:
            with self._lock:
                self._waiting -= 1

    def _once(self, body: dict[str, Any], deadline: float) -> Any:
        if self._closed.is_set():
            raise self._error("provider_closed", service=self.service)
        try:
            with self._client.stream("POST", self._url, json=body) as response:
                if response.status_code != httpx.codes.OK:
                    raise self._error("provider_refused", service=self.service, status=response.status_code)
                return json.loads(self._read(response, deadline))
        except httpx.TimeoutException as error:
            dead = isinstance(error, httpx.ConnectTimeout)
            raise self._unreachable(error) if dead else self._slow() from error
        except (httpx.HTTPError, OSError) as error:
            raise self._unreachable(error) from error
        except (ValueError, RecursionError) as error:
            raise self.garbled("not JSON") from error

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        """Return the body; the library's time limit is for one read, so a server that drips would hold a search for ever."""
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if time.monotonic() > deadline:
                raise self._slow()
            if len(body) > MAX_BYTES:
                raise self.garbled(f"longer than {MAX_BYTES >> 20} MiB")
        return bytes(body)

    def _slow(self) -> RetrievalError:
        return self._error("provider_slow", service=self.service, seconds=f"{self._timeout_s:g}")

    def _unreachable(self, error: Exception) -> RetrievalError:
        return self._error("provider_unreachable", service=self.service, reason=type(error).__name__)


def in_parts(send: Callable[[list[str]], Sequence[Result]], texts: list[str], batch: int) -> list[Result]:
    """Send texts in batches; what the server finds too much goes again in halves, a text too long for it again shortened.

    Raises:
        RetrievalError: what ``send`` raises for any other reason, or for a short text alone.
    """
    results: list[Result] = []
    for start in range(0, len(texts), batch):
        results += _divided(send, texts[start : start + batch])
    return results


def _divided(send: Callable[[list[str]], Sequence[Result]], texts: list[str]) -> Sequence[Result]:
    try:
        return send(texts)
    except RetrievalError as error:
        if error.values.get("status") not in TOO_MUCH or (len(texts) == 1 and len(texts[0]) < MIN_CHARS):
            raise
    if len(texts) == 1:
        return _divided(send, [texts[0][: len(texts[0]) // 2]])
    half = len(texts) // 2
    return [*_divided(send, texts[:half]), *_divided(send, texts[half:])]


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
