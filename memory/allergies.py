"""Allergies from the patient's own words: said, denied, asked about, or told as a reaction without the word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from memory.facts import ANY, Fact, Status
from tools.names import Name
from tools.tables import Tables
from tools.text import fold

SUPPOSED = re.compile(
    r"(如果|假如|要是|万一|假设|比如|例如|的人|患者(?!我)|人群|者(能|可|不|应|要)|\b(if|suppose|people|patients|someone|anyone) )"
)
# "磺胺过敏不等于对呋塞米过敏", "an allergy to shellfish does not mean one to iodine": said to be no allergy.
_NOT_THE_SAME = re.compile(r"(不等于|不代表|不意味着?|不说明|不算是?|并非|\b(?:doesn't|does not|not) (?:mean|imply|make)\b[^.]{0,30})$")
MAYBE = re.compile(r"(可能|好像|似乎|怀疑|大概|也许|不确定|疑似|\b(might|maybe|possibly|perhaps|think|suspect)\b)")
PAST = re.compile(r"(以前|曾经?|小时候|过去|当年|原来|\b(used to|previously|in the past|as a child)\b)")

_ALLERGIC_ZH = re.compile(
    r"对(?!\s*[,，、的])(?P<what>[^。!?！？\n;；]{1,40}?)(?P<not>不|没有?|都不|并不|也不)?(?:会|是|有|都|也|严重|重度|轻度|有点|特别|"
    r"非常|药物)*(?:过敏|皮试阳性)(?!性|原检测|科|体质)"
)
ALLERGY_ZH = re.compile(r"(?:过敏|皮试阳性)(?!性|原|科|体质)")
_NONE_ZH = re.compile(
    r"(没有?|无|否认|未(发现|有))(任何|什么|明确|已知)?的?((药物|食物|药|及|和|或|与|、)*)过敏(史|情况|的)?(?!性)|"
    r"过敏史\s*[:：]?\s*(无|没有|否认)"
)
_ALLERGIC_EN = re.compile(
    r"(?P<not>\b(?:not|never|n't|isn't|no longer) (?:been )?)?\b(?:allerg(?:ic|y|ies) to|anaphylaxis (?:to|from)|"
    r"bad reaction to)\s+(?=(?P<what>[^.!?;\n]{2,80}))"
)
ALLERGY_EN = re.compile(r"\b(allergy|allergies|allergic)\b")
_NONE_EN = re.compile(
    r"\b(no (known )?(drug |food |medication )?allerg(y|ies)|nkda|not allergic to (anything|any)|(don't|"
    r"do not) have (any )?(known )?(drug )?allerg)"
)
# "过敏史：青霉素、磺胺", "Allergies: penicillin": a heading and what stands under it.
_HEADED = re.compile(r"(?:过敏(?:史|药物?|源|原)?|allerg(?:y|ies|ic))\s*[:：]\s*(?P<what>[^。.!?！？\n;；]{2,60})")
_NOTHING = re.compile(r"\s*[“\"']?(?:无|没有|否认|未发现|none|nil|nkda|no known)")
# "重新做了激发试验，结果阴性，标签也取消了", "it turned out to be glandular fever": the label has been taken off.
_REVOKED = re.compile(
    r"((?:激发试验|皮试|复查|重新做|脱敏)[^。!?！？]{0,24}(?:阴性|正常|通过|没事)|(?:标签|记录|诊断)[^。,，]{0,6}(?:取消|去掉|"
    r"撤销|划掉|删)|(?:后来|最后|已)[^。,，]{0,8}(?:排除了?过敏"
    r"|证实不是|推翻)|"
    r"\bturned out (?:to be|not)\b|\b(?:took|taken|removed) (?:it |that |this )?(?:off|from) (?:my|the|his|her|your)\b|\bde-?label\w*"
    r"|\btests? (?:was|were|came back|is) negative\b|\btested negative\b)"
)
_EXCEPT = re.compile(r"(除(?:了|开|去)?|\b(?:except(?: for)?|other than|apart from|besides|but for)\b)\s*(?P<what>[^,，。.!?\n;；]{1,40})")
_IT = re.compile(r"(?:它|这个药?|\b(?:it|this|that|them)\b)")
_CUT_EN = re.compile(
    r"\b(but(?! also)|because|so|can|could|should|since|has|have|does|"
    r"doesn't|is not|isn't|means?|i (?:am|have|take|also|was|had|got)|is it|what|and i)\b"
    r"|, (?=i\b)"
)
_EMPTY = re.compile(r"^(什么|啥|它|这个|那个|这种|那种|哪些?|哪种|任何|其他|别的|it|that|this|them|anything|what)+$")


def allergies(sentence: str, folded: str, subject: Callable[[int], str], tables: Tables) -> Iterator[Fact]:
    """Yield what one sentence says about allergies; ``subject`` tells whom a position in it is about."""
    yield from _none_known(sentence, folded, subject, tables)
    yield from _stated(sentence, folded, subject, tables)
    for match in _HEADED.finditer(folded):
        if not _NOTHING.match(match["what"]) and any(n.drugs or n.of("group") for n in tables.names.find(match["what"])):
            yield from _allergens(sentence, *match.span("what"), subject(match.start()), "active", tables)
    yield from _by_name(sentence, folded, subject, tables)


def _none_known(sentence: str, folded: str, subject: Callable[[int], str], tables: Tables) -> Iterator[Fact]:
    """Read "no known allergies", and the exception in "no allergies except penicillin", which leaves no such statement."""
    for match in filter(None, (none.search(folded) for none in (_NONE_ZH, _NONE_EN))):
        excepted = next((m for m in _EXCEPT.finditer(folded) if any(n.drugs for n in tables.names.find(m["what"]))), None)
        if excepted:
            yield from _allergens(sentence, *excepted.span("what"), subject(excepted.start()), "active", tables)
        else:
            yield Fact(subject=subject(match.start()), kind="allergy", value=ANY, status="denied", quote=_around(sentence, match.start()))


def _stated(sentence: str, folded: str, subject: Callable[[int], str], tables: Tables) -> Iterator[Fact]:
    """Read "对…过敏" and "allergic to …"."""
    for pattern in (_ALLERGIC_ZH, _ALLERGIC_EN):
        for match in pattern.finditer(folded):
            start, end = match.span("what")
            cut = _CUT_EN.search(folded, start, end)
            end = cut.start() if cut else end
            status = _allergy_status(folded, match.start(), match.end() if pattern is _ALLERGIC_ZH else end, bool(match["not"]))
            if _IT.fullmatch(folded[start:end].strip()) and (earlier := [n for n in tables.names.find(sentence[:start]) if n.drugs]):
                # "I can't take penicillin because I'm allergic to it": the drug named last.
                start, end = earlier[-1].start, earlier[-1].end
            if status:
                yield from _allergens(sentence, start, end, subject(match.start()), status, tables)


def _by_name(sentence: str, folded: str, subject: Callable[[int], str], tables: Tables) -> Iterator[Fact]:
    """Read "青霉素过敏", "penicillin allergy" and reactions told right after a drug."""
    for name in tables.names.find(sentence):
        after = folded[name.end : name.end + 8]
        if name.drugs and _reacted(folded, name) and not _REVOKED.search(folded):
            yield from _allergens(sentence, name.start, name.end, subject(name.start), "suspected", tables)
            continue
        zh = re.match(r"(类|素|类药物?|类抗生素|药)?(严重|有点?|会|也|药物)?(过敏|皮试阳性)(?!性|的人|者|患者|原|人群)", after)
        if (zh or re.match(r"\s*allerg(y|ies)\b", after)) and (status := _allergy_status(folded, name.start, name.end + 4, False)):
            yield from _allergens(sentence, name.start, name.end, subject(name.start), status, tables)


_REACTION = (
    r"(起|出|长)(过|了|满)?(一?身|浑身|全身|红|皮|大)*(红?疹|疙瘩|风团|水?疱|大疱)|休克|喉头?水肿|(嘴|脸|嗓子|"
    r"喉咙)[^,，。]{0,3}肿|荨麻疹|"
    r"\b(hives|rash|anaphyla\w*|swell\w*|swollen|welts|blisters)\b"
)


def _reacted(folded: str, name: Name) -> bool:
    """Tell whether a reaction is told of right after taking the drug, without the word allergy: kept as suspected until settled."""
    before, after = folded[max(name.start - 30, 0) : name.start], folded[name.end : name.end + 24]
    zh = re.search(r"(吃|服|用|打|输|注射)(了|过|着)?$", before) and re.search(_REACTION, after.split("。")[0])
    en = re.match(r"\s*(gives?|gave|made|makes|caused?)\b[^.]{0,24}", after) and re.search(_REACTION, after)
    late = re.search(rf"(?:{_REACTION})\W+(after|from|with|on|when i take|whenever i take)\W+(taking )?$", before)
    return bool((zh or en or late) and not SUPPOSED.search(before))


_DENIED_BEFORE = re.compile(
    r"(没有?|无|否认|不是|并不|不|\b(?:no|never|denies|not(?! only))|n't)\s*(?:(?:have|had|got|any|a|an|known|really|actually) ){0,3}$"
)


def _allergy_status(folded: str, start: int, end: int, negated: bool) -> Status | None:
    clause_start = max((folded.rfind(mark, 0, start) for mark in ",，。;；!?！？\n"), default=-1) + 1
    before, tail = folded[clause_start:start], folded[start:end] + folded[end : end + 6]
    if re.search(r"\b(sure|know|wonder\w*|tell|check\w*) (if|whether)\b", before):
        return "suspected"
    if SUPPOSED.search(before) or _NOT_THE_SAME.search(before) or re.search(r"过敏(的人|者|患者|人群)", tail):
        return None
    asked = bool(re.search(r"(是不是|会不会|是否|有没有|不确定|不知道|不清楚|说不准)", before)) or "过不过敏" in folded[start : end + 2]
    if re.search(r"不是不$", before) or (negated and before.endswith("不是")):
        return "active"
    if not asked and (negated or _DENIED_BEFORE.search(before)):
        return "refuted"
    if _REVOKED.search(folded):
        return "refuted"
    if re.search(r"(以为|\bthought\b)", before) and re.search(r"(不过敏|不是过敏|没有过敏|not allergic)", folded[end:]):
        return "refuted"  # "以前以为头孢过敏，后来做了激发试验证实并不过敏"
    if asked or re.search(r"(吗|么|\?|？)", folded[end : end + 3]) or MAYBE.search(before):
        return "suspected"
    if PAST.search(before) and re.search(r"(现在|后来|如今)[^。]{0,8}不(再|会)?过敏", folded[end:]):
        return "past"
    return "active"


def _allergens(sentence: str, start: int, end: int, subject: str, status: Status, tables: Tables) -> Iterator[Fact]:
    words = sentence[start:end].strip(" 的，,、")
    names = [n for n in tables.names.find(words) if n.drugs or n.of("group") or n.of("food")]
    quote = _around(sentence, start)
    for name in names:
        yield Fact(subject=subject, kind="allergy", value=name.words, status=status, references=_allergy_references(name), quote=quote)
    if not names and words and not _EMPTY.match(fold(words)) and len(words) <= 24:
        yield Fact(subject=subject, kind="allergy", value=words, status=status, quote=quote)


def _allergy_references(name: Name) -> tuple[str, ...]:
    """Prefer the allergy group, then the class, then the drug: the widest reading that the words allow."""
    for references in (name.of("group"), name.of("class"), frozenset(r for r in name.references if ":" not in r), name.of("food")):
        if references:
            return tuple(sorted(references))
    return ()


def _around(sentence: str, position: int) -> str:
    """Return the clause of the sentence that holds ``position``, with a short run-on."""
    start = max((sentence.rfind(mark, 0, position) for mark in "，,。;；!！?？\n"), default=-1) + 1
    ends: Iterable[int] = (found for mark in "，。;；!！?？\n" if (found := sentence.find(mark, position)) >= 0)
    return sentence[start : min(ends, default=len(sentence))].strip()
