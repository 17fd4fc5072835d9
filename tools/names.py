"""Finding the names of drugs, classes, substances, allergy groups and conditions in running text.

One Aho-Corasick automaton holds every name, so that a message is read once however many names there are. The longest name wins
("磺胺甲噁唑" before "磺胺"), and a Latin name must be a whole word.
"""

from __future__ import annotations

from dataclasses import dataclass

import ahocorasick

from tools.text import clean, fold


@dataclass(frozen=True, slots=True)
class Name:
    """One name found: ``text[start:end]`` and everything it may stand for."""

    start: int
    end: int
    words: str
    references: frozenset[str]

    @property
    def drugs(self) -> frozenset[str]:
        """The drugs it stands for; the class only when it names no single drug."""
        single = frozenset(r for r in self.references if ":" not in r)
        return single or frozenset(r for r in self.references if r.startswith("class:"))

    def of(self, kind: str) -> frozenset[str]:
        """The references of one kind: ``class``, ``food``, ``group`` or ``condition``."""
        return frozenset(r for r in self.references if r.startswith(f"{kind}:"))


class NameIndex:
    """A set of names, built once and then read by many threads."""

    def __init__(self) -> None:
        self._references: dict[str, set[str]] = {}
        self._automaton = ahocorasick.Automaton()

    def add(self, name: str, reference: str) -> None:
        """Let ``name`` stand for ``reference`` too."""
        key = fold(clean(name))
        if key:
            self._references.setdefault(key, set()).add(reference)

    def mask(self, words: str) -> None:
        """Let ``words`` be read as ordinary words, whatever name stands inside them: 代文 is a drug, 现代文 is not."""
        self._references.setdefault(fold(clean(words)), set())

    def freeze(self) -> NameIndex:
        """Build the automaton; call once after the last ``add``."""
        for key, references in self._references.items():
            self._automaton.add_word(key, (key, frozenset(references)))
        self._automaton.make_automaton()
        return self

    def references(self, name: str) -> frozenset[str]:
        """Return what exactly this name stands for; empty when unknown."""
        return frozenset(self._references.get(fold(clean(name)), ()))

    def find(self, text: str) -> list[Name]:
        """Return the names in cleaned ``text``, in order, longest first where they overlap."""
        folded = fold(text)
        found = []
        for last, (key, references) in self._automaton.iter(folded):
            start, end = last - len(key) + 1, last + 1
            if _whole_word(folded, start, end):
                found.append(Name(start, end, text[start:end], references))
        found.sort(key=lambda name: (name.start - name.end, name.start))
        taken: list[Name] = []
        for name in found:
            if all(name.end <= other.start or name.start >= other.end for other in taken):
                taken.append(name)
        return sorted((name for name in taken if name.references), key=lambda name: name.start)


def _whole_word(text: str, start: int, end: int) -> bool:
    """Tell whether a Latin name is not a part of a longer word; a plural s is allowed."""
    if _latin(text[start]) and start > 0 and _latin(text[start - 1]):
        return False
    if not _latin(text[end - 1]) or end == len(text) or not _latin(text[end]):
        return True
    return text[end] == "s" and (end + 1 == len(text) or not _latin(text[end + 1]))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
