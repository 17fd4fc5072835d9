"""Names that are almost right: 青梅素 for 青霉素, "amoxicilin" for amoxicillin, and never one real drug for another.

A correction is accepted only when one reading is clearly nearest. Where several drugs are equally near, what they have in
common is all that is said: 头孢克污 sounds like 头孢克肟 and not like 头孢克洛, 头孢甲乙 is some cephalosporin and no more.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein, Levenshtein, Postfix, Prefix

_HAN_RUN = re.compile(r"[\u3400-\u9fff]{3,}")
_WORD = re.compile(r"[a-z][a-z-]{4,}[a-z]")
_SOUND_MIN, _SHAPE_MIN, _LONGEST, _TWO_SLIPS = 3, 4, 10, 10
_REMEMBERED = 4096
_first: dict[str, str] = {}
"""By sound, a character that stands for all that sound so."""
T = TypeVar("T")
_SAME_SOUND = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"), ("uang", "uan"), ("ong", "on"))


@dataclass(frozen=True, slots=True)
class Spelled:
    """A stretch of folded text that is meant as ``names``; several when they are equally near."""

    start: int
    end: int
    names: tuple[str, ...]


class Speller:
    """The near readings of folded names: drugs by sound and by a slip of the pen, classes (ordinary words, most of them) by sound."""

    def __init__(self, drugs: Collection[str] = (), classes: Collection[str] = ()) -> None:
        self._sounds: dict[str, set[str]] = {}
        self._shapes: dict[str, set[str]] = {}
        self._heads: dict[str, set[int]] = {}
        """How long the names are that begin with three sounds: nearly every place of a text begins none."""
        self._pairs: dict[str, set[tuple[int, int]]] = {}
        """Where two neighbours stand in names with a shape, and how long these are."""
        self._latin: dict[tuple[str, int], list[str]] = {}
        # One check reads the same words several times.
        self._runs: dict[str, tuple[tuple[int, int, tuple[str, ...]], ...]] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        for name in {*drugs, *classes}:
            if _HAN_RUN.fullmatch(name):
                self._add_chinese(name, shape=name in drugs)
            elif _WORD.fullmatch(name) and len(name) >= 6:
                self._latin.setdefault((name[0], len(name)), []).append(name)

    def _add_chinese(self, name: str, *, shape: bool) -> None:
        if len(name) > _LONGEST:
            return
        heard = "".join(map(_heard, name))
        self._sounds.setdefault(heard, set()).add(name)
        self._heads.setdefault(heard[:_SOUND_MIN], set()).add(len(name))
        if shape and len(name) >= _SHAPE_MIN:
            for place in range(len(name) - 1):
                self._pairs.setdefault(name[place : place + 2], set()).add((place, len(name)))
            for place in range(len(name)):
                self._shapes.setdefault(f"{name[:place]}*{name[place + 1 :]}", set()).add(name)

    def __bool__(self) -> bool:
        return bool(self._sounds or self._latin)

    def find(self, folded: str, free: Callable[[int, int], bool]) -> Iterator[Spelled]:
        """Yield the misspelt names in stretches of text that are ``free``, that is, not a known name already."""
        for run in _HAN_RUN.finditer(folded):
            past = run.start()
            for at, end, names in remembered(self._runs, run[0], self._chinese):
                start, stop = run.start() + at, run.start() + end
                if start >= past and free(start, stop):
                    yield Spelled(start, stop, names)
                    past = stop
        for word in _WORD.finditer(folded):
            names = remembered(self._words, word[0], self._word) if free(word.start(), word.end()) else ()
            if names and word[0] not in names:
                yield Spelled(word.start(), word.end(), names)

    def _chinese(self, run: str) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
        """Return the near readings in a run of Chinese: from the left, at each place the longest first."""
        sounds = "".join(map(_heard, run))
        shaped = self._shaped(run)
        found = []
        for at in range(len(run) - _SOUND_MIN + 1):
            alike, near = self._heads.get(sounds[at : at + _SOUND_MIN], ()), shaped.get(at, ())
            for length in sorted({*alike, *near}, reverse=True) if alike or near else ():
                if at + length > len(run):
                    continue
                written = run[at : at + length]
                names = {name for name in self._sounds.get(sounds[at : at + length], ()) if _enough_same(written, name)}
                if not names and length in near:
                    names = self._near(written)
                names.discard(written)
                if names:
                    found.append((at, at + length, tuple(sorted(names))))
        return tuple(found)

    def _shaped(self, run: str) -> dict[int, set[int]]:
        """Return where names with one other character may begin, and how long they would be: such a name keeps a pair of neighbours."""
        found: dict[int, set[int]] = {}
        for at in range(len(run) - 1):
            for place, length in self._pairs.get(run[at : at + 2], ()):
                if at >= place:
                    found.setdefault(at - place, set()).add(length)
        return found

    def _near(self, written: str) -> set[str]:
        """Return the names with one other character, when that character at least sounds alike."""
        if len(written) < _SHAPE_MIN:
            return set()
        near = set()
        for place in range(len(written)):
            for name in self._shapes.get(f"{written[:place]}*{written[place + 1 :]}", ()):
                if Levenshtein.distance(sound(written[place]), sound(name[place])) <= 1:
                    near.add(name)
        return near

    def _word(self, word: str) -> tuple[str, ...]:
        """Return the names within one slip of the pen; two in a long word."""
        allowed = 1 if len(word) < _TWO_SLIPS else 2
        best: dict[str, int] = {}
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            names = self._latin.get((word[0], length), [])
            for name, slips, _ in process.extract(word, names, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=None):
                best[name] = slips
        nearest = min(best.values(), default=0)
        near = [name for name, slips in best.items() if slips == nearest]
        # "asprin" lacks a letter of aspirin; of alprin it would share less of beginning and end.
        alike = {name: Prefix.similarity(word, name) + Postfix.similarity(word, name) for name in near}
        return tuple(sorted(name for name in near if alike[name] == max(alike.values())))


def remembered(held: dict[str, T], text: str, read: Callable[[str], T]) -> T:
    """Return what ``read`` makes of a text, kept in ``held`` until that is full; no cycle as a cached method is, so nothing lingers."""
    known = held.get(text)
    if known is None:
        if len(held) >= _REMEMBERED:
            held.clear()
        known = held[text] = read(text)
    return known


def _enough_same(written: str, name: str) -> bool:
    """A homophone keeps some characters of the name: 新的安(排) sounds like 心得安 and is not meant as it."""
    return sum(a == b for a, b in zip(written, name, strict=True)) >= (2 if len(name) < _SHAPE_MIN else 1)


@cache
def _readings() -> dict[str, str]:
    """Return the readings of characters by code point, from pypinyin's data; importing the package would read its phrases as well."""
    spec = find_spec("pypinyin")
    folder = next(iter(spec.submodule_search_locations or ())) if spec else ""
    readings: dict[str, str] = json.loads(Path(folder, "pinyin_dict.json").read_text(encoding="utf-8"))
    return readings


@cache
def sound(char: str) -> str:
    """Return how a character sounds, without its tone and without the differences that most speakers do not make."""
    first = _readings().get(str(ord(char)), "").split(",")[0]
    plain = "".join(c for c in unicodedata.normalize("NFD", first) if not unicodedata.combining(c))
    for fine, coarse in _SAME_SOUND:
        if plain.startswith(fine) or plain.endswith(fine):
            plain = plain.replace(fine, coarse)
    return plain or char


@cache
def _heard(char: str) -> str:
    """Return one character for each sound: the first that sounds so, of all that were asked for."""
    return _first.setdefault(sound(char), char)
