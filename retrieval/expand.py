"""What people say into what documents say: lay terms found in a question, and the standard words for them.

One automaton holds the thousands of terms, so that a question is read once however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ahocorasick

from tools.text import clean, fold


class Expansions:
    """Lay terms; the longest at a place wins, so that 心梗后遗症 is not taken for 心梗."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for term, standard in terms.items():
            key = fold(clean(term))
            if key and standard.strip():
                self._automaton.add_word(key, (key, standard))
        if len(self._automaton):
            self._automaton.make_automaton()

    def rewrite(self, query: str) -> str:
        """Return the folded question with each lay term replaced by its standard words."""
        folded, written, at = fold(clean(query)), [], 0
        for start, end, standard in self._find(folded):
            written += [folded[at:start], f" {standard} "]
            at = end
        return "".join([*written, folded[at:]])

    def append(self, query: str) -> str:
        """Return the question with the standard words behind it."""
        words = dict.fromkeys(standard for _, _, standard in self._find(fold(clean(query))))
        return " ".join([query, *words])

    def _find(self, folded: str) -> Iterator[tuple[int, int, str]]:
        if not len(self._automaton):
            return
        for last, (term, standard) in self._automaton.iter_long(folded):
            start, end = last - len(term) + 1, last + 1
            if not (_joined(folded, start - 1, start) or _joined(folded, end - 1, end)):
                yield start, end, standard


def _joined(text: str, left: int, right: int) -> bool:
    """Tell whether two neighbours are letters or digits of one Latin word."""
    return left >= 0 and right < len(text) and all(char.isascii() and char.isalnum() for char in (text[left], text[right]))
