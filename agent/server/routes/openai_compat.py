"""``/v1/models`` and ``/v1/chat/completions`` as OpenAI's clients speak them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import StringConstraints

from agent.server.completions import asking, chunks_of, completion, sent
from agent.server.deps import Chat, Reader, runs_of, service_of, settings_of
from agent.server.endings import conversations
from agent.server.errors import Conflict
from agent.server.identity import Principal
from agent.server.openai_errors import OpenAIRoute, Refused, UnknownModel, documented, error_body
from agent.server.people import narrowed, user_of
from agent.server.reader import request_id
from agent.server.run import Reading
from agent.server.sse import HEARTBEAT, EventStream, until_gone
from agent.server.transcripts import Place, place_of
from agent.service import ConsultService
from agent.wire.openai import LEAST_TOKENS, MODEL, ChatCompletion, ChatRequest, Message, ModelItem, ModelList, OpenAIError
from configs.errors import ShensiError
from memory.tokens import tokens

router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAIRoute)
ThreadName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_CREATED = 1_767_225_600  # 2026-01-01: clients show it, and nothing depends on it
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, or with `stream: true` its pieces as server-sent events, `[DONE]` last.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
_CLOSED = 499


@router.get("/models", responses=documented())
async def models(who: Chat) -> ModelList:
    """Return the one model there is: the audited assistant as a whole."""
    return ModelList(data=[ModelItem(created=_CREATED)])


@router.get("/models/{model}", responses=documented(404))
async def get_model(who: Chat, model: Annotated[str, Path(max_length=200, examples=[MODEL])]) -> ModelItem:
    """Return the model of that name."""
    _check_model(model)
    return ModelItem(created=_CREATED)


@router.post("/chat/completions", response_model=ChatCompletion, responses=documented(404, 409) | _STREAM)
async def chat_completions(
    given: ChatRequest,
    request: Request,
    who: Chat,
    language: Reader,
    x_shensi_thread: Annotated[ThreadName | None, Header(description="the thread to ask on; without it the transcript decides")] = None,
    idempotency_key: Annotated[str, Header(max_length=255, description="the same key on the same thread is the same question")] = "",
) -> Any:
    """Answer the last of the user's messages; what other roles said is not read as the user's words."""
    _check(given)
    said = [words for words in map(_words, given.messages) if words]
    service = _service(request, who, given.user)
    place = Place(x_shensi_thread, said[-1]) if x_shensi_thread else await place_of(service, said)
    reading = await _asked(request, service, place, language, idempotency_key)
    answering = _Answering(request, reading, sum(tokens(_all_words(one)) for one in given.messages), language)
    headers = {"x-shensi-thread": place.thread}
    if given.stream:
        stream = EventStream(answering.frames(bool(given.stream_options and given.stream_options.include_usage)), reading.leave)
        stream.headers.update(headers)
        return stream
    try:
        whole = await until_gone(request.receive, answering.whole())
    finally:
        reading.leave()
    if whole is None:
        return Response(status_code=_CLOSED)
    return Response(whole.model_dump_json(by_alias=True), media_type="application/json", headers=headers)


class _Answering:
    """One answer on its way to a client of OpenAI's."""

    def __init__(self, request: Request, reading: Reading, prompt: int, language: str) -> None:
        self._request, self._reading, self._prompt, self._language = request, reading, prompt, language
        self._base = settings_of(request).server.public_url or _base(request)

    async def whole(self) -> ChatCompletion:
        """Wait for the end and return it; a question to the reader is an answer too."""
        try:
            return completion(await self._reading.result(), self._prompt, self._base)
        except Conflict as error:
            run = self._reading.run
            if error.code != "turn_waits":
                raise
            return asking(run.start["thread"], run.start["turn"], run.question, self._prompt)

    async def frames(self, with_usage: bool) -> AsyncIterator[bytes]:
        """Yield comments while the answer is written and audited, then the whole of it in pieces."""
        try:
            async for seen in self._reading.events(settings_of(self._request).server.heartbeat_s):
                yield f": {seen[1].event}\n\n".encode() if seen else HEARTBEAT
            for chunk in chunks_of(await self.whole(), with_usage=with_usage):
                yield sent(chunk)
        except ShensiError as error:
            body = error_body(error, self._language, 500, request_id(self._request.scope))
            yield f"data: {OpenAIError(error=body).model_dump_json()}\n\n".encode()
            return
        yield b"data: [DONE]\n\n"


def _service(request: Request, who: Principal, user: str | None) -> ConsultService:
    """Return the service as it is for the user that the request names, in its body or its header."""
    service = service_of(request)
    person = narrowed(who, user or user_of(request), service.stores.names)
    return service.of(person.owner, person.tenant)


async def _asked(request: Request, service: ConsultService, place: Place, language: str, key: str) -> Reading:
    runs = runs_of(request)
    if await conversations(service).info(place.thread) is None:
        await service.record.threads.begin(place.thread)
    try:
        return await runs.submit(service, place.thread, place.question, reader=language, key=key)
    except Conflict as error:
        if error.code != "turn_waits":
            raise
        return await runs.resume(service, place.thread, place.question, reader=language)


def _check(given: ChatRequest) -> None:
    _check_model(given.model)
    if given.n not in (None, 1):
        raise Refused("parameter_unsupported", "n")
    for name in ("max_tokens", "max_completion_tokens"):
        if (most := getattr(given, name)) is not None and most < LEAST_TOKENS:
            raise Refused("parameter_cuts", name, least=LEAST_TOKENS)
    if given.stop:
        raise Refused("parameter_cuts", "stop", least=LEAST_TOKENS)
    for name in ("tools", "functions", "logprobs"):
        if getattr(given, name):
            raise Refused("parameter_unsupported", name)
    if (given.response_format or {}).get("type", "text") != "text":
        raise Refused("parameter_unsupported", "response_format")
    parts = [part for one in given.messages if isinstance(one.content, list) for part in one.content]
    if any(part.type not in ("text", "input_text") for part in parts):
        raise Refused("content_unsupported", "messages")
    if given.messages[-1].role != "user" or not _words(given.messages[-1]):
        raise Refused("question_empty", "messages")


def _check_model(model: str) -> None:
    if model != MODEL:
        raise UnknownModel("model_unknown", model=MODEL)


def _words(message: Message) -> str:
    return _all_words(message).strip() if message.role == "user" else ""


def _all_words(message: Message) -> str:
    if isinstance(message.content, list):
        return "\n".join(part.text or "" for part in message.content)
    return message.content or ""


def _base(request: Request) -> str:
    """Return where this service listens: not what the ``Host`` header says, which anybody may forge."""
    host, port = request.scope.get("server") or ("127.0.0.1", 80)
    return f"{request.scope['scheme']}://{f'[{host}]' if ':' in host else host}:{port}"
