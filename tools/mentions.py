"""How a sentence speaks of a drug: advises it, warns against it, names it as an allergen, or only says what it is.

Warnings and descriptions are recognised narrowly and everything else counts as advice: a missed warning costs a sentence, a missed
recommendation a patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tools.names import Name, NameIndex
from tools.text import clauses, fold

Stance = Literal["advised", "avoided", "allergen", "described"]

_AVOID_BEFORE = re.compile(
    r"(不能|不可以?|不要|不应|不宜|不得|不建议|不推荐|不适合|别|勿|禁用|禁止|禁忌|避免|避开|忌|慎用|停用|远离|"
    r"avoid|do not|don't|must not|mustn't|should not|shouldn't|cannot|can't|can not|never|not (be )?(safe|suitable|recommended)|"
    r"stay away from|contraindicated|not take|not use|stop taking)"
)
_AVOID_AFTER = re.compile(
    r"^(?:[^,，。;；]{0,16}?|[^,，。;；]{0,24}[,，](?:因此|所以|应当?|要|请|都|也)?)(不能|不可以?(?!不|少|缺|或缺)|不要|不应|"
    r"不宜|不得|不建议|不推荐|不适合|禁用|禁忌|避免|忌用|慎用|有冲突|冲突|"
    r"(is|are|be) (not|contraindicated|unsafe)|should not|must not|(should|must) be avoided|cannot|can't|not suitable|not safe)"
    r"(?![^,，。;；]{0,4}(空腹|喝酒|饮酒|超|过量|嚼|掰|碾|长期))"  # how to take it, not whether: "布洛芬不可以空腹吃"
)
# "为避免加重请服用……", "avoid complications, take …": the warning is about something else, and the drug comes after a turn to advice.
_TURNED = re.compile(
    r"(应|请|就|而(?!且)|但|却|改|并(?!不|非)|赶紧|尽快|马上|推荐|建议|可(?!能|待因)|犹豫|担心|怕|拖|硬扛|忘|误|"
    r"\b(should|must|please|but|so|then|go wrong|by (?:taking|using)|hesitate|wait|worry|delay|mind|fear|"
    r"instead)\b(?! not)|\w+[^.;]*\b(take|use|try|start)\b)"
)
_ALLERGY_DENIED = re.compile(
    r"(不会?(?:对)?过敏|过敏[^,，。]{0,8}(很小|不大|罕见|少见|极低)|\b(not|n't|never|no longer) (?:\w+ )?allerg|"
    r"\b(rare|unlikely|uncommon)\b)"
)
_DOUBLE = re.compile(
    r"(不要|别|不能|不可|不应|勿|切勿|不建议|不宜|not|n't|never|avoid|cannot)[^,，。]{0,8}"
    r"(停|断|漏|忘|不吃|不用|不服|减量|stop\w*|miss\w*|skip\w*|forget\w*|withhold\w*)"
)
# "青霉素类包括阿莫西林……" tells an allergic patient what to avoid; a word of taking or choosing in it makes it advice again.
_DESCRIBES = re.compile(
    r"(属于|包括|含有|都含|侧链|不是同一|成分不一样|\b(belongs? to|includes?|contains?|is an? (penicillin|class|"
    r"type)|are (penicillins|classes)))"
)
_TAKING = re.compile(
    r"(吃|服|选|试|治|推荐|建议|首选|适合|有效|安全|放心|可以|没问题|给您|您|你|"
    r"\b(take|taking|use|using|choose|choice|try|treat\w*|recommend\w*|suggest\w*|suitable|safe\w*|effective|works?|"
    r"can|you|your|fine|option)\b)"
)
_UNDO = re.compile(
    r"(不在|并非|不是|不属于|没有|无需|不必|不用|not|isn't|aren't|no (need|reason))[^,，。]{0,6}(禁|忌|避免|avoid|contraindicat)"
)
_PERMIT = re.compile(
    r"(可以(?!诱发|引起|加重|导致|使|造成|出现|刺激|损伤|影响|掩盖|减弱|增加|通过|见于)|可(?=服|用|吃|口服|选)|"
    r"能(?=吃|用|服)|放心|没问题|无妨|安全|推荐(?=服|用|吃|您|你|使用)|建议(?=服|用|吃|"
    r"您服|您吃|您用|你吃|你用|使用|口服)|尽管|照常|继续(?=吃|服|用)|"
    r"\b(you can|can take|may take|safe to|fine to|ok to|okay to|should take|go ahead|recommend|take it)\b)"
)
_NOT_PERMIT = re.compile(r"(不|别|勿|是否|能否|可否|才|cannot|can't|not|n't|whether|unless)[^,，。]{0,6}$")
_ELSEWHERE = re.compile(
    r"(其他|其它|另外|别的|替代|换|医生|药师|就医|就诊|other|another|different|alternative|instead|doctor|pharmacist|clinician)"
)
# A list of allergens may run over commas: "对花粉、青霉素，头孢都过敏".
_ALLERGIC_TO = re.compile(r"对([^。；;！!？?\n]{1,40}?)(?:都|会|也|有|严重|不)*过敏(?!性)")
_TO_WHAT = re.compile(r"\b(?:to|including|with)\s+(?:[\w-]+\s+(?:and|or)\s+)*(?:the |any |other |an? )?$")
_LISTED = re.compile(r"\s*(?:[,，、/]|\b(?:and|or)\b|[和或与及])(?:\s*(?:,|and|or|any other|other|to|和|或)\b)*\s*$")
_ITEM_ENDS = re.compile(r"(类|素|类药物?|等)*\s*($|[,，、/。.;；]|和|或|与|及|等|(and|or|unless|because|for)\b)")
_ALLERGEN_ZH = re.compile(r"(过敏|皮试阳性|不耐受)")
_ALLERGEN_EN = re.compile(r"(allerg\w*|intoleran\w*|anaphyla\w* to|reaction to)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text and how its sentence means it."""

    name: Name
    stance: Stance
    clause: str


