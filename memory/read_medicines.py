"""Medicines from the patient's own words: taken now, taken before, stopped, never taken; not those asked about, planned or advised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from memory import medicine_words as say
from memory import patterns as re
from memory.clauses import Clause
from memory.doses import bare_dose, facets_of, next_dose
from memory.facts import ANY, Fact, Status
from memory.medicine_names import claimed, lists, medicines_in
from memory.talk import Talk, details, value_of
from tools.names import Name


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the verb before a list says of its members."""

    sentence: int
    status: Status | None


def read_medicines(talk: Talk) -> Iterator[Fact]:
    """Yield what a message says about medicines."""
    frame = _Frame(0, None)
    for clause in talk.clauses:
        if clause.mode in ("told", "supposed") or clause.kind not in ("", "medication", "condition"):
            continue
        names = [name for name in medicines_in(talk, clause) if not claimed(talk, name) or _stopped_by(talk, clause, name)]
        if not names:
            yield from _nameless(talk, clause)
            if clause.mode == "said" and (say.OPENS_LIST.search(clause.low) or lists(clause)):
                frame = _Frame(clause.sentence, "active")
            continue
        statuses = [_status(talk, clause, name, frame) for name in names]
        for place in reversed(range(len(names) - 1)):  # "阿司匹林、氯吡格雷都在吃": one list, one meaning
            joined = re.fullmatch(r"(?:片|胶囊)?\s*(?:[、/+&]|和|与|及|and|or)\s*", talk.low[names[place].end : names[place + 1].start])
            statuses[place] = statuses[place] or (statuses[place + 1] if joined else None)
        if "active" in statuses and _not_started(talk, clause):
            statuses = [None if status == "active" else status for status in statuses]
        if "active" in statuses and _replaces(clause) and (old := _last(talk, clause)):
            yield old.model_copy(update={"status": "past", "quote": clause.text, "span": (clause.start, clause.end)})
        for number, (name, status) in enumerate(zip(names, statuses, strict=True)):
            if status:
                end = names[number + 1].start if number + 1 < len(names) else clause.end
                yield from medication(talk, clause, name, status, end, alone=len(names) == 1)
        frame = _Frame(clause.sentence, statuses[-1])


def _stopped_by(talk: Talk, clause: Clause, name: Name) -> bool:
    """Tell whether a clause says outright that a medicine was stopped: it was taken, whatever reaction has claimed it."""
    return bool(say.STOPPED_BY.search(talk.low, clause.start, name.start))


def _nameless(talk: Talk, clause: Clause) -> Iterator[Fact]:
    """Read "停了" after a medicine was named, and "takes nothing"."""
    if clause.mode != "said" or not (talk.topic or clause.kind or say.NAMELESS.search(clause.low)):
        return
    if (
        say.NOTHING.search(clause.low)
        or (clause.kind == "medication" and say.NONE.match(clause.low))
        or (talk.topic == "medication" and say.NONE.match(clause.low))
    ):
        yield from talk.facts(clause, "medication", ANY, status="denied")
    elif (switched := say.SWITCHED_TO.match(clause.low)) and not say.NO_BRAND.search(switched["what"]) and (old := _last(talk, clause)):
        yield old.model_copy(update={"status": "past", "quote": clause.text, "span": (clause.start, clause.end)})
        if not say.OTHER_ONE.fullmatch(switched["what"]):
            start, end = (clause.start + place for place in switched.span("what"))
            brand = Name(start, end, talk.message[start:end], frozenset())
            yield from medication(talk, clause, brand, "active", clause.end, alone=True)
    elif say.ON_IT.search(clause.low) and not say.PLANNED.search(clause.low) and (name := _named_before(talk, clause)):
        yield from medication(talk, clause, name, "past" if _past(clause.low) else "active", clause.end, alone=True)
    elif (
        say.ANAPHOR.search(clause.low)
        and not say.PLANNED.search(clause.low)
        and not re.search(r"想|能|要不要|可以|偷偷|别的|其他|其余|[吃停]一天", clause.low)
        and (last := _last(talk, clause))
    ):
        until = facets_of(talk.message[clause.start : clause.end], ended=True)
        ended = {"status": "past", "quote": clause.text, "span": (clause.start, clause.end), "facets": last.facets | until}
        yield last.model_copy(update=ended | {"detail": details(last.detail, *until.values())})


