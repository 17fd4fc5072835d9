"""Allergy tests that a person copies out: "青霉素（-）、普鲁卡因（+）", "尘螨6级，狗0级", "nickel +++, colophony neg"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from memory.clauses import Clause
from memory.facts import Status
from memory.substances import Allergen, category_of, references_of
from memory.talk import Talk, value_of
from tools.names import Name

_TESTED = re.compile(
    r"皮试|过敏原|变应原|点刺|斑贴|贴敷|ige\b|[0-6零一二三四五六]级|\b(?:skin|patch|prick|allergy|scratch|rast|"
    r"venom)[ -](?:prick )?(?:test|panel)"
)
_RESULT = re.compile(
    r"(?:皮屑|上皮|皮试|点刺|抗体|混合物|花粉|特异性|ige|venom|test(?:ed)?|mix|[ :：])*(?:"
    r"[(（](?P<plus>[+＋]{1,4}|弱?强?阳性?)[)）]|(?P<pos>[+＋]{1,4}|弱?强?阳性?|[1-6一二三四五六]\s?级|positive\b|pos\b|(?:class|"
    r"grade) [1-6])|"
    r"[(（](?P<minus>[-－—]|阴性?)[)）]|(?P<neg>阴性?|[0零]\s?级|negative\b|neg\b|(?:class|grade) 0|(?<=\s)0(?=$|[\s,，;；])))"
)


def tested(talk: Talk, clause: Clause) -> Iterator[tuple[Allergen, Status]]:
    """Yield the allergens of a clause that have a test result behind them, with the status that follows from it."""
    if not _TESTED.search(talk.low):
        return
    for name in (*talk.names_in(clause), *talk.more_in(clause)):
        match = _RESULT.match(talk.low, name.end, clause.end)
        if match and (category := _category(talk, name)):
            talk.taken.append((name.start, name.end))
            references = references_of(name)
            value = value_of(name, references, talk)
            item = Allergen(clause, value, name.words, references, category, name.start, name.start, match.end())
            yield item, "active" if match["plus"] or match["pos"] else "denied"


def _category(talk: Talk, name: Name) -> str:
    return category_of(name, talk.tables) if name.references else "other"
