"""When a call is sent again, and after how long."""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx

from agent.client.errors import ConnectionFailed, retry_after

_GATEWAY = (502, 504)
_REFUSED = (429, 503)


@dataclass(frozen=True)
class Retries:
    """Bounds of trying again."""

    attempts: int = 4
    """How often a call is sent at most."""
    first_s: float = 0.25
    most_s: float = 10.0
    """No pause is longer; where the server asks for a longer one, its answer is raised instead."""

    def pause(self, attempt: int, asked: float | None = None) -> float | None:
        """Return how long to wait after this attempt, counted from 0; ``None``: try no more."""
        if attempt + 1 >= self.attempts or (asked or 0.0) > self.most_s:
            return None
        # Jitter, so that many clients turned away together do not come back together.
        own: float = min(self.first_s * 2**attempt, self.most_s) * random.uniform(0.5, 1.0)
        return max(own, asked or 0.0)

    def after_answer(self, attempt: int, response: httpx.Response, repeatable: bool) -> float | None:
        """Return how long to wait before asking again for a better answer; ``None``: this is the answer."""
        status = response.status_code
        if status == 429 or (repeatable and status in (*_REFUSED, *_GATEWAY)):
            return self.pause(attempt, retry_after(response))
        return None

    def after_failure(self, attempt: int, error: httpx.TransportError, repeatable: bool) -> float | None:
        """Return how long to wait before trying a connection again; ``None``: give up."""
        never_sent = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
        return self.pause(attempt) if never_sent or repeatable else None


def failed(error: httpx.TransportError) -> ConnectionFailed:
    """Return what is raised when no attempt got through; the address is the caller's own affair and not repeated."""
    return ConnectionFailed("client_timeout" if isinstance(error, httpx.TimeoutException) else "client_unreachable")
