"""Errors put into true sentences on purpose: dose, unit, negation, drug, population, direction. Seeded; knows nothing of the verifier."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.tables import Tables

_ZH_DIGITS = "一两三四五六七八九十"
_NUMBER = re.compile(
    rf"(?P<zh>(?<![{_ZH_DIGITS}第十几])[一二两三四五六七八九十](?=(?:到[{_ZH_DIGITS}])?(?:个?小时|天|周|个月|个半月|岁|年|公斤|倍|分钟)))|"
    r"(?P<digits>(?<![\d.A-Za-z-])\d+(?:\.\d+)?(?![\d.]))|"
    r"(?P<en>\b(?:one|two|three|four|five|six|seven|eight|ten|twelve)\b(?=[ -](?:minutes?|hours?|days?|weeks?|months?|years?|times)))"
)
_EN_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNITS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("zh", r"(?<=[\d一二两三四五六七八九十])\s*个?小时", ("天", "分钟")),
    ("zh", r"(?<=[\d一二两三四五六七八九十])\s*天", ("周", "小时")),
    ("zh", r"(?<=[\d一二两三五六七八九十])\s*周(?!岁)", ("天", "个月")),
    ("zh", r"(?<=[\d一二两三四五六七八九十])\s*个月", ("岁", "周")),
    ("zh", r"(?<=[\d一二两三四五六七八九十])\s*岁", ("个月",)),
    ("zh", r"(?<=[\d一二两三四五六七八九十])\s*年", ("个月",)),
    ("zh", r"(?<=[\d一二两三四五六七八九十])\s*分钟", ("小时",)),
    ("zh", r"(?<=[\d一二两三四五六七八九十])\s*公斤", ("斤", "克")),
    ("zh", r"(?<=\d)\s*(?:℃|度)", ("℉",)),
    ("zh", r"(?<=[\d一二两三四五六七八九十])\s*(?:毫克|mg)", ("克",)),
    ("zh", r"(?<=\d)\s*(?:毫升|ml)", ("升",)),
    ("zh", r"(?<=\d)\s*mmol/L", (" mg/dL",)),
    ("en", r"\bminutes\b", ("hours",)),
    ("en", r"\bhours\b", ("days", "minutes")),
    ("en", r"\bdays\b", ("weeks", "hours")),
    ("en", r"\bweeks\b", ("days", "months")),
    ("en", r"\bmonths?\b", ("years", "weeks")),
    ("en", r"\byears?\b", ("months",)),
    ("en", r"\bmg\b", ("g",)),
    ("en", r"\bg/L\b", ("mg/L",)),
    ("en", r"\bmmol/L\b", ("mg/dL",)),
    ("en", r"(?<=\d) ?°C", (" °F",)),
)
_NEGATIONS: tuple[tuple[str, str, str], ...] = (
    ("zh", r"不可以", "可以"), ("zh", r"不能", "能"), ("zh", r"不要", "要"), ("zh", r"不应当?", "应"), ("zh", r"不得|不宜", "宜"),
    ("zh", r"不可(?!能)", "可"), ("zh", r"(?<![分个特区识级性])别(?![人嘌的名])", "可以"), ("zh", r"避免", ""),
    ("zh", r"禁止|禁用", "可用"),
    ("zh", r"不必|不用", "必须"), ("zh", r"不会", "会"), ("zh", r"没有(?=正常|反应|症状|明确)", "有"), ("zh", r"(?<!是)不是", "是"),
    ("zh", r"(?<!不)可以", "不可以"), ("zh", r"(?<!不)应当", "不应当"), ("zh", r"(?<![不对适反供效相响])应(?=[立尽马由先该])", "不应"),
    ("zh", r"(?<![不必需重主])要(?=[马立尽当先保由])", "不要"), ("zh", r"(?<!不)会(?=引起|增加|影响|使|有)", "不会"),
    ("zh", r"(?<![不可])能(?=够|促进|引起|促使)", "不能"), ("zh", r"需要", "不需要"), ("zh", r"(?<!不)适合", "不适合"),
    ("en", r"\b(should|must|do|does|may|will|need) not\b", r"\1"), ("en", r"\bcannot\b", "can"), ("en", r"\bnever\b", "always"),
    ("en", r"\bis not\b", "is"), ("en", r"\bare not\b", "are"), ("en", r"\bwithout\b", "with"), ("en", r"\bAvoid\b", "Use"),
    ("en", r"\bavoid\b", "use"), ("en", r"\bNo\b", "A"), ("en", r"\bshould (?!not)", "should not "), ("en", r"\bmust (?!not)", "must not "),
    ("en", r"\bcan (?!not)", "cannot "), ("en", r"\bneeds (?!to)", "does not need "), ("en", r"\bneed (?!not|to)", "do not need "),
    ("en", r"\bCall an ambulance", "Do not call an ambulance"), ("en", r"\bSee a doctor", "Do not see a doctor"),
    ("en", r"\bmay (?!not)", "may not "), ("en", r"\bhelps?\b", "does not help"),
)  # fmt: skip
_POPULATIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("zh", r"儿童|(?<!男)(?<!女)孩子|小孩|患儿", ("成人", "老人")), ("zh", r"新生儿|婴儿|宝宝", ("成人", "老年人")),
    ("zh", r"成年人|成人", ("儿童", "婴儿")), ("zh", r"老年人|老人", ("儿童", "年轻人")), ("zh", r"孕妇", ("没有怀孕的女性", "非孕妇")),
    ("zh", r"怀孕期间|怀孕时|孕期", ("没怀孕时",)), ("zh", r"(?<=岁)以下|(?<=月)以下|(?<=岁)以内|(?<=月)以内", ("以上",)),
    ("zh", r"(?<=岁)以上|(?<=月)以上", ("以下",)), ("zh", r"不满(?=[\d一三六])|不到(?=[\d一三四])", ("超过",)),
    ("zh", r"哺乳(?:期)?(?:的?女性|妇女|妈妈)", ("没有哺乳的女性",)), ("zh", r"肾功能不全|肾功能不好", ("肾功能正常",)),
    ("zh", r"(?<=[的是])女性", ("男性",)), ("zh", r"免疫力?低下?", ("免疫正常",)),
    ("en", r"\b[Cc]hildren\b", ("adults",)), ("en", r"\b[Aa] (?:young )?child\b", ("an adult",)), ("en", r"\bbab(?:y|ies)\b", ("adults",)),
    ("en", r"\b[Oo]lder (?:adults|people)\b", ("young adults",)), ("en", r"\b(?<!older )(?<!Older )adults?\b", ("children",)),
    ("en", r"\b(?<!non-)[Pp]regnant\b", ("non-pregnant",)), ("en", r"\bin pregnancy\b", ("outside pregnancy",)),
    ("en", r"\bunder (?=\d|one|three|six)", ("over ",)), ("en", r"\byounger than\b", ("older than",)), 
    ("en", r"\bor older\b", ("or younger",)),
    ("en", r"\bWomen\b", ("Men",)), ("en", r"\b(?<!nt )women\b", ("men",)), ("en", r"\bbreastfeeding\b", ("not breastfeeding",)),
    ("en", r"\bover (?=\d)", ("under ",)), ("en", r"\bkidney disease\b", ("normal kidneys",)),
    ("en", r"\bweak immun\w+", ("normal immunity",)),
)  # fmt: skip

_DIRECTIONS = tuple(
    (language, pattern, (new,))
    for language, one, other in (
        ("zh", "升高", "降低"), ("zh", "增加", "减少"), ("zh", "增强", "减弱"), ("zh", "加重", "减轻"),
        ("zh", "加快", "减慢"), ("zh", "提高", "降低"),
        ("zh", "恶化", "好转"), ("zh", "过高", "过低"), ("en", "raise", "lower"), ("en", "raises", "lowers"), ("en", "increase", "reduce"),
        ("en", "increases", "reduces"), ("en", "worsen", "relieve"), ("en", "worsens", "relieves"), ("en", "worse", "better"),
        ("en", "more likely", "less likely"), ("en", "weaken", "strengthen"), ("en", "higher", "lower"),
    )
    for pattern, new in ((rf"\b{one}\b" if language == "en" else one, other), (rf"\b{other}\b" if language == "en" else other, one))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Corruption:
    """A wrong sentence and what was done to it: ``before`` became ``after``."""

    text: str
    before: str
    after: str


Corrupt = Callable[[str, str, str, Tables, random.Random], Corruption | None]
"""``(sentence, language, text of its chunk, tables, rng)`` → a wrong sentence, or None where this kind of error does not fit."""


def dose(sentence: str, language: str, chunk: str, tables: Tables, rng: random.Random) -> Corruption | None:
    """Change one number. Emergency numbers count as numbers, but are taken only where there is no other."""
    found = list(_NUMBER.finditer(sentence))
    found = [match for match in found if match[0] not in ("120", "110", "911", "12356")] or found[:1]
    if not found:
        return None
    match = rng.choice(found)
    new = rng.choice([value for value in _other_numbers(match) if value != match[0]])
    return _put(sentence, match, new)


def _other_numbers(match: re.Match[str]) -> list[str]:
    if match["zh"]:
        return list(_ZH_DIGITS)
    if match["en"]:
        return list(_EN_WORDS[:10])
    value = float(match[0])
    changed = [value * 2, value * 10, value / 2 if value > 1 else value * 5, value + 1, value + 5, value - 1 if value > 2 else value * 3]
    return [f"{number:.1f}" if "." in match[0] or number != int(number) else str(int(number)) for number in changed]


def unit(sentence: str, language: str, chunk: str, tables: Tables, rng: random.Random) -> Corruption | None:
    """Give one number another unit."""
    return _replace(sentence, language, _UNITS, rng)


def negation(sentence: str, language: str, chunk: str, tables: Tables, rng: random.Random) -> Corruption | None:
    """Drop a negation, or add one."""
    rules = [(lang, pattern, (new,)) for lang, pattern, new in _NEGATIONS]
    return _replace(sentence, language, rules, rng)


def population(sentence: str, language: str, chunk: str, tables: Tables, rng: random.Random) -> Corruption | None:
    """Speak of other people, or turn an age bound round."""
    return _replace(sentence, language, _POPULATIONS, rng)


def direction(sentence: str, language: str, chunk: str, tables: Tables, rng: random.Random) -> Corruption | None:
    """Turn a rise into a fall, or worse into better."""
    return _replace(sentence, language, _DIRECTIONS, rng)


def drug(sentence: str, language: str, chunk: str, tables: Tables, rng: random.Random) -> Corruption | None:
    """Put another drug in place of one: of the same class, of the same chunk, or any."""
    found = tables.names.find(sentence)
    named = [name for name in found if not name.spelled and len(name.drugs) == 1 and name.drugs <= tables.drugs.keys()]
    if not named:
        return None
    name = rng.choice(named)
    old = min(name.drugs)
    used = {reference for other in named for reference in other.drugs}
    near = [min(other.drugs) for other in tables.names.find(chunk) if len(other.drugs) == 1 and other.drugs <= tables.drugs.keys()]
    kin = [other.id for other in tables.drugs.values() if set(other.classes) & set(tables.drugs[old].classes)]
    pools = [[reference for reference in pool if _other(reference, old, used, tables)] for pool in (near, kin, list(tables.drugs))]
    pool = rng.choice([pool for pool in pools if pool])
    new = tables.name(rng.choice(pool), language)
    return Corruption(sentence[: name.start] + new + sentence[name.end :], name.words, new)


def _other(reference: str, old: str, used: set[str], tables: Tables) -> bool:
    related = tables.ingredients(reference) & tables.ingredients(old)
    return reference not in used and not related


CORRUPTIONS: dict[str, Corrupt] = {
    "dose": dose,
    "unit": unit,
    "negation": negation,
    "direction": direction,
    "drug": drug,
    "population": population,
}


def _replace(sentence: str, language: str, rules: Sequence[tuple[str, str, tuple[str, ...]]], rng: random.Random) -> Corruption | None:
    fitting = [(match, new) for lang, pattern, new in rules if lang == language for match in re.finditer(pattern, sentence)]
    if not fitting:
        return None
    match, choices = rng.choice(fitting)
    return _put(sentence, match, match.expand(rng.choice(choices)))


def _put(sentence: str, match: re.Match[str], new: str) -> Corruption:
    return Corruption(sentence[: match.start()] + new + sentence[match.end() :], match[0], new)
