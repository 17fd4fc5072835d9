"""Doses in a text: more than a label allows of an OTC drug, or any personal dose of a prescription drug."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from configs.locales import text
from tools.findings import Finding
from tools.profile import PatientProfile
from tools.records import OtcLimit
from tools.tables import Tables
from tools.text import fold

_ADULT_MONTHS = 30 * 12
_MANY_PIECES = 5
"""No label of an OTC tablet asks for so many at a time."""
_MANY_A_DAY = 13
_NUMBER = r"(?P<{0}>\d+(?:\.\d+)?|[一二两三四五六七八九十半]+)"
_UNIT = r"(?P<unit>毫克|mg|克|grams?|g|微克|ug|mcg|μg|毫升|ml|国际单位|单位|iu|units?\b)"
_AMOUNT = re.compile(rf"{_NUMBER.format('amount')}\s*(?:到|至|-|~|to)?\s*(?P<upper>\d+(?:\.\d+)?)?\s*{_UNIT}(?![a-z])", re.I)
_TIMES = re.compile(
    rf"(?:(?:每[天日]|一[天日]|日服?|24小时)\D{{0,4}}{_NUMBER.format('zh')}\s*[次回顿]|"
    rf"{_NUMBER.format('en')}\s*times (?:a|per|each) day|(?P<word>once|twice|three times|four times)(?: a| per)? ?(?:day|daily)|"
    r"\b(?P<latin>qd|bid|tid|qid)\b)"
)
_EVERY = re.compile(
    rf"(?:每(?:隔|间隔)?\s*{_NUMBER.format('zh')}\s*(?:个)?(?:小时|h)|every\s+{_NUMBER.format('en')}(?:\s*(?:-|"
    rf"to)\s*\d+)?\s*hours?|\bq(?P<q>\d+)h\b)"
)
_COUNT = re.compile(
    rf"(?:(?:一次|每次|每回|一口气|首次|一[天日]|每[天日])(?:可以)?(?:吃|服|用|口服|"
    rf"到)*了?[^,，。\d]{0, 6}?\s*{_NUMBER.format('zh')}|(?:take|swallow|have|"
    rf"use)\s+(?P<en>\d+|two|three|four|five|six|seven|eight|ten|twelve))"
    r"\s*(?P<form>片|粒|颗|of them|(?:of them )?(?:[a-z-]+ ){0,2}(?:tablets?|capsules?|caplets?|pills?))"
)
_COUNT_OF = re.compile(
    r"\b(?:take|swallow|have|give|had)\s+(?P<en>\d+|three|four|five|six|seven|eight|nine|ten|twelve|sixteen|twenty)\s+(?:[a-z-]+ ){0,2}$|"
    r"^\s*(?P<lead>four|five|six|seven|eight|ten)\s+(?:\d+ ?mg )?$"
)
_PER_DAY = re.compile(
    r"(一[天日](?:总量|总共|共|最多|可以?|能|吃|服|用|吃到)|每[天日](?:总量|总共|共|最多)|全天|24小时内|(?:a|per|"
    r"each) day|daily|in 24 hours|/d(?:ay)?\b)"
)
_DAYS = re.compile(
    rf"(?:连续?(?:吃|服用?|用)|坚持(?:吃|服用?)|用满|吃满)\s*{_NUMBER.format('zh')}\s*(?P<unit>天|日|周|个?月)|"
    rf"for\s+{_NUMBER.format('en')}\s*(?P<unit_en>days?|weeks?|months?)"
)
_FORBIDS = re.compile(
    r"(不能|不可|不要|不得|不应|勿|别|避免|超过|过量|中毒|误服|吞了|\b(?:not|never|avoid|exceed\w*|more than|"
    r"overdose|toxic\w*|too much)\b|n't\b)[^。.;；]{0,16}$"
)
_WORDS = {"once": 1.0, "twice": 2.0, "three times": 3.0, "four times": 4.0, "qd": 1.0, "bid": 2.0, "tid": 3.0, "qid": 4.0}
_DIGITS = {"半": 0.5, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_ENGLISH = {
    w: float(n) for n, w in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=2)
}
_TO_MG = {
    "毫克": 1.0,
    "mg": 1.0,
    "克": 1000.0,
    "g": 1000.0,
    "gram": 1000.0,
    "grams": 1000.0,
    "微克": 0.001,
    "ug": 0.001,
    "mcg": 0.001,
    "μg": 0.001,
}
_IN_MG = {"mg": 1.0, "g": 1000.0, "ug": 0.001}
_CHANGES = re.compile(
    r"(加到|加量|增加|增至|减|改|调|打到|升到|\b(?:increase\w*|decrease\w*|reduce\w*|raise|change|switch|up to|go to|bump)\b)"
)
_LABEL = re.compile(r"(说明书|标签|药典|\blabels?\b|\bleaflet\b|package insert)")


@dataclass(frozen=True, slots=True)
class Dose:
    """What a text says somebody takes; amounts in ``unit`` (mg, ml or iu), ``None`` where it does not say."""

    unit: str
    single: float | None
    daily: float | None
    days: float | None
    start: int
    end: int


def dose_after(sentence: str, start: int, end: int) -> Dose | None:
    """Read the dose between ``start`` (after the drug's name) and ``end`` (the next drug's) of a cleaned sentence."""
    folded = fold(sentence)[start:end]
    amount, count = _AMOUNT.search(folded), _COUNT.search(folded)
    pieces = _value(count["zh"] or count["en"]) if count else None
    times = _times(folded)
    if not amount:
        return (
            Dose("piece", pieces, pieces * times if pieces and times else None, None, start + count.start(), start + count.end())
            if count and pieces
            else None
        )
    unit = amount["unit"].lower()
    value = _value(amount["upper"] or amount["amount"]) * _TO_MG.get(unit, 1.0)
    kind = "mg" if unit in _TO_MG else "ml" if unit in ("毫升", "ml") else "iu"
    if count and pieces and kind == "mg":
        value *= pieces  # "0.3 g，一次四粒", "一次四片（每片 650 mg）": the amount is what one piece holds
    per_day = bool(_PER_DAY.search(folded[max(0, amount.start() - 12) : amount.end() + 8])) and times is None
    days = _DAYS.search(folded)
    length = None
    if days:
        length = _value(days["zh"] or days["en"]) * {"天": 1, "日": 1, "周": 7, "d": 1, "w": 7}.get(
            (days["unit"] or days["unit_en"])[0], 30
        )
    daily = value if per_day else value * times if times else None
    return Dose(kind, None if per_day else value, daily, length, start + amount.start(), start + amount.end())


def dose_before(sentence: str, start: int, end: int) -> Dose | None:
    """Read a dose that stands before the drug's name at ``end``: "up to 7 grams of acetaminophen a day", "take four Tylenol"."""
    folded = fold(sentence)
    if count := _COUNT_OF.search(folded[start:end]):
        pieces = _value(count["en"] or count["lead"])
        times = _times(folded[end : end + 60])
        return Dose("piece", pieces, pieces * times if times else None, None, start + count.start(), start + count.end())
    amount = next(reversed(list(_AMOUNT.finditer(folded[start:end]))), None)
    if amount is None or not re.fullmatch(r"\s*(?:of|的|-)?\s*(?:[a-z-]+ )?", folded[start + amount.end() : end]):
        return None
    return dose_after(sentence, start + amount.start(), min(len(sentence), end + 40))


