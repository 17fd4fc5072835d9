"""Drugs, classes, foods and conditions by what they refer to, so that a brand is its generic and another drug is another drug."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from retrieval.tokenize import stem
from tools.names import Name
from tools.tables import Tables
from tools.text import fold


@dataclass(frozen=True, slots=True)
class Referent:
    """A name in a text, where it stands, and everything it may stand for."""

    words: str
    start: int
    references: frozenset[str]

    @property
    def drug(self) -> bool:
        """Whether it may be a drug or a class of drugs."""
        return any(":" not in r or r.startswith("class:") for r in self.references)

    @property
    def single(self) -> bool:
        """Whether it is a single drug and nothing wider."""
        return all(":" not in r for r in self.references)


def referents(text: str, tables: Tables) -> tuple[Referent, ...]:
    """Return what a cleaned text names; a possible misspelling names nothing for certain and is left out."""
    return tuple(Referent(fold(name.words), name.start, name.references) for name in tables.names.find(text) if _certain(name))


def _certain(name: Name) -> bool:
    return not name.spelled and any(not r.startswith("group:") for r in name.references)


def strangers(said: Iterable[Referent], held: Collection[Referent], texts: Iterable[str], tables: Tables) -> list[str]:
    """Return the names that the evidence does not carry: neither the same thing nor a kind of it.

    Args:
        said: named in one claim.
        held: named in the sentences of the evidence next to it, in its title and its heading.
        texts: those sentences, folded. A condition may be described there in other words, a drug has to be named.
        tables: what is a kind of what.
    """
    texts = tuple(texts)
    return [name.words for name in said if not covers(held, name, tables) and not (not name.single and _described(name, texts))]


def covers(held: Iterable[Referent], said: Referent, tables: Tables) -> bool:
    """Tell whether evidence that names ``held`` speaks of ``said``: the same thing, or a kind of it."""
    for other in held:
        if other.words == said.words or other.references & said.references:
            return True
        for reference in other.references:
            above = tables.lineage.get(reference, frozenset()) | tables.condition_lineage.get(reference, frozenset())
            if any(r in above for r in said.references if ":" in r):
                return True
    return False


def _stems(text: str) -> set[str]:
    return set(map(stem, re.findall(r"[a-z]+", text)))


def _described(name: Referent, texts: Iterable[str]) -> bool:
    """Tell whether a class or a condition stands in the evidence in words that the tables do not know."""
    if any(name.words in text for text in texts):
        return True
    if name.words.isascii() and any(_stems(name.words) <= _stems(text) for text in texts):
        return True  # "steroid creams", "creams with steroids"
    if name.drug:
        return False
    parts = name.words.split() if name.words.isascii() else [name.words[i : i + 2] for i in range(len(name.words) - 1)]
    return any(part in text for text in texts for part in parts if len(part) > 1)
