"""Regular expressions that are tried only on words which hold something they need; imported in place of ``re``.

The readers ask every clause hundreds of questions, and nearly all of the answers are no. Of each pattern it is known what every match of it
must contain ("过敏" or "allerg", say). One pass of an automaton over an announced text (``note``) tells which of all patterns can match in
it at all; the others then cost one look. A text that was not announced is searched as ever, so the answers are always the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from re import DOTALL, Match, escape
from threading import Lock
from typing import Any

from memory.begins import led
from memory.needed import DIGIT, LETTER, needed

__all__ = ["DOTALL", "Match", "Pattern", "compile", "escape", "findall", "fullmatch", "match", "note", "search", "sub"]

_REMEMBERED = 4096
_DIGIT, _LETTER = re.compile(r"\d"), re.compile("[a-z]")
_ALWAYS = 1
"""The bit of the patterns of which nothing is known."""
_open: dict[str, int] = {}
"""By announced text, the bits of the patterns that can match in it."""


class Pattern:
    """A compiled pattern that knows at a glance where it cannot match; its methods are those of ``re.Pattern``."""

    __slots__ = ("_bit", "_finditer", "_fullmatch", "_match", "_search", "pattern", "plain")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        """Compile a pattern."""
        self.plain, self.pattern = re.compile(pattern if flags else led(pattern), flags), pattern
        self._search, self._match = self.plain.search, self.plain.match
        self._fullmatch, self._finditer = self.plain.fullmatch, self.plain.finditer
        self._bit = _index.bit(None if flags else needed(pattern))

    def search(self, text: str, *span: int) -> Match[str] | None:
        """Return the first match."""
        return self._search(text, *span) if _open.get(text, -1) & self._bit else None

    def match(self, text: str, *span: int) -> Match[str] | None:
        """Return the match at the beginning."""
        return self._match(text, *span) if _open.get(text, -1) & self._bit else None

    def fullmatch(self, text: str, *span: int) -> Match[str] | None:
        """Return the match of the whole."""
        return self._fullmatch(text, *span) if _open.get(text, -1) & self._bit else None

    def finditer(self, text: str, *span: int) -> Iterator[Match[str]]:
        """Return the matches in order."""
        return self._finditer(text, *span) if _open.get(text, -1) & self._bit else iter(())

    def findall(self, text: str) -> list[Any]:
        """Return the words of the matches."""
        return self.plain.findall(text) if _open.get(text, -1) & self._bit else []

    def sub(self, by: str | Callable[[Match[str]], str], text: str) -> str:
        """Return the text with its matches replaced."""
        return self.plain.sub(by, text) if _open.get(text, -1) & self._bit else text

    def split(self, text: str) -> list[Any]:
        """Return the text between the matches."""
        return self.plain.split(text) if _open.get(text, -1) & self._bit else [text]


class _Index:
    """Which patterns need what; complete once the first text has been announced."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._bits: dict[str, int] = {}
        self._patterns = 0
        self._automaton: Any = None

    def bit(self, parts: frozenset[str] | None) -> int:
        """Return the bit of a pattern of which every match holds one of some parts; who comes too late is always tried."""
        with self._lock:
            if not parts or self._automaton is not None:
                return _ALWAYS
            self._patterns += 1
            bit = _ALWAYS << self._patterns
            for part in parts:
                self._bits[part] = self._bits.get(part, 0) | bit
            return bit

    def held(self, text: str) -> int:
        """Return the bits of the patterns that can match in a text."""
        found = _ALWAYS
        for _, bits in (self._automaton or self._build()).iter(text):
            found |= bits
        if _DIGIT.search(text):
            found |= self._bits.get(DIGIT, 0)
        if _LETTER.search(text):
            found |= self._bits.get(LETTER, 0)
        return found

    def _build(self) -> Any:
        import ahocorasick

        with self._lock:
            if self._automaton is None:
                built = ahocorasick.Automaton()
                for part, bits in self._bits.items():
                    built.add_word(part, bits)
                built.make_automaton()
                self._automaton = built
            return self._automaton


_index = _Index()


def note(text: str) -> None:
    """Announce a text that many patterns will be asked about."""
    if text not in _open:
        if len(_open) >= _REMEMBERED:
            _open.clear()
        _open[text] = _index.held(text)


def compile(pattern: str, flags: int = 0) -> Pattern:
    """Return a pattern; one with flags is always tried."""
    return Pattern(pattern, flags)


@lru_cache(maxsize=1024)
def _written_out(pattern: str) -> re.Pattern[str]:
    """Return a pattern that stands where it is used."""
    return re.compile(led(pattern))


def search(pattern: str, text: str) -> Match[str] | None:
    """Return the first match of a pattern."""
    return _written_out(pattern).search(text)


def match(pattern: str, text: str) -> Match[str] | None:
    """Return the match of a pattern at the beginning."""
    return _written_out(pattern).match(text)


def fullmatch(pattern: str, text: str) -> Match[str] | None:
    """Return the match of a pattern on the whole."""
    return _written_out(pattern).fullmatch(text)


def findall(pattern: str, text: str) -> list[Any]:
    """Return the words of the matches of a pattern."""
    return _written_out(pattern).findall(text)


def sub(pattern: str, by: str | Callable[[Match[str]], str], text: str) -> str:
    """Return the text with the matches of a pattern replaced."""
    return _written_out(pattern).sub(by, text)
