"""Facts from the patient's own words, by rule: on the critical path of every turn, in milliseconds, without a model.

What is asked, supposed, quoted or denied is no fact. In doubt about an allergy the fact is kept as ``suspected``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from memory.facts import ANY, Fact, Kind, Status
from memory.measures import age_months, height_cm, weight_kg
from memory.subjects import subject_of
from tools.names import Name
from tools.tables import Tables
from tools.text import clauses, fold, sentences

_SUPPOSED = re.compile(
    r"(如果|假如|要是|万一|假设|比如|例如|的人|患者(?!我)|人群|者(能|可|不|应|要)|\b(if|suppose|people|patients|someone|anyone) )"
)
_ASKED = re.compile(r"(吗|么|嘛|是不是|会不会|是否|有没有|什么|哪些|怎么|为何|\?|？)")
_MAYBE = re.compile(r"(可能|好像|似乎|怀疑|大概|也许|不确定|疑似|\b(might|maybe|possibly|perhaps|think|suspect)\b)")
_PAST = re.compile(r"(以前|曾经?|小时候|过去|当年|原来|\b(used to|previously|in the past|as a child)\b)")

_ALLERGIC_ZH = re.compile(
    r"对(?P<what>[^。!?！？\n;；]{1,40}?)(?P<not>不|没有?|都不|并不|也不)?(?:会|是|有|都|也|严重|重度|轻度|有点|特别|"
    r"非常|药物)*(?:过敏|皮试阳性)(?!性|原检测|科|体质)"
)
_ALLERGY_ZH = re.compile(r"(?:过敏|皮试阳性)(?!性|原|科|体质)")
_NONE_ZH = re.compile(
    r"(没有?|无|否认|未(发现|有))(任何|什么|明确|已知)?的?((药物|食物|药|及|和|或|与|、)*)过敏(史|情况|的)?(?!性)|"
    r"过敏史\s*[:：]?\s*(无|没有|否认)"
)
_ALLERGIC_EN = re.compile(
    r"(?P<not>\b(?:not|never|n't|isn't|no longer) (?:been )?)?\b(?:allerg(?:ic|y) to|anaphylaxis (?:to|from)|"
    r"bad reaction to)\s+(?P<what>[^.!?;\n]{2,80})"
)
_ALLERGY_EN = re.compile(r"\b(allergy|allergies|allergic)\b")
_NONE_EN = re.compile(
    r"\b(no (known )?(drug |food |medication )?allerg(y|ies)|nkda|not allergic to (anything|any)|(don't|"
    r"do not) have (any )?(known )?(drug )?allerg)"
)
_CUT_EN = re.compile(r"\b(but|because|so|can|could|should|since|i (?:am|have|take|also|was|had|got)|is it|what|and i)\b|, (?=i\b)")
_EMPTY = re.compile(r"^(什么|啥|它|这个|那个|这种|那种|哪些?|哪种|任何|其他|别的|it|that|this|them|anything|what)+$")

_TAKES = re.compile(
    r"(正?在(?:吃|服用?|用|打|使用)|长期(?:吃|服用?|用)|每[天日晚早](?:都|要|会)?(?:吃|服用?|用|打)|一直(?:在)?(?:吃|"
    r"服用?|用)|(?:吃|服|用|打|喝)(?:着|了|过)|"
    r"(?:目前|现在|平时|最近|刚|刚刚|已经|昨天|今天|昨晚|今早)(?:在|也|还|都)?(?:吃|服用?|用|打)|常用药|服药|用药史|"
    r"\b(?:i'm|i am|he's|he is|she's|she is|been|currently|also|and)\s+(?:on|taking|using)\b|\b(?:taking|takes|took|"
    r"taken|takes?|using|prescribed|on)\b)"
)
_ASKS_TO_TAKE = re.compile(
    r"((?:能|可以|可不可以|能不能|要不要|该不该|应不应该|想|应该|打算|是否|需不需要|需要|适合)[^,，]{0,6}(?:吃|服|用|打|喝)|"
    r"\b(?:can|could|should|may|shall|would|safe to|ok to|okay to|want to|need to|before|after|"
    r"avoid)\b[^,]{0,24}\b(?:take|taking|use|using|have|on)\b)"
)
_NOT_TAKING = re.compile(
    r"(没有?|未|不|从不|从来没)(?:在|再|有|敢)?(?:吃|服|用|打)|\b(?:not|never|n't|no longer) (?:\w+ )?(?:on|tak\w*|us\w*)"
)
_STOPPED = re.compile(r"(停了|停用|停药|不(?:再)?吃了|不用了|停掉|已停|断了|\b(?:stopped|quit|came off|discontinued|no longer)\b)")

_HAS = re.compile(
    r"(有|患|得了?|确诊|诊断|查出|病史|多年|\d+\s*年|患者|病人|是个?|伴|合并|\b(?:have|has|had|having|diagnosed|"
    r"suffer\w*|history of|with|got|my|living with)\b)"
)
_DENIES = re.compile(r"(没有?|无|否认|不是|未|排除了?|\b(?:no|not|don't|doesn't|haven't|hasn't|never|without|denies)\b)[^,，]{0,10}$")
_PREGNANT = re.compile(r"(怀孕|怀着|有孕|孕\s*\d+\s*周|孕(?:早|中|晚)期|妊娠|我是孕妇|怀二胎|\bpregnant\b|\bweeks along\b)")
_NOT_PREGNANT = re.compile(
    r"(没有?|未|不|备|避免|防止|预防|准备|想|计划|\b(?:not|n't|trying to (?:get|become)|never|planning)\b)[^,，]{0,6}(怀孕|pregnant|妊娠)"
)
_WEEKS = re.compile(r"(\d{1,2})\s*(?:\+\d)?\s*(?:周|weeks?)")
_LACTATING = re.compile(r"(哺乳期|在?喂奶|母乳喂养|在哺乳|\b(?:breast-?feeding|nursing (?:a|my|mother))\b)")
_SEX = re.compile(
    r"(?:我是|本人|性别|患者|^)\s*[:：]?\s*个?(男|女)(?:性|的|生|士|人)?|(?<![\u4e00-\u9fff])(男|"
    r"女)[,，\s]*\d{1,3}\s*岁|\d{1,3}\s*岁[的,，\s]*(男|女)|\b(?:i'm|i am) (?:a |an )?(?:\d+[- ]year[- ]old )?(man|woman|male|female)\b"
)


def extract(
    message: str, tables: Tables, *, subject: str = "self", thread: str = "", turn: str = "", at: str = ""
) -> tuple[list[Fact], str]:
    """Read the facts in one cleaned message.

    Args:
        message: the patient's words.
        tables: names of drugs, allergens and conditions.
        subject: whom the thread was about before this message.
        thread: provenance, like ``turn`` and ``at`` (ISO time).
        turn: id of the turn.
        at: when it was said.

    Returns:
        The facts, each once, and whom the thread is about now.
    """
    facts: dict[str, Fact] = {}
    for sentence in sentences(message):
        folded = fold(sentence)
        spoken_of = [(offset, subject_of(clause, subject)) for offset, clause in _carry(folded, subject)]
        subject = spoken_of[-1][1] if spoken_of else subject
        for fact in _read(sentence, folded, spoken_of, tables):
            # The first reading of a thing holds: the patterns that see the whole phrase come before those that see a name.
            facts.setdefault("|".join(fact.key), fact.model_copy(update={"thread": thread, "turn": turn, "at": at}))
    return list(facts.values()), subject


def _carry(folded: str, subject: str) -> Iterator[tuple[int, str]]:
    """Yield clauses, each with the last subject word before it in front where it names nobody itself."""
    carried = ""
    for offset, clause in clauses(folded):
        yield offset, clause if subject_of(clause, "?") != "?" or not carried else carried + clause
        carried = clause if subject_of(clause, "?") != "?" else carried


def _read(sentence: str, folded: str, spoken_of: list[tuple[int, str]], tables: Tables) -> Iterator[Fact]:
    def who(position: int) -> str:
        return next((name for offset, name in reversed(spoken_of) if offset <= position), "self")

    parts = list(clauses(sentence))
    asked = bool(_ASKED.search(folded[-3:]))
    yield from _allergies(sentence, folded, who, tables)
    for offset, clause in parts:
        low = fold(clause)
        if _SUPPOSED.search(low):
            continue
        names = tables.names.find(clause)
        subject = who(offset)
        yield from _medications(clause, low, names, subject, tables)
        yield from _conditions(clause, low, names, subject, tables, asked and len(parts) == 1)
        yield from _states(clause, low, subject)
        yield from _measures(clause, low, subject)


def _allergies(sentence: str, folded: str, subject: Callable[[int], str], tables: Tables) -> Iterator[Fact]:
    for none in (_NONE_ZH, _NONE_EN):
        if match := none.search(folded):
            yield Fact(subject=subject(match.start()), kind="allergy", value=ANY, status="denied", quote=_around(sentence, match.start()))
    for pattern in (_ALLERGIC_ZH, _ALLERGIC_EN):
        for match in pattern.finditer(folded):
            start, end = match.span("what")
            cut = _CUT_EN.search(folded, start, end)
            status = _allergy_status(folded, match.start(), match.end(), bool(match["not"]))
            if status:
                yield from _allergens(sentence, start, cut.start() if cut else end, subject(match.start()), status, tables)
    for name in tables.names.find(sentence):
        after = folded[name.end : name.end + 8]
        zh = re.match(r"(类|素|类药物?|类抗生素|药)?(严重|有点?|会|也|药物)?(过敏|皮试阳性)(?!性|的人|者|患者|原|人群)", after)
        if (zh or re.match(r"\s*allerg(y|ies)\b", after)) and (status := _allergy_status(folded, name.start, name.end + 4, False)):
            yield from _allergens(sentence, name.start, name.end, subject(name.start), status, tables)


def _allergy_status(folded: str, start: int, end: int, negated: bool) -> Status | None:
    clause_start = max((folded.rfind(mark, 0, start) for mark in ",，。;；!?！？\n"), default=-1) + 1
    before, tail = folded[clause_start:start], folded[start:end] + folded[end : end + 6]
    if _SUPPOSED.search(before) or re.search(r"过敏(的人|者|患者|人群)", tail):
        return None
    asked = bool(re.search(r"(是不是|会不会|是否|有没有)", before))
    if not asked and (negated or re.search(r"(没有?|无|否认|不是|并不|不|\b(no|not|n't|never|denies)\b)\s*(\w+ )?$", before)):
        return "refuted"
    if asked or re.search(r"(吗|么|\?|？)", folded[end : end + 3]) or _MAYBE.search(before):
        return "suspected"
    if _PAST.search(before) and re.search(r"(现在|后来|如今)[^。]{0,8}不(再|会)?过敏", folded[end:]):
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


def _medications(clause: str, low: str, names: list[Name], subject: str, tables: Tables) -> Iterator[Fact]:
    takes = _TAKES.search(low)
    if not takes or _ASKS_TO_TAKE.search(low) or _ALLERGY_ZH.search(low) or _ALLERGY_EN.search(low):
        return
    status: Status = "past" if _STOPPED.search(low) or _PAST.search(low) else "denied" if _NOT_TAKING.search(low) else "active"
    for name in names:
        drugs = sorted(name.drugs)
        if drugs and not (status == "active" and re.search(r"(吗|么|\?|？)$", low) and "在" not in low):
            yield Fact(
                subject=subject, kind="medication", value=name.words, status=status, references=tuple(drugs[:1]), quote=clause.strip()
            )


def _conditions(clause: str, low: str, names: list[Name], subject: str, tables: Tables, asked: bool) -> Iterator[Fact]:
    for name in names:
        references = tuple(sorted(name.of("condition")))
        if not references or not _HAS.search(low) or re.search(r"(是不是|会不会|什么是|怕|担心|预防|疫苗|算|是否)", low):
            continue
        if asked and not re.search(r"(我有|我得|患有|确诊|病史|多年|\d\s*年|i have|i've|diagnosed)", low):
            continue
        status: Status = "denied" if _DENIES.search(low[: name.start]) else "suspected" if _MAYBE.search(low) else "active"
        yield Fact(subject=subject, kind="condition", value=name.words, status=status, references=references, quote=clause.strip())


def _states(clause: str, low: str, subject: str) -> Iterator[Fact]:
    quote = clause.strip()
    asked = re.search(r"(是不是|会不会|是否|怀孕了?(吗|么)|am i pregnant|could i be)", low)
    if _PREGNANT.search(low) and not asked:
        weeks = _WEEKS.search(low)
        status: Status = "denied" if _NOT_PREGNANT.search(low) else "active"
        amount = float(weeks[1]) if weeks else None
        whose = subject if subject in ("wife", "daughter", "sister", "friend", "mother") else "self"
        yield Fact(subject=whose, kind="pregnancy", value="pregnant", status=status, amount=amount, quote=quote)
    if _LACTATING.search(low) and not asked:
        yield Fact(subject=subject, kind="lactation", value="lactating", quote=quote)
    if match := _SEX.search(low):
        said = next(group for group in match.groups() if group)
        yield Fact(subject=subject, kind="sex", value="male" if said in ("男", "man", "male") else "female", quote=quote)


def _measures(clause: str, low: str, subject: str) -> Iterator[Fact]:
    readers: tuple[tuple[Kind, float | None, str], ...] = (
        ("age", age_months(low), "months"),
        ("weight", weight_kg(low), "kg"),
        ("height", height_cm(low), "cm"),
    )
    limits = {"age": (0, 1440), "weight": (0.5, 400), "height": (30, 250)}
    for kind, amount, unit in readers:
        if amount is not None and limits[kind][0] <= amount <= limits[kind][1]:
            value = _age(amount) if kind == "age" else f"{amount:g} {unit}"
            yield Fact(subject=subject, kind=kind, value=value, amount=amount, quote=clause.strip())


def _age(months: float) -> str:
    return f"{months:g} months" if months < 24 else f"{int(months // 12)} years"


def _around(sentence: str, position: int) -> str:
    """Return the clause of the sentence that holds ``position``, with a short run-on."""
    start = max((sentence.rfind(mark, 0, position) for mark in "，,。;；!！?？\n"), default=-1) + 1
    ends: Iterable[int] = (found for mark in "，。;；!！?？\n" if (found := sentence.find(mark, position)) >= 0)
    return sentence[start : min(ends, default=len(sentence))].strip()
