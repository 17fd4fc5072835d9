"""A finished turn as a chat completion: its sources as links in the text and as structured metadata."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from agent.events import pieces
from agent.schema import Turn
from agent.wire.openai import (
    Annotation,
    AssistantMessage,
    Beside,
    ChatCompletion,
    Choice,
    ChunkChoice,
    CompletionChunk,
    Delta,
    UrlCitation,
    Usage,
)
from graphs.state import Citation
from memory.tokens import tokens

_MARK = re.compile(r"\[(\d{1,3})\]")


def linked(answer: str, addresses: Mapping[int, tuple[str, str]]) -> tuple[str, list[Annotation]]:
    """Return a text whose citation marks are links, and where they stand.

    Args:
        answer: the text with marks such as ``[1]``.
        addresses: title and URL by number; a mark without one stays as it is.
    """
    parts: list[str] = []
    found: list[Annotation] = []
    length = last = 0
    for mark in _MARK.finditer(answer):
        title, url = addresses.get(int(mark[1]), ("", ""))
        if not url:
            continue
        before, link = answer[last : mark.start()], f"[[{mark[1]}]]({url})"
        start = length + len(before)
        found.append(Annotation(url_citation=UrlCitation(start_index=start, end_index=start + len(link), title=title, url=url)))
        parts += [before, link]
        length, last = start + len(link), mark.end()
    return "".join([*parts, answer[last:]]), found


def addresses_of(citations: list[Citation], base: str) -> dict[int, tuple[str, str]]:
    """Return title and URL of each citation: the source's own where it names one, else the passage as this service shows it."""
    return {one.n: (_title(one), _url(one, base)) for one in citations}


def _title(one: Citation) -> str:
    return " · ".join(part for part in (one.document, one.section) if part)


def _url(one: Citation, base: str) -> str:
    if re.fullmatch(r"https?://[^\s()<>\[\]]+", one.source):
        return one.source
    if not one.version:  # what a tool said, which is no passage
        return ""
    return f"{base}/v1/knowledge/chunks/{quote(one.id, safe='')}"


def usage_of(prompt: int, answer: str) -> Usage:
    """Return the tokens of a request and its answer."""
    written = tokens(answer)
    return Usage(prompt_tokens=prompt, completion_tokens=written, total_tokens=prompt + written)


def beside(turn: Turn) -> Beside:
    """Return what OpenAI's shape has no place for."""
    return Beside(
        thread=turn.thread,
        turn=turn.turn,
        outcome=turn.outcome,
        level=turn.level,
        label=turn.label,
        recorded=turn.recorded,
        citations=turn.citations,
        findings=turn.findings,
    )


def completion(turn: Turn, prompt: int, base: str) -> ChatCompletion:
    """Return the whole answer at once."""
    content, annotations = linked(turn.answer, addresses_of(turn.citations, base))
    return ChatCompletion(
        id=f"chatcmpl-{turn.turn}",
        created=int(time.time()),
        choices=[Choice(message=AssistantMessage(content=content, annotations=annotations))],
        usage=usage_of(prompt, turn.answer),
        shensi=beside(turn),
    )


def asking(thread: str, turn: str, question: object, prompt: int) -> ChatCompletion:
    """Return a question to the reader, which the turn waits for, as an answer."""
    said = question if isinstance(question, str) else str(question.get("question", "")) if isinstance(question, dict) else str(question)
    return ChatCompletion(
        id=f"chatcmpl-{turn}",
        created=int(time.time()),
        choices=[Choice(message=AssistantMessage(content=said))],
        usage=usage_of(prompt, said),
        shensi=Beside(thread=thread, turn=turn),
    )


def sent(chunk: CompletionChunk) -> bytes:
    """Return a piece as it is sent, without what it does not say; that it has not ended yet (``finish_reason: null``) it does say."""
    told = chunk.model_dump(mode="json", by_alias=True)
    for choice in told["choices"]:
        choice["delta"] = {name: value for name, value in choice["delta"].items() if value is not None}
    kept = {name: value for name, value in told.items() if value is not None}
    return f"data: {json.dumps(kept, ensure_ascii=False)}\n\n".encode()


def chunks_of(whole: ChatCompletion, *, with_usage: bool) -> Iterator[CompletionChunk]:
    """Yield an answer in pieces: only when it is whole, audited and stored is there one to cut."""
    message = whole.choices[0].message

    def chunk(delta: Delta, last: bool = False) -> CompletionChunk:
        choice = ChunkChoice(delta=delta, finish_reason="stop" if last else None)
        return CompletionChunk(id=whole.id, created=whole.created, choices=[choice], shensi=whole.shensi if last else None)

    yield chunk(Delta(role="assistant", content=""))
    for piece in pieces(message.content):
        yield chunk(Delta(content=piece))
    yield chunk(Delta(annotations=message.annotations), last=True)
    if with_usage:
        yield CompletionChunk(id=whole.id, created=whole.created, choices=[], usage=whole.usage)
