"""What a model's message holds besides words for the reader: thinking that the server did not set apart, and tool calls in any shape."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from langchain_core.messages import AIMessage

_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.S)
_RAW_CALL = re.compile(r"<tool_call>.*", re.S)
_WHOLE_CALL = re.compile(r"<tool_call>\s*({.*?})\s*</tool_call>", re.S)
CUT = "length"
"""The finish reason of an answer that reached its limit of tokens."""


def without_thinking(text: str) -> str:
    """Return a text without what a model thought.

    A server without a reasoning parser leaves it in; where its template opens the thought in the prompt, only ``</think>`` tells of it.
    """
    last = text.rfind("</think>")
    if last >= 0 and "<think>" not in text[:last]:
        text = text[last + len("</think>") :]
    return _THOUGHT.sub("", text)


def without_calls(text: str) -> str:
    """Return a text without the tool calls that the server did not parse, and what follows them."""
    return _RAW_CALL.sub("", text)


def calls_in(message: AIMessage, offered: Collection[str]) -> list[dict[str, Any]]:
    """Return the calls of a message: the parsed ones, or those that stand whole in its text and name a tool that was offered."""
    if message.tool_calls:
        return [{"id": str(call["id"]), "name": call["name"], "args": call["args"]} for call in message.tool_calls]
    found: list[dict[str, Any]] = []
    for place, written in enumerate(_WHOLE_CALL.findall(without_thinking(message.text))):
        try:
            call = json.loads(written)
        except ValueError:
            continue
        if isinstance(call, dict) and call.get("name") in offered and isinstance(call.get("arguments"), dict):
            found.append({"id": f"raw-{place}", "name": call["name"], "args": call["arguments"]})
    return found


def broken_call(message: AIMessage) -> bool:
    """Tell whether the message tried to call a tool and did not manage to."""
    return bool(message.invalid_tool_calls) or bool(_RAW_CALL.search(without_thinking(message.text)))


def cut_off(message: AIMessage) -> bool:
    """Tell whether the message ended because its limit of tokens was reached."""
    return message.response_metadata.get("finish_reason") == CUT
