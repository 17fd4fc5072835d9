"""With which characters every match of a regular expression begins, and the same expression made to look at these first.

The engine skips to the places where a match can begin only if an expression opens with plain characters. After "not behind this" or
"at the edge of a word" it tries every alternative at every place; one look at the character there spares it nearly all of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any

from memory.needed import parsed

_CATEGORIES = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_SPACE: r"\s", op.CATEGORY_WORD: r"\w"}

_Opening = tuple[list[str], bool]
"""Members of a class of characters, and whether a match may also be empty."""


def led(pattern: str) -> str:
    """Return a pattern without flags that matches the same, and fails at once where the character is none that it can begin with."""
    tree = parsed(pattern)
    opening = None if tree.state.flags & ~re.UNICODE or _skips(tree) else _of_all(tree)
    if opening is None or opening[1] or not opening[0]:
        return pattern
    return f"(?=[{''.join(dict.fromkeys(opening[0]))}])(?:{pattern})"


def _skips(items: Any) -> bool:
    """Tell whether the engine finds out by itself with which characters a match begins."""
    if not len(items):
        return False
    code, value = items[0]
    if code is op.SUBPATTERN and not (value[1] or value[2]):
        return _skips(value[3])
    if code is op.BRANCH:
        return all(len(way) and way[0][0] is op.LITERAL for way in value[1])
    return code in (op.LITERAL, op.IN)


def _of_all(items: Iterable[tuple[Any, Any]]) -> _Opening | None:
    """Return the opening of what stands one after the other; nothing where it is not known."""
    found: list[str] = []
    for code, value in items:
        opening = _of(code, value)
        if opening is None:
            return None
        found += opening[0]
        if not opening[1]:
            return found, False
    return found, True


def _of(code: Any, value: Any) -> _Opening | None:
    if code is op.LITERAL:
        return [re.escape(chr(value))], False
    if code is op.IN:
        members = [_member(*member) for member in value]
        return None if None in members else ([member for member in members if member], False)
    if code is op.BRANCH:
        return _of_ways([_of_all(way) for way in value[1]])
    if code is op.SUBPATTERN:
        return None if value[1] or value[2] else _of_all(value[3])
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        inner = _of_all(value[2])
        return inner and (inner[0], inner[1] or not value[0])
    if code is op.ASSERT and value[0] > 0:  # what lies ahead is where a match begins
        return _of_all(value[1])
    return ([], True) if code in (op.ASSERT, op.ASSERT_NOT, op.AT) else None


def _of_ways(ways: list[_Opening | None]) -> _Opening | None:
    known = [way for way in ways if way is not None]
    return ([member for way in known for member in way[0]], any(way[1] for way in known)) if len(known) == len(ways) else None


def _member(code: Any, value: Any) -> str | None:
    if code is op.LITERAL:
        return re.escape(chr(value))
    if code is op.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return _CATEGORIES.get(value) if code is op.CATEGORY else None
