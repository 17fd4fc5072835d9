"""Ages from one clause, in the ways people tell them."""

from __future__ import annotations

from dataclasses import dataclass

from memory import age_words as say
from memory import patterns as re
from memory.clauses import Clause
from memory.people_words import CHILDREN
from memory.sign_words import SIGNED
from memory.spoken import figures
from memory.talk import Talk
from tools.population import plain_age

_MONTHS = {"years": 12.0, "months": 1.0, "weeks": 7 / 30.4, "days": 1 / 30.4}
_UNITS = {"years": ("岁", "years"), "months": ("月", "months"), "weeks": ("周", "weeks"), "days": ("天", "days")}
_MOST = {"years": 115, "months": 36, "weeks": 60, "days": 120}
_YOUNG = CHILDREN | {"nephew", "niece", "grandchild"}


@dataclass(frozen=True, slots=True)
class Age:
    """A number of years, months, weeks or days; a birth date has no months."""

    count: float
    unit: str
    date: str = ""
    whole: bool = False
    """Months that are shown as whole years: of those past three nobody counts on."""

    @property
    def months(self) -> float | None:
        """The age in months, newborns in whole ones."""
        if self.date:
            return None
        months = self.count * _MONTHS[self.unit]
        return float(int(months)) if self.unit in ("weeks", "days") else months

    def shown(self, language: str) -> str:
        """Return the value of the fact."""
        if self.whole:
            return f"{self.count // 12:g} {_UNITS['years'][language != 'zh']}"
        return self.date or f"{self.count:g} {_UNITS[self.unit][language != 'zh']}"


def age_of(talk: Talk, clause: Clause) -> Age | None:
    """Return the age that a clause tells of whom it is about."""
    low = figures(clause.low)
    if born := _born(low):
        return born
    if clause.kind == "age" and (bare := re.match(r"\s*(\d{1,3})\s*(岁|个?月|天|months?|weeks?|days?|years?|$|[,，\s])", low)):
        return Age(float(bare[1]), _unit(bare[2]))
    plain = plain_age(low)
    for forms in (say.FORMS, say.YOUNG) if _about_child(clause) else (say.FORMS,):
        for pattern in forms:
            for match in pattern.finditer(plain):
                if (age := _counted(clause, match, forms is say.YOUNG)) is not None:
                    return age
    if clause.people[0] in ("child", "baby", "son", "daughter") and (full := say.FULL_MONTH.search(low)) and "满月酒" not in low:
        return Age(1, "months") if "月" in full[0] else Age(100, "days")
    return _apposed(talk, clause, low)


def _about_child(clause: Clause) -> bool:
    return clause.people[0] in _YOUNG and not say.PREGNANT.search(clause.low)


def _counted(clause: Clause, match: re.Match[str], young: bool) -> Age | None:
    """Return the age of a match, unless what stands around it makes it the age of another time."""
    low, groups = match.string, {name: text for name, text in match.groupdict().items() if text}
    first = match.start(next(iter(groups)))
    before, after = low[:first], low[match.end() :]
    if say.BEFORE.search(before) or say.AFTER.match(low, max(match.end(name) for name in groups)) or say.AFTER.match(after):
        return None
    if "six" in groups:
        return Age(6, "months")
    if "halves" in groups:
        return Age(float(groups["halves"]) + 0.5, "years") if int(groups["halves"]) <= 18 else None
    if "years" in groups and "months" in groups:
        months = float(groups["years"]) * 12 + float(groups["months"])
        return Age(months, "months", whole=months >= 36)
    name, said = next(iter(groups.items()))
    unit, count = name.rstrip("2"), float(said)
    if "半" in after[:1] and unit == "years":
        count += 0.5
    if not 0 < count <= _MOST[unit] or (unit != "years" and say.PREGNANT.search(low)):
        return None
    if young and say.ILL_FOR.search(low):
        return None
    return Age(count, unit)


def _apposed(talk: Talk, clause: Clause, low: str) -> Age | None:
    """Return a bare number that stands beside a person or a sex: "my mother, 55, smoked", "27, F", "Aaron (son, 17)"."""
    if (
        clause.names_person
        and (match := re.search(r"(?:\bis|'s|are) (?:now |only |just )?(\d{1,3})$", low))
        and not SIGNED.search(low[: match.start()])
    ):
        return Age(float(match[1]), "years") if int(match[1]) <= 110 else None
    if not (match := re.match(r"(?:now |aged |age )?(\d{1,3})(?:$|\)| now$)", low)):
        return None
    if len(talk.clauses) == 1 and talk.known and 16 <= int(match[1]) <= 110:
        return Age(float(match[1]), "years")
    before = talk.clauses[clause.number - 1] if clause.number else None
    near = before is not None and before.sentence == clause.sentence
    weighed = before is not None and re.search(r"\d ?(?:kg|kilos?|stone|lbs?|斤|公斤)", before.low)
    drugs = weighed or (before is not None and any(name.drugs for name in talk.names_in(before)))
    beside = (
        near
        and before is not None
        and not drugs
        and (before.names_person or before.low == "me" or re.search(r"(?:^|\s)(?:m|f|male|female|man|woman|男|女)$", before.low))
    )
    sexed = bool(re.match(r"[,，/\s]*(?:m|f|male|female|man|woman|男|女)\b", talk.low[clause.end : clause.end + 9]))
    listed = near and before is not None and clause.ends.startswith((",", "，")) and not drugs
    old_enough = int(match[1]) >= 16 or bool(beside)
    return Age(float(match[1]), "years") if (beside or sexed or listed) and old_enough and int(match[1]) <= 110 else None


def _born(low: str) -> Age | None:
    match = say.BORN.search(low)
    if match is None:
        return None
    year = match["y"] or match["y2"] or match["y3"] or match["y4"]
    month, day = match["m"] or match["m2"], match["d"] or match["d2"]
    if not month:
        return Age(0, "years", year)
    if int(month) > 12:  # 02/14/1956
        month, day = day, month
    return Age(0, "years", f"{year}-{int(month):02d}-{int(day):02d}")


def _unit(words: str) -> str:
    return next(
        (unit for unit, names in _UNITS.items() if any(words.endswith(name.rstrip("s")) or words == name for name in names)), "years"
    )
