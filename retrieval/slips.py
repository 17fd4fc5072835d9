"""Medical words that are almost right in a question: 高血鸭 for 高血压, "diarrea" for diarrhea.

A reading is only ever added to what is searched, and only where the written word stands nowhere in the documents: what was asked keeps its
words. Drug names that decide about safety are read by `tools.names`, not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tools.spelling import Speller
from tools.text import clean, fold

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z]+")
_LATIN_LEAST = 6
_MAX = 4


class Slips:
    """Reads questions against the words that documents and terminology use."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        """Take terms of either language; an English term counts word by word."""
        runs = {run for term in vocabulary for run in _RUN.findall(fold(clean(term)))}
        words = {run for run in runs if run >= "\u3400" or len(run) >= _LATIN_LEAST}
        self._known = words
        # By sound alone: with one character changed too many ordinary words are some illness.
        self._speller = Speller((), words)

    def find(self, question: str, documents_with: Callable[[str], int]) -> dict[str, str]:
        """Return what was written → what was probably meant.

        Args:
            question: as asked.
            documents_with: in how many indexed texts a term occurs.
        """
        folded = fold(clean(question))
        found: dict[str, str] = {}
        for spelled in self._speller.find(folded, lambda start, end: self._unknown(folded[start:end], documents_with)):
            written = folded[spelled.start : spelled.end]
            if len(spelled.names) == 1 and len(found) < _MAX:
                found[written] = spelled.names[0]
        return found

    def _unknown(self, written: str, documents_with: Callable[[str], int]) -> bool:
        """Tell whether no document holds the word; of Chinese, whether one of its pairs stands nowhere."""
        if written in self._known:
            return False
        if written < "\u3400":
            return not documents_with(written)
        return any(not documents_with(written[i : i + 2]) for i in range(len(written) - 1))
