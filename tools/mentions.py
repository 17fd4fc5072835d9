"""How a sentence speaks of a drug: advises it, warns against it, names it as an allergen, or only says what it is.

Warnings and descriptions are recognised narrowly and everything else counts as advice: a missed warning costs a sentence, a missed
recommendation a patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tools import declining as decline
from tools import stances as say
from tools import telling as tell
from tools.names import Name, NameIndex
from tools.text import clauses, fold

Stance = Literal["advised", "avoided", "allergen", "described", "declined"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text and how its sentence means it."""

    name: Name
    stance: Stance
    clause: str
    turned: bool = False
    """Advised in so many words after a warning: "must not take A but must take B", "do not stop taking"."""


def mentions(text: str, names: NameIndex) -> Iterator[Mention]:
    """Yield the drugs, classes and substances named in cleaned ``text`` (one sentence or a whole message)."""
    folded = fold(text)
    tells = _only_tells(folded)
    found = [n for n in names.find(text) if n.drugs or n.of("food") or n.of("group")]
    parts = list(clauses(text))
    allowed = list(_permitting(text))
    permitted = bool(allowed)
    denied = bool(say.ALLERGY_DENIED.search(fold(text)))
    allergic = [] if denied else [match.span(1) for match in say.ALLERGIC_TO.finditer(fold(text))]
    last: Mention | None = None
    read: list[Mention] = []
    for name in found:
        if allowed:
            # "可以吃对乙酰氨基酚，不能用阿司匹林": leave to take one drug is no leave to take the other.
            permitted = any(a <= name.start < b or not any(a <= other.start < b for other in found) for a, b in allowed)
        warned = last is not None and last.stance in ("avoided", "allergen", "declined")
        if last and warned and _goes_on(text, last.name.end, name) and not permitted:
            last = Mention(name, last.stance, last.clause)  # "must not take amoxicillin, ampicillin or …": one list, one meaning
            read.append(last)
            continue
        if any(start <= name.start and name.end <= end for start, end in allergic):
            last = Mention(name, "allergen", text)
            read.append(last)
            continue
        offset, clause = next((p for p in reversed(parts) if p[0] <= name.start), (0, text))
        stance = _stance(fold(clause), name.start - offset, name.end - offset, permitted, denied)
        if stance == "advised" and not permitted:
            again = decline.SO_TOO.search(folded[: name.start]) or (
                warned and decline.SAME_AGAIN.search(folded[name.end :]) and not tell.REASSURES.search(folded)
            )
            if again or say.VERDICT.search(folded[name.end :]):
                stance = "avoided"
            elif tells:
                stance = "described"
        last = Mention(name, stance, clause, stance == "advised" and _turned(fold(clause), name.start - offset))
        read.append(last)
    yield from read if allowed else _listed(text, read)


def _listed(text: str, read: list[Mention]) -> Iterator[Mention]:
    """Let a list share the stance at its end: "头孢克肟、头孢地尼都要避开", "Cipro, Levaquin and Avelox all count"."""
    stance: Stance = "advised"
    turned = []
    for mention, after in zip(reversed(read), [None, *reversed(read)], strict=False):
        one_list = after is not None and say.LISTED.fullmatch(text[mention.name.end : after.name.start])
        stance = stance if one_list and mention.stance == "advised" else mention.stance
        turned.append(Mention(mention.name, stance, mention.clause, mention.turned))
    yield from reversed(turned)


def _only_tells(folded: str) -> bool:
    """Tell whether a sentence asks about a fact, states one, or leaves the decision to a doctor, and advises nothing."""
    if tell.ASKS_WHY.search(folded) or (tell.TEACHES.search(folded) and not tell.ADVICE.search(folded)):
        return True
    if say.LEFT_TO_DOCTOR.search(folded) and not tell.REASSURES.search(folded):
        return True
    return bool(tell.TELLS_FACT.search(folded) and not tell.ADVISES.search(folded))


