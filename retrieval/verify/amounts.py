"""Quantities in running text: value, unit and bound, in one form for both languages, so that 半年 is six months and 1 g is 1000 mg."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Bound = Literal["", "least", "most"]

_UNITS: dict[str, tuple[str, float]] = {}
for _kind, _factor, _names in (
    ("mass", 1e-3, "微克 mcg ug µg μg microgram"),
    ("mass", 1.0, "毫克 mg milligram"),
    ("mass", 1e3, "克 g gram"),
    ("mass", 1e6, "千克 公斤 kg kilo kilogram"),
    ("mass", 5e5, "斤"),
    ("mass", 453592.0, "磅 lb pound"),
    ("volume", 1.0, "毫升 ml millilitre milliliter"),
    ("volume", 1e3, "升 l litre liter"),
    ("time", 1.0, "秒 秒钟 second sec"),
    ("time", 60.0, "分钟 分 minute min"),
    ("time", 3600.0, "小时 钟头 h hour hr"),
    ("time", 86400.0, "天 日 day"),
    ("time", 604800.0, "周 星期 礼拜 week"),
    ("months", 1.0, "个月 月龄 月 month"),
    ("months", 12.0, "年 岁 周岁 year"),
    ("°c", 1.0, "度 ℃ °c degree"),
    ("°f", 1.0, "℉ °f"),
    ("length", 1.0, "毫米 mm"),
    ("length", 10.0, "厘米 公分 cm"),
    ("length", 1000.0, "米 m metre meter"),
    ("mmhg", 1.0, "毫米汞柱 mmhg"),
    ("mmol/l", 1.0, "mmol/l 毫摩尔每升 毫摩尔/升"),
    ("umol/l", 1.0, "umol/l μmol/l µmol/l 微摩尔每升 微摩尔/升"),
    ("mg/dl", 1.0, "mg/dl 毫克每分升"),
    ("mg/dl", 100.0, "g/l 克每升 克/升"),
    ("mg/dl", 0.1, "mg/l 毫克每升"),
    ("mg/kg", 1.0, "mg/kg 毫克每公斤"),
    ("iu", 1.0, "iu 国际单位"),
    ("unit", 1.0, "单位 unit"),
    ("%", 1.0, "% percent"),
    ("times", 1.0, "次 time"),
    ("pieces", 1.0, "片 粒 tablet capsule pill 袋 sachet"),
    ("fold", 1.0, "倍 fold"),
    ("kcal", 1.0, "kcal 千卡"),
    ("bpm", 1.0, "bpm"),
):
    for _name in _names.split():
        _UNITS[_name] = (_kind, _factor)
_UNITS["per cent"] = _UNITS["%"]

_ZH = "零一二两三四五六七八九十百半"
_VALUES = {c: float(n) for n, c in enumerate("零一二三四五六七八九")} | {"两": 2.0, "半": 0.5}
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS = {word: float(n) for n, word in enumerate(_ENGLISH, start=1)} | {
    **{"fourteen": 14.0, "fifteen": 15.0, "eighteen": 18.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0},
    **{"seventy": 70.0, "eighty": 80.0, "ninety": 90.0, "half a": 0.5, "half an": 0.5, "a couple of": 2.0},
}
_PERIOD = "second|minute|hour|day|week|month|year"
_OFTEN = r"一(?:天|日|周|个月)(?=[^，,。；;]{0,8}(?:[次片粒量克]|毫升|mg|g\b))"
_SAID = "|".join(sorted(_WORDS, key=len, reverse=True))
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_LATIN_UNIT = rf"(?:{_UNIT})(?:(?<=[a-z])e?s)?(?![a-z])"
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_RANGE = r"\s*(?:[-~–—至到/]|to\b|or\b|或)\s*"
_AMOUNT = re.compile(
    rf"(?<![\d.a-z])(?P<digits>{_DIGITS}(?:{_RANGE}{_DIGITS})?)(?:\s*多)?[\s-]*个?(?P<unit>{_LATIN_UNIT})?(?![\d])|"
    rf"(?P<percent>百分之[{_ZH}]+)|(?P<rate>每一?(?:天|日|晚|周|星期|个?月|年)(?!龄)|"
    rf"{_OFTEN}|\b(?:daily|weekly|monthly|(?:per|each|every) {_PERIOD})\b|"
    rf"(?<!for )(?<!within )(?<!after )(?<!than )(?<!least )(?<!about )\ba (?:day|week|month|year)\b)|"
    rf"(?<![{_ZH}十几])(?!(?<=第)二天)(?P<han>[{_ZH}]{{1,4}}(?:(?:{_RANGE}|、)[{_ZH}]{{1,3}})?)(?P<half1>个半)?个?(?P<hanunit>"
    r"小时|钟头|分钟|天|日(?!常)|周(?!围|边|身|期|岁)|"
    r"星期|礼拜|月龄|月|周岁|岁|年|次|倍|公斤|千克|斤|磅|厘米|米(?![饭面])|度|片(?!状|刻)|粒|毫升|毫克|"
    r"克(?!服))(?P<half2>半)?|"
    rf"(?:(?<=for )|(?<=within )|(?<=after )|(?<=than )|(?<=least )|(?<=about ))(?P<one>an?|the)[\s-]+(?P<oneunit>{_PERIOD})\b|"
    rf"\b(?P<said>(?:{_SAID})(?:{_RANGE}(?:{_SAID}))?)[\s-]+(?P<saidunit>(?:{_PERIOD}|time|tablet|capsule)s?)\b|"
    rf"\b(?P<frequency>once|twice)\b|(?:(?<=\bage )|(?<=\baged ))(?P<age>{_SAID}|\d+)\b|"
    r"(?P<share>\bhalf (?=(?:the|of|its?|his|her|their|as)\b)|一半|半数)|"
    r"(?P<some>(?:几|数)个?(?:小时|天|日|周|星期|年|月|分钟)|\b(?:minutes|hours|days|weeks|months|years)\b)"
)
_IMPLIED = {"frequency": "time", "age": "year", "share": "%", "percent": "%"}
"""Unit of what is written without one."""
RATE = "per "
"""How the kind of "a day", "每周" begins."""
_PERIODS = {word: word for word in ("天", "日", "周", "星期", "月", "年", *_PERIOD.split("|"))} | {"晚": "天", "daily": "day"}
_BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        "most",
        re.compile(
            r"(不超过|不要超过|不能超过|别超过|不可超过|不得超过|不宜超过|不应超过|不高于|不大于|不多于|最多|至多|不足|不到|不满|未满|还?没到|没满|没有到|"
            r"(?<!不)低于|(?<!不)小于|(?<!不)少于|短于|under|below|"
            r"within|(?<!no )(?<!not )less than|younger than|shorter than|up to|at most|(?:a )?maximum (?:of|is)?|"
            r"no (?:more|later|longer|older) than|not (?:more|longer|older) than|never (?:more|longer) than|not exceed(?:ing)?|"
            r"(?<!no )(?<!not )fewer than|before)\s*(?:age\s*|the age of\s*)?(?:约|大约)?\s*$"
        ),
    ),
    (
        "least",
        re.compile(
            r"(超过|超出|大于|高于|多于|长于|起码|至少|最少|不少于|不低于|不短于|不小于|满|达到|达|"
            r"over|above|beyond|past|"
            r"more than|at least|older than|longer than|higher than|no(?:t)? (?:less|fewer|younger) than|(?:a )?minimum of|"
            r"exceed(?:s|ing)?|from|after)\s*"
            r"(?:约|大约)?\s*$"
        ),
    ),
)
_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        "most",
        re.compile(
            r"^\s*(?:的时间)?(?:之)?(以下|以内|之内|内|或更[低短少小]|为限|封顶|"
            r"or (?:less|younger|under|fewer|lower|below)|and (?:under|younger|below))"
        ),
    ),
    (
        "least",
        re.compile(
            r"^\s*(?:of age\s*)?(?:之)?(以上|开外|或更[高久长大多]|往上|"
            r"or (?:more|older|longer|higher|over|above)|and (?:over|older|above|up))"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity: every value named (both ends of a range) in the base unit of its kind; no values for "several days"."""

    words: str
    start: int
    values: tuple[float, ...]
    kind: str
    bound: Bound
    bare: tuple[float, ...]
    """The values as written, for comparing with numbers that have no unit."""

    @property
    def vague(self) -> bool:
        """Whether only a unit is named, or "once", "one day", which are as often figures of speech."""
        return not self.values


