"""Ages, weights and heights in the ways people write them, in months, kilograms and centimetres."""

from __future__ import annotations

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ZH = "[零〇一二两三四五六七八九十百]"
_NUMBER = rf"(\d{{1,3}}(?:\.\d+)?|{_ZH}{{1,5}})"

_YEARS = re.compile(rf"{_NUMBER}\s*(?:周?岁|years?[- ]old|y/?o\b|-year-old)(半)?")
_MONTHS = re.compile(
    rf"{_NUMBER}\s*(?:个?多?月(?:大|龄)|months?[- ]old|个月的?(?:宝宝|婴儿|孩子|娃))|(?:宝宝|孩子|婴儿|娃)(?:才|刚|"
    rf"已经)?\s*{_NUMBER}\s*个?月"
)
_DAYS = re.compile(rf"(?:出生|生下来)\s*{_NUMBER}\s*(天|周)|{_NUMBER}\s*(days?|weeks?)[- ]old")
_AGED = re.compile(
    r"\b(?:aged?|i'?m|i am|is|turning) (\d{1,3})\b(?!\s*(?:kg|kilo|lb|pound|cm|weeks?|months?|days?|%|'|ft|feet|stone|\.\d|/))"
)
_WEIGHT = re.compile(
    rf"(?:体重|重|weigh(?:s|t)?(?: is| of|ing)?|,)?\s*{_NUMBER}\s*(公斤|千克|kgs?\b|kilos?\b|kilograms?|市?斤|lbs?\b|pounds?\b|stone\b)"
)
_WEIGHT_BARE = re.compile(r"体重\s*(?:是|为|:)?\s*(\d{2,3}(?:\.\d+)?)(?![\d.]|\s*(?:公斤|千克|kg|斤|磅))")
_CHANGE = re.compile(r"(轻|瘦|胖|减|增|掉|降|长)(?:了|到|掉)?\s*[\d一二两三四五六七八九十]|\b(?:lost|lose|losing|gained?|gaining)\b")
_HEIGHT = re.compile(
    r"(?:身高|个子|height(?: is| of)?|tall|i'?m(?=\s*\d{3}))\s*(?:是|为|[:：])?\s*(\d{2,3}(?:\.\d+)?)\s*(?:厘米|公分|cm)?(?![\d.]|"
    r"\s*(?:公斤|kg|斤|岁|years|lb))|(\d{3})\s*(?:厘米|公分|cm)"
)
_METRES = re.compile(rf"([12一])\s*(?:米|\.|m(?=\d)|点)\s*(\d{{1,2}}|{_ZH}{{1,3}})(?:\s*(?:米|m\b|metres?|meters?))?")
_FEET = re.compile(r"(\d)\s*(?:'|ft|feet|foot)\s*(\d{1,2})?\s*(?:\"|''|in(?:ches)?)?")


def number(words: str) -> float:
    """Return the value of Arabic or Chinese numerals below 1000."""
    if words[0].isdigit():
        return float(words)
    total, digit = 0, 0
    for char in words:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return float(total + digit)


def age_months(clause: str) -> float | None:
    """Return an age in months."""
    if match := _MONTHS.search(clause):
        return number(match[1] or match[2])
    if match := _DAYS.search(clause):
        unit = match[2] or match[4]
        days = number(match[1] or match[3]) * (7 if unit.startswith(("周", "week")) else 1)
        return float(int(days / 30.4))
    if match := _YEARS.search(clause):
        return number(match[1]) * 12 + (6 if match[2] else 0)
    if match := _AGED.search(clause):
        return number(match[1]) * 12
    return None


def weight_kg(clause: str) -> float | None:
    """Return a body weight in kilograms."""
    if _CHANGE.search(clause):
        return None  # "瘦了10斤", "lost 20 lbs": how much changed, not how much it is
    if match := _WEIGHT.search(clause):
        unit = match[2]
        factor = (
            0.5
            if "斤" in unit and "公斤" not in unit
            else 0.45359
            if unit.startswith(("lb", "pound"))
            else 6.35
            if unit == "stone"
            else 1.0
        )
        return round(number(match[1]) * factor, 1)
    if match := _WEIGHT_BARE.search(clause):
        return float(match[1])
    return None


def height_cm(clause: str) -> float | None:
    """Return a body height in centimetres."""
    if (match := _METRES.search(clause)) and re.search(r"(米|身高|个子|tall|height|\dm)", clause):
        rest = match[2]
        if not rest.isdigit() and not set(rest) & {"十", "百"}:
            rest = "".join(str(_DIGITS[char]) for char in rest)[:2]  # "一米七五" is digit by digit
        tail = float(rest.ljust(2, "0")) if rest.isdigit() else number(rest)
        return number(match[1]) * 100 + tail
    if match := _HEIGHT.search(clause):
        return float(match[1] or match[2])
    if match := _FEET.search(clause):
        return round((int(match[1]) * 12 + int(match[2] or 0)) * 2.54, 0)
    return None
