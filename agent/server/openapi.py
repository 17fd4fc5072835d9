"""The description of the interface, made complete: who may ask, for whom, and how every failure looks, the middleware's too."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from configs.locales import text
from configs.settings import Settings

_SCHEME = "key"
_KNOWN = ("get", "post", "put", "patch", "delete")
_EVERYWHERE = {
    401: "unauthorized",
    403: "forbidden",
    413: "body_large",
    414: "headers_large",
    415: "media_type",
    429: "busy",
    431: "headers_large",
    500: "internal",
    503: "storage_unavailable",
    504: "request_late",
}
_WITH_BODY = {400: "json_deep", 408: "body_late"}
_CODES = {**_EVERYWHERE, **_WITH_BODY, 404: "not_found", 409: "turn_running", 422: "request_invalid"}
_FOR_PEOPLE = ("/v1/threads", "/v1/memory", "/v1/chat")
_OPENAI = ("/v1/models", "/v1/chat")
_NUMBER = {"X-Request-ID": {"description": "The number under which the request is found in the logs", "schema": {"type": "string"}}}
_AGAIN = {"Retry-After": {"description": "In how many seconds to come again", "schema": {"type": "integer"}}}
_USER = {
    "name": "X-Shensi-User",
    "in": "header",
    "required": False,
    "description": "One of the caller's own users (percent-encoded UTF-8): a record and threads apart from all others",
    "schema": {"type": "string", "maxLength": 512},
}
_TAGS = {
    "threads": "Conversations.",
    "messages": "Questions and answers, at once or as server-sent events.",
    "feedback": "What readers think of answers.",
    "memory": "What is remembered about a person and their family.",
    "knowledge": "What answers are written from.",
    "tools": "Checks and calculations that need no model.",
    "openai": "The same assistant for clients of OpenAI's.",
    "health": "For whoever runs it.",
}


def describe(app: FastAPI, settings: Settings) -> None:
    """Let an application describe itself completely."""

    @cache
    def described() -> dict[str, Any]:
        whole = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=[{"name": name, "description": said} for name, said in _TAGS.items()],
        )
        schemes = whole.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes[_SCHEME] = {"type": "http", "scheme": "bearer", "description": "An API key, or a token of the identity provider"}
        for path, operations in whole["paths"].items():
            for method in _KNOWN:
                if method in operations:
                    _complete(path, method, operations[method], optional=not settings.server.auth.required)
        return whole

    app.openapi = described  # type: ignore[method-assign]


def _complete(path: str, method: str, operation: dict[str, Any], *, optional: bool) -> None:
    if not path.startswith("/v1/") and path != "/metrics":
        return
    operation["security"] = [{_SCHEME: []}, *([{}] if optional else [])]
    if path.startswith(_FOR_PEOPLE):
        operation.setdefault("parameters", []).append(_USER)
    answers = operation["responses"]
    if path.startswith(_OPENAI):
        answers.pop("422", None)
    wanted = _EVERYWHERE | (_WITH_BODY if "requestBody" in operation else {})
    for status in wanted:
        answers.setdefault(str(status), {})
    for status in [status for status in answers if int(status) >= 400]:
        answers[status] = _failure(int(status), openai=path.startswith(_OPENAI))
    operation["responses"] = {status: answers[status] for status in sorted(answers)}


def _failure(status: int, *, openai: bool) -> dict[str, Any]:
    code = _CODES[status]
    said = text("en", f"errors.{code}", **_BLANKS.get(code, {}))
    error = {"code": code, "message": said, "request_id": "9f2c41d07be3a865"}
    schema: dict[str, Any] = {"$ref": "#/components/schemas/ErrorAnswer"}
    if openai:
        error |= {"type": "server_error" if status >= 500 else "invalid_request_error"}
        schema = {"anyOf": [{"$ref": "#/components/schemas/OpenAIError"}, schema]}
    headers = {**_NUMBER, **(_AGAIN if status in (429, 503) else {})}
    return {"description": said, "headers": headers, "content": {"application/json": {"schema": schema, "example": {"error": error}}}}


_BLANKS: dict[str, dict[str, Any]] = {
    "forbidden": {"scope": "memory"},
    "request_invalid": {"where": "body.content"},
    "json_deep": {"most": 16},
    "busy": {"seconds": 5},
}
