"""Failures in OpenAI's shape, so that its clients raise the right exceptions and show the right sentence."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from agent.server.errors import ApiError, answer_to
from agent.server.reader import reader_language, request_id
from agent.wire.openai import OpenAIError, OpenAIErrorBody
from configs.errors import ShensiError
from configs.locales import text

_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES = {401: "invalid_api_key"}


class Refused(ApiError):
    """A parameter that means something which is not done here."""

    status = 400

    def __init__(self, code: str, param: str, **values: Any) -> None:
        super().__init__(code, param=param, **values)
        self.param = param


class UnknownModel(ApiError):
    """There is no such model."""

    status = 404


class OpenAIRoute(APIRoute):
    """A route whose failures are answered as OpenAI answers them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the route."""
        handler = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handler(request)
            except (ShensiError, RequestValidationError, HTTPException) as error:
                return openai_answer(error, request)

        return handled


def openai_answer(error: ShensiError | RequestValidationError | HTTPException, request: Request) -> Response:
    """Return the answer to a failure."""
    language, number = reader_language(request), request_id(request.scope)
    if isinstance(error, ShensiError):
        ours = answer_to(error, language, number)
        status = 400 if ours.status_code == 422 else ours.status_code
        param = error.param if isinstance(error, Refused) else None
        return _answer(status, error_body(error, language, status, number, param), dict(ours.headers))
    if isinstance(error, HTTPException):
        said = OpenAIErrorBody(message=text(language, "errors.request_refused"), type="invalid_request_error", request_id=number)
        return _answer(error.status_code, said, dict(error.headers or {}))
    where = ".".join(map(str, error.errors()[0]["loc"][1:])) or "body"
    said = OpenAIErrorBody(
        message=text(language, "errors.request_invalid", where=where),
        type="invalid_request_error",
        param=where,
        code="request_invalid",
        request_id=number,
    )
    return _answer(400, said, {})


def error_body(error: ShensiError, language: str, status: int, number: str, param: str | None = None) -> OpenAIErrorBody:
    """Return what is said of one of our errors."""
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    said = text(language, "errors.storage_unavailable") if status >= 500 and not isinstance(error, ApiError) else error.message(language)
    return OpenAIErrorBody(message=said, type=kind, param=param, code=_CODES.get(status, error.code), request_id=number)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a route's failures."""
    return {status: {"model": OpenAIError} for status in sorted({400, 401, 403, 429, 500, 503, *statuses})}


def _answer(status: int, said: OpenAIErrorBody, headers: dict[str, str]) -> JSONResponse:
    kept = {name: value for name, value in headers.items() if name.lower() in ("retry-after", "www-authenticate", "allow")}
    return JSONResponse(OpenAIError(error=said).model_dump(mode="json"), status, kept)
