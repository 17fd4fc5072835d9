"""Doses in a text: more, more often or for longer than the label of an OTC drug allows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from configs.locales import text
from tools import measures as say
from tools.findings import Finding
from tools.measures import age_months, days_of, quantity, times_a_day, weight_kg
from tools.profile import PatientProfile
from tools.records import OtcLimit, Severity
from tools.tables import Tables
from tools.text import clauses, fold, spans

_ADULT_MONTHS, _CHILD_MONTHS = 30 * 12, 12 * 12
_MANY_PIECES, _MANY_A_DAY, _MANY_ONCE = 4, 10, 3
"""No label of an adult's OTC tablet asks for so many at a time or a day, or in a whole day of a drug that is taken once a day."""
_FAR, _LONG_DAYS, _OFTEN = 4, 28, 4.0
_NO_LIMIT, _BOTTLEFUL = 1e9, 100.0
_MG_OF_IU = {"colecalciferol": 0.000025, "vitamin_e": 0.67, "vitamin_a": 0.0003}
_DECONGESTS = ("oxymetazoline", "xylometazoline", "naphazoline", "pseudoephedrine", "ephedrine")
_NOT_FOR_LONG = frozenset({"paracetamol", "ibuprofen", "naproxen", "diclofenac", "dextromethorphan", "loperamide", *_DECONGESTS})
_SPOONS = (("tables", 15.0), ("tbs", 15.0), ("勺", 5.0), ("匙", 5.0), ("teas", 5.0), ("tsp", 5.0), ("spoon", 5.0))
_A_PIECE = re.compile(r"(?:毫克|mg|克|g|微克|mcg)\s*(?:/|每|的?一)(?=[片粒颗支袋包])|每[片粒颗支袋包](?:是|为|含|有)?")
FORBIDS = re.compile(
    r"(不能|不可|不要|不得|不应|勿|别|避免|超过|过量|中毒|误[服吞食]|吞了|上限|已经?[吃服用]过?|"
    r"\b(?:not|never|avoid|exceed\w*|more than|overdose|toxic\w*|"
    r"too much)\b|n't\b)[^。.;；]{0,16}$"
)
_TO_MG = {"毫克": 1.0, "mg": 1.0, "克": 1000.0, "g": 1000.0, "gram": 1000.0, "grams": 1000.0, "milligram": 1.0, "milligrams": 1.0}
_TO_MG |= dict.fromkeys(("微克", "ug", "mcg", "μg", "microgram", "micrograms"), 0.001)
_IN_MG = {"mg": 1.0, "g": 1000.0, "ug": 0.001}
_ASSUMED = 1.4  # where a text says how often and not how much, one piece is assumed, and some more than the label is let pass


@dataclass(frozen=True, slots=True)
class Dose:
    """What a text says somebody takes; amounts in ``unit`` (mg, ml, iu or piece), ``None`` where it does not say."""

    unit: str
    single: float | None
    daily: float | None
    times: float | None
    days: float | None
    start: int
    end: int

    @property
    def amount(self) -> float | None:
        """How much it says at all."""
        return self.single or self.daily


def read_dose(sentence: str, start: int, name: tuple[int, int], end: int) -> Dose | None:
    """Read the dose of the drug named at ``name`` between ``start`` (the drug before) and ``end`` (the next) of a cleaned text."""
    folded = fold(sentence)
    own = next(((at, at + len(part)) for at, part in spans(sentence) if at <= name[0] < at + len(part)), (start, end))
    before = folded[max(start, own[0]) : name[0]]
    at, counted = name[1], say.COUNTED.search(before)
    amounts = list(say.AMOUNT.finditer(before))
    if amounts and re.fullmatch(r"\s*(?:of|的|-)?\s*(?:[a-z-]+ ){0,2}", before[amounts[-1].end() :]):
        at = max(start, own[0]) + amounts[-1].start()
    words = folded[at : max(min(end, own[1]), name[1])]
    pieces = quantity(counted["zh"] or counted["en"]) if counted else None
    dose = _read(words, at, pieces, before)
    if dose or name[1] >= min(end, len(folded)) or own[1] >= end:
        return dose
    return _read(folded[own[1] : end], own[1], None, "")


