"""A model server that answers what it is told, as late as it is told: small enough not to be what a load test measures.

Called as ``python -m evaluation.load_model``; it prints its address. A GET to ``/v1/calls`` returns the latest requests and forgets them.
Latencies of the roles, in milliseconds: facts and look 20, draft 400, critique 200, refine 400; the critical path is 1.02 s. The first
critique of a turn objects; where a mended draft is read again, that is at once.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import deque
from typing import Any, cast

LATENCY_S = {"draft": 0.4, "critique": 0.2, "refine": 0.4, "facts": 0.02, "look": 0.02, "summary": 0.02, "rewrite": 0.02}
_KEPT = 64
_ASKED: deque[dict[str, Any]] = deque(maxlen=_KEPT)
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.I)
_EVIDENCE = re.compile(r"^[ \t>*|-]*\[(\d+)\][ \t]+(\S.*)$", re.MULTILINE)
_SENTENCE = re.compile(r".+?(?:[。！？]|\.(?=\s|$))")


class Model(asyncio.Protocol):
    """One connection, kept open."""

    def __init__(self) -> None:
        self._rest = b""
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without saying so

    def connection_lost(self, failure: Exception | None) -> None:
        """Forget what was asked."""
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        """Read requests as they become whole."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._rest[:end])
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._rest) < whole:
                return
            asked_for_calls = self._rest.startswith(b"GET /v1/calls")
            body, self._rest = self._rest[end + 4 : whole], self._rest[whole:]
            if asked_for_calls:
                self._send(list(_ASKED))
                _ASKED.clear()
                continue
            task = asyncio.create_task(self._answer(body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, body: bytes) -> None:
        asked = json.loads(body) if body else {}
        content, seconds = reply(asked) if asked else ("", 0.0)
        if asked:
            _ASKED.append({"role": role_of(asked), "messages": asked["messages"], "tools": asked.get("tools", [])})
        await asyncio.sleep(seconds)
        message = {"role": "assistant", "content": content}
        answer = {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "qwen-medical",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020},
        }
        self._send(answer)

    def _send(self, answer: Any) -> None:
        data = json.dumps(answer, ensure_ascii=False).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
        self._transport.write(head.encode() + data)


def reply(asked: dict[str, Any]) -> tuple[str, float]:
    """Return what is said and how long that takes."""
    role = role_of(asked)
    said = str(asked["messages"][-1]["content"])
    if role == "draft":
        return _draft(asked["messages"]), LATENCY_S[role]
    if role == "critique":
        mended = _lines(asked["messages"][:-1])[0][1] not in said if _EVIDENCE.search(_joined(asked["messages"][:-1])) else True
        objection = [{"sentence": 0, "kind": "tone", "severity": "major", "reason": "这一句可以不说"}]
        verdict = {"reasons": [], "findings": [] if mended else objection, "verdict": "pass" if mended else "revise"}
        return json.dumps(verdict, ensure_ascii=False), 0.0 if mended else LATENCY_S[role]
    answers: dict[str, Any] = {
        "refine": {"edits": [{"sentence": 0, "action": "delete", "text": ""}]},
        "look": {"signs": [], "crisis": False, "level": "routine"},
        "summary": {"summary": "…"},
        "rewrite": {"question": ""},
    }
    return json.dumps(answers.get(role, {"facts": []}), ensure_ascii=False), LATENCY_S.get(role, 0.02)


def role_of(asked: dict[str, Any]) -> str:
    """Return what a request is for."""
    return str(((asked.get("response_format") or {}).get("json_schema") or {}).get("name", "draft"))


def _joined(messages: list[dict[str, Any]]) -> str:
    return "\n".join(str(message["content"]) for message in messages)


def _lines(messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    found = [(number, _SENTENCE.match(text)) for number, text in _EVIDENCE.findall(_joined(messages))]
    return [(number, match[0]) for number, match in found if match]


def _draft(messages: list[dict[str, Any]]) -> str:
    return "".join(f"{sentence}[{number}]" for number, sentence in _lines(messages)[:4]) or "资料不足。"


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Model, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
