"""The names in a message that the learned reader judges, each with what the rules made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from memory.allergen_words import ANCHOR
from memory.clauses import Clause
from memory.condition_words import STATES
from memory.facts import ANY, Fact, Kind
from memory.substances import category_of
from memory.talk import Talk
from tools.names import Name

KINDS: tuple[Kind, ...] = ("allergy", "intolerance", "medication", "condition", "family_history", "surgery", "vaccination")
CATEGORIES = ("drug", "class", "food", "vaccine", "condition", "thing", "procedure")
_CUT_OUT = re.compile(r"阑尾|胆结石|胆囊|息肉|疝|白内障|扁桃体|痔|囊肿|骨折|appendic|gallstone|hernia|cataract|tonsil|polyp|cyst|fractur")
"""What an operation ends. After that of a glaucoma or of a cancer the disease still counts."""
_USELESS = re.compile(
    r"\s*(?:tablets?|pills?)?\s*(?:(?:does|did|do|has|have)(?:n't| not)|never|isn't|is not) (?:\w+ )?(?:help|work|touch|do anything)\w*|"
    r"(?:也|都|吃了|用了|对我)*(?:没用|不管用|没(?:什么|啥)?(?:效果?|作用)|不见效|无效)"
)
"""Behind a medicine: it does nothing, which is neither an allergy nor badly borne."""
_HABITS: frozenset[Kind] = frozenset({"smoking", "alcohol", "pregnancy", "lactation"})
_GUESSED = {"medication": "drug", "allergy": "thing", "intolerance": "thing", "surgery": "procedure", "vaccination": "vaccine"}


@dataclass(frozen=True, slots=True)
class Mention:
    """One name. ``known`` is whether the tables hold it; ``facts`` is what the rules read from it."""

    name: Name
    category: str
    clause: Clause
    known: bool
    facts: tuple[Fact, ...]

    @property
    def verdict(self) -> tuple[str, str]:
        """What the rules say of it: kind and status, both empty when nothing."""
        return (self.facts[0].kind, self.facts[0].status) if self.facts else ("", "")


def mentions_in(talk: Talk, facts: Sequence[Fact]) -> list[Mention]:
    """Return the names in a message in order; ``facts`` is what the rules read from it."""
    if not talk.clauses:
        return []
    more = [(name, kind, False) for name, kind in talk.more]
    read = [(*fact.span, fact) for fact in facts if fact.kind in KINDS and fact.value != ANY and fact.span]
    found = [*more, *((name, category, True) for name in talk.names if (category := _category(name, talk)))]
    for *_, fact in read:
        at = talk.message.find(fact.words, *fact.span) if fact.words and fact.span else -1
        if at >= 0 and not any(name.start < at + len(fact.words) and at < name.end for name, *_ in found):
            name = Name(at, at + len(fact.words), fact.words, frozenset(fact.references))
            found.append((name, _GUESSED.get(fact.kind, "condition"), False))
    found.sort(key=lambda item: item[0].start)
    return [Mention(name, category, _clause(talk, name.start), known, tuple(_of(read, name))) for name, category, known in found]


def _of(read: list[tuple[int, int, Fact]], name: Name) -> list[Fact]:
    """Return the facts that were read from a name where it stands."""
    first, last = name.start, name.end
    own = [
        fact
        for start, end, fact in read
        if start <= first and last <= end and (fact.words == name.words or not name.references.isdisjoint(fact.references))
    ]
    return sorted(own, key=lambda fact: KINDS.index(fact.kind))


def is_part(mention: Mention, facts: Sequence[Fact]) -> bool:
    """Tell whether a name of which no fact was read is part of one, or no fact at all.

    "阑尾炎手术" is no appendicitis, "抽烟" no allergy to tobacco, and what does not help does no harm.
    """
    name = mention.name
    around = [fact for fact in facts if fact.span and fact.span[0] <= name.start and name.end <= fact.span[1]]
    if _USELESS.match(mention.clause.low, max(0, name.end - mention.clause.start)):
        return True
    if mention.category == "vaccine":
        return any(fact.kind == "vaccination" for fact in around)
    whole = [fact.kind for fact in around if fact.kind in ("surgery", "condition") and name.words.lower() in fact.value.lower()]
    if "condition" in whole or (whole and _CUT_OUT.search(name.words.lower())):
        return True
    return bool(name.of("condition") & STATES) and any(fact.kind in _HABITS for fact in around) and not ANCHOR.search(mention.clause.low)


def _category(name: Name, talk: Talk) -> str:
    if any("vaccine" in reference for reference in name.references):
        return "vaccine"
    category = category_of(name, talk.tables)
    if category == "drug":
        return "class" if not name.drugs or all(reference.startswith("class:") for reference in name.drugs) else "drug"
    return category or ("condition" if name.of("condition") else "")


def _clause(talk: Talk, at: int) -> Clause:
    """Return the clause at a place; of one between clauses, the clause before."""
    here = talk.clauses[0]
    for clause in talk.clauses:
        if clause.start > at:
            break
        here = clause
    return here