def _stance(clause: str, start: int, end: int, permitted: bool, allergy_denied: bool) -> Stance:
    before, after = clause[:start], clause[end:]
    if (not allergy_denied and (_is_allergen(before, after) or say.REACTED.search(after))) or say.REACTED_BEFORE.search(before):
        return "allergen"
    if sure := _done_without(before, after):
        return sure
    if say.TESTED.search(after) or say.NOT_IT.search(before) or (say.COMPARES.search(clause) and not permitted):
        return "described"
    if not permitted and (say.DECIDES.search(clause) or say.ASKS_FIRST.search(after) or say.DECIDED.search(after)):
        return "described"
    if decline.REPLACED_SURELY.search(before) and not decline.NOT_WITHOUT.search(before):
        return "declined"
    replaced = say.REPLACED_BEFORE.search(before)
    if (replaced and not say.DENIES.search(before[: replaced.start()])) or say.REPLACED_AFTER.search(after):
        return "avoided"
    if not permitted and (_is_population(before, after) or (say.DESCRIBES.search(clause) and not say.TAKING.search(clause))):
        return "described"
    last = next(reversed(list(say.AVOID_BEFORE.finditer(before))), None)
    if not permitted and (needless := _needless(before, after)):
        return needless
    warned = (last and not say.TURNED.search(before[last.end() :])) or say.AVOID_AFTER.search(after)
    if not warned or say.DOUBLE.search(clause) or say.UNDO.search(clause):
        return "advised"
    return "advised" if permitted else "avoided"


def _done_without(before: str, after: str) -> Stance | None:
    """Return how a drug is meant that one does without ("heals well without antiseptic"), or cannot ("nothing that it can't fix")."""
    if decline.NOTHING_BEYOND.search(before) and decline.CANNOT.search(after):
        return "advised"
    if not decline.WITHOUT.search(before):
        return None
    return "advised" if decline.NOT_WITHOUT.search(before) else "declined"


def _needless(before: str, after: str) -> Stance | None:
    """Return how a drug is meant that is of no use here: "您不需要吃头孢", "amoxicillin won't help a cold"; ``None`` for another."""
    if decline.ON_LIST.search(after) or (decline.NEEDLESS.search(before) and not decline.OTHER_FORM.search(after)):
        return "declined"
    return "avoided" if decline.NEEDLESS_AFTER.search(after) and not say.DENIES.search(before) else None


def _turned(clause: str, start: int) -> bool:
    """Tell whether a warning before the name is about something else, or forbids to do without it."""
    if say.DOUBLE.search(clause):
        return True
    before = clause[:start]
    last = next(reversed(list(say.AVOID_BEFORE.finditer(before))), None)
    return bool(last and say.TURNED.search(before[last.end() :]))


def _is_population(before: str, after: str) -> bool:
    """Tell whether the drug only says who is meant: "正在服用华法林的人", "people taking warfarin"."""
    if re.search(r"(服用?|吃|用|打|使用|注射)[^,，。]{0,16}$", before) and re.match(
        r"[^,，。]{0,16}?(的(人|患者|病人|孕妇|女性|老人|孩子)|者)", after
    ):
        return True
    return bool(
        re.search(
            r"\b(people|women|men|patients|anyone|anybody|those|someone|children) (who (take|use|are on)|taking|using|on)\b[^.]{0,60}$",
            before,
        )
    )


def _is_allergen(before: str, after: str) -> bool:
    if re.match(
        r"^(类|素|类药物?|类抗生素|这?类?药)?(严重|重度|轻度)?(不?过敏|(?:皮试)?阳性|(引起|诱发|导致)过| (?:antibiotics? |"
        r"drugs? )?(?:allerg|reaction))",
        after,
    ):
        return True
    if re.search(r"(对|to)[^,，。]{0,24}$", before) and say.ALLERGEN_ZH.search(after):
        return True
    return bool(say.ALLERGEN_EN.search(before) and say.TO_WHAT.search(before))


def _goes_on(text: str, end: int, name: Name) -> bool:
    """Tell whether ``name`` is the next item of a list, and no sentence of its own: not "avoid ibuprofen, amoxicillin is fine"."""
    between, rest = text[end : name.start], fold(text[name.end :])
    if say.LISTED.match(between) and say.ITEM_ENDS.match(rest):
        return True
    return bool(decline.CARRIES_ON.fullmatch(fold(between)) and decline.CARRIED_ENDS.match(rest))


def permits(text: str) -> bool:
    """Tell whether some clause lets the patient take something without naming a safer something: "… 可以服用" after a feigned warning."""
    return any(True for _ in _permitting(text))


def _permitting(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the clauses stand that let the patient take something."""
    for offset, part in clauses(text):
        clause = fold(part)
        for permit in say.PERMIT.finditer(clause):
            if say.NOT_PERMIT.search(clause[: permit.start()]) or say.ELSEWHERE.search(clause) or say.DOUBLE.search(clause):
                continue
            if clause.rstrip().endswith(("吗", "么", "?", "？")) or say.AVOID_BEFORE.search(clause):
                continue
            yield offset, offset + len(part)
            break
