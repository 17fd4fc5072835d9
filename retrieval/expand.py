"""What people say into what documents say: lay terms found in a question, and the standard words for them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tools.text import clean, fold


class Expansions:
    """Lay terms, longest first, so that 心梗后遗症 is not taken for 心梗."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        self._standard = {fold(clean(term)): standard for term, standard in terms.items() if term.strip() and standard.strip()}
        longest_first = sorted(self._standard, key=len, reverse=True)
        self._pattern = re.compile("|".join(_whole_word(term) for term in longest_first)) if longest_first else None

    def rewrite(self, query: str) -> str:
        """Return the folded question with each lay term replaced by its standard words."""
        if self._pattern is None:
            return fold(clean(query))
        return self._pattern.sub(lambda found: f" {self._standard[found[0]]} ", fold(clean(query)))

    def append(self, query: str) -> str:
        """Return the question with the standard words behind it."""
        if self._pattern is None:
            return query
        words = dict.fromkeys(self._standard[found] for found in self._pattern.findall(fold(clean(query))))
        return " ".join([query, *words])


def _whole_word(term: str) -> str:
    left = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", term) else ""
    right = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", term) else ""
    return left + re.escape(term) + right
