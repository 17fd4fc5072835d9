"""The wire shapes of a vLLM server: completions, chunks, errors, model list and metrics."""

import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from tests.support.model_script import Json, RawText, Request, Text, ToolCall, dumps, text_of

FINGERPRINT, VERSION, END_OF_TEXT, PIECE = "vllm-0.32.0-74d60b9a", "0.32.0", 151643, 4
BLOCK, BLOCKS = 16, 4096
_ERROR_TYPES = {400: "BadRequestError", 404: "NotFoundError", 500: "InternalServerError"}


def tokens_in(text: str) -> int:
    """Estimate tokens: one for a wide character, one for four others."""
    wide = sum(ord(char) > 0x2E7F for char in text)
    return wide + -(-(len(text) - wide) // 4)


def prompt_tokens(request: Request) -> int:
    """Estimate the tokens of the prompt, tools included."""
    text = "".join(text_of(message) for message in request.messages)
    return tokens_in(text) + 4 * len(request.messages) + (tokens_in(dumps(request.tools)) if request.tools else 0)


def blocks(request: Request) -> list[int]:
    """Return a number for each whole block of the prompt that stands for everything up to its end, as a prefix cache keeps it."""
    text = "\n".join(f"{message.get('role')}:{text_of(message)}" for message in request.messages)
    return [hash(text[: end + BLOCK]) for end in range(0, len(text) - BLOCK + 1, BLOCK)]


def hex_id(prefix: str) -> str:
    """Return a fresh id as vLLM writes them."""
    return f"{prefix}-{uuid.uuid4().hex[:16]}"


@dataclass(frozen=True)
class Completion:
    """One finished answer to one request, ready to be written in either wire shape."""

    request: Request
    content: str | None
    reasoning: str | None = None
    tool: ToolCall | None = None
    finish_reason: str = "stop"
    id: str = field(default_factory=lambda: hex_id("chatcmpl"))
    created: int = field(default_factory=lambda: int(time.time()))

    @classmethod
    def of(cls, reply: Text | Json | RawText | ToolCall, request: Request) -> "Completion":
        """Build the completion a reply stands for."""
        match reply:
            case Text():
                reasoning = reply.reasoning if request.thinking else None
                return cls(request, reply.content, reasoning, finish_reason=reply.finish_reason)
            case Json():
                return cls(request, dumps(reply.obj))
            case RawText():
                return cls(request, reply.content, finish_reason=reply.finish_reason)
            case ToolCall():
                chosen = isinstance(request.payload.get("tool_choice"), dict)
                return cls(request, "", tool=reply, finish_reason="stop" if chosen else "tool_calls")

    @property
    def model(self) -> str:
        """The model name to echo."""
        return str(self.request.payload["model"])

    @property
    def stop_reason(self) -> int | None:
        """The stop token; seen only where the answer is a tool call."""
        return END_OF_TEXT if self.tool else None

    def usage(self) -> dict[str, Any]:
        """Return the token counts, as a stream reports them."""
        reasoning = tokens_in(self.reasoning or "")
        written = reasoning + tokens_in(self.content or "") + tokens_in(self.tool.arguments if self.tool else "")
        prompt = prompt_tokens(self.request)
        counts = {"prompt_tokens": prompt, "total_tokens": prompt + written, "completion_tokens": written}
        return counts | {"completion_tokens_details": {"reasoning_tokens": reasoning}}

    def body(self) -> dict[str, Any]:
        """Return the whole answer as one JSON object."""
        nothing = dict.fromkeys(("refusal", "annotations", "audio", "function_call"))
        message: dict[str, Any] = {"role": "assistant", "content": self.content, **nothing}
        if self.tool:
            function = {"name": self.tool.name, "arguments": self.tool.arguments}
            message["tool_calls"] = [{"id": hex_id("chatcmpl-tool"), "type": "function", "function": function}]
        choice: dict[str, Any] = {"index": 0, "message": message | {"reasoning": self.reasoning}, "logprobs": None}
        choice |= {"finish_reason": self.finish_reason, "stop_reason": self.stop_reason}
        choice |= {"token_ids": None, "routed_experts": None}
        tail: dict[str, Any] = dict.fromkeys(("prompt_logprobs", "prompt_token_ids", "prompt_text"))
        tail |= dict.fromkeys(("kv_transfer_params", "ec_transfer_params", "metrics"))
        usage = self.usage() | {"prompt_tokens_details": None}
        head = self._head("chat.completion") | {"choices": [choice], "service_tier": None}
        return head | _FINGERPRINT | {"usage": usage} | tail

    def events(self) -> Iterator[str]:
        """Yield the answer as server-sent events."""
        yield self._opening()
        *deltas, last = [*self._deltas(), *([{}] if self.tool else [])] or [{"content": ""}]
        yield from (self._event([self._choice(delta)]) for delta in deltas)
        with_usage = bool((self.request.payload.get("stream_options") or {}).get("include_usage"))
        finish = {"finish_reason": self.finish_reason, "stop_reason": self.stop_reason, "token_ids": None}
        yield self._event([self._choice(last) | finish], **({} if with_usage else _FINGERPRINT))
        if with_usage:
            yield self._event([], usage=self.usage(), **_FINGERPRINT)
        yield "data: [DONE]\n\n"

    def beginning(self) -> Iterator[str]:
        """Yield the events of an answer that will never finish."""
        yield self._opening()
        yield from (self._event([self._choice(delta)]) for delta in self._deltas())

    def _opening(self) -> str:
        choice = {"index": 0, "delta": {"role": "assistant", "content": ""}, "logprobs": None, "finish_reason": None}
        return self._event([choice], prompt_token_ids=None, prompt_text=None)

    def _deltas(self) -> list[dict[str, Any]]:
        deltas: list[dict[str, Any]] = [{"reasoning": piece} for piece in _pieces(self.reasoning)]
        deltas += [{"content": piece} for piece in _pieces(self.content)]
        if self.tool:
            call = {"id": hex_id("chatcmpl-tool"), "type": "function"}
            parts = [call | {"index": 0, "function": {"name": self.tool.name}}]
            parts += [{"index": 0, "function": {"arguments": piece}} for piece in _pieces(self.tool.arguments)]
            deltas += [{"content": None, "tool_calls": [part]} for part in parts]
        return deltas

    def _choice(self, delta: dict[str, Any]) -> dict[str, Any]:
        return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None, "token_ids": None}

    def _event(self, choices: list[dict[str, Any]], **extra: object) -> str:
        return f"data: {dumps(self._head('chat.completion.chunk') | {'choices': choices} | extra)}\n\n"

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


