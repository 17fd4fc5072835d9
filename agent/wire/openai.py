"""The shapes of OpenAI's chat completions, as far as they make sense here, with ours beside them under ``shensi``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.schema import Wire
from graphs.state import Citation, Outcome
from tools.findings import Finding
from tools.records import Level

MODEL = "shensi"
MOST_MESSAGES = 500
LEAST_TOKENS = 4096


class TextPart(BaseModel):
    """A part of a message; pictures and sound are refused."""

    type: str = Field(examples=["text"])
    text: str | None = None


class Message(BaseModel):
    """What was said. Only what users said is read: an assistant's words, a tool's and a developer's are no patient's."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None


class StreamOptions(BaseModel):
    """How to stream."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A request. Sampling parameters are taken and change nothing.

    What would cut an audited answer short, and with it perhaps the warning at its end, is refused: ``stop``, and a ``max_tokens`` that an
    answer might reach.
    """

    model_config = ConfigDict(extra="ignore")

    model: str = Field(max_length=200, examples=[MODEL])
    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES, examples=[[{"role": "user", "content": "感冒要吃抗生素吗？"}]])
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: str | None = Field(None, max_length=512, description="one of your own users, with a record and threads apart from all others")
    n: int | None = None
    max_tokens: int | None = Field(None, description=f"refused below {LEAST_TOKENS}: no answer is that long, and none is cut short")
    max_completion_tokens: int | None = Field(None, description="as max_tokens")
    stop: str | list[str] | None = Field(None, description="refused: an audited answer is never cut short")
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: dict[str, Any] | None = None
    logprobs: bool | None = None


class UrlCitation(Wire):
    """Where in the content a source is linked."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(Wire):
    """A citation as structured metadata."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AssistantMessage(Wire):
    """The answer, its sources linked."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation] = Field(default_factory=list)


class Choice(Wire):
    """The one answer."""

    index: int = 0
    message: AssistantMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(Wire):
    """Tokens of the messages and of the answer, estimated: what the models behind an audited answer read and write is in /metrics."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Beside(Wire):
    """What OpenAI's shape has no place for."""

    thread: str
    """Send it as ``X-Shensi-Thread`` to go on here."""
    turn: str
    outcome: Outcome | None = None
    level: Level | None = None
    label: str = ""
    recorded: bool = True
    """As in a turn: whether the audit ledger had the entry when this was told."""
    citations: list[Citation] = Field(default_factory=list)
    findings: list[Finding] = Field(default_factory=list)


class ChatCompletion(Wire):
    """The whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage
    shensi: Beside


class Delta(Wire):
    """A piece of the answer."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    annotations: list[Annotation] | None = None


class ChunkChoice(Wire):
    """A piece of the one answer; ``finish_reason`` comes with the last."""

    index: int = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None
    logprobs: None = None


class CompletionChunk(Wire):
    """One event of a stream."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str = MODEL
    choices: list[ChunkChoice]
    usage: Usage | None = None
    shensi: Beside | None = None


class ModelItem(Wire):
    """The one model."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "shensi"


class ModelList(Wire):
    """All models."""

    object: Literal["list"] = "list"
    data: list[ModelItem]


class OpenAIErrorBody(Wire):
    """What went wrong, in OpenAI's shape."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None
    request_id: str = ""


class OpenAIError(Wire):
    """The body of every answer from 400 on."""

    error: OpenAIErrorBody
