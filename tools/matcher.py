"""Which of thousands of regular expressions can match a text at all, found in one pass over it.

Every expression needs some literal words in a text before it can match: ``胸.{0,3}[疼痛]`` needs 胸, and 疼 or 痛. One automaton
(Aho-Corasick) looks for the rarest words that each expression needs, and only the expressions whose words are there are run. The answer is
the same, the time is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

import ahocorasick

_parse = import_module("re._parser").parse
_op: Any = import_module("re._constants")
_FEW = 24
"""A character class with more members than this says too little."""
Needs = list[frozenset[str]]


class Matcher:
    """Expressions under keys; several may share one."""

    def __init__(self, expressions: Iterable[tuple[str, str]]) -> None:
        """Read ``(key, expression)`` pairs.

        Raises:
            re.error: an expression is none.
        """
        self._all = list(expressions)
        self._compiled: dict[int, re.Pattern[str]] = {}
        needs = [needs_of(expression) for _, expression in self._all]
        self._always = [i for i, sets in enumerate(needs) if not sets]
        common = Counter(word for sets in needs for words in sets for word in words)
        wanted: dict[str, list[int]] = {}
        for i, sets in enumerate(needs):
            if sets:
                rarest = sets[0] if len(sets) == 1 else min(sets, key=lambda words: sum(common[word] / len(word) ** 3 for word in words))
                for word in rarest:
                    wanted.setdefault(word, []).append(i)
        self._automaton = ahocorasick.Automaton()
        for word, numbers in wanted.items():
            self._automaton.add_word(word, numbers)
        if wanted:
            self._automaton.make_automaton()

    def possible(self, text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
        """Yield the expressions that could match in ``text``."""
        numbers = set(self._always)
        if len(self._automaton):
            for _, found in self._automaton.iter(text):
                numbers.update(found)
        for number in sorted(numbers):
            yield self._all[number][0], self._compiled.get(number) or self._compile(number)

    def _compile(self, number: int) -> re.Pattern[str]:
        """Compile at the first use: most expressions are never needed in a process."""
        return self._compiled.setdefault(number, re.compile(self._all[number][1]))


@cache
def needs_of(expression: str) -> Needs:
    """Return sets of words; a text without a word of each set cannot match.

    Raises:
        re.error: the expression is none.
    """
    return _needed(_parse(expression))


def _needed(parsed: Any) -> Needs:
    sets: Needs = []
    run = ""
    for op, argument in parsed:
        if op is _op.LITERAL:
            run += chr(argument)
            continue
        if run:
            sets.append(frozenset({run}))
            run = ""
        sets += _needed_by(op, argument)
    return [*sets, frozenset({run})] if run else sets


def _needed_by(op: Any, argument: Any) -> Needs:
    if op is _op.IN:
        members = _members(argument)
        return [members] if members else []
    if op is _op.SUBPATTERN:
        return _needed(argument[-1])
    if op in (_op.MAX_REPEAT, _op.MIN_REPEAT) and argument[0] >= 1:
        return _needed(argument[2])
    if op is _op.BRANCH:
        branches = [_needed(branch) for branch in argument[1]]
        if all(branches):
            return [frozenset().union(*(max(sets, key=lambda words: min(map(len, words))) for sets in branches))]
    return []


def _members(argument: Any) -> frozenset[str]:
    """Return the members of a small character class; nothing for a negated, a named or a wide one."""
    found: set[str] = set()
    for op, value in argument:
        if op is _op.LITERAL:
            found.add(chr(value))
        elif op is _op.RANGE and value[1] - value[0] < _FEW:
            found.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return frozenset()
    return frozenset(found) if len(found) <= _FEW else frozenset()