def _read(words: str, at: int, counted: float | None, before: str) -> Dose | None:
    """Read the dose in ``words``, which begin at ``at``; ``counted`` pieces were named before the drug."""
    ratio = say.RATIO.search(words)
    amounts = [m for m in say.AMOUNT.finditer(words) if not ratio or m.end() <= ratio.start() or m.start() >= ratio.end()]
    pieces, most = _pieces(words, loose=not amounts)
    times, days = times_a_day(words), days_of(words)
    if times is None and counted:
        times = times_a_day(before)
    if say.BOTTLE.search(before[-30:] + words) and not amounts:
        return Dose("piece", _BOTTLEFUL, None, times, days, at, at + 1)
    if say.BOXED.search(words) or not (amounts or pieces or counted or times or days):
        return None
    if not amounts:
        single, daily = _sum(words, pieces, counted, times, before) if pieces or counted else (None, None)
        begin = at + pieces[0].start() if pieces and counted is None else at
        return Dose(*_in_spoons(pieces, single, daily and min(daily, most)), times, days, begin, begin + 1)
    amount = amounts[0]
    raw = amount["unit"]
    kind = "mg" if raw in _TO_MG else "ml" if raw.startswith(("毫升", "ml", "milli")) else "iu"
    value = quantity(amount["upper"] or amount["amount"]) * _TO_MG.get(raw, 1.0)
    if kind == "ml" and ratio:
        kind, value = "mg", value * float(ratio["mg"] or ratio["mg2"]) / float(ratio["ml"] or ratio["ml2"] or 1)
    span = at + amount.start(), at + amount.end()
    if (pieces or counted) and kind == "mg" and not (pieces and _is_sum(words, amount, pieces[0])):
        # "0.3 g，一次四粒", "一次四片（每片 650 mg）": the amount is what one piece holds
        single, daily = _sum(words, pieces, counted, times, before)
        return Dose(kind, single and single * value, daily and min(daily, most) * value, times, days, *span)
    single, daily = _daily(words, amount, value, times, before)
    return Dose(kind, single, daily and (min(daily, most * value) if kind == "mg" else daily), times, days, *span)


def _pieces(words: str, *, loose: bool) -> tuple[list[re.Match[str]], float]:
    """Return the pieces that are taken, and how many a day they may come to at most."""
    found = [m for m in say.PIECES.finditer(words) if not _A_PIECE.search(words[max(0, m.start() - 3) : m.start() + 2])]
    found = found or [m for m in say.LOOSE.finditer(words) if loose]
    capped = [m for m in found if say.AT_MOST.search(words[: m.start()]) or re.match(r"[^,.;，。]{0,14}\bat most\b", words[m.end() :])]
    if len(capped) == len(found):
        return found, _NO_LIMIT
    return [m for m in found if m not in capped], min((quantity(m["count"]) for m in capped), default=_NO_LIMIT)


def _is_sum(words: str, amount: re.Match[str], piece: re.Match[str]) -> bool:
    """Tell whether the pieces only say how the amount is made up: "400 mg (two tablets)"."""
    between = words[amount.end() : piece.start()] if piece.start() >= amount.end() else "-"
    return quantity(piece["count"]) > 1 and bool(re.fullmatch(r"\s*(?:[(（=]|即|也就是|i\.e\.)\s*", between))


