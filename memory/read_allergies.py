"""Allergies from the patient's own words: stated, listed in a form, denied, taken back or doubted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from memory import allergy_words as say
from memory import medicine_words
from memory import patterns as re
from memory.allergen_words import ANCHOR
from memory.allergens import allergens
from memory.bare_denials import meant
from memory.clauses import Clause
from memory.facts import ANY, Fact, Status
from memory.fears import only_feared
from memory.read_tests import tested
from memory.severity import REACTION, reaction_in, severity_of
from memory.substances import Allergen, category_of, listed, references_of
from memory.talk import Talk, details, value_of
from tools.names import Name
from tools.text import fold


def read_allergies(talk: Talk) -> Iterator[Fact]:
    """Yield what a message says about allergies."""
    for number, clause in enumerate(talk.clauses):
        if clause.mode in ("told", "supposed"):
            continue
        if results := [*tested(talk, clause)] if clause.mode == "said" else []:
            for item, status in results:
                yield from allergy(talk, number, item, status)
        elif clause.kind == "allergy":
            yield from _form(talk, number, clause)
        elif say.HINT.search(clause.low) and (ANCHOR.search(clause.low) or re.search(r"\bnk?da\b", clause.low)):
            yield from _spoken(talk, number, clause)
        elif talk.topic == "allergy" and clause.sentence <= 2 and clause.mode == "said":
            yield from _answer(talk, number, clause)
        elif clause.mode == "said":
            yield from _taken_back(talk, clause)
            yield from _excepted(talk, number, clause)
            yield from _also(talk, number, clause)


def _excepted(talk: Talk, number: int, clause: Clause) -> Iterator[Fact]:
    """Read the exception in a clause of its own: "nothing I'm allergic to, apart from iodine"."""
    before, _ = talk.neighbours(number)
    match = say.EXCEPT.match(clause.low)
    if match and before and (ANCHOR.search(before.low) or say.NONE.search(before.low)):
        for item in listed(talk, clause, clause.start + match.start("what"), clause.end, clause.end, clause.end):
            if item.references or talk.is_named(item.place) or not say.JUST.match(clause.low):
                yield from allergy(talk, number, item, "active")


def _answer(talk: Talk, number: int, clause: Clause) -> Iterator[Fact]:
    """Read a bare answer to the question whether there are allergies."""
    if say.ANSWERS_NO.search(clause.low) and not say.MAY_NOT.search(clause.low):
        beside = (other for other in talk.clauses if other.sentence == clause.sentence and not _speaks_of_using(other))
        same = [name for other in beside for name in talk.names_in(other)]
        if clause.sentence == 1 and not any(category_of(name, talk.tables) for name in same):
            yield from _none_known(talk, clause)
        return
    short = len(clause.low.split()) <= 5 if clause.low.isascii() else len(clause.low) <= 10
    named = [name for name in talk.names_in(clause) if category_of(name, talk.tables)]
    if _speaks_of_using(clause) and not REACTION.search(clause.low):
        return  # "any allergies?" - "I have been taking simvastatin"
    if short and (named or say.ANSWERS_YES.search(clause.low)):
        opened = say.ANSWERS_YES.search(clause.low)
        start = clause.start + (opened.end() if opened else 0)
        for item in listed(talk, clause, start, clause.end, clause.end, clause.end, loose=bool(named)):
            yield from allergy(talk, number, item, "active")


def _speaks_of_using(clause: Clause) -> bool:
    return bool(medicine_words.NOW.search(clause.low) or say.USES.search(clause.low)) and not say.UNABLE.search(clause.low)


def _also(talk: Talk, number: int, clause: Clause) -> Iterator[Fact]:
    """Read "and also to pineapple" after an allergy was told."""
    match = say.ALSO.search(clause.low)
    last = talk.last("allergy", clause.people)
    if match and last and last.value != ANY and number == 0:
        start, end = match.span("en" if match["en"] else "zh")
        for item in listed(talk, clause, clause.start + start, clause.start + end, clause.end, clause.end):
            yield from allergy(talk, number, item, "active")


def _form(talk: Talk, number: int, clause: Clause) -> Iterator[Fact]:
    """Read an entry under "过敏史：" or "Allergies:"."""
    if say.UNKNOWN.search(clause.low):
        return
    names = [name for name in talk.names_in(clause) if category_of(name, talk.tables)]
    if say.NONE.search(clause.low) or (say.NOTHING.match(clause.low) and not names):
        yield from _none_known(talk, clause)
        return
    denied = bool(say.NOTHING.match(clause.low))
    if re.search(r"过敏(?!性)|allerg(?!ic rhin)", clause.low):
        yield from _spoken(talk, number, clause)
        return
    shown = [*listed(talk, clause, clause.start, clause.end, clause.end, clause.end, loose=True)]
    if not shown and (symptom := re.search(r"(?P<what>[\u4e00-\u9fff]{1,6})症", clause.low)):
        start, end = (clause.start + place for place in symptom.span("what"))
        shown = [item for item in listed(talk, clause, start, end, clause.end, clause.end) if talk.tables.names.references(item.words)]
    for item in shown:
        if not item.references and REACTION.fullmatch(fold(item.words)):
            continue  # "Allergies: penicillin - rash"
        queried = "?" in talk.low[max(0, clause.start - 3) : clause.start]
        yield from allergy(talk, number, item, "denied" if denied else "suspected" if queried else _status(talk, clause, item))


def _none_known(talk: Talk, clause: Clause) -> Iterator[Fact]:
    if say.OTHER.search(clause.low) or (say.FOOD_ONLY.search(clause.low) and not say.DRUG.search(clause.low)) or clause.mode == "asked":
        return
    names = meant(talk, clause)
    yield from _denied_names(talk, clause, names or ())
    if names is None:
        yield from talk.facts(clause, "allergy", ANY, status="denied", category="drug")


def _denied_names(talk: Talk, clause: Clause, names: Iterable[Name]) -> Iterator[Fact]:
    for name in names:
        references = references_of(name)
        yield from talk.facts(
            clause, "allergy", value_of(name, references, talk), words=name.words, status="denied", references=references,
            category=category_of(name, talk.tables),
        )  # fmt: skip


def _spoken(talk: Talk, number: int, clause: Clause) -> Iterator[Fact]:
    if clause.mode == "asked" and not say.PRESUPPOSED.search(clause.low):
        return
    excepted = say.EXCEPT.search(clause.low)
    none = say.NONE.search(clause.low)
    if none is None and (names := meant(talk, clause)):
        yield from _denied_names(talk, clause, names)
        return
    if none:
        start, end = clause.start + none.start(), clause.start + none.end() + len(" to ")
        inside = [
            name
            for name in talk.names_in(clause)
            if category_of(name, talk.tables) and (start <= name.start <= end or 0 <= start - name.end <= 2)
        ]
        inside = inside or ([name for name in talk.names_in(clause) if category_of(name, talk.tables)] if excepted else [])
        if not inside:
            yield from _none_known(talk, clause)
            return
        if excepted:
            for item in listed(talk, clause, clause.start + excepted.start("what"), clause.end, clause.end, clause.end, loose=True):
                yield from allergy(talk, number, item, "active")
            return
    for item in allergens(talk, number):
        if not only_feared(talk, clause, min(item.place, item.begin)):
            yield from allergy(talk, number, item, _status(talk, clause, item))


def _status(talk: Talk, clause: Clause, item: Allergen) -> Status:
    """Tell how an allergen is meant; ``clause`` holds the word allergy."""
    low = clause.low
    begin = max(0, item.begin - clause.start)
    place = begin if item.place < clause.start else item.place - clause.start if item.clause is clause else 0
    before, between = low[: min(place, begin)], low[place:begin]
    sentence = " ".join(other.low for other in talk.clauses if other.sentence == clause.sentence and other.start >= clause.start)
    denied = _denied(before, between)
    whole = " ".join(other.low for other in talk.clauses if abs(other.sentence - clause.sentence) <= 1)
    denied = denied or (item.clause is clause and bool(say.DENIED_AFTER.match(low, max(0, item.anchor - clause.start))))
    if denied and say.PAST.search(before):
        return "past"
    if denied:
        return "refuted" if say.CORRECTS.search(whole) else "denied"
    if talk.low.startswith("皮试", item.begin) and item.clause is clause:
        return "active"
    if say.REVOKED.search(sentence):
        return "refuted"
    if re.search(r"以为|\bthought\b", before) and re.search(r"不(?:是)?过敏|没有过敏|not allerg|wasn't|isn't|其实不|并不", sentence):
        return "refuted"
    if (say.PAST.search(low) or re.search(r"\bwas\b", low)) and say.NO_MORE.search(sentence):
        return "past"
    if say.NO_MORE.search(low):
        return "past"
    opened = talk.clauses[clause.number - 1] if clause.number else None
    if opened and not opened.ends and opened.end == clause.start and say.SUSPECTS.search(opened.low):
        return "suspected"
    if say.DOUBTED.search(low) or re.search(r"可疑|不确定|没(?:有)?确诊", sentence):
        return "suspected"
    return "active"


def _denied(before: str, between: str) -> bool:
    if re.search(r"算不算|是不是|会不会|有没有", f"{before} {between}"):
        return False
    if say.NOT_ONLY.search(before):
        return False
    inner = re.search(r"(?<!是)(?:不|没有?|并不|都不|也不|并没)(?:会|是|再|曾|算|怎么|真的?|有)*(?=过敏|皮试|$)", between)
    if inner and not re.search(r"不得不|不是不|不小心|不停|不少|不良", between):
        return not re.search(r"不是$", before)
    return bool(say.DENIED.search(before))


def allergy(talk: Talk, number: int, item: Allergen, status: Status) -> Iterator[Fact]:
    """Yield the allergy to an allergen, with the reaction told beside it; ``number`` is that of the clause."""
    reaction, (severity, said) = reaction_in(talk, number, item.clause, item.place), severity_of(talk, number, item.clause, item.place)
    facets = {key: part for key, part in (("reaction", reaction), ("severity", said)) if part}
    held = status in ("active", "suspected")
    yield from talk.facts(
        item.clause, "allergy", item.value, words=item.words, status=status, references=item.references, category=item.category,
        detail=details(reaction, said), facets=facets, severity=severity if held else "",
    )  # fmt: skip


def _taken_back(talk: Talk, clause: Clause) -> Iterator[Fact]:
    """Read "后来做激发试验是阴性": the allergy spoken of last is taken back."""
    if not say.REVOKES.search(clause.low) or not say.REVOKED.search(clause.low) or (before := talk.last("allergy", clause.people)) is None:
        return
    if before.value != ANY:
        yield before.model_copy(update={"status": "refuted", "severity": "", "quote": clause.text, "span": (clause.start, clause.end)})
