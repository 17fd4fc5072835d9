"""What the readers of facts share: the message in clauses, the names found in it, and how a fact is made from them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile
from operator import attrgetter
from typing import Any

from memory import patterns as re
from memory.clauses import Clause
from memory.facts import Fact, Kind
from tools.names import Name
from tools.tables import Tables
from tools.text import fold

_START = attrgetter("start")
_HAN = re.compile(r"[\u3400-\u9fff]")
_BRACKETED = re.compile(r"[（(][^）)]*[）)]")
_FORM = re.compile(r"^(?:topical|inhaled|nasal|ophthalmic|oral) | (?:tablets?|capsules?|gel|cream)$|外用制剂$")
_ADJECTIVES = {
    "diabetic": "diabetes",
    "asthmatic": "asthma",
    "hypertensive": "hypertension",
    "epileptic": "epilepsy",
    "anaemic": "anaemia",
    "anemic": "anaemia",
}
_ABBREVIATION = re.compile(r"[A-Z0-9/&-]{2,6}")
# What may stand between and around the members of a list, beside their names.
_FILLER = re.compile(
    r"\d+(?:\.\d+)?\s*(?:mg|毫克|ug|mcg|微克|g|克|ml|毫升|iu|单位|units?|片|粒|颗|支|袋|包|瓶|滴|喷|tablets?|tabs?|caps?(?:ules?)?|pills?|"
r"puffs?|%|个?[天日周月年](?!岁))?|"
    r"[和及与跟、/&+\s,，。.;；:：()（）的\"“”]|[一两三]?个?是|一个|一种|叫|滴剂|剂|以及|还有|或者?|等等?|"
r"[一二两三四半每]+[天日晚早次片粒颗支袋包周]*|每?[天日晚早]|早晚|各|都?有?点?|qd|"
r"bid|tid|qid|qn|prn|po|od|bd|"
    r"\b(?:and|or|also|plus|the|a|an|some|my|both|as well|too|daily|once|twice|three times|a day|per day|every|day|night|"
r"morning|at|in|the|evening|bedtime|weekly|nightly|as needed|of|other|all|any|well|kinds?|types?|um|uh|like|just|"
r"maybe)\b"
)  # fmt: skip


@dataclass(slots=True)
class Talk:
    """One message, read once; ``known`` is what was said before it, ``topic`` what the assistant has just asked about."""

    message: str
    low: str
    clauses: list[Clause]
    names: list[Name]
    """In order of where they begin."""
    tables: Tables
    language: str
    known: Sequence[Fact] = ()
    topic: str = ""
    found: list[Fact] = field(default_factory=list)
    taken: list[tuple[int, int]] = field(default_factory=list)
    """Spans of the names that an allergy has claimed: they are no medicines in use."""
    more: Sequence[tuple[Name, str]] = ()
    """Names that no table holds, with their kind: for the learned reader alone."""
    _held: dict[int, list[Name]] = field(default_factory=dict)
    _only: dict[tuple[int, int], bool] = field(default_factory=dict)

    def names_in(self, clause: Clause) -> list[Name]:
        """Return the names inside a clause; their offsets count in the message."""
        held = self._held.get(clause.start)
        if held is None:
            first = bisect_left(self.names, clause.start, key=_START)
            inside = takewhile(lambda name: name.start < clause.end, islice(self.names, first, None))
            held = self._held[clause.start] = [name for name in inside if name.end <= clause.end]
        return held

    def stated(self) -> Iterator[tuple[int, Clause]]:
        """Yield the clauses that state something, with their numbers."""
        return ((number, clause) for number, clause in enumerate(self.clauses) if clause.mode == "said")

    def neighbours(self, number: int) -> tuple[Clause | None, Clause | None]:
        """Return the clauses before and after in the same sentence."""
        here = self.clauses[number]
        before = self.clauses[number - 1] if number else None
        after = self.clauses[number + 1] if number + 1 < len(self.clauses) else None
        return (
            before if before and before.sentence == here.sentence else None,
            after if after and after.sentence == here.sentence else None,
        )

    def is_named(self, place: int) -> bool:
        """Tell whether a name begins at a place in the message, be it of no table."""
        return any(name.start == place for name in (*self.names, *(name for name, _ in self.more)))

    def only_names(self, clause: Clause) -> bool:
        """Tell whether a clause is nothing but names, amounts and the words between them: the next members of a list."""
        known = self._only.get((clause.start, clause.end))
        if known is None:
            known = self._only[clause.start, clause.end] = self._nothing_else(clause)
        return known

    def _nothing_else(self, clause: Clause) -> bool:
        names = self.names_in(clause)
        if self.more:
            names = sorted([*names, *self.more_in(clause)], key=lambda name: name.start)
        rest = clause.low
        for name in reversed(names):
            rest = rest[: name.start - clause.start] + " " + rest[name.end - clause.start :]
        return bool(names) and not _FILLER.sub("", rest).strip()

    def more_in(self, clause: Clause, kinds: Sequence[str] = ("food", "thing", "drug")) -> list[Name]:
        """Return the names in a clause that no table knows and that can be on a list of allergens or medicines."""
        return [
            name
            for name, kind in self.more
            if kind in kinds
            and clause.start <= name.start
            and name.end <= clause.end
            and not any(other.start < name.end and name.start < other.end for other in self.names_in(clause))
        ]

    def facts(self, clause: Clause, kind: Kind, value: str, **more: Any) -> Iterator[Fact]:
        """Yield one fact for each person that a clause is about."""
        for person in clause.people:
            yield Fact(subject=person, kind=kind, value=value, quote=clause.text, span=(clause.start, clause.end), **more)

    def last(self, kind: Kind, people: Sequence[str]) -> Fact | None:
        """Return the fact of a kind that was spoken of last, in this message or before it, and still holds."""
        ended: set[tuple[str, ...]] = set()
        for fact in (*reversed(self.found), *reversed(self.known)):
            if fact.kind != kind or fact.subject not in people or fact.key in ended:
                continue
            if fact.holds:
                return fact
            ended.add(fact.key)
        return None


def value_of(name: Name, references: Sequence[str], talk: Talk) -> str:
    """Return the bare normalised term for a name, in the patient's language; the patient's own word where the tables hold a wider one."""
    tables, language = talk.tables, talk.language
    own_script = bool(_HAN.search(name.words)) == (language == "zh")
    single = [r for r in name.references if ":" not in r]
    if len(single) == 1 and single[0] in tables.drugs:
        return _bare(tables.drugs[single[0]].name.in_(language))
    words = name.spelled or name.words
    wide = [r for r in references if r.startswith(("group:", "class:"))]
    if name.spelled and own_script and not _of_drugs(name, tables) and any(r in tables.names.references(name.spelled) for r in wide):
        return fold(name.spelled) if language == "zh" else name.spelled.lower()
    for reference in wide:
        kind, _, key = reference.partition(":")
        names: tuple[str, ...] = (tables.groups[key] if kind == "group" else tables.classes[key]).names
        called = [other for other in names if bool(_HAN.search(other)) == (language == "zh")]
        twin = {f"class:{key}", f"group:{key}"} <= set(name.references)
        alike = (called and fold(called[0])[:3] == fold(words)[: min(3, len(fold(called[0])))]) or (
            called and bool(set(called[0]) & set(words)) and language == "zh"
        )
        near = alike and abs(len(called[0]) - len(words)) <= 1 and (language == "en" or bool(name.spelled))
        if called and (not own_script or near or (twin and (not alike or len(called[0]) <= len(words) + 1))):
            return called[0]
    if fold(words) in _ADJECTIVES:
        return _ADJECTIVES[fold(words)]
    condition = next((r.partition(":")[2] for r in references if r.startswith("condition:")), "")
    if condition and (not own_script or _ABBREVIATION.fullmatch(name.words)) and condition in tables.conditions:
        return _bare(tables.conditions[condition].name.in_(language))
    return fold(words) if language == "zh" else words.lower() if not words.isupper() else words


def _of_drugs(name: Name, tables: Tables) -> bool:
    groups = [tables.groups[r.partition(":")[2]] for r in name.of("group")]
    return bool(name.drugs or name.of("class")) or any(not member.startswith("food:") for group in groups for member in group.members)


def _bare(name: str) -> str:
    return _FORM.sub("", _BRACKETED.sub("", name)).strip()


def details(*parts: str) -> str:
    """Return the parts that say something, joined."""
    return "; ".join(dict.fromkeys(part.strip(" ,，。;；") for part in parts if part.strip(" ,，。;；")))