def amounts(folded: str) -> tuple[Amount, ...]:
    """Return the quantities of a folded text in order; ``start`` counts its characters."""
    return tuple(_read(match, folded) for match in _AMOUNT.finditer(folded))


def _read(match: re.Match[str], folded: str) -> Amount:
    bound = _bound(folded, match.start(), match.end())
    if match["some"]:
        unit = re.sub(r"^[几数]个?", "", match["some"]).removesuffix("s")
        kind, factor = _UNITS[unit]
        return Amount(match[0], match.start(), (), f"{kind}×{factor:g}", bound, ())
    if match["rate"]:
        kind, factor = _UNITS[next(unit for said, unit in _PERIODS.items() if said in match["rate"])]
        return Amount(match[0], match.start(), (), f"{RATE}{kind}×{factor:g}", bound, ())
    written = _values(match)
    unit = (
        match["unit"]
        or match["hanunit"]
        or match["saidunit"]
        or match["oneunit"]
        or next((_IMPLIED[name] for name in _IMPLIED if match[name]), "")
    )
    kind, factor = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s")) or _UNITS.get(unit.removesuffix("es")) or ("", 1.0)
    return Amount(match[0].strip(), match.start(), tuple(round(v * factor, 6) for v in written), kind, bound, written)


def _values(match: re.Match[str]) -> tuple[float, ...]:
    if match["digits"]:
        return tuple(float(found.replace(",", "")) for found in re.findall(_DIGITS, match["digits"]))
    if match["said"]:
        return tuple(_WORDS[word] for word in re.findall(_SAID, match["said"]))
    if match["percent"]:
        return (_chinese(match["percent"].removeprefix("百分之")),)
    if match["one"]:
        return (1.0,)
    if match["frequency"]:
        return (1.0 if match["frequency"] == "once" else 2.0,)
    if match["age"]:
        return (_WORDS.get(match["age"]) or float(match["age"]),)
    if match["share"]:
        return (50.0,)
    extra = 0.5 if match["half1"] or match["half2"] else 0.0
    return tuple(_chinese(part) + extra for part in re.findall(rf"[{_ZH}]+", match["han"]))


def _chinese(words: str) -> float:
    if len(words) == 2 and "十" not in words and "百" not in words:
        return _VALUES[words[1]]  # "两三天": of both the larger
    total, digit = 0.0, 0.0
    for char in words:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _VALUES[char]
    return total + digit


def _bound(folded: str, start: int, end: int) -> Bound:
    before, after = folded[max(0, start - 24) : start], folded[end : end + 16]
    ahead: Bound = next((name for name, pattern in _BEFORE if pattern.search(before)), "")
    return ahead or next((name for name, pattern in _AFTER if pattern.search(after)), "")
