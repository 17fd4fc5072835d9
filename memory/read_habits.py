"""Smoking and drinking from the patient's own words."""

from __future__ import annotations

from collections.abc import Iterator

from memory import habit_words as say
from memory import patterns as re
from memory.clauses import Clause
from memory.facts import Fact, Kind, Status
from memory.spoken import figures
from memory.talk import Talk, details

_HABITS: tuple[tuple[Kind, say.Habit], ...] = (("smoking", say.SMOKING), ("alcohol", say.ALCOHOL))


def read_habits(talk: Talk) -> Iterator[Fact]:
    """Yield what a message says about smoking and drinking."""
    for clause in talk.clauses:
        if clause.mode in ("told", "supposed") or clause.kind in ("allergy", "medication", "family_history", "vaccination"):
            continue
        if clause.kind not in ("smoking", "alcohol") and not say.HINT.search(clause.low):
            continue
        low = figures(clause.low)
        if clause.mode == "asked" and not say.NEVER_DO.match(clause.low):
            continue
        if say.QUIT_ALONE.fullmatch(clause.low):
            habit = talk.last("smoking", clause.people) or talk.last("alcohol", clause.people)
            if habit:
                yield habit.model_copy(update={"status": "past", "quote": clause.text, "span": (clause.start, clause.end)})
                continue
        for kind, habit_words in _HABITS:
            status = _status(talk, clause, kind, habit_words, low)
            if status:
                amounts = [] if status == "denied" else [match[0] for match in say.AMOUNT.finditer(_of_habit(habit_words, low))]
                yield from talk.facts(clause, kind, "是" if talk.language == "zh" else "yes", status=status, detail=details(*amounts))


def _of_habit(habit: say.Habit, low: str) -> str:
    """Return what a clause tells of one habit: "half a pack" is smoked, "wine on weekends" drunk."""
    here = habit.does.search(low)
    others = [there.start() for _, other in _HABITS if other is not habit and (there := other.does.search(low))]
    if here is None or not others or others[0] == here.start():
        return low
    return low[: others[0]] if here.start() < others[0] else low[here.start() :]


def _status(talk: Talk, clause: Clause, kind: Kind, habit: say.Habit, low: str) -> Status | None:
    if clause.kind == kind:
        return _headed(clause, habit, low)
    if clause.kind not in ("", "condition", "person"):
        return None
    if say.BOTH_NOT.search(low):
        return "denied"
    if say.NEVER_DO.match(clause.low) and clause.number:
        return "denied" if habit.does.search(talk.clauses[clause.number - 1].low) else None
    cramps = re.search(r"抽筋|抽搐|抽动|惊厥|癫痫", talk.low) and "烟" not in low
    if (kind == "smoking" and cramps) or habit.other.search(low):
        return None
    drinks = kind == "smoking" and (("酒" in low and "烟" not in low) or re.search(r"\bdrink|alcohol|booze", low))
    if habit.ended.search(low) and not say.NOT_ENDED.search(low) and not drinks:
        return _quit(talk, clause, kind, habit, low)
    if habit.denies.search(low) and not re.search(r"戒不|断不|离不", low):
        return _denied(talk, clause, kind, low)
    return "active" if habit.does.search(low) and _regular(kind, low) else None


def _denied(talk: Talk, clause: Clause, kind: Kind, low: str) -> Status | None:
    """Return what "not one since" means after a habit was told."""
    if re.search(r"以后|之后|后来|打那|从那|自从|\bsince\b", low):
        return "past"
    if (
        kind == "smoking"
        and say.ONE_KIND.search(low)
        and any(fact.kind == kind and fact.status == "active" and fact.subject in clause.people for fact in talk.found)
    ):
        return None  # "I vape, no cigarettes"
    if any(fact.kind == kind and fact.status == "past" and fact.subject in clause.people for fact in talk.found):
        return None
    return "denied" if kind == "smoking" or "酒" in talk.low or not re.search(r"[\u4e00-\u9fff]", low) else None


def _regular(kind: Kind, low: str) -> bool:
    """Tell whether a clause that names a habit tells more than one evening, and more than that somebody once did."""
    if kind == "alcohol" and (not say.REGULAR.search(low) or (say.ONCE.search(low) and not re.search(r"每|天天|经常|every|daily", low))):
        return False
    return not (kind == "smoking" and re.search(r"\bsmoked\b", low) and not re.search(r"\bsmok(?:e|es|ing|er)\b", low))


def _quit(talk: Talk, clause: Clause, kind: Kind, habit: say.Habit, low: str) -> Status | None:
    """Return "past" where the clause says what was given up, or the message does."""
    named = habit.does.search(low) or re.search(
        "烟|smok|cig|fag|vap|tobacco|a day from" if kind == "smoking" else "酒|drink|alcohol|booze|sober|wagon|sauce|dry|drop", low
    )
    if named:
        return "past"
    return "past" if talk.last(kind, clause.people) and not (kind == "alcohol" and talk.last("smoking", clause.people)) else None


def _headed(clause: Clause, habit: say.Habit, low: str) -> Status:
    """Return the status of an entry under the heading of the habit."""
    if re.match(r"\s*(?:无|没有?|否|未|不|从不|none|no\b|nil|n/?a|never|denie|0|-)", clause.low):
        return "denied"
    ended = habit.ended.search(low) or re.match(r"\s*(?:已戒|戒|ex\b|former|past|quit|stopped|used to|previously)", clause.low)
    return "past" if ended else "denied" if habit.denies.search(low) else "active"
