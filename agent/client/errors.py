"""What a client raises. The message is the server's own, in the language that the client asked for.

ShensiError
└── agent.errors.AgentError
    └── ClientError            ``status`` is the answer's, 0 where there was none
        ├── ConnectionFailed   the server could not be reached, or did not answer in time
        ├── StreamBroken       a stream ended before the turn did, and could not be taken up again
        ├── TurnFailed         the turn ended with an error event
        ├── TurnWaits          no failure: the turn asks ``question`` first, and goes on with ``resume``
        ├── Unauthorized       401
        ├── Forbidden          403
        ├── NotFound           404: absent, or somebody else's
        ├── Conflict           409
        ├── Invalid            any other 4xx: the request itself is wrong
        ├── Busy               429 and 503; ``retry_after`` says in how many seconds to come again, where the server does
        └── ServerFailed       any other 5xx, or an answer that is none
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from agent.errors import AgentError
from configs.locales import catalogue


class ClientError(AgentError):
    """A call that did not succeed."""

    def __init__(
        self,
        code: str,
        said: str = "",
        *,
        status: int = 0,
        request_id: str = "",
        details: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code)
        self.said = said
        self.status = status
        self.request_id = request_id
        self.details = dict(details or {})
        self.retry_after = retry_after

    def message(self, language: str) -> str:
        """Return what the server said; where it said nothing, what the code means, in ``zh`` or ``en``."""
        return self.said or catalogue(language).get(f"errors.{self.code}", self.code)


class ConnectionFailed(ClientError):
    """The server could not be reached, or did not answer in time."""


class StreamBroken(ClientError):
    """A stream ended before the turn did, and could not be taken up again."""


class TurnFailed(ClientError):
    """The turn ended with an error."""


class TurnWaits(ClientError):
    """The turn asks the reader something first."""

    def __init__(self, thread: str, turn: str, question: Any) -> None:
        super().__init__("turn_waits")
        self.thread, self.turn, self.question = thread, turn, question


class Unauthorized(ClientError):
    """Nobody has proved who they are."""


class Forbidden(ClientError):
    """The key has not the scope."""


class NotFound(ClientError):
    """There is no such thing for whoever asks."""


class Conflict(ClientError):
    """It does not fit what is already there."""


class Invalid(ClientError):
    """The request itself is wrong."""


class Busy(ClientError):
    """The server has no room now."""


class ServerFailed(ClientError):
    """The server could not do it."""


_BY_STATUS: dict[int, type[ClientError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: Busy,
    503: Busy,
}


def error_of(response: httpx.Response) -> ClientError:
    """Return the error that an answer stands for."""
    kind = _BY_STATUS.get(response.status_code, Invalid if response.status_code < 500 else ServerFailed)
    try:
        body = response.json()["error"]
        code, said, details = str(body["code"]), str(body["message"]), body.get("details")
    except (ValueError, KeyError, TypeError):  # a proxy's page, not ours
        code, said, details = "client_unexpected", "", None
    return kind(
        code,
        said,
        status=response.status_code,
        request_id=response.headers.get("x-request-id", ""),
        details=details if isinstance(details, dict) else None,
        retry_after=retry_after(response),
    )


def retry_after(response: httpx.Response) -> float | None:
    """Return in how many seconds to come again, where the answer says so."""
    said = response.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else None
