"""Finding the names of drugs, classes, substances, allergy groups and conditions in running text.

One Aho-Corasick automaton holds every name, so that a message is read once however many names there are. The longest name wins
("磺胺甲噁唑" before "磺胺"), and a Latin name must be a whole word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import ahocorasick

from tools.spelling import Speller, remembered
from tools.text import clean, fold

_BETWEEN_SCRIPTS = re.compile(r"(?<=[\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3400-\u9fff])")


@dataclass(frozen=True, slots=True)
class Name:
    """One name found: ``text[start:end]`` and everything it may stand for; ``spelled`` is the right spelling of a misspelt one."""

    start: int
    end: int
    words: str
    references: frozenset[str]
    spelled: str = ""

    @property
    def drugs(self) -> frozenset[str]:
        """The drugs it stands for; the class only when it names no single drug."""
        return _of_kind(self.references, "") or _of_kind(self.references, "class:")

    def of(self, kind: str) -> frozenset[str]:
        """The references of one kind: ``class``, ``food``, ``group`` or ``condition``."""
        return _of_kind(self.references, f"{kind}:")


@lru_cache(maxsize=4096)
def _of_kind(references: frozenset[str], prefix: str) -> frozenset[str]:
    return frozenset(r for r in references if (r.startswith(prefix) if prefix else ":" not in r))


class NameIndex:
    """A set of names, built once and then read by many threads."""

    def __init__(self) -> None:
        self._references: dict[str, set[str]] = {}
        self._keys: dict[str, str] = {}
        self._found: dict[str, list[Name]] = {}
        self._automaton = ahocorasick.Automaton()
        self._speller = Speller()

    def add(self, name: str, reference: str) -> None:
        """Let ``name`` stand for ``reference`` too."""
        if key := self._key(name):
            for written in {key, _BETWEEN_SCRIPTS.sub(" ", key)}:  # 维生素d and 维生素 d
                self._references.setdefault(written, set()).add(reference)

    def mask(self, words: str) -> None:
        """Let ``words`` be read as ordinary words, whatever name stands inside them: 代文 is a drug, 现代文 is not."""
        self._references.setdefault(self._key(words), set())

    def freeze(self, drugs: Collection[str] = (), classes: Collection[str] = ()) -> NameIndex:
        """Build the automaton; call once after the last ``add``.

        Args:
            drugs: the names of which misspellings are recognised too.
            classes: the names of which only homophones are.
        """
        for key, references in self._references.items():
            self._automaton.add_word(key, (key, frozenset(references)))
        self._automaton.make_automaton()
        self._speller = Speller(self._known(drugs), self._known(classes))
        self._keys = {}
        return self

    def _known(self, names: Collection[str]) -> set[str]:
        return {key for name in names if self._references.get(key := self._key(name))}

    def _key(self, name: str) -> str:
        if name not in self._keys:
            self._keys[name] = fold(clean(name))
        return self._keys[name]

    def references(self, name: str) -> frozenset[str]:
        """Return what exactly this name stands for; empty when unknown."""
        return frozenset(self._references.get(fold(clean(name)), ()))

    def masked(self, words: str) -> bool:
        """Tell whether folded ``words`` are known to be ordinary words."""
        return self._references.get(words) == set()

    def find(self, text: str) -> list[Name]:
        """Return the names in cleaned ``text``, in order, longest first where they overlap."""
        return remembered(self._found, text, self._find).copy()

    def _find(self, text: str) -> list[Name]:
        folded = fold(text)
        found = []
        for last, (key, references) in self._automaton.iter(folded):
            start, end = last - len(key) + 1, last + 1
            if _whole_word(folded, start, end):
                found.append(Name(start, end, text[start:end], references))
        found.sort(key=lambda name: (name.start - name.end, name.start))
        taken: list[Name] = []
        covered = bytearray(len(folded))
        for name in found:
            if covered.find(1, name.start, name.end) < 0:
                covered[name.start : name.end] = b"\x01" * (name.end - name.start)
                taken.append(name)
        for name in list(self._misspelt(text, folded, taken)) if self._speller else ():
            taken = [other for other in taken if other.end <= name.start or other.start >= name.end]
            taken.append(name)
        return sorted((name for name in taken if name.references), key=lambda name: name.start)

    def _misspelt(self, text: str, folded: str, taken: list[Name]) -> Iterator[Name]:
        """Yield misspelt names outside of ``taken``, or around the name of a class: 头孢克污 is more than 头孢."""
        spans = [0] * (len(folded) + 1)
        fixed = [0] * (len(folded) + 1)
        for number, name in enumerate(taken, start=1):
            wide = bool(name.references) and all(r.startswith(("class:", "group:")) for r in name.references)
            for place in range(name.start, name.end):
                spans[place], fixed[place + 1] = number, not wide
        blocked = [*accumulate(fixed)]

        def free(start: int, end: int) -> bool:
            if blocked[end] > blocked[start]:
                return False
            cut_before = spans[start] and start > 0 and spans[start - 1] == spans[start]
            return not cut_before and not (spans[end - 1] and spans[end] == spans[end - 1])

        for near in self._speller.find(folded, free):
            meant = frozenset.intersection(*(self._meanings(name) for name in near.names))
            same = [
                place
                for place in range(near.start, near.end)
                if folded[place] == near.names[0][place - near.start : place - near.start + 1]
            ]
            # 胰岛素分(泌) is no 胰岛素针: beyond the class that is named exactly, something must agree too.
            inside = any(spans[near.start : near.end])
            if meant and (not inside or any(not spans[place] for place in same)):
                yield Name(near.start, near.end, text[near.start : near.end], meant, spelled=near.names[0])

    def _meanings(self, name: str) -> frozenset[str]:
        return frozenset(self._references[name])


def _whole_word(text: str, start: int, end: int) -> bool:
    """Tell whether a Latin name is not a part of a longer word; a plural s is allowed."""
    if _latin(text[start]) and start > 0 and _latin(text[start - 1]):
        return False
    if not _latin(text[end - 1]) or end == len(text) or not _latin(text[end]):
        return True
    return text[end] == "s" and (end + 1 == len(text) or not _latin(text[end + 1]))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
