"""Pregnancy, lactation and sex from the patient's own words."""

from __future__ import annotations

from collections.abc import Iterator

from memory import patterns as re
from memory import state_words as say
from memory.clauses import Clause
from memory.facts import Fact, Kind, Status
from memory.people import named_in
from memory.people_words import CHILDREN, MALE
from memory.read_habits import read_habits
from memory.spoken import figures
from memory.talk import Talk

_NOT_MOTHERS = CHILDREN - {"daughter", "granddaughter"} | MALE
_FOLLOWS = re.compile(
    r"(?:现在|目前|已经|刚|now|currently|i'm|at)?\s*(?:快|about)?\s*\d+\s*(?:\+\d)?\s*(?:周|个?多?月|weeks?|months?|wks?)"
)


def read_states(talk: Talk) -> Iterator[Fact]:
    """Yield what a message says about pregnancy, lactation, sex, smoking and drinking."""
    for number, clause in enumerate(talk.clauses):
        if clause.mode in ("told", "supposed") or clause.kind in ("allergy", "medication", "family_history", "vaccination"):
            continue
        hints = {str(match.lastgroup) for match in say.HINTS.finditer(clause.low)} | {clause.kind}
        if hints & {"pregnancy", "weeks"}:
            yield from _pregnancy(talk, number, clause)
        if clause.mode == "asked" and say.WHILE.search(clause.low) and (say.MY_BABY.search(talk.low) or "i'm" in clause.low):
            yield from _told(talk, clause, ["self"], "active", None, kind="lactation")
        if clause.mode != "said":
            continue
        if "lactation" in hints:
            yield from _lactation(talk, clause)
        if "sex" in hints:
            yield from _sex(talk, clause)
    yield from read_habits(talk)


def _yes(talk: Talk) -> str:
    return "是" if talk.language == "zh" else "yes"


def _headed(clause: Clause, kind: str) -> str | None:
    """Return "no" or "yes" for a bare entry under the heading of its kind."""
    if clause.kind != kind:
        return None
    return "no" if re.match(r"\s*(?:无|没有?|否|未|不|none|no\b|nil|n/?a|never|0|-)", clause.low) else "yes"


def mothers(clause: Clause) -> list[str]:
    """Return who is meant by a pregnancy or by nursing in a clause about a child or a man: the writer."""
    return list(dict.fromkeys("self" if person in _NOT_MOTHERS else person for person in clause.people))


def _pregnancy(talk: Talk, number: int, clause: Clause) -> Iterator[Fact]:
    low = figures(clause.low)
    headed = _headed(clause, "pregnancy")
    if clause.mode == "asked":
        if say.SUSPECTS.search(low) or (say.LATE.search(talk.low) and re.search(r"怀|pregnan", low) and not say.NO_STATE.search(low)):
            yield from _told(talk, clause, mothers(clause), "suspected", None)
        if not re.search(
            r"我(?:现在|都|已经)?(?:怀|孕)|\b(?:i'm|i am|she's|is|while|being) (?:\w+ )?(?:pregnant|expecting)|^(?:怀孕|孕)\s*\d|肚子里",
            low,
        ):
            return
    if say.GAVE_BIRTH.search(low) or (say.LOST.search(low) and _was_pregnant(talk, low, clause)):
        if clause.mode == "said" and not say.NOT_PREGNANT.search(low):
            yield from _told(talk, clause, mothers(clause), "past", None)
        return
    certain = say.PREGNANT.search(low) or say.HANDHELD.match(low)
    denied = headed == "no" or bool(say.NOT_PREGNANT.search(low))
    if headed is None and not certain and not denied:
        if corrected := _recount(talk, clause, low):
            yield corrected
        elif say.SUSPECTS.search(low):
            yield from _told(talk, clause, mothers(clause), "suspected", None)
        return
    people = mothers(clause) if not named_in(clause.low).people or set(clause.people) & _NOT_MOTHERS else list(clause.people)
    if not denied and say.NO_STATE.search(low) and not say.MAYBE.search(low):
        return
    status: Status = "denied" if denied else "suspected" if say.MAYBE.search(low) and headed is None else "active"
    yield from _told(talk, clause, people, status, None if denied else _weeks(talk, number, clause))


