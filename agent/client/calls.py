"""Every call of the service as data: what is sent, what comes back, and whether it may be sent twice. Both clients send the same ones."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from agent.client.errors import ServerFailed, error_of

T = TypeVar("T")


@dataclass(frozen=True)
class Call(Generic[T]):
    """One request and the type of its answer."""

    kind: type[T]
    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    """Whether sending it again after an answer was lost does no harm."""

    def request(self) -> dict[str, Any]:
        """Return the arguments for ``httpx``'s ``build_request``."""
        params = {name: value for name, value in self.params.items() if value not in (None, "")}
        return {
            "method": self.method,
            "url": self.path,
            "params": params or None,
            "json": self.json,
            "content": self.content,
            "headers": dict(self.headers),
        }

    def read(self, response: httpx.Response) -> T:
        """Return the answer.

        Raises:
            ClientError: the server refused or failed, or its answer is of another shape.
        """
        if response.is_error or response.has_redirect_location:
            raise error_of(response)
        if self.kind is type(None):
            return None
        try:
            return cast(T, adapter(cast(Any, self.kind)).validate_json(response.content))
        except ValidationError as error:
            raise ServerFailed("client_unexpected", status=response.status_code) from error


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Return what reads a type."""
    return TypeAdapter(kind)


def part(name: str) -> str:
    """Return a name as one part of a path."""
    return quote(name, safe="")


def key() -> str:
    """Return a new idempotency key."""
    return uuid.uuid4().hex
