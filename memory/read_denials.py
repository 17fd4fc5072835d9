"""What a person says not to have, of several kinds in one breath: "无基础病，无手术史，无药敏", "no surgeries, no meds"."""

from __future__ import annotations

from collections.abc import Iterator

from memory import patterns as re
from memory.bare_denials import meant
from memory.clauses import Clause
from memory.facts import ANY, Fact, Kind
from memory.substances import category_of
from memory.talk import Talk

_NO = r"(?:没有?|无|否认|未见|从?没得过|从没)(?:任何|什么|啥|过|其他|别的|明显|特殊|重大|严重|明确)*(?:的)?"
_NONE: tuple[tuple[Kind, re.Pattern], ...] = (
    (
        "condition",
        re.compile(
            rf"{_NO}(?:(?:基础|慢性|老毛|大)?(?:疾病|病史|毛病|病)(?:史)?(?:$|[、和及或])|基础疾?病|慢性?病|既往史|病史|慢病|三高)|"
            rf"(?:基础|慢性)(?:疾?病)[^,，]{{0,3}}(?:没有|无|都没)$|"
            r"\b(?:no|without|don't have (?:any )?|haven't got (?:any )?|denies|never had any) (?:\w+ ){0,3}?(?:medical (?:conditions?|"
            r"problems?|history|issues)|health (?:conditions?|problems?|issues)|"
            r"chronic (?:diseases?|illness\w*|conditions?)|conditions|comorbidities|past medical history|pmh|illnesses|diseases)\b|"
            r"\b(?:pmh|medical history|conditions|past history)\s*[:-]?\s*(?:nil|none|n/a|unremarkable)\b|"
            r"\botherwise (?:fit and )?(?:healthy|well)\b(?=$)|\bfit and (?:well|healthy)\b"
        ),
    ),
    (
        "surgery",
        re.compile(
            rf"{_NO}(?:手术|开刀|外伤手术|动刀|开过刀|做过?手术|动过(?:刀|手术)|手术史|挨过刀)|1刀[^,，]{{0,3}}没[挨动]|"
            rf"一刀[^,，]{{0,3}}没[挨动]|(?:手术|刀)[^,，]{{0,4}}(?:没做过|没动过|没开过|从没)|"
            r"\b(?:no|never (?:had|been for)|not had|haven't had|without|denies|nor)(?: any| an?| had| previous| past| prior| major|"
            r" or)* (?:surger(?:y|ies)|operations?|psh|procedures)\b|\bnever (?:been )?(?:under the knife|operated on|had an? op)\b|"
            r"\b(?:psh|surgeries|operations|surgical history)\s*[:-]?\s*(?:nil|none|n/a|no)\b"
        ),
    ),
    (
        "allergy",
        re.compile(
            rf"过敏(?:史|方面|情况|这块|的)?[^,，。]{{0,4}}(?:没有|统统没|都没|全没|没得|无)(?:有)?$|(?:什么|啥|"
            rf"任何)[^,，]{{0,8}}(?:都|也)(?:不|没)过敏|^[^,，]{{0,4}}药[^,，]{{0,2}}都能[用吃]|没听说[^,，]{{0,8}}药[^,，]{{0,2}}过敏|"
            rf"没有?1?一?[针样种][^,，]{{0,4}}(?:反应|过敏)|"
            rf"{_NO}(?:药物?|食物|药品|药、?食|药食)?(?:及食物|和食物)?(?:敏$|敏(?=[,，、])|过敏史?(?!性|体|原|的?东西吃))|"
            rf"药敏[^,，]{{0,2}}(?:无|没有|否认)|(?:啥|什么|任何)过敏[^,，]{{0,2}}(?:没有|无)|(?:啥|什么)(?:东西|药)?(?:都|也)(?:没|"
            rf"不)(?:有)?过敏|"
            r"\bnk?d?a\b|\b(?:no|without|denies|not any|never had any)(?: known| drug| food| medication| medicine| other)* allerg(?:y|"
            r"ies)\b(?! to)|\ballerg(?:y|ies)\s*[:-]?\s*(?:nil|none|nkda|no\b)|"
            r"\ballergic to (?:nothing|nowt|nada|nil)\b|\b(?:neither|none) of (?:us|my|our|the|them)[\w ]{0,20} (?:have|has|had) any"
            r"[\w ]{0,12} allerg|\bneither [\w ]{2,20} nor i (?:have|has|had) any[\w ]{0,12} allerg|\b(?:never|"
            r"not) (?:once )?react(?:ed|s)? to (?:anything|a thing|nothing)|\bnothing (?:i'm|she's|he's|that i'm|i am|he is|"
            r"she is) allergic to\b|\bnever (?:reacted|had a reaction) to any(?:thing)?\b|\bnot allergic to (?:anything|a thing|any)"
        ),
    ),
    (
        "medication",
        re.compile(
            rf"{_NO}(?:长期)?(?:用药史?|服药史?|吃药|服药|长期药|在吃的?药|吃(?:什么|任何|啥)药)(?:$|[、和及或])|^(?:我|他|她|也|平时|"
            rf"都|现在|从来|目前|暂时|还)*(?:不吃|没吃|没在吃|未服|不用)(?:任何|什么|啥)?药(?:的|物)?$|(?:什么|啥|任何|[1一]样|西|"
            rf"处方)药(?:物)?[^,，]{{0,3}}(?:都|也|1概|一概)?(?:不|没)(?:在)?(?:吃|用|服|有)|"
            rf"(?:什么|啥|[1一]样|[1一]片|半片)(?:都|也)(?:不|没)(?:在)?(?:吃|用|服)|不曾用药|没用过药|"
            r"\b(?:don't|doesn't|not|never) (?:take|taking|on) (?:a thing|anything|nothing|a single (?:tablet|pill|thing))\b(?! for)|"
            r"\bmedic\w+ take i none\b|\b(?:no|not on any|not taking any|don't take any|doesn't take any|takes no|take no|without|"
            r"nor)(?: regular| current| other| daily| prescription)* (?:meds|medications?|medicines?|tablets|pills|"
            r"drugs)\b(?! (?:allerg|history of))|"
            r"\b(?:meds|medications?|dh)\s*[:-]?\s*(?:nil|none|n/a)\b"
        ),
    ),
)
_HINT = re.compile(
    r"[没无否未]|[都也]不|不[抽吃用]|\b(?:no|not|none|nil|never|nothing|nowt|neither|nk?d?a|without|denies|nor|haven't|don't|doesn't|takes?|"
    r"n/a|unremarkable|fit|otherwise)\b"
)
_ANSWERS_NO = re.compile(
    r"^(?:also |just |um |no,? |i said |我?就?[说答填]的?)*(?:none|no|nil|nope|nothing|never|没有?|无|否|都没有|没得|木有)(?:没得|"
    r"没有|的|呀|啊)?(?: at all|"
    r" really| known| at present| at the moment)?(?: doctor)?$"
)
_ASKED: tuple[tuple[Kind, re.Pattern], ...] = (
    ("allergy", re.compile(r"\ballerg|过敏|^to (?:drugs|meds|medicines|food|anything)")),
    (
        "medication",
        re.compile(r"^(?:any |regular |other )*(?:my )?(?:meds|medications?|medicines?|tablets|pills)\W*$|^(?:在)?(?:吃|用)的?药\W*$|用药"),
    ),
    ("surgery", re.compile(r"^(?:any |past )*(?:surger|operation)\w*\W*$|手术")),
    ("smoking", re.compile(r"^(?:do i )?smok\w+\W*$|^(?:抽烟|吸烟|烟)")),
    ("alcohol", re.compile(r"^(?:do i )?(?:drink\w*|alcohol)\W*$|^(?:喝酒|饮酒|酒)")),
    ("condition", re.compile(r"^(?:any |other )*(?:medical )?(?:conditions|illnesses|history)\W*$|^(?:基础病|慢性?病|病史)")),
)
_OTHER = re.compile(
    r"(?:其他|其它|别的|另外)[^,，]{0,3}(?:过敏|病|药|手术)|\b(?:other|else|new|further)\b|以外|除了|要不要|能不能|apart from|except|"
    r"besides|only"
)
_FOOD_ONLY = re.compile(r"食物过敏|food allerg")


