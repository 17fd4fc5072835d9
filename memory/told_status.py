"""The status that the words beside a name tell, for what the learned reader adds: it is better at what is a fact than at how it stands."""

from __future__ import annotations

import re

from memory import medicine_words as say
from memory.allergen_words import ANCHOR
from memory.clauses import Clause
from memory.facts import HOLDING, Status
from memory.medicine_names import told_next
from memory.mentions import Mention
from memory.talk import Talk

_FINE_AFTER = re.compile(
    r"(?:制品|片|肉|类)?(?:我|他|她|倒|反倒|反而|却|是|也|都|就|全|现在|一直|吃着|吃了|吃|喝|用)*(?:没事|没问题|没反应|没啥事|啥事没有|能吃|可以吃|"
    r"不过敏|照吃|照喝|行$)(?![不吗么?？])|"
    r"\s*(?:\w+ )?(?:(?:is|was|are|were|has been|'s|all) )*(?:absolutely |totally |perfectly |just |all )?(?:fine|ok|okay|"
    r"no (?:problem|bother|trouble)s?|"
    r"tolerated|don't bother|doesn't bother|never bothered)\b"
)
_DOUBTS = re.compile(
    r"怀疑|疑似|待查|可能|好像|似乎|是不是|算不算|说不准|没确诊|不确定|"
    r"\b(?:might|maybe|possibly|perhaps|suspect\w*|not (?:certain|sure)|could be|may be|unsure|wonder\w*|beginning to think|"
    r"starting to think)\b"
)
_ASKS_ALLERGY = re.compile(
    r"(?:是不是|会不会是?|算不算|是|算)[^,，]{0,4}过敏[^,，]{0,3}(?:吗|么|吧|[?？])|过敏(?:了|反应)?(?:吗|么|吧)|过敏了?$|"
    r"^(?:so |and )?(?:is|could|can|was|might|am|does)\b[^,.]{0,30}\ballerg(?:y|ic)\b"
)
_REASON = re.compile(
    r"[ ,]*(?:because of|due to|on account of|(?:because|as|since) i(?:'ve| have)(?: got)?) (?:my |the |an? |bad |stomach )*"
)


_SHUNNED = re.compile(
    r"(?:不能|不敢|不可以|没法|不让|别)(?:再|给)?(?:我|他|她)?(?:吃|用|打|碰|喝|输|接触)(?:[一二两半]?[点片粒])?$|"
    r"\b(?:can'?t|cannot|mustn't|not able to|unable to) (?:take|have|use|eat|tolerate) (?:any )?$"
)
_NO_ALLERGY = re.compile(r"[不没无][^,，。]{0,4}过敏|(?:not|n't|no)\b[^,.]{0,12} allerg")
_DOES_NOT = re.compile(
    r" (?:does|do|did|has|is)(?:n't| not)(?: (?:though|either|at all))?(?=$|[,.;!])|(?:就|倒|却|也)?不会(?=$|[,，。；！])"
)


def told_better(talk: Talk, mention: Mention, verdict: tuple[str, str]) -> bool:
    """Tell whether the words say outright what the rules read of a name, whatever the model decides of it."""
    kind, status = mention.verdict
    if (kind, status) == ("condition", "past") and talk.low.startswith("过", mention.name.end):
        return True  # "我爸脑梗过"
    if not kind and verdict[0] == "medication" and mention.category == "class":
        return told_next(talk, mention.clause, mention.name)  # "on blood thinners, Eliquis 5 mg"
    if not kind and verdict[0] in ("allergy", "intolerance") and verdict[1] in HOLDING and _DOES_NOT.match(talk.low, mention.name.end):
        return True  # "ibuprofen upsets my stomach, naproxen doesn't"
    if verdict[0] != "allergy":
        return False
    begin = mention.clause.start
    if verdict[1] not in HOLDING and _SHUNNED.search(talk.low, begin, mention.name.start) and not _NO_ALLERGY.search(mention.clause.low):
        return True  # "不能吃阿司匹林" denies no allergy
    if kind == "intolerance" and verdict[1] not in HOLDING:
        return True  # "I get nauseous from it, not allergic" says both
    reason = None if kind else _REASON.match(talk.low, mention.name.end)  # "I can't take aspirin because of ulcers"
    return reason is not None and any(name.start == reason.end() and name.of("condition") for name in talk.names)


def asks_allergy(talk: Talk, clause: Clause) -> bool:
    """Tell whether a clause after this one asks if that was an allergy: "had a rash after amoxicillin. Could I be allergic?"."""
    for other in talk.clauses[clause.number + 1 : clause.number + 4]:
        if other.sentence > clause.sentence + 1:
            return False
        if other.mode == "asked" and ANCHOR.search(other.low) and not talk.names_in(other):
            return bool(_ASKS_ALLERGY.search(other.low))
    return False


def fine_after(talk: Talk, mention: Mention) -> bool:
    """Tell whether the words behind a name say that it is borne."""
    return bool(_FINE_AFTER.match(talk.low[mention.name.end : max(mention.name.end, mention.clause.end)]))


def status_told(talk: Talk, mention: Mention, kind: str) -> Status | None:
    """Return how a fact that the rules did not read stands by the words beside its name; ``None`` where they tell nothing."""
    clause, name = mention.clause, mention.name
    after = talk.low[name.end : max(name.end, clause.end)]
    if kind == "allergy":
        if fine_after(talk, mention):
            return "denied"
        return "suspected" if _DOUBTS.search(clause.low) or asks_allergy(talk, clause) else None
    if kind != "medication":
        return None
    if say.NEVER_AFTER.match(after):
        return "denied"
    others = any(other is not name and other.drugs and other != name for other in talk.names_in(clause))
    near = after if others else clause.low
    if say.STOPPED.search(near) and not say.PLANNED.search(near):
        return "past"
    return None
