"""What the scripted model server says: replies, the parsed request, and ready-made scripts."""

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

_EVIDENCE = re.compile(r"^[ \t>*|-]*\[(\d+)\][ \t]+(\S.*)$", re.MULTILINE)
_MARKUP = re.compile(r"</?[A-Za-z][^<>\n]*>")
_HAN, _WORD = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Text:
    """An ordinary answer; `reasoning` is sent only when the request left thinking on."""

    content: str | None
    reasoning: str | None = None
    finish_reason: str = "stop"


@dataclass(frozen=True)
class Json:
    """An answer whose content is this object, serialised."""

    obj: Any


@dataclass(frozen=True)
class ToolCall:
    """One parsed tool call; `arguments` goes out verbatim, valid JSON or not."""

    name: str
    arguments: str


@dataclass(frozen=True)
class RawText:
    """Content passed through unparsed, by default cut by max_tokens."""

    content: str
    finish_reason: str = "length"


@dataclass(frozen=True)
class Status:
    """An error answer in vLLM's shape."""

    code: int
    message: str


@dataclass(frozen=True)
class Hang:
    """No byte for `seconds`, then the connection closes."""

    seconds: float


@dataclass(frozen=True)
class DropMidStream:
    """Headers and a part of the body, then the connection closes.

    `after_chars` counts characters of the answer in a stream, of the JSON body otherwise.
    """

    after_chars: int
    text: str = "发烧时请多休息、多喝水，并留意体温的变化。"


@dataclass(frozen=True)
class Garbage:
    """A 200 whose body is not JSON."""

    data: bytes = b"<html>upstream proxy</html>"


@dataclass(frozen=True)
class Slow:
    """Another reply, late: the delay is spread over the chunks of a stream, or precedes a whole answer."""

    seconds: float
    reply: "Reply"


Reply = Text | Json | ToolCall | RawText | Status | Hang | DropMidStream | Garbage | Slow


def language(text: str) -> str:
    """Return "zh" or "en", whichever the text mostly is."""
    han = len(_HAN.findall(text))
    return "zh" if han and 2 * han >= len(_WORD.findall(text)) else "en"


def text_of(message: Mapping[str, Any]) -> str:
    """Return a message's text, whether its content is a string, null or a list of parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content)


@dataclass(frozen=True)
class Request:
    """A chat completion request, as the handlers see it."""

    payload: Mapping[str, Any]

    @property
    def role(self) -> str:
        """The pipeline step this request serves, named by its JSON schema."""
        response_format = self.payload.get("response_format") or {}
        name = str((response_format.get("json_schema") or {}).get("name", ""))
        return name if name in STRUCTURED_ROLES else "draft"

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The conversation."""
        return list(self.payload.get("messages") or [])

    @property
    def tools(self) -> list[dict[str, Any]]:
        """The tools on offer."""
        return list(self.payload.get("tools") or [])

    @property
    def system(self) -> str:
        """All system text."""
        return "\n".join(text_of(message) for message in self.messages if message.get("role") == "system")

    @property
    def last_user(self) -> str:
        """The newest user message."""
        return next((text_of(message) for message in reversed(self.messages) if message.get("role") == "user"), "")

    @property
    def question(self) -> str:
        """The newest user message without evidence lines and markup."""
        return _MARKUP.sub("", _EVIDENCE.sub("", self.last_user)).strip()

    @property
    def evidence(self) -> dict[int, str]:
        """The `[n] text` lines of the prompt; a later line replaces an earlier one of the same number."""
        prompt = "\n".join(text_of(message) for message in self.messages if message.get("role") != "assistant")
        return {int(number): text.strip() for number, text in _EVIDENCE.findall(prompt)}

    @property
    def stream(self) -> bool:
        """Whether the answer is to be streamed."""
        return bool(self.payload.get("stream"))

    @property
    def thinking(self) -> bool:
        """Whether the chat template lets the model think, which is the default."""
        return bool((self.payload.get("chat_template_kwargs") or {}).get("enable_thinking", True))


Handler = Callable[[Request], Reply]
STRUCTURED_ROLES = ("critique", "facts", "refine", "summary", "look", "rewrite")


@dataclass(frozen=True)
class Script:
    """One handler for each role; left out, the urgency is ``routine`` and a follow-up cannot be resolved."""

    draft: Handler
    critique: Handler
    facts: Handler
    refine: Handler
    summary: Handler
    look: Handler = lambda request: Json({"signs": [], "crisis": False, "level": "routine"})
    rewrite: Handler = lambda request: Json({"question": ""})

    def reply(self, request: Request) -> Reply:
        """Answer the request with its role's handler."""
        handler: Handler = getattr(self, request.role)
        return handler(request)

    def with_role(self, role: str, handler: Handler) -> "Script":
        """Return a copy in which one role is answered by `handler`."""
        return replace(self, **{role: handler})

    def with_every_role(self, handler: Handler) -> "Script":
        """Return a copy in which all roles are answered by `handler`."""
        return Script(*[handler] * len(fields(self)))


def always(reply: Reply) -> Handler:
    """Return a handler that gives the same reply every time."""
    return lambda request: reply


def in_turn(*replies: Reply) -> Handler:
    """Return a handler that gives the replies one after another and then repeats the last."""
    waiting, lock = list(replies), threading.Lock()

    def handler(request: Request) -> Reply:
        with lock:
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return handler


def dumps(value: Any) -> str:
    """Serialise as vLLM does: compact, not escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