def _was_pregnant(talk: Talk, low: str, clause: Clause) -> bool:
    """Tell whether a loss ends the pregnancy of now, not one of years ago."""
    told = talk.last("pregnancy", clause.people)
    return bool(told and told.holds) and not re.search(r"先兆|以前|前年|去年|\d年前|有过|史|years? ago|threatened|risk of|\bprevious", low)


def _told(
    talk: Talk, clause: Clause, people: list[str], status: Status, weeks: tuple[float, str] | None, kind: Kind = "pregnancy"
) -> Iterator[Fact]:
    value = _yes(talk) if weeks is None else f"{round(weeks[0]):g} {'周' if talk.language == 'zh' else 'weeks'}"
    for person in people:
        yield Fact(
            subject=person, kind=kind, value=value, status=status, amount=weeks[0] if weeks else None,
            quote=clause.text, span=(clause.start, clause.end), detail=weeks[1] if weeks else "",
        )  # fmt: skip


def _recount(talk: Talk, clause: Clause, low: str) -> Fact | None:
    """Read "按B超算是11周" of a pregnancy that was told before."""
    last = talk.last("pregnancy", clause.people)
    match = say.RECOUNT.search(low) if last else None
    if not (last and match):
        return None
    weeks = float(match["n"] or match["e"])
    value = f"{weeks:g} 周" if talk.language == "zh" else f"{weeks:g} weeks"
    changed = {"value": value, "amount": weeks, "quote": clause.text, "span": (clause.start, clause.end), "detail": match[0]}
    return last.model_copy(update=changed)


def _weeks(talk: Talk, number: int, clause: Clause) -> tuple[float, str] | None:
    """Return how far a pregnancy is, told in its clause or in the next, and in which words."""
    low = figures(clause.low)
    if short := say.HANDHELD.match(low):
        return float(short["n"]), short[0].strip()
    _, following = talk.neighbours(number)
    after = figures(following.low) if following else ""
    for words in (low, after if _FOLLOWS.match(after) else ""):
        for match in say.WEEKS.finditer(words):
            count = float(match["n"])
            if 0 < count <= 43 and not re.match(r"\s*(?:岁|前|后|ago|from now|of age|old)", words[match.end() :]):
                months = "月" in match["unit"] or match["unit"].startswith("month")
                if not months or count <= 10:
                    return (round(count * 4.345, 1) if months else count), match[0].strip()
    return None


def _lactation(talk: Talk, clause: Clause) -> Iterator[Fact]:
    low, headed = clause.low, _headed(clause, "lactation")
    denied = headed == "no" or bool(say.NOT_LACTATING.search(low))
    if headed is None and not denied and not say.LACTATING.search(low):
        return
    if re.search(r"\b(?:plan\w*|want\w*|going to|hope|when|if|can)\b|打算|准备|想|牛奶|羊奶|妈妈吃", low) and not denied:
        return
    if denied and headed is None and re.search(r"没(?:有)?奶|奶粉", low) and not re.search(r"母乳|生完|喂", talk.low):
        return
    if denied and re.search(r"小时候|断奶后|since (?:he|she) (?:was )?weaned|after weaning", low):
        return
    status: Status = "past" if denied and say.WEANED.search(low) else "denied" if denied else "active"
    fed = re.search(r"母乳|奶粉|混合|断奶|breast-?fed|weaned|on the (?:boob|breast)", low)
    for person in ("self" if fed and person in CHILDREN else person for person in mothers(clause)):
        yield Fact(subject=person, kind="lactation", value=_yes(talk), status=status, quote=clause.text, span=(clause.start, clause.end))


def _sex(talk: Talk, clause: Clause) -> Iterator[Fact]:
    low = figures(clause.low)
    if clause.kind == "sex" and (headed := re.match(r"\s*(男|女|male|female|m\b|f\b|man|woman)", low)):
        yield from talk.facts(clause, "sex", "female" if headed[1] in say.FEMALE else "male")
    elif (match := say.SEX.search(low)) and not re.search(r"怀[^,，]{0,6}$|梦|\b(?:expecting|pregnant with)\b", low[: match.start()]):
        said = next(group for group in match.groups() if group)
        yield from talk.facts(clause, "sex", "female" if said in say.FEMALE else "male")
