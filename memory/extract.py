"""Facts from the patient's own words, by rule: on the critical path of every turn, in milliseconds, without a model.

What is asked, supposed, quoted or denied is no fact. In doubt about an allergy the fact is kept as ``suspected``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from memory.allergies import ALLERGY_EN, ALLERGY_ZH, MAYBE, PAST, SUPPOSED, allergies
from memory.facts import Fact, Kind, Status
from tools.measures import age_months, height_cm, weight_kg
from tools.names import Name
from tools.population import plain_age, whom
from tools.tables import Tables
from tools.text import clauses, fold, sentences

_ASKED = re.compile(r"(吗|么|嘛|是不是|会不会|是否|有没有|什么|哪些|怎么|为何|\?|？)")
_TAKES = re.compile(
    r"(^(?:吃|服用|用|打)(?!点|些|什么|啥|的|药|不)(?=[^,，]*(?:着|了|过|年|个月|多月|以来))|(?:我|他|她|妈|爸|奶奶|爷爷|外婆|"
    r"外公|老公|老婆|孩子|儿子|女儿)(?:也|还|都)?(?:吃|服用|用"
    r"|打)(?!点|些|什么|"
    r"啥|的|药|不)|正?在(?:吃|服用?|用|打|使用)|长期(?:吃|服用?|用)|每[天日晚早](?:都|要|会)?(?:吃|服用?|用|打)|一直(?:在)?(?:吃|"
    r"服用?|用)|(?:吃|服|用|打|喝)(?:着|了|过)|"
    r"(?:目前|现在|平时|最近|刚|刚刚|已经|昨天|今天|昨晚|今早)(?:在|也|还|都)?(?:吃|服用?|用|打)|常用药|服药|用药史|"
    r"\b(?:i'm|i am|he's|he is|she's|she is|been|currently|also|and)\s+(?:on|taking|using)\b"
    r"|(?<!in )(?<!by )(?<!of )(?<!try )(?<!about )(?<!keep )(?<!after )(?<!before )(?<!start )\b(?:taking|using)\b|"
    r"\b(?:i|we|they|she|he|who|do|did|does|mum|mom|dad|mother|father|wife|husband)\b[^,.;]{0,24}\btake(?= (?!your usual))|"
    r"\b(?:takes|took|taken|prescribed|on(?! (?:top|the (?:label|market|shelf|list|leaflet|box))))\b)"
)
_ASKS_TO_TAKE = re.compile(
    r"((?:能|可以|可不可以|能不能|要不要|该不该|应不应该|想|应该|打算|是否|需不需要|需要|适合)[^,，]{0,6}(?:吃|服|用|打|喝)|"
    r"\b(?:can|could|should|may|shall|would|safe to|ok to|okay to|want to|need to|before|after|"
    r"avoid)\b[^,]{0,24}\b(?:take|taking|use|using|have|on)\b)"
)
_NOT_TAKING = re.compile(
    r"(没有?|未|不|从不|从来没)(?:在|再|有|敢)?(?:吃|服|用|打)(?!饭|早|午|晚|东西|什么)|(?:\b(?:not|never|no longer)|"
    r"n't) (?:\w+ )?(?:on|tak\w*|us\w*)"
)
_STOPPED = re.compile(r"(停了|停用|停药|不(?:再)?吃了|不用了|停掉|已停|断了|\b(?:stopped|quit|came off|discontinued|no longer)\b)")

_HAS = re.compile(
    r"(有|患|得了?|确诊|诊断|查出|病史|多年|\d+\s*年|患者|病人|是个?|伴|合并|胃镜|化验|检查|报告|\b(?:have|has|had|having|diagnosed|"
    r"suffer\w*|history of|with|got|my|living with)\b)"
)
_DENIES = re.compile(r"(没有?|无|否认|不是|未|排除了?|\b(?:no|not|don't|doesn't|haven't|hasn't|never|without|denies)\b)[^,，]{0,10}$")
_PREGNANT = re.compile(r"(怀孕|怀着|有孕|孕\s*\d+\s*周|孕(?:早|中|晚)期|妊娠|我是孕妇|怀二胎|\bpregnant\b|\bweeks along\b)")
_NOT_PREGNANT = re.compile(
    r"(没有?|未|不|备|避免|防止|预防|准备|想|计划|(?:\b(?:not|trying to (?:get|become)|never|planning)|"
    r"n't)\b)[^,，]{0,6}(怀孕|pregnant|妊娠)"
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
        spoken_of = [(offset, whom(clause, subject)) for offset, clause in _carry(folded, subject)]
        subject = spoken_of[-1][1] if spoken_of else subject
        for fact in _read(sentence, folded, spoken_of, tables):
            # The first reading of a thing holds: the patterns that see the whole phrase come before those that see a name.
            facts.setdefault("|".join(fact.key), fact.model_copy(update={"thread": thread, "turn": turn, "at": at}))
    return list(facts.values()), subject


def _carry(folded: str, subject: str) -> Iterator[tuple[int, str]]:
    """Yield clauses, each with the last subject word before it in front where it names nobody itself."""
    carried = ""
    for offset, clause in clauses(folded):
        yield offset, clause if whom(clause, "?") != "?" or not carried else carried + clause
        carried = clause if whom(clause, "?") != "?" else carried


def _read(sentence: str, folded: str, spoken_of: list[tuple[int, str]], tables: Tables) -> Iterator[Fact]:
    def who(position: int) -> str:
        return next((name for offset, name in reversed(spoken_of) if offset <= position), "self")

    parts = list(clauses(sentence))
    asked = bool(_ASKED.search(folded[-3:]))
    yield from allergies(sentence, folded, who, tables)
    for offset, clause in parts:
        low = fold(clause)
        if SUPPOSED.search(low):
            continue
        names = tables.names.find(clause)
        subject = who(offset)
        yield from _medications(clause, low, names, subject, tables)
        yield from _conditions(clause, low, names, subject, tables, asked and len(parts) == 1)
        yield from _states(clause, low, subject)
        yield from _measures(clause, low, subject)


def _medications(clause: str, low: str, names: list[Name], subject: str, tables: Tables) -> Iterator[Fact]:
    takes = _TAKES.search(low)
    if not takes or _ASKS_TO_TAKE.search(low) or ALLERGY_ZH.search(low) or ALLERGY_EN.search(low):
        return
    status: Status = "past" if _STOPPED.search(low) or PAST.search(low) else "denied" if _NOT_TAKING.search(low) else "active"
    for name in names:
        drugs = sorted(name.drugs)
        if drugs and not (status == "active" and re.search(r"(吗|么|\?|？)$", low) and "在" not in low):
            yield Fact(subject=subject, kind="medication", value=name.words, status=status, references=tuple(drugs), quote=clause.strip())


def _conditions(clause: str, low: str, names: list[Name], subject: str, tables: Tables, asked: bool) -> Iterator[Fact]:
    for name in names:
        references = tuple(sorted(name.of("condition")))
        if (
            not references
            or not _HAS.search(low)
            or re.search(
                r"(是不是|会不会|什么是|症状|什么|区别|想问|怕|担心|"
                r"预防|疫苗|算|是否|正常|阴性)",
                low,
            )
        ):
            continue
        if asked and not re.search(r"(我有|我得|患有|确诊|病史|多年|\d\s*年|i have|i've|diagnosed)", low):
            continue
        status: Status = "denied" if _DENIES.search(low[: name.start]) else "suspected" if MAYBE.search(low) else "active"
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
        ("age", age_months(plain_age(low)), "months"),
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
