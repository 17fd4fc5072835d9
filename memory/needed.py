"""What every match of a regular expression must contain: the least common of the parts that none of its ways to match goes without."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

DIGIT, LETTER = "\x00digit", "\x00letter"
"""In place of all digits, and of the letters from a to z."""
_LARGEST = 64
"""Characters of a class that are listed one by one."""
_COMMON = frozenset("我你他她的了是有不没在对就也还都人说一这那会能吃药")

Parts = frozenset[str]


@lru_cache(maxsize=1)
def parsed(pattern: str) -> Any:
    """Return the tree of a pattern; what is asked about it is asked at once."""
    return parser.parse(pattern)


def needed(pattern: str) -> Parts | None:
    """Return parts of which every match of a pattern without flags contains at least one; nothing where none are known."""
    tree = parsed(pattern)
    return None if tree.state.flags & re.IGNORECASE else _of_all(tree)


def _of_all(items: Iterable[tuple[Any, Any]]) -> Parts | None:
    """Return the parts of what stands one after the other: the least common of those of its members."""
    found: list[Parts] = []
    run = ""
    for code, value in items:
        if code is op.LITERAL:
            run += chr(value)
            continue
        if run:
            found.append(frozenset({run}))
            run = ""
        if (parts := _of(code, value)) is not None:
            found.append(parts)
    if run:
        found.append(frozenset({run}))
    return min(found, key=_often, default=None)


def _of(code: Any, value: Any) -> Parts | None:
    if code is op.IN:
        return _of_class(value)
    if code is op.BRANCH:
        ways = [_of_all(way) for way in value[1]]
        return None if None in ways else frozenset[str]().union(*(way for way in ways if way))
    if code is op.SUBPATTERN:
        return None if value[1] or value[2] else _of_all(value[3])
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _of_all(value[2]) if value[0] else None
    if code is op.ASSERT:
        return _of_all(value[1])
    return None


def _of_class(members: Iterable[tuple[Any, Any]]) -> Parts | None:
    found: set[str] = set()
    for code, value in members:
        if code is op.LITERAL:
            found.add(chr(value))
        elif code is op.RANGE and value == (ord("a"), ord("z")):
            found.add(LETTER)
        elif code is op.RANGE and value[1] - value[0] < _LARGEST:
            found.update(map(chr, range(value[0], value[1] + 1)))
        elif code is op.CATEGORY and value is op.CATEGORY_DIGIT:
            found.add(DIGIT)
        else:
            return None
    return frozenset(found)


def _often(parts: Parts) -> float:
    """Return about how often one of some parts stands in a clause."""
    return sum(_seen(part) for part in parts)


def _seen(part: str) -> float:
    if part in (DIGIT, LETTER):
        return 0.5
    if part.isascii():
        return 0.4 ** len(part)
    return 0.2 if part in _COMMON else 0.02 / len(part)
