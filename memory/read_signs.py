"""Vital signs and laboratory values from the patient's own words."""

from __future__ import annotations

from collections.abc import Iterator

from memory import patterns as re
from memory import sign_words as say
from memory.clauses import Clause
from memory.facts import Fact
from memory.spoken import figures
from memory.talk import Talk


def read_signs(talk: Talk, clause: Clause) -> Iterator[Fact]:
    """Yield the signs that a clause tells."""
    low = figures(clause.low)
    named = bool(say.SIGNED.search(low))
    if named:
        yield from _pressure(talk, clause, low)
        yield from _heat(talk, clause, low)
    if not named and not say.BARE.match(low):
        return
    before = _name_before(talk, clause)
    taken: list[tuple[int, int]] = []
    for kind, key, pattern, alone, names, unit in say.SIGNS:
        match = pattern.search(low) if named else None
        if match is None and before and alone.search(before):
            match = say.BARE.match(low)
        if match is None or (key == "heart_rate" and "mcg" in low) or any(a <= match.start(1) < b for a, b in taken) or _wanted(low, match):
            continue
        taken.append(match.span(1))
        said = say.UNIT.match(low, match.end(1))
        zh = talk.language == "zh"
        shown = said[1] if said else unit if zh or kind == "vital" or key in ("hba1c", "alt", "ast") else ""
        value = f"{names[0] if zh else names[1]} {match[1]}{' ' + shown if shown else ''}"
        yield from talk.facts(clause, kind, value, references=(f"measure:{key}",), amount=float(match[1]))


def _wanted(low: str, match: re.Match[str]) -> bool:
    """Tell whether a number is only the aim or the limit of what is measured."""
    return bool(
        say.WANTED.search(low[match.start() : match.start(1)])
        or re.match(r"\s*(?:以[下上内]|or (?:less|lower|below))", low[match.end(1) :])
    )


def _name_before(talk: Talk, clause: Clause) -> str:
    """Return the clause before, where it names what is measured and no number: "Hb? 9.2", "血糖嘛，7.8"."""
    if not clause.number:
        return ""
    before = figures(talk.clauses[clause.number - 1].low)
    if clause.number > 1 and re.search(r"测的|量的|查的|验的|this morning|today|yesterday|last week", before):
        before = figures(talk.clauses[clause.number - 2].low)
    return "" if re.search(r"\d", before) else re.sub(r"(?:嘛|呢|吧|啊|的话|值|那个|这个)$", "", before)


def _pressure(talk: Talk, clause: Clause, low: str) -> Iterator[Fact]:
    if re.search(r"高压|收缩压", low) and not re.search(r"低压|舒张压", low):
        near = [figures(other.low) for other in talk.clauses if abs(other.number - clause.number) == 1]
        low += "，" + next((words for words in near if re.search(r"低压|舒张压", words)), "")
    match = say.PRESSURE.search(low)
    if match is None or say.WANTED.search(low[max(0, match.start("hi" if match["hi"] else "hi2") - 24) : match.end()]):
        return
    high, bottom = (match["hi"], match["lo"]) if match["hi"] else (match["hi2"], match["lo2"])
    if 60 <= int(high) <= 280 and 30 <= int(bottom) <= 160 and int(bottom) < int(high):
        value = f"{'血压' if talk.language == 'zh' else 'blood pressure'} {high}/{bottom} mmHg"
        yield from talk.facts(clause, "vital", value, references=("measure:blood_pressure",))


def _heat(talk: Talk, clause: Clause, low: str) -> Iterator[Fact]:
    if say.NO_HEAT.search(low) or not say.HEATED.search(low):
        return
    match = next(iter([*say.HEAT.finditer(low)][-1:]), None) or say.BARE_HEAT.search(low)
    if match is None:
        return
    said = match.groupdict()
    if said.get("f"):
        degrees, unit = re.search(r"\d+(?:\.\d)?", match[0][match[0].index(said["f"]) :]), "°F"
        number = float(degrees[0]) if degrees else float(said["f"])
    else:
        part = 0.5 if said.get("half") else float(f"0.{said['zh']}") if said.get("zh") else float(said.get("dec") or 0)
        number, unit = float(said["c"]) + part, "°C"
    name = "体温" if talk.language == "zh" else "temperature"
    yield from talk.facts(clause, "vital", f"{name} {number:g} {unit}", references=("measure:temperature",), amount=number)
