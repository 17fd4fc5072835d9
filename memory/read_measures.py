"""Ages, weights and heights from the patient's own words."""

from __future__ import annotations

from collections.abc import Iterator

from memory import measure_words as say
from memory import patterns as re
from memory.ages import age_of
from memory.clauses import Clause
from memory.facts import Fact, Kind
from memory.read_signs import read_signs
from memory.spoken import figures
from memory.talk import Talk

_POUND, _STONE = 0.45359, 14 * 0.45359


def read_measures(talk: Talk) -> Iterator[Fact]:
    """Yield the measures that a message tells."""
    for clause in talk.clauses:
        if clause.kind in ("allergy", "medication", "family_history", "vaccination") or not say.COUNTS.search(clause.low):
            continue
        if clause.mode == "said" or (clause.mode == "asked" and _aside(clause)):
            yield from _age(talk, clause)
            yield from _weight(talk, clause)
            yield from _height(talk, clause)
        if clause.mode == "said":
            yield from read_signs(talk, clause)


def _aside(clause: Clause) -> bool:
    """Tell whether a question says by the way how old or heavy somebody is: "can my 4-year-old have …"."""
    return bool(
        re.search(
            r"\b(?:my|our|for (?:a|an|my|him|her)|he's|she's|i'm|i am)\b[^,.?]{0,30}\d|^as an? (?:wo)?man of \d|^(?:我|孩子|宝宝|儿子|"
            r"女儿|娃|他|她)[^,，]{0,4}\d",
            figures(clause.low),
        )
    ) and not re.search(r"\b(?:is it|until|old enough|minimum)\b|几岁|多大|能长", clause.low)


def _made(talk: Talk, clause: Clause, kind: Kind, value: str, amount: float) -> Iterator[Fact]:
    low, high = say.LIMITS[kind]
    if low <= amount <= high:
        yield from talk.facts(clause, kind, value, amount=amount)


def _age(talk: Talk, clause: Clause) -> Iterator[Fact]:
    age = age_of(talk, clause)
    if age is None:
        return
    facts = talk.facts(clause, "age", age.shown(talk.language), amount=age.months)
    young = age.months is not None and not age.date and age.months < 36
    # "I'm still nursing my 9 month old": nobody of that age writes.
    yield from (
        fact.model_copy(update={"subject": "baby" if (age.months or 0) < 12 else "child"}) if young and fact.subject == "self" else fact
        for fact in facts
    )


def _weight(talk: Talk, clause: Clause) -> Iterator[Fact]:
    low = figures(clause.low)
    amount: float | None
    if clause.kind == "weight" and (bare := re.match(r"\s*(\d{1,3}(?:\.\d+)?)\s*$", low)):
        amount = _bare_weight(talk, float(bare[1]))
    elif say.TOO.search(low):
        return
    else:
        amount = _weighed(talk, low)
        if amount is None and clause.number and (now := say.NOW.match(low)):
            before = figures(talk.clauses[clause.number - 1].low)
            unit = re.search(r"(kg|kilo|公斤|千克|斤|stone|lb|pound|磅)", before)
            amount = _weighed(talk, f"{now[1]} {unit[1]}") if unit else None
    if amount is not None:
        amount = round(amount, 1)
        facts = _made(talk, clause, "weight", f"{amount:g} kg", amount)
        yield from (fact.model_copy(update={"subject": "baby"}) if amount < 15 and fact.subject == "self" else fact for fact in facts)


def _weighed(talk: Talk, low: str) -> float | None:
    """Return the last weight that a clause tells as one of now, in kilograms."""
    found: list[tuple[int, float]] = []
    for pattern in (say.STONE, say.POUNDS, say.KILOS, say.JIN):
        for match in pattern.finditer(low):
            then = say.NOT_NOW.search(low[: match.start()])
            if (then and not say.BY_NOW.search(low[: match.start()])) or say.NOT_NOW_AFTER.match(low, match.end()):
                continue
            found.append((match.start(), _kilograms(pattern, match)))
    if found:
        return max(found)[1]
    bare = say.BARE.search(low)
    if bare and not say.NOT_NOW.search(low[: bare.start("n" if bare["n"] else "scale")]):
        return _bare_weight(talk, float(bare["n"] or bare["scale"]))
    return None


def _kilograms(pattern: re.Pattern, match: re.Match[str]) -> float:
    count = float(match[1])
    if pattern is say.STONE:
        return (count + (0.5 if match[2] else 0)) * _STONE + float(match[3] or 0) * _POUND
    if pattern is say.POUNDS:
        return (count + float(match[2] or 0) / 16) * _POUND
    if pattern is say.KILOS:
        return count + (0.5 if match[2] else 0)
    return (count + float(match[2] or 0) / 10 + (0.5 if match[3] else 0)) / 2


def _bare_weight(talk: Talk, count: float) -> float:
    """Return a weight without its unit: kilograms, unless it is told in English beside feet and inches, or is much for kilograms."""
    pounds = talk.language == "en" and (count >= 150 or (count >= 100 and bool(say.FEET.search(talk.low))))
    return count * _POUND if pounds else count


def _height(talk: Talk, clause: Clause) -> Iterator[Fact]:
    low = figures(clause.low)
    amount: float | None = None
    if clause.kind == "height" and (bare := re.match(r"\s*(\d{1,3}(?:\.\d+)?)\s*$", low)):
        amount = float(bare[1]) * (100 if float(bare[1]) < 3 else 1)
    elif not say.NO_HEIGHT.search(low):
        amount = _measured(talk, clause, low)
    if amount is not None:
        yield from _made(talk, clause, "height", f"{amount:g} cm", amount)


def _measured(talk: Talk, clause: Clause, low: str) -> float | None:
    british = "英尺" in talk.low or "磅" in talk.low
    if (match := say.CHI.search(low)) and (say.TALL.search(low) or clause.kind == "height" or british):
        feet, rest = float(match[1]), float(match[2] or 0)
        return round((feet * 12 + rest) * 2.54) if british else round((feet + rest / 10) * 100 / 3)
    if match := say.FEET.search(low):
        inches = int(match[2] or 0)
        return round((int(match[1]) * 12 + inches) * 2.54) if inches < 12 else None
    if match := say.METRES.search(low):
        if match[3] or match[4]:
            return round(float(match[3]) * 100) if match[3] else 150.0
        if match[1] or re.match(r"米\d\d(?:的|$|[,，])", match[0] + low[match.end() :]):
            return float(match[1] or 1) * 100 + float(match[2].ljust(2, "0"))
    if match := say.CENTI.search(low):
        tall = say.TALL.search(low) or clause.kind == "height" or 90 <= float(match[1]) <= 220
        return float(match[1]) if tall else None
    if match := say.BARE_HEIGHT.search(low):
        return float(match[1] or match[2])
    follows = re.search(r"公斤|斤|kg", talk.low[clause.end : clause.end + 14])
    return float(match[1]) if (match := say.BEFORE_WEIGHT.search(low)) and follows else None