def _replaces(clause: Clause) -> bool:
    """Tell whether a clause says only what was switched to: the medicine spoken of before it is the one given up."""
    match = say.SWITCH.search(clause.low)
    alone = re.match(r"[^,，]{0,6}(?:换|改)(?:成|为|用|吃|服|打|的|了|上|回)", clause.low)
    return bool((match and match["into"]) or alone) and not say.PLANNED.search(clause.low)


def _last(talk: Talk, clause: Clause) -> Fact | None:
    """Return the medicine that "stopped it" means: the one spoken of last, if only as what somebody does not tolerate."""
    near = [
        fact
        for fact in talk.found
        if fact.subject in clause.people and fact.span and fact.span[1] <= clause.start and _borne_badly(talk, fact)
    ]
    told = talk.last("medication", clause.people)
    if told in talk.found and told and told.span and not _near(talk, told.span, clause):
        return None
    if near and (told is None or told not in talk.found):
        return near[-1].model_copy(update={"kind": "medication", "detail": "", "facets": {}, "severity": "", "category": ""})
    return told


def _borne_badly(talk: Talk, fact: Fact) -> bool:
    """Tell whether a fact is of a medicine that was taken and not borne."""
    if fact.kind == "intolerance":
        return True
    taken = fact.kind == "allergy" and fact.holds and fact.category == "drug" and fact.span
    return bool(taken and say.TAKEN.search(talk.low, *taken))


def _near(talk: Talk, span: tuple[int, int], clause: Clause) -> bool:
    """Tell whether something was said in the same sentence as a clause, or in the clause right before it."""
    number = clause.number
    holder = next((other for other in talk.clauses if other.start <= span[0] < other.end), clause)
    return holder.sentence == clause.sentence or bool(number and talk.clauses[number - 1] == holder)


def _named_before(talk: Talk, clause: Clause) -> Name | None:
    named = [name for name in talk.names if name.end <= clause.start and name.drugs and not claimed(talk, name)]
    return named[-1] if named else None


def _not_started(talk: Talk, clause: Clause) -> bool:
    number = clause.number
    after = [other for other in talk.clauses[number + 1 : number + 4] if other.sentence <= clause.sentence + 1]
    return any(say.NOT_STARTED.search(other.low) and not any(name.drugs for name in talk.names_in(other)) for other in after)


def _status(talk: Talk, clause: Clause, name: Name, frame: _Frame) -> Status | None:
    low = clause.low
    before, after = low[: name.start - clause.start], low[name.end - clause.start :]
    if clause.mode == "asked":
        return "active" if say.OF_MINE.search(before) else None
    switched = _switched(low, name.start - clause.start)
    if switched:
        return switched
    if clause.kind == "medication":
        return (
            "denied"
            if say.NONE.match(low)
            else "past"
            if say.STOPPED.search(after) or say.STOPPED.search(before) or _past(low)
            else "active"
        )
    listed = talk.only_names(clause)
    if listed and frame.sentence == clause.sentence and frame.status:
        return frame.status
    if say.PLANNED.search(before) and not re.search(r"(?:过|了)[^,，]{0,6}$", before[-8:]):
        return None
    if say.MISSED.search(before):
        return "active"
    if say.NOT.search(before + low[name.start - clause.start : name.end - clause.start]) and not say.IRREGULAR.search(before):
        return "past" if say.STOPPED.search(low) else "denied"
    if say.NEVER_AFTER.match(after):
        return "denied"
    if _ended(talk, clause, name):
        return "past"
    return _taken(talk, clause, name, frame, before, after)


