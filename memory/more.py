"""Finding the names of ``memory.more_names`` in a message, beside those of the tables."""

from __future__ import annotations

from functools import lru_cache

from memory.more_names import NAMES
from tools.names import Name, NameIndex
from tools.tables import Tables


@lru_cache(maxsize=4)
def _index() -> NameIndex:
    index = NameIndex()
    for kind, names in NAMES.items():
        for entry in names.split("|"):
            name, _, value = entry.partition("=")
            index.add(name, f"{kind}:{value}")
    return index.freeze()


def more_names(message: str, found: list[Name], tables: Tables) -> tuple[list[Name], list[tuple[Name, str]]]:
    """Return the names of the tables completed, and the names that no table knows, each with its kind.

    A name that stands for something in the tables joins ``found``, and so does a longer one around such a name (皮皮虾 around 虾),
    with what the shorter stands for.
    """
    unknown: list[tuple[Name, str]] = []
    for name in _index().find(message):
        kind, _, value = min(name.references).partition(":")
        inside = [other for other in found if other.start < name.end and name.start < other.end]
        if any(other.start < name.start or other.end > name.end or other.end - other.start == name.end - name.start for other in inside):
            continue
        spelled = value or ""
        references = tables.names.references(value) if value else frozenset()
        if not references and inside:
            references = frozenset[str]().union(*(other.references for other in inside))
        if references:
            found = [other for other in found if other not in inside]
            found.append(Name(name.start, name.end, name.words, references, spelled=spelled))
        else:
            unknown.append((Name(name.start, name.end, name.words, frozenset(), spelled=spelled), kind))
    return sorted(found, key=lambda name: name.start), unknown
