"""Numbers as people speak them, in figures: 三十九度二 → 39度2, 一百五 → 150, "eleven stone four" → "11 stone 4", "one forty" → 140."""

from __future__ import annotations

from functools import lru_cache

from memory import patterns as re

_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
_PLACE = {"十": 10, "百": 100, "千": 1000}
_ZH = re.compile(r"(?<![第星期])[零〇一二三四五六七八九十百千两廿卅俩仨]+(?:点[零〇一二三四五六七八九]+)?")
_RANGES = frozenset({"一二", "一两", "两三", "二三", "三四", "三五", "四五", "五六", "六七", "七八", "八九"})
"""Two neighbours in a row are a guess, not a number of two figures: 两三片."""
_NO_NUMBER = re.compile(r"一(?=[个下些点直般样定起共])|(?<=[万统唯])一|百(?=[日香])|三(?=[七九]|餐)|千(?=万)|十分")

_AND = re.compile(r"(?<=十)有(?=[一二三四五六七八九])")
"""三十有七"""

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUE = (
    {word: n for n, word in enumerate([*_ONES, *_TEENS], start=1)} | {word: n * 10 for n, word in enumerate(_TENS, start=2)} | {"zero": 0}
)
_WORD = "|".join(sorted(_VALUE, key=len, reverse=True))
_EN = re.compile(
    rf"\b(?:(?:{_WORD})|a(?=[ -]hundred))(?:[ -](?:and )?(?:{_WORD}|hundred|oh)\b(?!-))*(?: point(?: (?:{_WORD}))+)?\b(?:[ -]odd)?"
)
_ANY = re.compile(rf"[零〇一二三四五六七八九十百两廿卅俩仨]|\b(?:{_WORD}|hundred)\b")
_COUNTED = re.compile(r"\s*-?(?:years?|yrs?|months?|weeks?|days?|stone|foot|feet|metres?|meters?|point|over)\b")


@lru_cache(maxsize=512)
def figures(low: str) -> str:
    """Return a folded clause with the numbers that it spells in figures; its offsets are its own."""
    if not _ANY.search(low):
        return low
    plain = _EN.sub(_english, low) if re.search(r"[a-z]", low) else low
    shown = _ZH.sub(_chinese, _AND.sub("", plain))
    re.note(shown)
    return shown


def _chinese(match: re.Match[str]) -> str:
    words = match[0]
    if (words in _RANGES and match.string[match.start() - 1 : match.start()] not in ("米", "度", "尺", "点")) or _NO_NUMBER.match(
        match.string, match.start()
    ):
        return words
    if words.endswith("两") and len(words) > 1:
        return f"{_whole(words[:-1])}两"  # a measure of weight: "二两"
    whole, _, part = words.partition("点")
    shown = _whole(whole)
    return shown if not part else f"{shown}.{''.join(str(_DIGIT[char]) for char in part)}"


def _whole(words: str) -> str:
    words = words.replace("廿", "二十").replace("卅", "三十")
    if not set(words) & set(_PLACE):
        return "".join(str(_DIGIT[char]) for char in words)
    total, digit, place = 0, 0, 1
    for char in words:
        if char in _PLACE:
            place = _PLACE[char]
            total, digit = total + (digit or 1) * place, 0
        else:
            digit, place = _DIGIT[char], 1 if char in "零〇" else place
    # "一百五" and "两千三" leave the last place out.
    return str(total + digit * (place // 10 if place >= 100 and words[-1] not in _PLACE else 1))


def _english(match: re.Match[str]) -> str:
    if match[0] == "one" and not _COUNTED.match(match.string, match.end()):
        return match[0]
    words, _, part = match[0].removesuffix(" odd").removesuffix("-odd").partition(" point ")
    numbers: list[list[int]] = []
    for word in re.findall(r"[a-z]+", words):
        if word in ("a", "and"):
            continue
        numbers = _joined(numbers, word)
    shown = " ".join(str(sum(number)) for number in numbers) or "1"
    return shown + (f".{''.join(str(_VALUE[word]) for word in part.split() if word in _VALUE)}" if part else "")


def _joined(numbers: list[list[int]], word: str) -> list[list[int]]:
    """Add a word to the number before it, or begin another: "five foot two", "one forty", "eighty eight"."""
    last = numbers[-1] if numbers else []
    if word == "hundred":
        return [*numbers[:-1], [(sum(last) or 1) * 100]]
    if word == "oh":
        return [*numbers[:-1], [sum(last) * 100]] if last and sum(last) < 10 else numbers
    value = _VALUE[word]
    fits = bool(last) and ((last[-1] >= 100 and last[-1] % 100 == 0) or (20 <= last[-1] < 100 and last[-1] % 10 == 0 and value < 10))
    if fits:
        return [*numbers[:-1], [*last, value]]
    if last and sum(last) in (1, 2) and value >= 10:
        return [*numbers[:-1], [sum(last) * 100, value]]
    return [*numbers, [value]]
