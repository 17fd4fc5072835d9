"""What a request is answered when it cannot be served: one shape for every failure, in the reader's language.

    {"error": {"code": "not_found", "message": "…", "request_id": "…", "details": {…}}}

ShensiError
└── agent.errors.AgentError
    └── ApiError               ``status`` is the answer's
        ├── Unauthorized       401
        ├── Forbidden          403
        ├── NotFound           404: absent, or somebody else's; both look the same
        ├── Conflict           409
        ├── Unprocessable      422
        ├── Failed             500
        ├── TooMany            429, with ``Retry-After``
        ├── Unavailable        503, with ``Retry-After``
        └── TooLate            504
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from agent.errors import AgentError, BadCall, ResumeRefused, UnknownItem
from agent.server.reader import reader_language, request_id
from configs.errors import ShensiError
from configs.locales import catalogue, text
from graphs.errors import ModelFailed, QuestionRejected
from memory.errors import BadRecord, EditRefused, StorageError
from retrieval.errors import EmbedderUnavailable, IndexAway, IndexBusy, IndexCorrupt, RetrievalError
from retrieval.errors import StorageFull as IndexFull
from tools.errors import TableError, ToolError

log = logging.getLogger(__name__)


class ApiError(AgentError):
    """A request that is answered with ``status``."""

    status = 400
    retry_after: int | None = None

    def __init__(self, code: str, *, retry_after: int | None = None, **values: Any) -> None:
        super().__init__(code, **values)
        self.retry_after = retry_after


class Unauthorized(ApiError):
    """Nobody has proved who they are."""

    status = 401


class Forbidden(ApiError):
    """They may not do this."""

    status = 403


class NotFound(ApiError):
    """There is no such thing for whoever asks."""

    status = 404


class Conflict(ApiError):
    """It does not fit what is already there."""

    status = 409


class Unprocessable(ApiError):
    """It can be read but not done."""

    status = 422


class Failed(ApiError):
    """Something went wrong that nobody expected."""

    status = 500


class TooMany(ApiError):
    """This caller asks for more than their share."""

    status = 429


class Unavailable(ApiError):
    """The service has no room, or a part of it does not answer."""

    status = 503


class TooLate(ApiError):
    """It took longer than the request may last."""

    status = 504


class ErrorBody(BaseModel):
    """What is said of a failure."""

    code: str
    message: str
    request_id: str
    details: dict[str, Any] | None = None


class ErrorAnswer(BaseModel):
    """The body of every answer from 400 on."""

    error: ErrorBody


_STATUS: tuple[tuple[type[ShensiError], int], ...] = (
    (UnknownItem, 404),
    (ResumeRefused, 422),
    (QuestionRejected, 422),
    (EditRefused, 422),
    (BadRecord, 422),
    (BadCall, 422),
    (TableError, 503),
    (ToolError, 422),
    (StorageError, 503),
    (IndexBusy, 503),
    (IndexAway, 503),
    (IndexCorrupt, 503),
    (IndexFull, 503),
    (EmbedderUnavailable, 503),
    (ModelFailed, 503),
    (RetrievalError, 422),
)
_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_large", 415: "media_type"}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a route's failures, for ``responses=``; 401, 403, 429, 500 and 503 can happen everywhere."""
    return {status: {"model": ErrorAnswer} for status in sorted({401, 403, 422, 429, 500, 503, *statuses})}


def status_of(error: ShensiError) -> int:
    """Return the status that an error is answered with."""
    if isinstance(error, ApiError):
        return error.status
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def error_answer(
    status: int, code: str, message: str, request_id: str, *, details: dict[str, Any] | None = None, retry_after: int | None = None
) -> JSONResponse:
    """Return the answer to a failure; middleware uses it too."""
    body = ErrorAnswer(error=ErrorBody(code=code, message=message, request_id=request_id, details=details))
    headers = {"retry-after": str(retry_after)} if retry_after is not None else {}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(body.model_dump(exclude_none=True), status, headers)


def answer_to(error: ShensiError, language: str, request_id: str) -> JSONResponse:
    """Return the answer to one of our errors; what is told of a storage's address stays in the log."""
    status = status_of(error)
    retry = error.retry_after if isinstance(error, ApiError) else None
    if isinstance(error, StorageError) and status == 503:
        log.error("storage: %s", error.code)
        return error_answer(503, error.code, text(language, "errors.storage_unavailable"), request_id, retry_after=5)
    return error_answer(status, error.code, error.message(language), request_id, retry_after=retry or (5 if status == 503 else None))


def install(app: FastAPI) -> None:
    """Let every failure of a route be answered in our shape."""
    app.add_exception_handler(ShensiError, _shensi)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _shensi(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ShensiError)
    said = getattr(request.state, "language", None)  # left there by a route whose body names one
    return answer_to(error, reader_language(request, said), request_id(request.scope))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    said = error.body.get("language") if isinstance(error.body, Mapping) else None
    language = reader_language(request, said)
    # Where and why, never what: the value may be the patient's words.
    problems = [{"where": ".".join(map(str, one["loc"])), "why": one["type"]} for one in error.errors()[:20]]
    where = ", ".join(sorted({problem["where"] for problem in problems}))
    message = text(language, "errors.request_invalid", where=where)
    return error_answer(422, "request_invalid", message, request_id(request.scope), details={"problems": problems})


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, "request_refused")
    language = reader_language(request)
    key = f"errors.{code}" if f"errors.{code}" in catalogue(language) else "errors.request_refused"
    answer = error_answer(error.status_code, code, text(language, key), request_id(request.scope))
    answer.headers.update(error.headers or {})
    return answer
