"""What an allergy can be to: the names in a stretch of text, and the words between them that no table knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from memory import allergen_words as say
from memory import patterns as re
from memory.clauses import Clause
from memory.talk import Talk, value_of
from tools.names import Name
from tools.tables import Tables
from tools.text import fold


@dataclass(frozen=True, slots=True)
class Allergen:
    """One thing in a clause that an allergy is to.

    ``place`` is where it stands in the message; ``begin`` and ``anchor`` are where the word allergy begins and ends.
    """

    clause: Clause
    value: str
    words: str
    references: tuple[str, ...]
    category: str
    place: int
    begin: int
    anchor: int


def category_of(name: Name, tables: Tables) -> str:
    """Return of what kind a name is as an allergen; empty when it names none."""
    if name.drugs or name.of("class"):
        return "drug"
    for reference in name.of("group"):
        members = tables.groups[reference.partition(":")[2]].members
        return "drug" if any(not m.startswith("food:") for m in members) else "food"
    return "food" if name.of("food") else ""


def references_of(name: Name) -> tuple[str, ...]:
    """Prefer the allergy group, then the class, then the drug: the widest reading that the words allow."""
    for references in (name.of("group"), name.of("class"), frozenset(r for r in name.references if ":" not in r), name.of("food")):
        if references:
            return tuple(sorted(references))
    return ()


def listed(talk: Talk, clause: Clause, start: int, end: int, begin: int, anchor: int, *, loose: bool = False) -> Iterator[Allergen]:
    """Yield the allergens in ``message[start:end]``: the names, and the words between them that may be unknown allergens.

    Args:
        talk: the message.
        clause: where it stands.
        start: offset in the message.
        end: offset in the message.
        begin: where the word allergy begins.
        anchor: where it ends.
        loose: the span is an entry of a form, whose words may say more than the allergen.
    """
    at = start
    for name in talk.names:
        if not (start <= name.start and name.end <= end) or not category_of(name, talk.tables):
            continue
        if name.start > at and not loose:
            yield from unknown(talk, clause, at, name.start, begin, anchor)
        references = references_of(name)
        yield Allergen(
            clause, value_of(name, references, talk), name.words, references, category_of(name, talk.tables), name.start, begin, anchor
        )
        talk.taken.append((name.start, name.end))
        at = name.end
    if not loose or at == start:
        yield from unknown(talk, clause, at, end, begin, anchor)


def unknown(talk: Talk, clause: Clause, start: int, end: int, begin: int, anchor: int) -> Iterator[Allergen]:
    """Yield the words of ``message[start:end]`` that no table knows and that can name a thing; arguments as ``listed``."""
    at = start
    for piece in say.SPLIT.split(talk.message[start:end]):
        words = _bare(piece)
        place = talk.message.find(piece, at, end) if piece else at
        at = max(at, place)
        if "contrast" in fold(words) or "造影" in words:
            yield Allergen(clause, words.lower(), words, ("group:iodinated_contrast",), "drug", place, begin, anchor)
        elif _allergen_like(words) and not any(name.of("condition") for name in talk.tables.names.find(words)):
            yield Allergen(clause, words if talk.language == "zh" else words.lower(), words, (), "other", place, begin, anchor)


def _allergen_like(words: str) -> bool:
    """Tell whether unknown words can be the name of a thing."""
    if not words or say.EMPTY.fullmatch(fold(words)):
        return False
    if re.search(r"[\u3400-\u9fff]", words):
        return len(words) <= 12 and not say.SENTENCE_LIKE.search(words)
    return 1 < len(words) <= 30 and len(words.split()) <= 4


def _bare(piece: str) -> str:
    words = piece.strip(" 的，,、。.：:；;（）()“”\"'!！")
    low = fold(words)
    if re.search(r"[\u3400-\u9fff]", words):
        lead = say.LEAD_ZH.match(words)
        words = words[lead.end() :] if lead else words
        tail = say.TAIL_ZH.search(words)
        words = words[: tail.start()] if tail and tail.start() else words
    else:
        lead = say.LEAD_EN.match(low)
        words = words[lead.end() :] if lead else words
        while tail := say.TAIL_EN.search(fold(words)):
            words = words[: tail.start()]
    return words.strip(" 的，,、。.：:；;（）()“”\"'")
