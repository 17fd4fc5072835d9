"""The parts of a message: free speech, and what stands under the headings of a form ("过敏史：…", "Meds: …")."""

from __future__ import annotations

from dataclasses import dataclass

from memory import patterns as re

_HEADINGS: tuple[tuple[str, str], ...] = (
    (
        "allergy",
        r"(?:药物|食物|药品)?(?:及食物|食物)?过敏(?:史|药物?|源|原|情况|的?药物?有|的?东西|药)?|(?:known )?(?:drug |food |"
        r"medication )*allerg(?:y|"
        r"ies)(?: list)?|adrs?",
    ),
    (
        "medication",
        r"(?:目前|现在|正在|既往|近期|平时|长期|现|日常)?(?:用药(?:情况|史|记录)?|服药(?:情况|史)?|出院带药|带药|现用药|"
        r"服用(?:的?药物?)?|吃的?药|在服药物?|在用药物?|常用药物?|药物|药)"
        r"|(?:current |regular |home |daily )?(?:meds|medications?|medicines?|prescriptions?|rx|drugs|drug history|dhx?)(?: list| i take)?",
    ),
    ("family_history", r"家族(?:病)?史|家族遗传史|family (?:history|hx)|fhx?|fmhx?"),
    ("surgery", r"手术史|手术(?:情况)?|(?:past )?surg(?:ical|ery|eries)(?: history| hx)?|psh(?:x)?|operations?"),
    (
        "condition",
        r"(?:既往|过去|以往)(?:病史|史|疾病|患病)?|(?:基础|慢性|重大|其他)(?:疾病|病)(?:史)?|病史|疾病史|基础病|老毛病|"
        r"合并症|(?:past )?(?:medical|med) (?:history|hx|"
        r"problems)|pmhx?|conditions|"
        r"medical conditions?|health (?:problems|conditions)|diagnos[ie]s|comorbidities|hx",
    ),
    ("pregnancy", r"(?:怀孕|孕产|妊娠|孕期|是否怀孕)(?:情况|状态)?|pregnan(?:t|cy)(?: status)?"),
    ("lactation", r"(?:哺乳|是否哺乳)(?:期|情况)?|(?:breast-?feeding|lactati(?:on|ng)|nursing)"),
    ("vaccination", r"(?:预防接种|疫苗|接种)(?:史|情况|接种)?|vaccin(?:es|ations?)|imm?uni[sz]ations?|shots"),
    ("smoking", r"(?:吸烟|抽烟|烟)(?:史|情况)?|smok(?:ing|er|es)(?: status)?|tobacco"),
    ("alcohol", r"(?:饮酒|喝酒|酒)(?:史|情况)?|alcohol(?: use)?|drink(?:ing|s)|etoh"),
    ("age", r"(?:患者|宝宝|孩子)?年龄|岁数|age"),
    ("sex", r"性别|sex|gender"),
    ("weight", r"体重|(?:body ?)?weight|wt"),
    ("height", r"身高|height|ht"),
    ("vital", r"血压|心率|脉搏|体温|血氧|bp|blood pressure|pulse|hr|spo2|temp(?:erature)?"),
    (
        "complaint",
        r"疾病|诊断|病情描述|主诉|现病史|症状|问题|希望获得的?帮助|希望提供的帮助|求助|患病多久|发病时间|病程|"
        r"已就诊医院及科室|就诊医院|检查结果|检查资料|咨询|想问"
        r"|chief complaint|cc|hpi|reason for visit|symptoms?|question|complaint|problem",
    ),
    (
        "other",
        r"婚育史|月经史|个人史|生育史|输血史|职业|地址|电话|民族|婚姻|体格检查|查体|辅助检查|化验|随访|triggers?|"
        r"occupation|exam|plan",
    ),
    ("person", r"(?:基本)?(?:个人|患者|病人|宝宝|孩子)(?:信息|情况|资料)?|姓名|name|patient"),
)
_ANY_HEADING = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _HEADINGS)
_HEADING = re.compile(
    rf"(?:(?<=[\s,，。;；.!?！？|【\[(（*\-•])|^)(?:\d{{1,2}}[.、)]\s*)?(?:本人的?|患者的?|病人的?|我的?|孩子的?|"
    rf"宝宝的?|my |his |her )?[【\[*]{{0,2}}(?:{_ANY_HEADING})\s*(?:\((?:[^)]{{0,12}})\)|"
    rf"（[^）]{{0,12}}）)?[】\]*]{{0,2}}\s*(?:[:：]|(?<=】)[:：]?|(?<=\])[:：]?|\s-\s)\s*"
)
# Terse notes leave the colon out: "PMH HTN", "meds metformin", "NKDA".
_BARE = re.compile(
    r"(?:^|(?<=[\n,;.])\s*|(?<=[,;.]\s))(?:(?P<allergy>allergies)|(?P<medication>meds|rx)|(?P<condition>pmhx?|hx of)|"
    r"(?P<surgery>psh)|(?P<family_history>fhx?))\s+(?=[a-z])"
)
_BARE_ZH = re.compile(
    r"(?:^|(?<=[\s,，。;；]))(?:(?P<allergy>(?:药物|食物)?过敏史)|(?P<condition>既往史|既往病史)|"
    r"(?P<medication>用药史?))[ \t]+(?=[\u4e00-\u9fff])"
)
_STOP = re.compile(
    r"[.。！？!?]\s+(?=(?:i|i'm|i've|my|is|are|can|what|which|does|do|should|we|he|she|they|please|how|why|when|could|"
    r"would)\b)|[。！？]\s*(?=我|请问|他|她|想|能|这|是不是|怎么)|\n\s*\n|\n(?=[^\n]{0,12}(?:我|i |my |请问|问))"
)

_ENTRY_END = re.compile(rf"{_STOP.pattern}|[.。](?=\s*\S)(?<!\d\.)")


@dataclass(frozen=True, slots=True)
class Section:
    """``message[start:end]``, and the kind of fact that its heading announces; ``""`` for speech."""

    start: int
    end: int
    kind: str = ""


def sections_of(low: str) -> list[Section]:
    """Split a folded message at its headings."""
    found_by = (match for pattern in (_HEADING, _BARE, _BARE_ZH) for match in pattern.finditer(low))
    marks = sorted((match.start(), match.end(), str(match.lastgroup)) for match in found_by)
    found, at, kind = [], 0, ""
    for start, end, name in marks:
        if start < at:
            continue
        found += _part(low, at, start, kind)
        at, kind = end, name
    found += _part(low, at, len(low), kind)
    return found


def _part(low: str, start: int, end: int, kind: str) -> list[Section]:
    """Return one section, and as speech what follows it after an empty line."""
    if end <= start:
        return [Section(start, end, kind)] if kind else []
    if kind in ("", "complaint", "person", "other"):
        return [Section(start, end)]
    cut = (_ENTRY_END if kind == "allergy" else _STOP).search(low, start, end)
    if cut:
        return [Section(start, cut.start(), kind), Section(cut.end(), end)]
    return [Section(start, end, kind)]
