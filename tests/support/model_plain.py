"""What vLLM enforces whatever the model would say: a tool that the request names, a schema, the limit of tokens."""

from typing import Any

from tests.support.model_script import STRUCTURED_ROLES, Json, Reply, Request, Text, ToolCall, dumps

_LEAST: dict[str, Any] = {"string": "", "integer": 0, "number": 0.5, "boolean": False, "array": [], "null": None}


def served(request: Request, said: Text) -> Reply:
    """Return ``said`` as it leaves a server that holds the request's tool choice, schema and limit."""
    choice = request.payload.get("tool_choice")
    if request.tools and (choice == "required" or isinstance(choice, dict)):
        function = request.tools[0]["function"]
        return ToolCall(function["name"], dumps(instance(function.get("parameters") or {})))
    wanted = (request.payload.get("response_format") or {}).get("json_schema") or {}
    if wanted and wanted.get("name") not in STRUCTURED_ROLES:
        return Json(instance(wanted["schema"]))
    return _within(
        said if request.thinking else Text(said.content), request.payload.get("max_completion_tokens") or request.payload.get("max_tokens")
    )


def instance(schema: dict[str, Any]) -> Any:
    """Return the smallest value that fits a flat schema."""
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        properties = schema.get("properties") or {}
        return {name: instance(properties[name]) for name in schema.get("required") or ()}
    return schema.get("minimum", _LEAST[schema.get("type", "string")])


def _within(said: Text, limit: int | None) -> Text:
    """Cut an answer at the limit: first the thinking, then the words; a character counts as a token."""
    reasoning, content = said.reasoning or "", said.content or ""
    if limit is None or len(reasoning) + len(content) <= limit:
        return said
    if len(reasoning) >= limit:
        return Text(None, reasoning[:limit], "length")
    return Text(content[: limit - len(reasoning)], said.reasoning, "length")
