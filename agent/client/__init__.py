"""The clients of the service: ``Client`` waits, ``AsyncClient`` is awaited; both try again and take up broken streams."""

from agent.client.asynchronous import AsyncClient
from agent.client.blocking import Client
from agent.client.errors import (
    Busy,
    ClientError,
    Conflict,
    ConnectionFailed,
    Forbidden,
    Invalid,
    NotFound,
    ServerFailed,
    StreamBroken,
    TurnFailed,
    TurnWaits,
    Unauthorized,
)
from agent.client.retry import Retries

__all__ = [
    "AsyncClient",
    "Busy",
    "Client",
    "ClientError",
    "Conflict",
    "ConnectionFailed",
    "Forbidden",
    "Invalid",
    "NotFound",
    "Retries",
    "ServerFailed",
    "StreamBroken",
    "TurnFailed",
    "TurnWaits",
    "Unauthorized",
]
