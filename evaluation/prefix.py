"""How much of a prompt a server with prefix caching has read already: a simulated cache of blocks of 16 tokens, as vLLM keeps it.

The text is laid out as Qwen's chat template does it: the system text, behind it the tools on offer, then the messages. Tokens are counted
without a tokenizer: a Chinese character, a digit, a mark, a run of spaces and four letters are one each. A block is found again only where
everything before it is the same too, so that which characters share a token moves the edges of blocks, not what can be shared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

BLOCK = 16
_TOKEN = re.compile(r"<\|\w+\|>|[A-Za-z]{1,4}|\s+|.", re.S)


def rendered(messages: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]] = ()) -> str:
    """Return the text of a request, as the server's template writes it."""
    parts = []
    for message in messages:
        said = str(message.get("content") or "")
        if message["role"] == "system" and tools:
            said += "\n\n# Tools\n" + "\n".join(json.dumps(tool, ensure_ascii=False) for tool in tools)
        parts.append(f"<|im_start|>{message['role']}\n{said}<|im_end|>\n")
    return "".join(parts)


def blocks(text: str) -> list[tuple[str, ...]]:
    """Return the whole blocks of a text."""
    tokens = _TOKEN.findall(text)
    return [tuple(tokens[start : start + BLOCK]) for start in range(0, len(tokens) - BLOCK + 1, BLOCK)]


def shared(before: str, after: str, overlap: str) -> float:
    """Return the share of the blocks of ``overlap`` that a second prompt finds in the cache, the first having been read.

    Args:
        before: the prompt that was read.
        after: the prompt that comes.
        overlap: what both say, from the beginning of the second; its whole blocks are what could be found.
    """
    first, second = blocks(before), blocks(after)
    found = next((n for n, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), min(len(first), len(second)))
    could = len(blocks(overlap))
    return min(found, could) / could if could else 1.0
