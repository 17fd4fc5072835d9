"""What a piece of a report is: a result, a unit, a reference range, a mark. Patterns only, each linear in the length of the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Flag = Literal["", "high", "low", "abnormal"]
_POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SUPER = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_NUMBER = r"\d{1,7}(?:\.\d{1,6})?"
_DASH = r"(?:-{1,2}|[–—~～−]|至|to\b)"
RANGE = re.compile(
    rf"(?<![A-Za-z\d./^-])(?P<low>{_NUMBER})\s*{_DASH}\s*(?P<high>{_NUMBER})(?![\d.]|\s*/\s*\d|{_DASH}\d)"
    rf"|(?P<sign>[<>≤≥]=?)\s*(?P<bound>{_NUMBER})"
)
PRESSURES = re.compile(r"(?<!\d)(\d{2,3})\s*/\s*(\d{2,3})(?![\d/])")
RESULT = re.compile(rf"(?P<sign>[<>≤≥]=?)?\s*(?P<number>{_NUMBER})(?![\d.^])")
QUALITY = re.compile(
    r"(?:弱?阳性|阴性|未检出|未见异常?|检出|正常|异常|positive|negative|(?:non-?)?reactive|(?:not|none) detected|trace|normal|±|\++)"
    r"(?:\s*[(（]?[-+±]{1,4}[)）]?)?|[(（][-+±]{1,4}[)）]|-(?!\S)",
    re.I,
)
_FLAGS: tuple[tuple[Flag, re.Pattern[str]], ...] = (
    ("high", re.compile(r"[↑⬆▲]{1,3}|(?:偏|升|过)高|高于参考|(?<![A-Za-z])(?:HH?|high|above)(?![A-Za-z])|^高$", re.I)),
    ("low", re.compile(r"[↓⬇▼]{1,3}|(?:偏|降|过)低|低于参考|(?<![A-Za-z])(?:LL?|low|below)(?![A-Za-z])|^低$", re.I)),
    ("abnormal", re.compile(r"^(?:\*{1,2}|异常|abnormal|A|阳性)$", re.I)),
)
UNIT = re.compile(
    r"(?:[x×*]\s*)?10\s*[\^*E]\s*\d{1,2}\s*/\s*[uμmLl]{1,2}|x10E\d/u?L|10\^?\d{1,2}/L"
    r"|mL/min(?:/1\.73\s*(?:m\^?2|㎡)?)?|mm/h(?:r|our)?|mm\s?Hg|kPa|kg/(?:m\^?2|㎡)|次/分钟?|bpm|/min|个/[uμ]?[Ll]|S/CO|/[uμ]L|/HPF?|/LP"
    r"|[A-Za-zμ]{1,6}/[A-Za-zμ\d]{1,4}|COI|fL|fl|pg|cm|kg|公斤|千克|厘米|°C|%|‰|sec(?:onds)?(?![A-Za-z])|秒|s(?![A-Za-z])"
)
LABEL = re.compile(
    r"(?:生物)?(?:参考(?:范围|区间|值范围|值)?|正常(?:参考值|范围|值))\s*[:：]?"
    r"|(?<![A-Za-z])ref(?:erence)?\.?(?: ?(?:range|interval|value))?\s*[:：]",
    re.I,
)
PRESSURE_RANGE = re.compile(r"\d{2,3}\s*[-~–—]\s*\d{2,3}\s*/\s*\d{2,3}\s*[-~–—]\s*\d{2,3}|[<≤]\s*\d{2,3}\s*/\s*\d{2,3}")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A reference range; ``None`` where it is open."""

    low: float | None = None
    high: float | None = None

    def flag(self, number: float) -> Flag:
        """Return how a number lies to it."""
        if self.low is not None and number < self.low:
            return "low"
        return "high" if self.high is not None and number > self.high else ""


def flat(text: str) -> str:
    """Return text with one kind of brackets, digits and signs; a power of ten keeps being one."""
    raised = _SUPER.sub(lambda found: "^" + found[0].translate(_POWERS), text)
    return unicodedata.normalize("NFKC", raised).replace("µ", "μ").replace("＜", "<").replace("＞", ">").strip()


def bounds_of(text: str) -> Bounds | None:
    """Return the range that a text gives."""
    match = RANGE.search(flat(text))
    if match is None:
        return None
    if match["bound"]:
        bound = float(match["bound"])
        return Bounds(high=bound) if match["sign"][0] in "<≤" else Bounds(low=bound)
    low, high = float(match["low"]), float(match["high"])
    return Bounds(low, high) if low <= high else None


def number_of(text: str) -> float | None:
    """Return the number of a result; ``None`` for words, and for a blood pressure, which is two."""
    match = RESULT.fullmatch(flat(text).replace(",", "")) if not PRESSURES.search(text) else None
    return float(match["number"]) if match else None


def flag_of(text: str) -> Flag:
    """Return the mark that a text is or holds."""
    return next((flag for flag, pattern in _FLAGS if pattern.search(text.strip())), "")


def is_flag(text: str) -> bool:
    """Return whether a text is a mark and nothing else."""
    return any((match := pattern.search(text.strip())) and match[0] == text.strip() for _, pattern in _FLAGS)