def _sum(
    words: str, pieces: list[re.Match[str]], counted: float | None, times: float | None, before: str
) -> tuple[float | None, float | None]:
    """Return the most pieces at a time and in a day: of several intakes the sum."""
    if not pieces:
        return counted, counted * times if counted and times else None
    said = [quantity(m.groupdict().get("upper") or ("1" if m["count"] == "another" else m["count"])) for m in pieces]
    read = [_daily(words, m, value, times, before) for m, value in zip(pieces, said, strict=True)]
    extra = sum(value for m, value in zip(pieces[1:], said[1:], strict=True) if say.MORE.search(words[: m.start()]))
    single = max((one for one, _ in read if one), default=None)
    daily = max((whole for _, whole in read if whole), default=None)
    return single, (daily or said[0]) + extra if extra else daily


def _daily(words: str, found: re.Match[str], value: float, times: float | None, before: str) -> tuple[float | None, float | None]:
    """Return a value as one dose and as a day's."""
    head, tail = words[: found.start()], words[found.end() :]
    whole = say.DAY_BEFORE.search(before + head) or say.IN_PARTS.match(tail) or say.AT_MOST.search(head)
    if whole or (say.DAY_AFTER.search(tail) and (times or 1) <= 1):
        return None, value
    times = times or (2.0 if say.SAME_AGAIN.search(words) else None)
    return value, value * times if times else None


def _in_spoons(pieces: list[re.Match[str]], single: float | None, daily: float | None) -> tuple[str, float | None, float | None]:
    form = pieces[0].groupdict().get("form") or "" if pieces else ""
    ml = next((size for word, size in _SPOONS if word in form), 0)
    return ("ml", single and single * ml, daily and daily * ml) if ml else ("piece", single, daily)


def check_dose(profile: PatientProfile, reference: str, dose: Dose, sentence: str, tables: Tables, language: str) -> Finding | None:
    """Hold a dose that a sentence gives of an OTC drug against its label's maximum for the person's age (an adult's when unknown)."""
    folded, limits = fold(sentence), tables.otc_limits.get(reference, ())
    if not limits or FORBIDS.search(folded[: dose.start]):
        return None
    months = _months(profile, folded)
    bands = [o for o in limits if (o.age_min_months or 0) <= months and (o.age_max_months is None or months <= o.age_max_months)]
    name, source = tables.name(reference, language), str((bands or limits)[0].origin)
    if not bands:
        reason = text(language, "findings.dose_age", drug=name)
        return _finding(tables, language, reference, dose, f"dose.{reference}.age", reason, source) if dose.amount else None
    long = _too_long(dose, bands, folded)
    over = [
        (ratio, limit)
        for band in bands
        for ratio, limit in [_ratio(dose, band, reference, profile, folded, tables, language)]
        if ratio > 1.001
    ]
    if over:
        worst: Severity = "contraindicated" if min(over)[0] >= 2 and (reference == "paracetamol" or months < _CHILD_MONTHS) else "major"
        # The labels of two countries differ: what one of them allows is warned of and not stopped, unless it is for long as well.
        severity: Severity = worst if len(over) == len(bands) or (long and reference in _NOT_FOR_LONG) else "moderate"
        reason = text(language, "findings.dose_over", drug=name, limit=over[0][1])
        return _finding(tables, language, reference, dose, f"dose.{reference}", reason, source, severity)
    if dose.unit == "piece" and dose.amount and _many(dose, bands, months, folded):
        reason = text(language, "findings.dose_pieces", drug=name)
        return _finding(tables, language, reference, dose, f"dose.{reference}.pieces", reason, source)
    if long:
        severity = "major" if long >= _FAR and reference in _NOT_FOR_LONG and (dose.days or 0) >= _LONG_DAYS else "moderate"
        reason = text(language, "findings.dose_days", drug=name)
        return _finding(tables, language, reference, dose, f"dose.{reference}.days", reason, source, severity)
    often = max((band.daily / band.single for band in bands if band.daily and band.single), default=_NO_LIMIT)
    if (dose.times or 0) <= max(_OFTEN, often * 1.5):
        return None
    reason = text(language, "findings.dose_often", drug=name)
    return _finding(tables, language, reference, dose, f"dose.{reference}.often", reason, source, "moderate")


