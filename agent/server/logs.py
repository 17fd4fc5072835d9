"""Logs as JSON lines, each with the number of its request, and none with a word of a patient.

Our own messages are written so that they hold no text of anybody. What other libraries say is not ours to vouch for: of theirs only where
and how grave is told. Of an exception its kind and its place are told, never its message, which may quote whatever was being read.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from starlette.requests import ClientDisconnect

NUMBER: ContextVar[str] = ContextVar("request_id", default="")
"""The number of the request that is being served."""
_OURS = frozenset({"agent", "configs", "graphs", "memory", "retrieval", "tools"})
_PLAIN = frozenset({"uvicorn.error"})
"""Says that it has started and stopped, and which failure ended a request."""
_LONGEST = 2000
_FRAMES = 12


class ClientGone(ConnectionAbortedError):
    """Whoever asked went away while the answer was being sent: nothing of ours failed."""


def worth_telling(record: logging.LogRecord) -> bool:
    """Tell whether a record is more than the server's word that a client has gone: a flood of clients would be a flood of errors."""
    return not (record.exc_info and isinstance(record.exc_info[1], ClientGone | ClientDisconnect))


class JsonLines(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if number := NUMBER.get():
            line["request_id"] = number
        if record.name.partition(".")[0] in _OURS or (record.name in _PLAIN and not record.exc_info):
            line["message"] = record.getMessage()[:_LONGEST]
        else:
            line["at"] = f"{record.module}:{record.lineno}"
        line |= getattr(record, "told", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = kind_and_place(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def kind_and_place(error: BaseException) -> dict[str, Any]:
    """Return what may be told of an exception and what caused it."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < _FRAMES:
        kinds.append(type(seen).__name__)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return {"kinds": kinds, "frames": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]}


def handler(stream: TextIO) -> logging.Handler:
    """Return what writes such lines."""
    made = logging.StreamHandler(stream)
    made.setFormatter(JsonLines())
    made.addFilter(worth_telling)
    return made


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Write the logs of this process so, and nothing else of them."""
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler(stream or sys.stderr))
    root.setLevel(logging.WARNING)
    for name in (*_OURS, *_PLAIN):
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
