"""Advice that only a prescriber may give: a personal dose of a prescription drug, or to start, stop or change one by oneself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from configs.locales import text
from tools.dosing import FORBIDS, Dose
from tools.findings import Finding
from tools.names import Name
from tools.profile import PatientProfile
from tools.tables import Tables
from tools.text import clauses, fold, spans

_RESCUES = frozenset({"salbutamol", "adrenaline", "glyceryl_trinitrate", "naloxone", "glucose", "glucagon", "aspirin"})
"""What an action plan or an emergency service lets people take at once."""
_NEAR, _WINDOW, _MOSTLY = 14, 80, 0.8
_CHANGES = re.compile(
    r"(加到|加量|增加|增至|减|改|调|打到|升到|\b(?:increase\w*|decrease\w*|reduce\w*|raise|change|switch|up to|go to|bump|"
    r"from (?:tomorrow|today|tonight|now|monday|next week)|up (?:your|the|his|her)|double|halve)\b|从(?:今天|明天|今晚|下周|"
    r"现在)(?:起|开始)?|加倍|翻倍|减半)"
)
_LABEL = re.compile(
    r"(说明书|标签|药典|常用(?:剂?量|量为)|推荐(?:起始)?剂量|遵医嘱|"
    r"\blabels?\b|\bleaflet\b|package insert|\busual (?:adult )?dose\b|\b(?:comes? (?:in|as)|available as)\b)"
)
_DOCTOR = re.compile(
    r"(医生|大夫|医师|专科|专家|药师|查原因|门诊|医嘱|处方医|主治|护士|团队|[肤内外妇儿眼经泌谢]科|复诊|就医|就诊|医院|急诊|120|医务|"
    r"\b(?:doctors?|dr|gp|physicians?|cardiologists?|\w+ologists?|psychiatrists?|prescribers?|specialists?|consultants?|clinics?|"
    r"clinicians?|"
    r"pharmacists?|nurses?|midwi\w+|dentists?|team|surgeons?|hospital|surgery|emergency|999|911|112|medical|prescribed|professional)\b)"
)
# "不用问医生", "without bothering your GP": a doctor who is left out makes it worse.
_LEFT_OUT = re.compile(
    r"((?:不用|不必|无需|没必要|不需要|别|不去|懒得|先别|犯不着)[^,，。]{0,8}(?:问|找|看|告诉|跟|听|去|等|惊动|麻烦)[^,，。]{0,8}"
    r"(?:医生|大夫|医院|医师|门诊|复诊)|(?:瞒着|别管|不管|甭管)[^,，。]{0,4}(?:医生|大夫)|医生(?:就|都|只|总)[^,，。]{0,8}(?:吓|夸|保守|"
    r"啰)|"
    r"\b(?:without|no need|needn't|don't (?:need|have|bother|wait)|do not (?:need|wait)|before you (?:next )?see|never mind|forget|ignore|"
    r"whatever|despite|rather than|instead of|not worth)\b(?:(?!\b(?:stop|change|take|skip|drop)\b)[^.;]){0,40}\b"
    r"(?:doctor|gp|clinic|prescriber|specialist|cardiologist|pharmacist|surgery|"
    r"consultant|psychiatrist|nurse)\b)"
)
_NOT_ADVICE = re.compile(
    r"(漏服|漏吃|漏打|忘(?:记|了)|过敏|皮疹|红疹|如果医生|误[服吞食]|抽血|查血|血常规|禁用|禁忌|研究|试验|指南|一般由|可能会|"
    r"\b(?:missed|miss a dose|forgot|forget to take|allerg\w+|rash|hives|swelling|stud(?:y|ies)|trials?|guidelines?|label|leaflet|"
    r"action plan|ask|history|blood (?:count|test)s?|urgent(?:ly)?|right away|seek)\b)"
)
_ASKS = re.compile(r"([?？]\s*$|[吗么呢]\s*[。.]?$|^\s*(?:can|could|may|should|is|are|do|does|will|would|did) (?:i|my|it|he|she)\b)")
_SUGGESTS = re.compile(r"(\b(?:why not|how about|what about)\b|何不|不如|为什么不)")
_NO = re.compile(
    r"((?<!不)(?:不要|别|勿|不能|不可|不得|不应|不宜|不该|不建议|不推荐|避免|禁止|切忌|严禁|不敢|不是|没有|绝不|不会|"
    r"并非|而非|不用|不必|无需|不需要|才能|是否|能否|要不要|能不能|可不可以)[^,，。;；]{0,14}|"
    r"(?:\b(?:(?<!why )not|never|avoid|without|nobody|no one|rather than|instead of|against|before|after|if|when|unless|no need|no reason|"
    r"whether|who|people|risks? of|cannot)\b|n't\b)(?: [\w']+){0,3} ?)$"
)
_UNDONE = re.compile(
    r"^[^,，。;；]{0,8}(?:会|可能|导致|引起|容易|[之以]?后|以前|之前|的话|时|前|风险|危险|症状|反应|要慎|需|必须由|应由|由|是错|不对|"
    r"不安全|不可取|的人|者|的患者)|^[^.;,]{0,40}\b(?:can|may|might|could|is (?:dangerous|risky|unsafe)|are|causes?|leads?|"
    r"worsens?|makes?|carries|risks?|needs?|must|should)\b"
)
_PAST_ZH = re.compile(
    r"(已经?|曾|上次|上周|上个?月|去年|以前|当时|之前|刚刚?|昨天|医院给|给我?们?您?你?|(?<!倍)(?<!泰)(?<!塞)他(?!汀|克|乐|莫|卡|西)|她|"
    r"病人|患者|有人|很多人|有些人)[^,，。]{0,6}$"
)
_STOP_ZH = (
    r"(?:停(?:掉|了|药|服|用|吃|打|一停|几[天周]|[一两三]?[天周个]|一阵|一段)|断(?:掉|了|药)|戒(?:掉|了)|扔(?:掉|了)|省(?:掉|了)|撤(?:掉|"
    r"了)|"
    r"(?:不|甭|别)(?:用|必|再)?[吃服打用](?:它|这药|[^,，。]{0,8})?了(?!解)|(?:不用|不必|不需要|没必要|无需)(?:再|天天|每天|继续|终身)"
    r"+[吃服打用]|停(?=吧|$|[,，。]))"
)
_CHANGE_ZH = (
    r"(?:减(?:半|量|到|成|为|至|掉|一半|半片|[一两]片)|加[\d一二两三四五六七八九十半几]+个?(?:片|粒|颗|单位|毫克|mg)|加(?:量|倍|到|至|成|"
    r"服|打|半片|[一两]片|半粒|[一两]粒)|翻(?:倍|番|一倍)|"
    r"(?:多|少)(?:吃|打|服|加|来|用|注射)[^,，。]{0,3}?[\d一二两三四五六七八九十半几]+个?(?:片|粒|颗|毫克|mg|单位|针|次|顿|支)|"
    r"隔(?:一)?天(?:吃|服|打|一次)|跳过|漏掉|略过|"
    r"(?:换|改)(?:成|吃|用|为|服|打)|调(?:到|成|高|低|整)|恢复(?:吃|服|用)|(?:重新|接着)(?:吃|服|用)(?:上|回)?|吃回|"
    r"(?:吃|服)(?:一半|半量|双倍|两倍)|从[\d.一二两三半]+\s*(?:毫克|mg|片|单位)[^,，。]{0,6}(?:起|开始))"
)
_START_ZH = (
    r"(?:(?:自己|自行|去|你去|药店|网上|悄悄|直接)[^,，。]{0,6}(?:买(?!保)|弄|搞|托人)|(?:吃|用|拿|借)[^,，。]{0,8}(?:剩下的|家人的|"
    r"别人的|朋友的|"
    r"老伴的|邻居的)|(?:自己|自行)[^,，。]{0,8}(?:打起|吃起|开始(?:吃|打|服)|加用))"
)
# What makes a change advice and no report: "可以", "就", "吧", "从明天起", a second person.
_URGE_ZH = re.compile(
    r"(可以|不妨|直接|干脆|就(?!诊|医|是|会)|先|自己|自行|今天起|明天起|今晚|今天|明天|从[今明后下]|赶紧|马上|立刻|立即|试试|试着|吧|把|"
    r"反正|"
    r"完全|随时|得了|算了|行了|没事|建议|你|您|不用|不必|尽管|放心|大胆|该|最好|应该|每天|每晚|隔天|也别|一片也|再(?:加|多)|晚上|早上|"
    r"不如|何必)"
)
_CHANGED_ZH = re.compile(rf"(?P<stop>{_STOP_ZH})|(?P<change>{_CHANGE_ZH})|(?P<start>{_START_ZH})")
_LEAD = (
    r"(?:^|[,;:.]\s*|\b(?:so|just|then|please|and|or|but|simply|now|you (?:can|could|may|might|should)|(?:i|we) (?:would|could|should)|"
    r"i'd|we'd|best|better|to try|let's|"
    r"why not|feel free to|go ahead and|go on and|ok(?:ay)? to|fine to|safe to|time to|free to|want to|need to|have to|advise you to|"
    r"suggest you|you|always|today|tonight|tomorrow|try|consider|is to|instead)\s+)(?:\w+ly )?"
)
_PLAIN_EN = (
    r"(?:stop|quit|drop|ditch|bin|dump|discontinue|cease|skip|omit|pause|halve|double|triple|increase|raise|bump|lower|reduce|decrease|"
    r"swap|switch|replace|restart|taper|cut|hold off|push|trim|adjust|stopping|skipping|dropping|doubling|halving|cutting)"
)
_PHRASE_EN = (
    r"(?:throw|chuck|toss) (?:it|them|[\w ]{0,24}) ?(?:out|away)|"
    r"leave (?:it|them|[\w ]{0,24}?) ?(?:out|off)|(?:come|get|go|wean(?: yourself)?)"
    r" (?:straight |right |yourself )?off|cut (?:it|them|[\w ]{0,24}?) ?(?:in half|down|back|out)|hold (?:it|the|your)|"
    r"up (?:it|your|the)\b|go (?:up|down|back) (?:to|on|onto)|(?:go back on|start back on)|miss (?:out |a |the |one |every )|"
    r"take (?:half|one|two|some) of [\w ]{0,8}?\w+'s|"
    r"take (?:an? )?(?:extra|double|half|two of|twice|second)|(?:give yourself|add|take|inject) [\w ]{0,12}?(?:extra|more|another)|"
    r"begin with (?:hers|his|theirs|mine)|(?:use|take|try|have|borrow) (?:up )?(?:half of |two of |one of )?(?:your |the |some )?(?:\w+ )?"
    r"(?:leftover|hers|his|theirs|mum's|dad's|sister's|brother's|friend's|wife's|husband's|neighbou?r's)|"
    r"(?:no (?:longer )?need|don't need|do not need|needn't|no point|no reason) (?:to )?(?:keep |carry on |go on |continue |stay |in )?"
    r"(?:taking|on|take|with|to take)|self-adjust|change (?:to|over|it|your|the)|(?:order|buy) (?:some|it|them) online"
)
_CHANGED_EN = re.compile(rf"{_LEAD}(?P<verb>{_PLAIN_EN}\b|{_PHRASE_EN})|\bby (?P<by>skipping|stopping|dropping|halving|doubling|cutting)\b")
_DOUBLE_CHECK = re.compile(r"(?:double[ -]check|cut and paste|reduce the (?:risk|chance)|lower the risk|increase the risk)")
_OWNED = re.compile(r"(hers|his|theirs|mine|leftover|\w+'s|dad's|sister's|brother's|friend's|wife's|husband's|neighbou?r's|online)$")
_BACK = re.compile(r"(\b(?:it|them|these|those|that)\b|它|这药|这个药|那药)")
_OBJECT = re.compile(
    r"^(?:\s+(?:your|the|her|his|their|taking|using|on|off|of|with|back|down|up|out|in|half|a|daily|dose|doses|morning|evening|night|"
    r"nightly|"
    r"own|all|any|that|this|those|both|from|to|over|extra|another|more|some|leftover|tablets?|pills?|\d+|units?|mg|old|for|straight))*\s*$"
)
_OF_IT = re.compile(
    r"^\s*(?:it|them|this|that|these|taking it|off|altogether|completely|cold turkey|to \d|by \d|every other|"
    r"one\b|a (?:dose|day|tablet)|half\b|"
    r"(?:the|your|a|one|every|each) (?:\w+ )?(?:dose|doses|tablets?|pills?|medicines?|medication|meds|one|injection|jab|amount|course)\b|"
    r"(?:today|now|tonight|tomorrow|straight|for (?:a|the|two|three|\d)|on (?:days|weekends))|$|[.,;!])"
)


def prescribed(profile: PatientProfile, said: str, tables: Tables, language: str) -> Iterator[Finding]:
    """Find where an advice lets people start, stop or change a prescription drug without whoever prescribed it."""
    last = ""
    for offset, sentence in spans(said):
        folded = fold(sentence)
        names = [name for name in tables.names.find(sentence) if _is_prescription(profile, name, tables)]
        held = names[-1].words if names else last if _BACK.search(folded) else ""
        last = held if len(tables.names.find(sentence)) <= 1 else ""
        if not held or is_no_advice(folded):
            continue
        span = _change_zh(folded, names) or _change_en(folded, names)
        if span:
            reference = sorted(names[-1].drugs)[0] if names else ""
            drug = tables.name(reference, language) if reference else held
            yield _finding("change", drug, (offset + span[0], offset + span[1]), tables, language)


def prescribed_dose(
    profile: PatientProfile, reference: str, dose: Dose, sentence: str, tables: Tables, language: str, named: int
) -> Iterator[Finding]:
    """Find a personal dose of a prescription drug; quoting a label or restating what somebody takes already is none.

    ``named`` is where the name ends: pieces that are counted far behind it are of something else.
    """
    drug, folded = tables.drugs.get(reference), fold(sentence)
    if (
        not drug
        or drug.rx != "rx"
        or reference in tables.otc_limits
        or not dose.amount
        or (dose.unit == "piece" and dose.start - named > _NEAR)
        or FORBIDS.search(folded[: dose.start])
    ):
        return
    taken = any(reference in known.references for known in profile.medications)
    if _LABEL.search(folded) or (taken and not _CHANGES.search(folded)):
        return
    finding = _finding("dose", tables.name(reference, language), (dose.start, dose.end), tables, language)
    texts = {"reason": text(language, "findings.dose_personal"), "action": text(language, "findings.dose_action")}
    yield finding.model_copy(update={"kind": "dose", "rule": "dose.personal", "source": str(drug.origin), **texts})
    own = next((fold(part) for at, part in spans(sentence) if at <= dose.start < at + len(part)), folded)
    if reference not in _RESCUES and not is_no_advice(own):
        yield finding


def is_no_advice(folded: str) -> bool:
    """Tell whether a folded sentence asks, warns, reports, or leaves the matter to a doctor."""
    left = _LEFT_OUT.sub(" ", folded)
    return bool(_NOT_ADVICE.search(left) or _DOCTOR.search(left) or (_ASKS.search(folded) and not _SUGGESTS.search(folded)))


def _is_prescription(profile: PatientProfile, name: Name, tables: Tables) -> bool:
    for reference in name.drugs - _RESCUES:
        drug = tables.drugs.get(reference)
        if drug and (drug.rx == "rx" or (drug.rx == "both" and any(reference in known.references for known in profile.medications))):
            return True
        if reference.startswith("class:"):
            return tables.prescribed(reference) >= _MOSTLY
    return False


def _change_zh(folded: str, names: list[Name]) -> tuple[int, int] | None:
    for match in _CHANGED_ZH.finditer(folded):
        at, clause = next(((o, c) for o, c in reversed(list(clauses(folded))) if o <= match.start()), (0, folded))
        before, after = folded[max(at, match.start() - _WINDOW) : match.start()], folded[match.end() :][:_WINDOW]
        if (
            _NO.search(before)
            or _PAST_ZH.search(before)
            or _UNDONE.search(after)
            or not (_URGE_ZH.search(clause + after[:_NEAR]) or match[0][0] in "不甭别无没")
        ):
            continue
        if match[0][0] in "换改戒" and names and not any(at <= n.start <= match.end() + _NEAR for n in names):
            continue
        return match.span()
    return None


def _change_en(folded: str, names: list[Name]) -> tuple[int, int] | None:
    for match in _CHANGED_EN.finditer(folded):
        verb = "verb" if match["verb"] else "by"
        at, end = match.span(verb)
        clause = next((o for o, _ in reversed(list(clauses(folded))) if o <= at), 0)
        after = folded[end : end + _WINDOW]
        if _NO.search(folded[max(clause, at - _WINDOW) : at]) or _DOUBLE_CHECK.match(folded[at:]):
            continue
        if match[0].endswith("ing") and _UNDONE.search(after):
            continue
        direct = any(
            (n.start <= end and at <= n.end) or (end <= n.start < end + _WINDOW and _OBJECT.match(folded[end : n.start])) for n in names
        )
        if direct or (match["by"] and names) or _BACK.search(match[0]) or _OF_IT.match(after) or _OWNED.search(match[0]):
            return at, end
    return None


def _finding(what: str, drug: str, span: tuple[int, int], tables: Tables, language: str) -> Finding:
    reason, action = text(language, f"findings.prescription_{what}", drug=drug), text(language, "findings.prescription_action")
    source = next((str(policy.origin) for policy in tables.policies if policy.kind == "prescription"), "")
    rule = f"prescription.{what}"
    return Finding(kind="prescription", severity="major", rule=rule, drug=drug, reason=reason, action=action, source=source, span=span)
