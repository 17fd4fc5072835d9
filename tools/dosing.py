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
_MANY_PIECES = 4
"""No label of an adult's OTC tablet asks for so many at a time."""
_MANY_A_DAY = 10
_MANY_ONCE = 3
"""… and of a drug that is taken once a day, so many in a whole day."""
_BARE_PIECES = 4
_WHOLE_BOTTLE = 100.0
_ENGLISH = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
_IN_WORDS = {word: float(n) for n, word in enumerate(_ENGLISH.split(), start=1)} | {"thirty": 30.0, "forty": 40.0, "half": 0.5}
_SAID = "|".join(sorted(_IN_WORDS, key=len, reverse=True))
_NUMBER = rf"(?P<{{0}}>\d+(?:\.\d+)?|[一二两三四五六七八九十半]+|\b(?:{_SAID})\b)"
_UNIT = r"(?P<unit>毫克|mg|克|grams?|g|微克|ug|mcg|μg|毫升|ml|国际单位|单位|iu|units?\b)"
_AMOUNT = re.compile(rf"{_NUMBER.format('amount')}\s*(?:到|至|-|~|to)?\s*(?P<upper>\d+(?:\.\d+)?)?\s*{_UNIT}(?![a-z])", re.I)
_TIMES = re.compile(
    rf"(?:(?:每[天日]|一[天日]|日服?|24小时)\D{{0,4}}{_NUMBER.format('zh')}\s*[次回顿]|"
    rf"{_NUMBER.format('en')}\s*times (?:a|per|each) day|(?P<word>once|twice|three times|four times)(?: a| per)? ?(?:day|daily)|"
    r"\b(?P<latin>qd|bid|tid|qid)\b)"
)
_EVERY = re.compile(
    rf"(?:每?(?:隔|间隔)?\s*{_NUMBER.format('zh')}\s*(?:个)?(?:小时|钟头|h)(?:一次|吃|服|喂|用|$|[^后内前以])|"
    rf"every\s+{_NUMBER.format('en')}"
    rf"(?:\s*(?:-|to)\s*\w+)?\s*hours?|\bq(?P<q>\d+)h\b)"
)
_THRICE = re.compile(r"(早中晚|三餐|一日三餐|morning,? noon and (?:night|evening)|with each meal)")
_PIECE = r"(?P<form>片|粒|颗|of them|(?:of them )?(?:[a-z-]+ ){0,2}(?:tablets?|capsules?|caplets?|pills?|gelcaps?))"
_COUNT = re.compile(
    rf"(?P<per>一次|每次|每回|一口气|首次|一顿|一[天日]|每[天日])(?:可以|能|最多|总共)?(?:吃|服|用|口服|喂|"
    rf"到)*了?[^,，。\d]{{0,6}}?\s*{_NUMBER.format('zh')}\s*(?:片|粒|颗)|"
    rf"(?:take|swallow|have|use)\s+{_NUMBER.format('en')}\s*{_PIECE}"
)
# "必理通12片", "Imodium 20 capsules at once": many pieces and no word of how often.
_BARE = re.compile(rf"^\s*{_NUMBER.format('n')}\s*(?:片|粒|颗|(?:tablets?|capsules?|caplets?|pills?)\b)")
# "一次吃四片泰诺林", "take four extra-strength Tylenol", "I've had sixteen paracetamol", "four 400 mg ibuprofen".
_COUNT_OF = re.compile(
    rf"(?:(?:吃|服|用|喂|来)了?\s*{_NUMBER.format('zh')}\s*(?:片|粒|颗)的?|"
    rf"(?:\b(?:take|taken|took|takes|swallow|swallowed|have|give|had|of|pop|popped|another)\s+|^\s*"
    rf"|[,.;:]\s*){_NUMBER.format('en')}\s+(?!m?g\b|ml\b|mcg\b|grams?\b|units?\b)(?:x\s+)?(?:of (?:your|the) )?"
    rf"(?:[a-z-]+ ){{0,2}}(?:\d+(?:\.\d+)? ?m?c?g )?(?:[a-z-]+ )?)$"
)
# "up to twenty a day", "一天十来片": a whole day's count.
_DAY_COUNT = re.compile(
    rf"(?:一[天日]|每[天日]|全天|24小时)[^,，。\d]{{0,6}}?{_NUMBER.format('zh')}来?(?:片|粒|颗)|(?:up to|maximum of"
    rf"|about)\s+{_NUMBER.format('en')}\s+(?:\w+ )?(?:a|per|each|every) day"
)
_BOTTLE = re.compile(
    r"(?:喝|吃|灌|服)(?:完|掉|下)?[^,，。]{0,3}(?:整|[一两]|半)[^,，。]{0,2}瓶|\b(?:whole|entire|full) (?:bottle|pack|packet|box)\b"
)
_RATIO = re.compile(
    r"(?:每|in|per)?\s*(?P<ml>\d+(?:\.\d+)?)\s*(?:毫升|ml)\s*(?:含|有|contains?|[:=/])\s*(?P<mg>\d+(?:\.\d+)?)\s*(?:毫克|mg)|"
    r"(?P<mg2>\d+(?:\.\d+)?)\s*(?:毫克|mg)\s*(?:/|per|in|in each)\s*(?P<ml2>\d+(?:\.\d+)?)?\s*(?:毫升|ml)"
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
_TO_MG = {"毫克": 1.0, "mg": 1.0, "克": 1000.0, "g": 1000.0, "gram": 1000.0, "grams": 1000.0} | dict.fromkeys(
    ("微克", "ug", "mcg", "μg"), 0.001
)
_IN_MG = {"mg": 1.0, "g": 1000.0, "ug": 0.001}
_CHANGES = re.compile(
    r"(加到|加量|增加|增至|减|改|调|打到|升到|\b(?:increase\w*|decrease\w*|reduce\w*|raise|change|switch|up to|go to|bump|"
    r"from (?:tomorrow|today|tonight|now|monday|next week)|up (?:your|the|his|her)|double|halve)\b|从(?:今天|明天|今晚|下周|"
    r"现在)(?:起|开始)?|加倍|翻倍|减半)"
)
_SMALL = re.compile(r"(儿童|小儿|咀嚼|chewable|children's|kids)")
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


def read_dose(sentence: str, start: int, name: tuple[int, int], end: int) -> Dose | None:
    """Read the dose of the drug named at ``name`` between ``start`` (the drug before) and ``end`` (the next) of a cleaned text."""
    folded = fold(sentence)
    before, after = folded[start : name[0]], folded[name[1] : end]
    counted = _COUNT_OF.search(before)
    pieces = _value(counted["zh"] or counted["en"]) if counted else None
    amount = next(reversed(list(_AMOUNT.finditer(before))), None)
    if amount and re.fullmatch(r"\s*(?:of|的|-)?\s*(?:[a-z-]+ )?", before[amount.end() :]):
        whole = start + amount.start()
        return _read(folded[whole : min(len(folded), max(end, name[1]))], whole, pieces, before)
    at = name[1]
    return _read(after, at, pieces, before)


def _read(words: str, at: int, counted: float | None, before: str) -> Dose | None:
    """Read the dose in ``words``, which begin at ``at``; ``counted`` pieces were named before the drug."""
    ratio = _RATIO.search(words)
    amount = next((m for m in _AMOUNT.finditer(words) if not ratio or not ratio.start() <= m.start() < ratio.end()), None)
    count, times = _COUNT.search(words), _times(words)
    per_day = bool(count and count["per"] and count["per"][-1] in "天日")
    pieces = _value(count["zh"] or count["en"]) if count else counted
    if pieces is None and (bare := _BARE.match(words)) and _value(bare["n"]) >= _BARE_PIECES:
        pieces, per_day = _value(bare["n"]), bool(re.search(r"(一[天日]|每[天日])[^,，。]{0,6}$", before))
    if not amount or _BOTTLE.search(words):
        return _of_pieces(words, at, pieces, times, per_day)
    unit = amount["unit"].lower()
    value = _value(amount["upper"] or amount["amount"]) * _TO_MG.get(unit, 1.0)
    kind = "mg" if unit in _TO_MG else "ml" if unit in ("毫升", "ml") else "iu"
    if pieces and kind == "mg":
        value *= pieces  # "0.3 g，一次四粒", "一次四片（每片 650 mg）": the amount is what one piece holds
    if kind == "ml" and ratio:
        kind, value = "mg", value * float(ratio["mg"] or ratio["mg2"]) / float(ratio["ml"] or ratio["ml2"] or 1)
    around = words[max(0, amount.start() - 12) : amount.end() + 8]
    per_day = per_day or (bool(_PER_DAY.search(around)) and times is None)
    daily = value if per_day else value * times if times else None
    return Dose(kind, None if per_day else value, daily, _length(words), at + amount.start(), at + amount.end())


def _of_pieces(words: str, at: int, pieces: float | None, times: float | None, per_day: bool) -> Dose | None:
    day = _DAY_COUNT.search(words)
    if pieces is None and _BOTTLE.search(words):
        pieces = _WHOLE_BOTTLE
    if pieces is None and day is None:
        return None
    daily = _value(day["zh"] or day["en"]) if day else pieces if per_day else pieces * times if pieces and times else None
    return Dose("piece", None if per_day else pieces, daily, None, at, at + 1)


def _length(words: str) -> float | None:
    days = _DAYS.search(words)
    if not days:
        return None
    unit = {"天": 1, "日": 1, "周": 7, "d": 1, "w": 7}.get((days["unit"] or days["unit_en"])[0], 30)
    return _value(days["zh"] or days["en"]) * unit


def check_dose(profile: PatientProfile, reference: str, dose: Dose, sentence: str, tables: Tables, language: str) -> Finding | None:
    """Check a dose that a sentence gives for a drug.

    An OTC drug is held against its label's maximum for the person's age (an adult's when unknown); a prescription drug may be given no
    personal dose at all, unless the sentence says that it quotes a label.
    """
    drug = tables.drugs.get(reference)
    if not drug or _FORBIDS.search(fold(sentence)[: dose.start]):
        return None
    limits = tables.otc_limits.get(reference, ())
    if not limits:
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
        once = all(band.single and band.daily and band.daily <= band.single for band in bands)
        small = months < _ADULT_MONTHS // 2 or _SMALL.search(fold(sentence))
        most, most_daily = (_MANY_ONCE, _MANY_ONCE) if once else (_MANY_PIECES + bool(small), _MANY_A_DAY)
        if (dose.single or 0) < most and (dose.daily or 0) < most_daily:
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
    return 3.0 if _THRICE.search(folded) else None


def _value(words: str) -> float:
    if words[0].isdigit():
        return float(words)
    if words in _IN_WORDS:
        return _IN_WORDS[words]
    total: float = 0
    for char in words:
        digit = _DIGITS[char]
        total = (total or 1) * 10 if char == "十" else total + digit
    return total