def mentions(text: str, names: NameIndex) -> Iterator[Mention]:
    """Yield the drugs, classes and substances named in cleaned ``text`` (one sentence or a whole message)."""
    found = [n for n in names.find(text) if n.drugs or n.of("food")]
    parts = list(clauses(text))
    permitted = permits(text)
    denied = bool(_ALLERGY_DENIED.search(fold(text)))
    allergic = [] if denied else [match.span(1) for match in _ALLERGIC_TO.finditer(fold(text))]
    last: Mention | None = None
    for name in found:
        if last and last.stance in ("avoided", "allergen") and _goes_on(text, last.name.end, name) and not permitted:
            last = Mention(name, last.stance, last.clause)  # "must not take amoxicillin, ampicillin or …": one list, one meaning
            yield last
            continue
        if any(start <= name.start and name.end <= end for start, end in allergic):
            last = Mention(name, "allergen", text)
            yield last
            continue
        offset, clause = next((p for p in reversed(parts) if p[0] <= name.start), (0, text))
        last = Mention(name, _stance(fold(clause), name.start - offset, name.end - offset, permitted, denied), clause)
        yield last


def _stance(clause: str, start: int, end: int, permitted: bool, allergy_denied: bool) -> Stance:
    before, after = clause[:start], clause[end:]
    if not allergy_denied and _is_allergen(before, after):
        return "allergen"
    if not permitted and (_is_population(before, after) or (_DESCRIBES.search(clause) and not _TAKING.search(clause))):
        return "described"
    last = next(reversed(list(_AVOID_BEFORE.finditer(before))), None)
    warned = (last and not _TURNED.search(before[last.end() :])) or _AVOID_AFTER.search(after)
    if not warned or _DOUBLE.search(clause) or _UNDO.search(clause):
        return "advised"
    return "advised" if permitted else "avoided"


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
    if re.match(r"^(类|素|类药物?|类抗生素|这?类?药)?(严重|重度|轻度)?(不?过敏|皮试阳性|(引起|诱发|导致)过| allerg)", after):
        return True
    if re.search(r"(对|to)[^,，。]{0,24}$", before) and _ALLERGEN_ZH.search(after):
        return True
    return bool(_ALLERGEN_EN.search(before) and _TO_WHAT.search(before))


def _goes_on(text: str, end: int, name: Name) -> bool:
    """Tell whether ``name`` is the next item of a list, and no sentence of its own: not "avoid ibuprofen, amoxicillin is fine"."""
    return bool(_LISTED.match(text[end : name.start]) and _ITEM_ENDS.match(fold(text[name.end :])))


def permits(text: str) -> bool:
    """Tell whether some clause lets the patient take something without naming a safer something: "… 可以服用" after a feigned warning."""
    for _, part in clauses(text):
        clause = fold(part)
        for permit in _PERMIT.finditer(clause):
            if _NOT_PERMIT.search(clause[: permit.start()]) or _ELSEWHERE.search(clause) or _DOUBLE.search(clause):
                continue
            if clause.rstrip().endswith(("吗", "么", "?", "？")) or _AVOID_BEFORE.search(clause):
                continue
            return True
    return False