def _taken(talk: Talk, clause: Clause, name: Name, frame: _Frame, before: str, after: str) -> Status | None:
    verb = say.VERB_BEFORE.search(before)
    dosed = bool(facets_of(talk.message[name.end : clause.end])) or bool(talk.only_names(clause) and next_dose(talk, clause))
    started = re.fullmatch(r"\s*(?:and |also |plus |then |now )?(?:the |my |a |some )?", before)
    if (
        started
        and frame.sentence == clause.sentence
        and frame.status
        and not re.match(r"\s*(?:makes?|made|gave|gives|is|was|were|are|can|could)\b", after)
        and not (frame.status != "active" and re.match(rf"倒|(?:我|是|就|还|现在|一直|也|都|在)*{say.VERB_ZH}(?:了|着|过|的)", after))
    ):
        return frame.status
    mine = say.OF_MINE.search(before) or say.ON_EN.search(before)
    topical = (
        talk.topic == "medication"
        and clause.sentence <= 2
        and not re.search(r"[不没]|\b(?:no|not|can|should|would|stopped|allergic)\b|n't", clause.low)
    )
    if not (say.NOW.search(clause.low) or say.PAST.search(clause.low) or verb or dosed or mine or topical):
        return None
    if not (
        verb
        or mine
        or topical
        or dosed
        or say.NOW.search(before)
        or re.match(rf"[^,，]{{0,6}}{say.VERB_ZH}(?:了|着|过|的|上|$)|[^,，]{{0,8}}(?:治疗|控制|维持)", after)
    ):
        return None
    if _past(clause.low):
        return "past"
    return (
        "suspected"
        if re.search(r"(?:可能|好像|大概|似乎)[^,，]{0,6}(?:吃|用|服|打)|\b(?:i think|might|maybe|possibly)\b", before)
        else "active"
    )


def _ended(talk: Talk, clause: Clause, name: Name) -> bool:
    """Tell whether a medicine was stopped; of several in a clause, the one that the word stands by."""
    others = [other for other in talk.names_in(clause) if other.drugs and other != name]
    if not others:
        return bool(say.STOPPED.search(clause.low))
    start = max((other.end for other in others if other.end <= name.start), default=clause.start)
    end = min((other.start for other in others if other.start >= name.end), default=clause.end)
    before = say.STOPPED.search(talk.low, start, name.start)
    after = say.STOPPED.search(talk.low, name.end, end)
    first = start == clause.start
    return bool((before and first) or (after and end == clause.end) or (first and say.STOPPED.search(talk.low, clause.start, name.start)))


def _past(low: str) -> bool:
    return bool(say.PAST.search(low)) and not say.RECENT.search(low)


def _switched(low: str, place: int) -> Status | None:
    """Tell whether a name at ``place`` is what was switched from, or what was switched to."""
    match = say.SWITCH.search(low)
    if not match or say.PLANNED.search(low[: match.end()]):
        return None
    for group in ("old", "from", "swapped", "left"):
        if match[group] and match.start(group) <= place < match.end(group):
            return "past"
    return "active" if place >= match.end() else None


def medication(talk: Talk, clause: Clause, name: Name, status: Status, end: int, *, alone: bool) -> Iterator[Fact]:
    """Yield a medicine with the amounts told between its name and ``end``; ``alone``: no other is named in the clause."""
    references = tuple(sorted(name.drugs))
    around = talk.message[clause.start : clause.end] if alone else talk.message[name.end : end]
    facets = facets_of(around, ended=status == "past")
    if alone and not facets.get("dose"):
        facets = next_dose(talk, clause) | facets
    if not facets.get("dose") and (bare := bare_dose(talk.low, name.end)):
        facets |= {"dose": bare}
    value = value_of(name, references, talk)
    yield from talk.facts(
        clause, "medication", value, words=name.words, status=status, references=references, facets=facets, detail=details(*facets.values())
    )
