"""Citations in an answer: read them, take them off, and check by words whether the evidence says what the sentence says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.tokenize import content_tokens, stem, tokens
from tools.text import clean, fold

_CITATION = re.compile(r"[\[【［]\s*(\d{1,3}(?:\s*[,，、;；]\s*\d{1,3})*)\s*[\]】］]")
_DIGITS = re.compile(r"\d{1,3}")
_UNITS = (
    "毫克|微克|克|千克|公斤|斤|毫升|升|国际单位|单位|片|粒|袋|支|滴|次|秒|分钟|小时|天|日|周|星期|个月|月龄|月|年|岁|度|℃|°c|°f|毫米汞柱|毫摩尔|厘米|米|倍|%|"
    "mmhg|mmol/l|mg/dl|mg/kg|mg|mcg|µg|μg|ug|kg|g|ml|l|iu|units?|tablets?|capsules?|times?|seconds?|minutes?|min|hours?|hrs?|h|days?|weeks?|"
    "months?|years?|cm|mm|m|bpm|kcal|percent|degrees?"
)
_NUMBER = re.compile(rf"(?<![\d.a-z])(\d+(?:\.\d+)?(?:\s*(?:[-~–至到]|to)\s*\d+(?:\.\d+)?|/\d+(?:\.\d+)?)?)\s*({_UNITS})?(?![a-z0-9])")
_SAME_UNIT = {
    "毫克": "mg", "微克": "ug", "mcg": "ug", "µg": "ug", "μg": "ug", "克": "g", "千克": "kg", "公斤": "kg", "毫升": "ml",
    "升": "l", "国际单位": "iu", "小时": "h", "hour": "h", "hr": "h", "分钟": "min", "minute": "min", "天": "day", "日": "day",
    "周": "week", "星期": "week", "个月": "month", "月龄": "month", "月": "month", "年": "year", "岁": "year", "度": "°c",
    "℃": "°c", "degree": "°c", "毫米汞柱": "mmhg", "次": "time", "percent": "%", "秒": "second", "片": "tablet", "粒": "capsule",
    "厘米": "cm", "单位": "unit",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Support:
    """How far evidence carries a sentence: ``coverage`` of its content (0..1), and its numbers that the evidence does not hold."""

    coverage: float
    missing_numbers: tuple[str, ...]


def parse_citations(sentence: str) -> tuple[int, ...]:
    """Return the cited numbers in order, each once: ``[1]``, ``[1][2]``, ``[1, 2]`` and ``【1】`` are all read."""
    found = (int(number) for group in _CITATION.findall(sentence) for number in _DIGITS.findall(group))
    return tuple(dict.fromkeys(found))


def strip_citations(sentence: str) -> str:
    """Return the sentence without its citations and without the blanks they leave."""
    return re.sub(r"[ \t]+(?=[。．.!！?？,，;；]|$)", "", re.sub(r"[ \t]{2,}", " ", _CITATION.sub("", sentence))).strip()


def support(sentence: str, evidence: str) -> Support:
    """Compare a sentence with the text it cites.

    Args:
        sentence: with or without citations.
        evidence: the cited chunks' texts, joined; titles may stand before them.
    """
    bare = strip_citations(sentence)
    held = numbers(evidence)
    missing = tuple(written for written, value in _found(bare) if not _holds(held, value))
    return Support(_coverage(bare, evidence), missing)


def numbers(text: str) -> frozenset[tuple[str, str]]:
    """Return every ``(number, unit)`` of a text, units in one spelling, the unit empty where there is none; a range gives both its ends."""
    return frozenset(part for _, parts in _found(text) for part in parts)


def _found(text: str) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return each number as written, and as ``(number, unit)``."""
    result = []
    for match in _NUMBER.finditer(fold(clean(text))):
        unit = _unit(match[2] or "")
        ends = re.findall(r"\d+(?:\.\d+)?", match[1])
        result.append((match[0].strip(), tuple((_canonical(end), unit) for end in ends)))
    return result


def _canonical(number: str) -> str:
    whole, _, fraction = number.partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def _unit(unit: str) -> str:
    singular = unit[:-1] if unit.endswith("s") and len(unit) > 2 else unit
    return _SAME_UNIT.get(singular, singular)


def _holds(held: frozenset[tuple[str, str]], value: tuple[tuple[str, str], ...]) -> bool:
    """A bare number is found with any unit; a number with a unit must be found with that unit."""
    bare = {number for number, _ in held}
    return all((number in bare) if not unit else (number, unit) in held for number, unit in value)


def _coverage(sentence: str, evidence: str) -> float:
    """Return the share of the sentence's content terms that the evidence holds; 1 for a sentence without content."""
    terms = {stem(term) for term in content_tokens(sentence)}
    if not terms:
        return 1.0
    return len(terms & {stem(term) for term in tokens(evidence)}) / len(terms)