def _months(profile: PatientProfile, folded: str) -> float:
    said = next((age for _, part in clauses(folded) if (age := age_months(part)) is not None), None)
    return profile.age_months if profile.age_months is not None else said if said is not None else _ADULT_MONTHS


def _too_long(dose: Dose, bands: list[OtcLimit], folded: str) -> float:
    """Return how many times longer than every label allows it is; 0 for not at all, or where that is only warned of."""
    longest = max((band.max_days or _NO_LIMIT) for band in bands)
    return dose.days / longest if dose.days and dose.days > longest and not say.WARNS.search(folded) else 0


def _ratio(
    dose: Dose, band: OtcLimit, reference: str, profile: PatientProfile, folded: str, tables: Tables, language: str
) -> tuple[float, str]:
    """Return how many times over a band's limit the dose is, and that limit in words."""
    months = _months(profile, folded)
    size = _size(dose.unit, band.unit, reference, months < _CHILD_MONTHS, folded, tables)
    if size is None:
        return 0, ""
    single = dose.single if dose.amount or not dose.times or dose.unit != "piece" else 1.0
    daily = dose.daily if dose.amount or not single or not dose.times else dose.times / _ASSUMED
    scale, unit = _IN_MG.get(band.unit, 1.0), band.unit
    if band.per == "kg":
        # An unknown weight is taken as that of a heavy child, so that only what is too much for every child is.
        said = next((kg for _, part in clauses(folded) if (kg := weight_kg(part)) is not None), None)
        scale *= profile.weight_kg or said or 8 + months / 3
        unit += "/kg"
    held = ((single, band.single, "single"), (daily, band.daily, "daily"))
    ratio, limit, key = max(((value * size / (most * scale), most, key) for value, most, key in held if value and most), default=(0, 0, ""))
    return ratio, text(language, f"findings.limit_{key}", amount=f"{limit:g} {unit}") if key else ""


def _size(unit: str, limit_unit: str, reference: str, child: bool, folded: str, tables: Tables) -> float | None:
    """Return what one of a dose's unit is in mg, or in ml where the limit is one; ``None`` when nobody can tell."""
    if unit == "piece":
        return None if (child and not say.ADULTS.search(folded)) or say.SMALL.search(folded) else _held("piece:", reference, tables)
    if unit == "iu":
        return _MG_OF_IU.get(reference)
    if unit == "ml" and limit_unit != "ml":
        return _held("liquid:", reference, tables)
    return 1.0 if (unit == "ml") == (limit_unit == "ml") else None


def _held(what: str, reference: str, tables: Tables) -> float | None:
    """Return the smallest ``piece`` (mg, or ml) or weakest ``liquid`` (mg/ml) that is sold: a count is never made more than it is."""
    held = (policy for policy in tables.policies if policy.kind.startswith(what) and policy.pattern.fullmatch(reference))
    return next((float(policy.kind.partition(":")[2]) for policy in held), None)


def _many(dose: Dose, bands: list[OtcLimit], months: float, folded: str) -> bool:
    once = all(band.single and band.daily and band.daily <= band.single for band in bands)
    small = months < _ADULT_MONTHS // 2 or say.SMALL.search(folded)
    most, most_daily = (_MANY_ONCE, _MANY_ONCE) if once else (_MANY_PIECES + bool(small), _MANY_A_DAY)
    return (dose.single or 0) >= most or (dose.daily or 0) >= most_daily


def _finding(
    tables: Tables, language: str, reference: str, dose: Dose, rule: str, reason: str, source: str, severity: Severity = "major"
) -> Finding:
    name, action = tables.name(reference, language), text(language, "findings.dose_action")
    span = (dose.start, dose.end)
    return Finding(kind="dose", severity=severity, rule=rule, drug=name, reason=reason, action=action, source=source, span=span)
