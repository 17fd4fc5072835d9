"""Whom the clauses are about that name nobody, where a later one says who is meant: "2.5 mg, mornings, my father", "是我公公。"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from memory import patterns as re
from memory import people_words as say
from memory.relations import PERSON

_LEAD = (
    r"(?:这|那|他|她|患儿|病人|患者|上面|以上)?(?:是说|我是说|说的是|讲的是|问的是|就是|都?是|替|帮|给)?|"
    r"(?:and |oh |sorry,? )?(?:that(?:'s| is| was)|this(?: is|'s)|it(?:'s| is| was)|for|i mean|about|asking for)?"
)
_ONLY = re.compile(
    rf"^(?:{_LEAD})\s*(?:我们?家?的?|俺家?|咱家?|my|our|the)?\s*#(?:的情况|问的|说的是|的|呢|哈|啊|'s|,? that is|, i mean| i mean|"
    rf" [a-z]+)?$"
)
_AGED = re.compile(
    r"^(?:我家?|my |our )?#\s*(?:今年|现在|才|刚|is|'s)?\s*[\d一二三四五六七八九十两半]+\s*(?:周?岁|个?月|years? old|"
    r"months? old)[^,，]{0,2}$"
)
_SHE_IS = re.compile(
    r"^(?:and )?(?:she|he)(?:'s| is) (?:only |just |now )*(?:\d|1[0-7])(?: (?:years?|months?)(?: old)?| yo)?$|"
    r"^[他她](?:才|今年|刚|现在)*(?:\d|1[0-7]|[一两二三四五六七八九十])个?(?:周?岁|月)(?:了|大|半)?$"
)
"""A child told of by its age alone: "Peanut allergy, carries an EpiPen, she's 6"."""
_SELF = re.compile(r"我(?!们?家?[孩娃儿女妈爸公婆爷奶])|本人|俺(?![爹娘])|\b(?:i|i'm|i've|me|my|mine|myself)\b")
_NOT_MINE = re.compile(r"不是我(?:的|自己|本人)?(?:$|[,，。!！])|我是说|说的是|\bnot (?:mine|me)\b|\bi mean\b")
_NURSING = re.compile(r"喂奶|哺乳|母乳|孕|怀|奶水|breast|nursing|pregnan")
_LOOSE = frozenset({"self", "child", "baby", "relative", "other", "partner"})


def named_later(clauses: Sequence[Any], thread: str, low: str) -> list[Any]:
    """Return the clauses of a message, those that name nobody given to the one whom a later clause names as meant.

    Args:
        clauses: as read, in order.
        thread: whom the thread was about before the message.
        low: the folded message.
    """
    found = list(clauses)
    if thread not in ("self", "other") or len(found) < 2:
        return found
    for place, clause in enumerate(found):
        person = clause.people[0]
        aged = person in ("child", "son", "daughter") and _SHE_IS.match(clause.low)
        if not place or person == "self" or not (aged or (clause.names_person and _meant(clause.low))):
            continue
        before = low[: clause.start]
        forced = bool(_NOT_MINE.search(low[max(0, clause.start - 24) : clause.end + 10]))
        if not forced and (_SELF.search(before) or _NURSING.search(before)):
            continue
        for earlier in range(place):
            other = found[earlier]
            loose = other.people[0] in _LOOSE and other.people[0] != person and len(other.people) == 1
            own = other.names_person and other.people[0] not in ("child", "baby", "relative")
            if loose and (not own or (forced and other.people[0] == "self")):
                found[earlier] = replace(other, people=(person,))
        break
    return found


def _meant(words: str) -> bool:
    """Tell whether a clause is nothing but who is meant, or how old the child is."""
    match = PERSON.search(words)
    if match is None:
        return False
    bare = f"{words[: match.start()]}#{words[match.end() :]}"
    return bool(_ONLY.match(bare) or (match.lastgroup in say.CHILDREN and _AGED.match(bare)))