def read_denials(talk: Talk) -> Iterator[Fact]:
    """Yield "none" of each kind that a clause denies as a whole."""
    for clause in talk.clauses:
        if (
            clause.mode not in ("said",)
            or clause.kind not in ("", "condition", "person", "surgery", "complaint")
            or not _HINT.search(clause.low)
        ):
            continue
        if _OTHER.search(clause.low):
            continue
        yield from _answered(talk, clause)
        for kind, pattern in _NONE:
            if pattern.search(clause.low) and not _contradicted(talk, clause, kind):
                category = "drug" if kind == "allergy" else ""
                yield from talk.facts(clause, kind, ANY, status="denied", category=category)


def _answered(talk: Talk, clause: Clause) -> Iterator[Fact]:
    """Read a question that the patient asks and answers: "allergies?? none. surgeries? no."."""
    before = talk.clauses[clause.number - 1] if clause.number else None
    if before is None or before.mode != "asked" or len(before.low) > 26 or not _ANSWERS_NO.search(clause.low):
        return
    for kind, pattern in _ASKED:
        if pattern.search(before.low) and not (kind == "allergy" and any(category_of(name, talk.tables) for name in talk.names_in(before))):
            single = kind in ("smoking", "alcohol")
            value = ("是" if talk.language == "zh" else "yes") if single else ANY
            yield from talk.facts(clause, kind, value, status="denied", category="drug" if kind == "allergy" else "")


def _contradicted(talk: Talk, clause: Clause, kind: Kind) -> bool:
    """Tell whether the message names one of the kind after all, or the denial is of foods alone."""
    if kind == "medication" and talk.language == "zh" and "药" not in talk.low:
        return True  # "什么都没吃" is of food as well
    if kind == "allergy" and meant(talk, clause) is not None:
        return True
    if kind == "allergy" and _FOOD_ONLY.search(clause.low) and not re.search(r"药|drug|medic", clause.low):
        return True
    said = (fact for fact in talk.found if fact.kind == kind and fact.subject in clause.people and fact.value != ANY)
    return any(fact.status in ("active", "suspected") or (fact.span or (-1, 0))[0] == clause.start for fact in said)
