"""The rules' reading of a message looked over by the learned reader: what they missed is added, what they made up is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from configs.settings import ROOT
from memory.allergen_words import ANCHOR
from memory.condition_words import STATES
from memory.facts import HOLDING, Fact, Kind, Status
from memory.fears import only_feared
from memory.features import features
from memory.learned import JUDGE, Judge, Judgement, load_judge
from memory.medicine_words import MISSED
from memory.mentions import Mention, is_part, mentions_in
from memory.read_allergies import allergy
from memory.read_conditions import condition
from memory.read_medicines import medication
from memory.substances import Allergen, references_of
from memory.talk import Talk, value_of
from memory.told_status import fine_after, status_told, told_better
from tools.errors import TableError

_NEVER = 2.0
_WORD = re.compile(r"[a-z]{2}|[\u3400-\u9fff]", re.I)
_OF = {
    "drug": ("allergy", "intolerance", "medication"),
    "class": ("allergy", "intolerance", "medication"),
    "food": ("allergy", "intolerance", "medication"),
    "thing": ("allergy", "intolerance"),
    "condition": ("condition", "family_history"),
    "vaccine": ("vaccination", "allergy"),
    "procedure": ("surgery",),
}
"""What a name of a category can be a fact of; other opinions of the model do not count."""
_BOTH = ("allergy", "medication", "condition", "intolerance", "family_history", "vaccination", "surgery")
ADD: dict[str, float] = dict.fromkeys(_BOTH, 0.5) | {"medication": 0.65}
"""Chance from which on a fact that the rules did not read is added."""
DROP: dict[str, float] = dict.fromkeys(_BOTH, 0.6) | dict.fromkeys(("allergy", "intolerance", "medication"), 0.75)
"""Chance of "nothing" from which on a fact of the rules is dropped: a missed allergy is worse than one too many."""
_SKIN = r"[痒疹]|疙瘩|风团|过敏|\b(?:itch\w*|rash\w*|hives|welts?|allerg\w*)"
_REACTS = re.compile(
    rf"{_SKIN}|[肿疮疱泡喘敏]|喷嚏|鼻涕|流泪|发炎|皮炎|红[了一点斑]|发红|起[包皮]|休克|呼吸困难|窒息|"
    r"(?:不能|不敢|不可以|别|受不了)[^,，。]{0,4}(?:碰|接触|闻|用|戴|沾)|碰不得|"
    r"\b(?:alerg\w*|anaph\w*|react\w*|sensitiv\w*|intoleran\w*|swell\w*|swollen|sneez\w*|wheez\w*|blister\w*|br(?:ea|o)ks? (?:me )?out|"
    r"broke (?:me )?out|eczema|dermatitis|asthma\w*|red|redness|stings?|stung|burn\w*|epi-?pen|runny|stream\w*|water(?:y|ing)|avoid\w*|"
    r"throat|pass(?:ed)? out|breath\w*|can'?t (?:\w+ )?(?:use|wear|touch|be (?:near|around)))\b"
)
"""What a thing of everyday life does to whoever bears it badly; named without any of it, it was only there."""
_SWEAT = re.compile(r"汗|sweat", re.I)
_SWEATS = re.compile(_SKIN)
"""Sweat is a sign of much else: only what skin does tells of an allergy to it."""
_DENIES = re.compile(r"[没未无不否]|\b(?:no|not|never|none|nor|neither|refus\w+|\w+n't)\b")
"""Without any of it in its own clause, a medicine is hardly denied: "我吃缬沙坦，没有过敏"."""
_MINE = re.compile(r"我(?!们|妈|爸|国)[^,，。]{0,12}过敏|\bi(?:'m| am|'ve| have|m)\b[^,.]{0,24}\ballerg")
_UNABLE = re.compile(
    r"不(?:能|敢|可以?|得|了|小心|舒服|再)|[不没][吃用喝碰打]|\b(?:can'?t|cannot|mustn't|couldn't)\b|"
    r"\b(?:don't|doesn't|do not|does not|never) (?:eat|take|drink|use|touch|go near)\b"
)
"""What is not eaten or taken is no less of an allergy."""
_BUT = re.compile(r"\b(?:except|apart from|other than|besides|but not)(?: for| to)? (?:the |my )?$")
ADD_UNTOLD = 0.7
"""The same of a thing of everyday life, such as sweat or paint, where nothing is said of what it does to anybody."""
ADD_UNSAID = {"asked": 0.8, "supposed": 0.85, "told": _NEVER}
"""The same where the clause asks, supposes or quotes."""
DROP_SURE = 0.96
"""Of an allergy to something of a known name, or a disease, that the writer says outright to have: "I'm allergic to grass, take Zyrtec"."""
DROP_UNKNOWN = 0.85
"""Of a thing that no table knows: the model has seen too few of them."""
_LIKE = re.compile(r"\blike (?:half )?(?:an? |the )$|[像象](?:只|个|条)?$|[肿红][得成了](?:像|个|了)*$")
"""What a swelling is compared with: "like half an egg", "红得像虾"."""
RETURN = 0.85
"""Chance from which on a status is believed where the rules have read another than "active" from the words."""
_RESCUE = frozenset({"epinephrine", "adrenaline"})
"""What an allergy is treated with stands beside it without being its cause; rules alone say that somebody is allergic to it."""
TURN = 0.5
"""Chance from which on another kind or another status is believed than the rules say."""


def reviewed(talk: Talk, facts: Sequence[Fact]) -> list[Fact]:
    """Return the facts of a message after the learned reader has looked at them; without it, those of the rules."""
    # A bare answer means what was asked, and an entry in a form what its heading says: the rules know both better.
    model = None if "mentions" in talk.tables.problems or talk.topic or any(clause.kind for clause in talk.clauses) else judge()
    mentions = mentions_in(talk, facts) if model and _says_something(talk) else []
    if model is None or not mentions:
        return list(facts)
    kept = list(facts)
    for mention, opinion in zip(mentions, model.judge(features(talk, mentions)), strict=True):
        if not mention.facts and (_no_fact(talk, mention) or is_part(mention, facts)):
            continue
        verdict = decided(mention, opinion, reacts=_reacts(talk, mention), denies=_denies(talk, mention), own=_own(talk, mention))
        if verdict == mention.verdict or (verdict[0] == "allergy" and verdict[1] in HOLDING and _feared(talk, mention)):
            continue
        if told_better(talk, mention, verdict):
            continue
        if (
            mention.verdict == ("medication", "past")
            and verdict[0] in ("intolerance", "allergy")
            and _read_already(kept, mention, verdict[0])
        ):
            continue  # "I stopped sertraline because it made me sick" says both
        if verdict == ("medication", "denied") and fine_after(talk, mention):
            verdict = ("allergy", "denied")  # "吃阿奇霉素没事"
        if verdict[1] == "active" and verdict[0] != mention.verdict[0]:
            verdict = (verdict[0], status_told(talk, mention, verdict[0]) or verdict[1])
        kept = _turned(talk, kept, mention, verdict, mentions)
    return kept


def _no_fact(talk: Talk, mention: Mention) -> bool:
    """Tell whether a name of which the rules read nothing is one that only looks like a fact: a simile, a part of a word, a state."""
    name = mention.name
    begin = max(mention.clause.start, name.start - 16)
    if _BUT.search(talk.low, begin, name.start) and ANCHOR.search(talk.low, mention.clause.start, name.start):
        return True  # "allergic to all antibiotics except azithromycin"
    if mention.category in ("food", "thing"):
        return bool(_LIKE.search(talk.low, max(0, name.start - 16), name.start)) or talk.low.startswith("扁桃", max(0, name.start - 1))
    states = name.of("condition")
    return mention.category == "condition" and bool(states) and states <= STATES


def _read_already(facts: Sequence[Fact], mention: Mention, kind: str) -> bool:
    """Tell whether a fact of a kind was read already of what a name that means another stands for."""
    return any(fact.kind == kind and not mention.name.references.isdisjoint(fact.references) for fact in facts)


def _own(talk: Talk, mention: Mention) -> bool:
    """Tell whether the rules read an allergy of the writer's own from "I'm allergic to ...", and to something that has a name.

    A disease that is a clause of its own is told as outright: "我妈68岁，糖尿病，在吃二甲双胍".
    """
    if mention.verdict == ("condition", "active") and mention.facts[0].words == mention.clause.text:
        return mention.clause.mode == "said" and len(talk.clauses) > 2
    said = mention.verdict == ("allergy", "active") and mention.clause.people == ("self",) and bool(_MINE.search(mention.clause.low))
    return said and (mention.known or any(name is mention.name for name, _ in talk.more))


def _feared(talk: Talk, mention: Mention) -> bool:
    """Tell whether an allergy is only feared: "我有点怕青霉素过敏", "worried about being allergic to penicillin"."""
    return bool(ANCHOR.search(mention.clause.low)) and only_feared(talk, mention.clause, mention.name.start)


def _reacts(talk: Talk, mention: Mention) -> bool:
    """Tell whether the message speaks of anything that a thing does to whoever is allergic to it."""
    return _speaks_of(_SWEATS if _SWEAT.search(mention.name.words) else _REACTS, talk.low)


@lru_cache(maxsize=16)
def _speaks_of(pattern: re.Pattern[str], low: str) -> bool:
    """Tell whether a pattern matches in a message; every name in it asks the same."""
    return bool(pattern.search(low))


def _denies(talk: Talk, mention: Mention) -> bool:
    """Tell whether anything is denied by a name or right after it, before another is named: "he offered me some, I didn't take it"."""
    here, place = mention.clause, mention.clause.number
    if MISSED.search(talk.low, here.start, mention.name.start):
        return False  # "今天没吃降压药": a dose was left out
    reach = 3 if mention.verdict[0] == "allergy" else 1
    following = [other.low for other in talk.clauses[place + 1 : place + 1 + reach] if not talk.names_in(other)]
    before = (
        [other.low for other in talk.clauses[max(0, place - 3) : place] if other.sentence == here.sentence] if talk.only_names(here) else ()
    )
    end = min((name.start for name in talk.names_in(here) if name.start >= mention.name.end), default=here.end)
    near = [talk.low[here.start : end], *(low for low in following if not ANCHOR.search(low)), *before]
    if mention.verdict[0] == "allergy":  # "I can't take codeine because I'm allergic" denies nothing
        near = [_UNABLE.sub(" ", low) for low in near]
    return any(_DENIES.search(low) for low in near)


def _says_something(talk: Talk) -> bool:
    """Tell whether anything stands beside the names: a bare name says nothing of them."""
    rest = talk.message
    for name in (*talk.names, *(name for name, _ in talk.more)):
        rest = rest.replace(name.words, "")
    return bool(_WORD.search(rest))


@cache
def judge() -> Judge | None:
    """Return the model; nothing when there is none, and the rules decide alone."""
    try:
        return load_judge(ROOT / "knowledge" / "tables" / JUDGE)
    except TableError:
        return None


def decided(mention: Mention, opinion: Judgement, *, reacts: bool = True, denies: bool = True, own: bool = False) -> tuple[str, str]:
    """Return kind and status of a name, both empty for nothing: what the rules say unless the model is sure of something else.

    Args:
        mention: the name, and what the rules read from it.
        opinion: of the model.
        reacts: whether the message speaks of anything that happens to whoever is allergic.
        denies: whether anything is denied where the name stands, or right after it.
        own: whether the writer says outright that it is an allergy of theirs.
    """
    allowed = _OF[mention.category]
    whole = opinion.kinds[""] + sum(opinion.kinds[kind] for kind in allowed)
    chance = {kind: opinion.kinds[kind] / whole for kind in ("", *allowed)}
    best = max(allowed, key=chance.__getitem__)
    status = max(opinion.statuses, key=opinion.statuses.__getitem__)
    kind, said = mention.verdict
    if not kind and not mention.name.references.isdisjoint(_RESCUE):
        allowed = tuple(other for other in allowed if other != "allergy")
        best = max(allowed, key=chance.__getitem__)
    if not kind:
        least = ADD.get(best, _NEVER) if mention.clause.mode == "said" else ADD_UNSAID[mention.clause.mode]
        if mention.category == "thing" and not reacts:
            least = _NEVER if _SWEAT.search(mention.name.words) else max(least, ADD_UNTOLD)
        return (best, status) if 1 - chance[""] >= least else ("", "")
    if chance[""] >= (DROP_SURE if own else DROP.get(kind, _NEVER) if mention.known else DROP_UNKNOWN):
        return ("", "")
    if best != kind and chance[best] >= TURN and chance[best] > chance.get(kind, 0) and best in ADD:
        return (best, status)
    unlikely = status == "denied" and kind in ("allergy", "medication") and not denies
    least = RETURN if said != "active" or unlikely else TURN
    return (kind, status if opinion.statuses[status] >= least else said)


def _turned(talk: Talk, facts: list[Fact], mention: Mention, verdict: tuple[str, str], mentions: Sequence[Mention]) -> list[Fact]:
    """Return the facts with those of one name made to say what was decided."""
    kind, status = verdict
    own = {id(fact) for fact in mention.facts}
    if kind and kind == mention.verdict[0]:
        return [fact.model_copy(update={"status": status}) if id(fact) in own and fact.kind == kind else fact for fact in facts]
    kept = [fact for fact in facts if id(fact) not in own]
    return [*kept, *_made(talk, mention, kind, status, mentions)] if kind else kept  # type: ignore[arg-type]


def _made(talk: Talk, mention: Mention, kind: Kind, status: Status, mentions: Sequence[Mention]) -> Iterator[Fact]:
    name, clause = mention.name, mention.clause
    if name.end > clause.end:  # a name that runs over a mark is its own clause
        clause = replace(clause, end=name.end, text=talk.message[clause.start : name.end])
    if kind == "medication":
        after = min((other.name.start for other in mentions if other.name.start >= name.end), default=clause.end)
        alone = not any(other is not mention and other.clause == mention.clause for other in mentions)
        yield from medication(talk, clause, name, status, min(after, clause.end), alone=alone)
    elif kind in ("condition", "family_history"):
        yield from condition(talk, clause, name, kind, status)
    else:
        references = references_of(name)
        category = "drug" if mention.category in ("drug", "class") else "food" if mention.category == "food" else "other"
        item = Allergen(clause, value_of(name, references, talk), name.words, references, category, name.start, clause.start, clause.start)
        for fact in allergy(talk, clause.number, item, status):
            yield fact if kind == "allergy" else fact.model_copy(update={"kind": kind, "category": "", "severity": ""})