def check_dose(profile: PatientProfile, reference: str, dose: Dose, sentence: str, tables: Tables, language: str) -> Finding | None:
    """Check a dose that a sentence gives for a drug.

    An OTC drug is held against its label's maximum for the person's age (an adult's when unknown); a prescription drug may be given no
    personal dose at all, unless the sentence says that it quotes a label.
    """
    drug = tables.drugs.get(reference)
    if not drug or _FORBIDS.search(fold(sentence)[: dose.start]):
        return None
    limits = tables.otc_limits.get(reference, ())
    if not limits or drug.rx == "rx":
        taken = any(reference in known.references for known in profile.medications)
        if drug.rx != "rx" or _LABEL.search(fold(sentence)) or (taken and not _CHANGES.search(fold(sentence))):
            return None
        return _dose_finding(tables, language, reference, dose, "dose.personal", text(language, "findings.dose_personal"), str(drug.origin))
    months = profile.age_months if profile.age_months is not None else _ADULT_MONTHS
    bands = [o for o in limits if (o.age_min_months or 0) <= months and (o.age_max_months is None or months <= o.age_max_months)]
    if not bands:
        reason = text(language, "findings.dose_age", drug=drug.name.in_(language))
        return _dose_finding(tables, language, reference, dose, f"dose.{reference}.age", reason, str(limits[0].origin))
    if dose.unit == "piece":
        if (dose.single or 0) < _MANY_PIECES and (dose.daily or 0) < _MANY_A_DAY:
            return None
        reason = text(language, "findings.dose_pieces", drug=drug.name.in_(language))
        return _dose_finding(tables, language, reference, dose, f"dose.{reference}.pieces", reason, str(bands[0].origin))
    excess = [said for band in bands for said in _excess(dose, band, profile, language)]
    if not excess:
        return None
    reason = text(language, "findings.dose_over", drug=drug.name.in_(language), limit=excess[0])
    finding = _dose_finding(tables, language, reference, dose, f"dose.{reference}", reason, str(bands[0].origin))
    # The labels of two countries differ: what one of them allows is warned of and not stopped.
    return finding if len(excess) == len(bands) else finding.model_copy(update={"severity": "moderate"})


def _excess(dose: Dose, band: OtcLimit, profile: PatientProfile, language: str) -> Iterator[str]:
    """Yield the first limit of a band that the dose goes beyond."""
    factor = _IN_MG.get(band.unit, 1.0)
    if dose.unit != ("mg" if band.unit in _IN_MG else band.unit) or (band.per == "kg" and not profile.weight_kg):
        return
    scale = factor * (profile.weight_kg or 1.0) if band.per == "kg" else factor
    unit = f"{band.unit}/kg" if band.per == "kg" else band.unit
    for said, limit, key in ((dose.single, band.single, "single"), (dose.daily, band.daily, "daily")):
        if said is not None and limit is not None and said > limit * scale * 1.001:
            yield text(language, f"findings.limit_{key}", amount=f"{limit:g} {unit}")
            return


def _dose_finding(tables: Tables, language: str, reference: str, dose: Dose, rule: str, reason: str, source: str) -> Finding:
    return Finding(
        kind="dose",
        severity="major",
        rule=rule,
        drug=tables.name(reference, language),
        reason=reason,
        action=text(language, "findings.dose_action"),
        source=source,
        span=(dose.start, dose.end),
    )


def _times(folded: str) -> float | None:
    if match := _EVERY.search(folded):
        hours = _value(match["zh"] or match["en"] or match["q"])
        return 24 / hours if hours else None
    if match := _TIMES.search(folded):
        said = match["word"] or match["latin"]
        return _WORDS[said] if said else _value(match["zh"] or match["en"])
    return None


def _value(words: str) -> float:
    if words[0].isdigit():
        return float(words)
    if words in _ENGLISH:
        return _ENGLISH[words]
    total: float = 0
    for char in words:
        digit = _DIGITS[char]
        total = (total or 1) * 10 if char == "十" else total + digit
    return total
