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
    r"(远离|绕开|绕着|划掉|禁服|禁吃|拒绝|打消|避而|排除|没法|无法|不让|不敢|不准|不许|不给|不该|不适宜|"
    r"(?:isn't|is not|aren't|are not|not) (?:for|an option|needed|recommended|advised)|no more|banned|refused|unwise|"
    r"can't recommend|cannot recommend|"
    r"never-again|contraindicat\w+|withdrew|withdrawn|最好[别不]|尽量[别不]|少[吃用碰]|能不[吃用]就不|切勿|切忌|先别|"
    r"暂时?别|暂停|停掉?|戒掉?|警惕|当心|小心|"
    r"steer clear of|hold off(?: on)?|stay off|keep (?:away|off)|cut out|think twice|wary of|careful with|caution with|rule out|quit|"
    r"discontinu\w*|不能|不可以?|不要|不应|不宜|不得|不建议|不推荐|不适合|别|勿|禁用|禁止|禁忌|避免|避开|忌|慎用|停用|远离|"
    r"avoid|do not|don't|must not|mustn't|should not|shouldn't|cannot|can't|can not|never|not (be )?(safe|suitable|recommended)|"
    r"stay away from|contraindicated|not take|not use|stop taking|don't let (?:anyone|them|anybody)|leave)"
)
_AVOID_AFTER = re.compile(
    r"^(?:[^,，。;；]{0,16}?|[^,，。;；]{0,24}[,，](?:因此|所以|应当?|要|请|都|也)?)(最好[别不]|尽量[别不]|"
    r"能不[吃用]就不|少[吃用碰]|就别|就免了|免了|就算了|算了|都?要避开|避开|碰不得|万万|忌|勿|禁|请勿|请收起|收走|"
    r"收起来|绕着走|也在此列|也不例外|同理|也要排除|排除在外|得划掉|划掉|不开了|"
    r"风险[大高]|属于禁忌|列入禁用|被停|打消|有[^,，。]{0,8}的?危险|会(?:让|使)|"
    r"(?:isn't|is not|aren't|are not|not) (?:for|an option|needed|recommended|advised|suitable|safe|a good)|(?:is|"
    r"are|was|were) (?:contraindicated|ruled out|banned|withdrawn)|"
    r"all count|count too|as well, since|goes on the never|that door is closed|(?:can|could|may|might|tends? to|"
    r"would) (?:stop|raise|increase|worsen|cause|blunt|lower|harm|make)|"
    r"lowers? the|raises? the|gave you|give it a miss|unsuitable|"
    r"不是(?:个)?(?:好|合适的|首选的?)(?:选择|办法)|不合适|不行(?!吗)|要不得|碰不得|用不得|吃不得|先放一放|先停|"
    r"停一停|不对路|会(?:加重|诱发|害)|"
    r"(?:is|are|would be|isn't|it's) (?:the wrong|a bad|a poor|best avoided|off limits|out of the question|"
    r"off the table|risky|dangerous|harmful|"
    r"not for you|ruled out|too risky|a no-go)|"
    r"(?:has|have|needs?) to be (?:reviewed|checked|stopped|avoided|discussed)|must be (?:reviewed|stopped|checked)|needs? (?:a )?review|"
    r"makes? [^,.;]{0,24}worse|can (?:trigger|harm|worsen|damage)|(?:was|were|has been|have been) (?:stopped|"
    r"discontinued)|不能|不可以?(?!不|少|缺|或缺)|不要|不应|"
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
    r"type)|are (penicillins|classes)|is an? [a-z -]{0,40}(drug|medicine|antibiotic|painkiller|antidepressant)\b))"
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


# "不是青霉素", "不含磺胺", "not statins": what something is not; "跟青霉素没有关系", "阿奇霉素和阿莫西林…却是两类药": a comparison.
_NOT_IT = re.compile(
    r"(不是|并非|不含有?|不属于|\b(?:not|isn't|aren't|is not|no|without|free of|free from)(?: (?:an?|any|in|the))?|"
    r"\b(?:it's|it is|that's|this is) an?)\s*$"
)
_COMPARES = re.compile(
    r"(没有?(?:任何|什么)?关系|无关|两回事|两码事|不是一回事|不是同一|两类药|两种药|不同类|一字之差|只有一个字|名字(?:很)?像|"
    r"\b(?:related to|not the same|two different|unrelated|sounds? like|starts? like|looks? like|spelled like)\b)"
)
# "把青霉素换成阿奇霉素", "swapped penicillin for azithromycin": what was replaced or stopped is not advised.
_REPLACED_BEFORE = re.compile(
    r"(与其(?:吃|用|服|打)?|而不是|代替|替代|取代|\b(?:instead of|rather than|in place of|replaces?|swap(?:ped)?|"
    r"switch(?:ed)? from|come off|"
    r"stopped|stop taking|leave out|skip(?:ped)?))\s*(?:the |your |any )?$"
)
_REPLACED_AFTER = re.compile(
    r"^(?:都|也|已经?|就|先|全|给我?|已让我|暂时)*(?:停了|停掉|停用|换成|换为|换掉|(?:改成|改为)(?!每|一[次天日片粒]|\d|半)|撤了)|"
    r"^\s*(?:is out\b|isn't an option|is not an option|is off the table|was (?:stopped|swapped|replaced)|has been (?:stopped|replaced))"
)
# "请医生评估能不能用头孢", "ask before taking ibuprofen": somebody else is to decide.
_DECIDES = re.compile(
    r"((?:问|请|让|由|跟|和|找|告诉)[^,，。]{0,6}(?:医生|大夫|药师|专科|医师)[^,，。]{0,8}(?:能不能|可不可以|是否|"
    r"要不要|该不该|再决定|评估|判断|商量)|"
    r"(?:能不能|可不可以|是否|要不要|该不该)(?:吃|用|服)?[^,，。]{0,10}(?:由|问|请|听|要看)[^,，。]{0,4}(?:医生|大夫|药师)|"
    r"\b(?:ask|check with|talk to|see|speak to|tell)\b[^.;]{0,40}\bbefore (?:you )?(?:tak|us|start|hav)\w*|"
    r"\b(?:ask|check with|let)\b[^.;]{0,30}\b(?:whether|if|decide)\b)"
)
# What makes a sentence advice at all: somebody takes, chooses, may or should. A sentence without any of it tells a fact.
_ADVICE = re.compile(
    r"(吃|服|喝|打(?!算)|含|涂|抹|贴|喷|滴|注射|输液|吊|挂(?!号)|喂|塞|敷|(?<![作副合联使应利有功疗滥费])用(?!于|途|"
    r"法|药史|户|量|以|处|意)|"
    r"加|补|换|选|试|来[一两点片粒]|买|推荐|建议|首选|上[点个]?|可以|能(?!量)|行(?!动|业)|好(?!像|发)|有效|管用|见效|"
    r"奏效|即可|安全|放心|没事|没问题|"
    r"不影响|不冲突|继续|照|接着|就[是行]|压(?!力)|退烧|缓解|搞定|开[点些一两个]|"
    r"\b(?:take|takes|taking|use|using|try|give|giving|have|start|add|continue|keep|stay|put|pop|grab|reach|swap|"
    r"pick|choose|go (?:for|with|on|up|ahead)|"
    r"can|could|should|may|will|would|shall|let|fine|ok|okay|good|great|safe|best|better|effective|suitable|works?|"
    r"helps?|clears?|calms?|stops?|eases?|"
    r"relieves?|treats?|recommend\w*|suggest\w*|prescrib\w*|choice|option|bet|fix|dose|daily|twice|once|tablets?|"
    r"capsules?|shots?|mg|enough|harmless|"
    r"handle|handles|do the trick|cover|won't|perfectly|adequate|decent|reasonable|appropriate)\b)"
)
_TEACHES = re.compile(
    r"(是一种|属于|又叫|最初|最早|历史|原理|机制|代谢|研发|发现|有影响|影响|说明书[里上]|意思|教材|经典|包括|"
    r"都在其中|追溯|简称|缩写|增强|削弱|打折扣|占住|合用会|同服会|"
    r"\b(?:stands? for|belongs?|includes?|included|began|was developed|known as|history|labels? (?:says?|turn)|"
    r"mechanism|metaboli\w+|abbreviat\w+|"
    r"is an? \w+|are \w+s|turn out|class of|pairing|comes? as|family of)\b)"
)
_ASKS_WHY = re.compile(
    r"(为什么|为何|怎么回事|什么意思|属于[^,，。]{0,8}(?:吗|类)|是什么(?:药|意思)?|有什么区别|有何区别|哪一?类|是不是因为|有没有不用|"
    r"\b(?:why|what is|what are|what does|which class|related to|stands? for|difference between|is there (?:a|any) way)\b)"
)
_DENIES = re.compile(r"(不要|别|不能|不可|勿|not|n't|never)\s*$")
_DECIDED = re.compile(
    r"^[^。.;；]{0,16}(?:要|得|应|该)?由[^,，。]{0,10}(?:医生|医师|大夫|药师|科)|^[^.;]{0,24}\bis for (?:your|the) [\w ]{2,30} to decide"
)
_ALLERGIC_IS = re.compile(r"过敏的(?:药|东西)?[是叫]$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text and how its sentence means it."""

    name: Name
    stance: Stance
    clause: str


def mentions(text: str, names: NameIndex) -> Iterator[Mention]:
    """Yield the drugs, classes and substances named in cleaned ``text`` (one sentence or a whole message)."""
    folded = fold(text)
    tells = bool(_ASKS_WHY.search(folded) or (_TEACHES.search(folded) and not _ADVICE.search(folded)))
    found = [n for n in names.find(text) if n.drugs or n.of("food") or n.of("group")]
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
        if tells and not permitted:
            last = Mention(name, "described", text)
            yield last
            continue
        offset, clause = next((p for p in reversed(parts) if p[0] <= name.start), (0, text))
        last = Mention(name, _stance(fold(clause), name.start - offset, name.end - offset, permitted, denied), clause)
        yield last


def _stance(clause: str, start: int, end: int, permitted: bool, allergy_denied: bool) -> Stance:
    before, after = clause[:start], clause[end:]
    if (not allergy_denied and _is_allergen(before, after)) or _ALLERGIC_IS.search(before):
        return "allergen"
    if _NOT_IT.search(before) or (_COMPARES.search(clause) and not permitted):
        return "described"
    if not permitted and (_DECIDES.search(clause) or _DECIDED.search(after)):
        return "described"
    replaced = _REPLACED_BEFORE.search(before)
    if (replaced and not _DENIES.search(before[: replaced.start()])) or _REPLACED_AFTER.search(after):
        return "avoided"
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
    if re.match(
        r"^(类|素|类药物?|类抗生素|这?类?药)?(严重|重度|轻度)?(不?过敏|皮试阳性|(引起|诱发|导致)过| (?:antibiotics? |"
        r"drugs? )?(?:allerg|reaction))",
        after,
    ):
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
