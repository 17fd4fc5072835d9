"""Finding the concepts of ``memory.cue_words`` in a message: one pass, whatever their number."""

from __future__ import annotations

from functools import cache
from string import ascii_letters, digits
from typing import Any, NamedTuple

from memory.cue_words import CUES


class Cue(NamedTuple):
    """One concept found at ``low[start:end]``."""

    start: int
    end: int
    concept: int


_LETTERS = frozenset(ascii_letters + digits)
CONCEPTS: tuple[str, ...] = tuple(CUES)


@cache
def _automaton() -> Any:
    """Return an automaton whose hits carry ``(length, whole word before, whole word after, concepts)``."""
    import ahocorasick

    found: dict[str, tuple[bool, set[int]]] = {}
    for number, words in enumerate(CUES.values()):
        for word in dict.fromkeys(words.split("|")):
            key, loose = (word[:-1], True) if word.endswith("*") and len(word) > 1 else (word, False)
            for plain in (key, key.replace("'", "’")) if "'" in key else (key,):
                before = found.setdefault(plain + ("*" if loose else ""), (loose, set()))
                before[1].add(number)
    merged: dict[str, list[tuple[bool, tuple[int, ...]]]] = {}
    for key, (loose, concepts) in found.items():
        merged.setdefault(key.removesuffix("*") if loose else key, []).append((loose, tuple(sorted(concepts))))
    built = ahocorasick.Automaton()
    for key, meanings in merged.items():
        latin = key[0].isascii() and key[0].isalnum()
        built.add_word(key, (len(key), latin, meanings))
    built.make_automaton()
    return built


def cues_in(low: str) -> list[Cue]:
    """Return the concepts in a folded message, in order of where they begin."""
    found = []
    for last, (length, latin, meanings) in _automaton().iter(low):
        start, end = last + 1 - length, last + 1
        if latin and start and low[start - 1] in _LETTERS:
            continue
        ended = not latin or end == len(low) or low[end] not in _LETTERS
        for loose, concepts in meanings:
            if loose or ended:
                for concept in concepts:
                    found.append(Cue(start, end, concept))
    found.sort()
    return found