_FINGERPRINT: dict[str, Any] = {"system_fingerprint": FINGERPRINT}


def _pieces(text: str | None) -> list[str]:
    """Cut a text into chunks of a few characters."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)] if text else []


def error(code: int, message: str, param: str | None = None, kind: str | None = None) -> dict[str, Any]:
    """Return an error body."""
    kind = kind or _ERROR_TYPES.get(code) or HTTPStatus(code).phrase
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def refusal(payload: Mapping[str, Any], model: str, max_model_len: int) -> dict[str, Any] | None:
    """Return the error body for a request that vLLM would not run, or None."""
    if "messages" not in payload:
        missing = {"type": "missing", "loc": "body.messages", "msg": "Field required"}
        missing["input"] = f"<dict of {len(payload)} items>"
        return error(400, f"1 validation error:\n  {missing}", "body.messages", "Bad Request")
    asked = payload.get("model")
    if asked != model:
        return error(404, f"The model `{asked}` does not exist. Valid aliases: {model}.", "model")
    if prompt_tokens(Request(payload)) > max_model_len:
        return error(400, _over_context(max_model_len), "input_tokens")
    temperature = payload.get("temperature")
    if isinstance(temperature, int | float) and temperature < 0:
        value = f"got {float(temperature)}. (parameter=temperature, value={float(temperature)})"
        return error(400, f"temperature must be non-negative, {value}", "temperature")
    return None


def _over_context(limit: int) -> str:
    found = limit + 1
    return (
        f"This model's maximum context length is {limit} tokens. However, your prompt contains at least {found} input "
        "tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input "
        f"prompt. (parameter=input_tokens, value={found})"
    )


def models(model: str, max_model_len: int) -> dict[str, Any]:
    """Return the model list."""
    created = int(time.time())
    names = ("create_engine", "sampling", "logprobs", "search_indices", "view", "fine_tuning")
    allowed = {f"allow_{name}": name not in ("create_engine", "search_indices", "fine_tuning") for name in names}
    permission = {"id": hex_id("modelperm"), "object": "model_permission", "created": created, **allowed}
    permission |= {"organization": "*", "group": None, "is_blocking": False}
    card = {"id": model, "object": "model", "created": created, "owned_by": "vllm", "root": model, "parent": None}
    return {"object": "list", "data": [card | {"max_model_len": max_model_len, "permission": [permission]}]}


def metrics(model: str, running: int, prompt: int, generated: int, cached: int = 0) -> str:
    """Return the Prometheus page."""
    values = {"num_requests_running": running, "num_requests_waiting": 0, "kv_cache_usage_perc": 0}
    values |= {"prefix_cache_queries_total": prompt, "prefix_cache_hits_total": cached, "prompt_tokens_total": prompt}
    values |= {"prompt_tokens_cached_total": cached, "generation_tokens_total": generated}
    labels = f'{{engine="0",model_name="{model}"}}'
    lines = [f"vllm:{name}{labels} {float(value)}\n" for name, value in values.items()]
    facts = {"block_size": BLOCK, "enable_prefix_caching": True, "engine": 0, "num_gpu_blocks": BLOCKS}
    told = ",".join(f'{name}="{value}"' for name, value in facts.items())
    return "".join([*lines, f"vllm:cache_config_info{{{told}}} 1.0\n"])
