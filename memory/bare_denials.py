"""Denials without a name, "没有过敏" and "not allergic": of the thing spoken of just before, and only otherwise of everything."""

from __future__ import annotations

import re

from memory.allergen_words import ANCHOR
from memory.clauses import Clause
from memory.substances import category_of
from memory.talk import Talk
from tools.names import Name

_BARE = re.compile(
    r"^(?:而且|但是?|可是|不过|也|都|并|还好?|好在|所以|幸好|啊|嗯|其实|我|他|她|孩子|宝宝|娃|医生说|那|这|就|应该)*"
    r"(?:并?没有?|并?不是?|不会|不算|不叫|没什么|没出现)(?:什么|再|发生|出现|有)*过敏(?:反应)?(?:过)?(?:的|了|啊|呀|哈|吧|嘛)*$|"
    r"^(?:(?:so|and|but|luckily|i'?m|it'?s|its|was|definitely|he'?s|she'?s|really|actually|just|no|said|i am|it is|well|there was|had|"
    r"gp|doctor|doc|they|i|large local reaction) ?,? ?)*(?:not (?:an? )?(?:true )?allerg(?:ic|y)|no allerg(?:y|ic reaction)|"
    r"isn't an allergy)"
    r"(?: to it| at all| though|,? no| or anything)*$"
)
_TRIED = re.compile(
    r"[吃用打喝吸抹涂输做试]过|[吃用打喝抹涂输]了|以前|上次|没事|没问题|能吃|可以吃|照[吃喝用打]|常吃|天天吃|经常吃|"
    r"\b(?:had|have had|took|tried|ate|eat|eaten|drank|used|gets?|got|feels?|"
    r"felt|fine|ok|okay|no problems?|without|gave|given|stung|bitten|was|makes?|made|"
    r"gives?|upset\w*|bothers?|hurts?|annoying|on toast)\b"
)


def bare(clause: Clause) -> bool:
    """Tell whether a clause denies an allergy and says neither to what nor that it is to nothing at all."""
    return bool(_BARE.search(clause.low.strip()))


def _asks_it(talk: Talk, clause: Clause) -> bool:
    """Tell whether a question is whether there is an allergy: "碘过敏？", "Aspirin?"."""
    return bool(ANCHOR.search(clause.low)) or talk.only_names(clause)


def meant(talk: Talk, clause: Clause) -> list[Name] | None:
    """Return what a bare denial is of; empty when that is no allergen of a table, ``None`` when it is of everything."""
    if not bare(clause):
        return None
    for other in reversed(talk.clauses[max(0, clause.number - 2) : clause.number]):
        if other.sentence < clause.sentence - 1:
            break
        named = [name for name in talk.names_in(other) if category_of(name, talk.tables)]
        others = any(other.start <= name.start < other.end for name, kind in talk.more if kind in ("food", "thing", "drug"))
        if (named or others) and (
            (other.mode == "asked" and _asks_it(talk, other))
            or (other.mode != "asked" and ("反应" in clause.low or _TRIED.search(other.low)))
        ):
            return named
        if named:
            return None
    if clause.number == 0 and talk.known and talk.known[-1].kind in ("allergy", "intolerance"):
        return []
    return None
