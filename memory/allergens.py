"""Where the allergens stand: around "过敏" and "allergic to", and in the lists before and after."""

from __future__ import annotations

from collections.abc import Iterator

from memory import allergen_words as say
from memory import patterns as re
from memory.clauses import Clause
from memory.substances import Allergen, category_of, listed, unknown
from memory.talk import Talk


def allergens(talk: Talk, number: int) -> Iterator[Allergen]:
    """Yield what the clause with this number names as allergens, beside each word for allergy in it and in the list around it."""
    clause = talk.clauses[number]
    for match in say.ANCHOR.finditer(clause.low):
        anchor = clause.start + match.end()
        start = clause.start + match.start()
        if match[0].isascii():
            found = [*_after_en(talk, number, start, anchor), *_before_en(talk, clause, start, anchor)]
            before, _ = talk.neighbours(number)
            if not found and start == clause.start and before and talk.only_names(before):  # "Penicillin: anaphylaxis"
                found = [*listed(talk, before, before.start, before.end, start, anchor)]
        else:
            found = [*_before_zh(talk, number, start, anchor)]
            if not any(item.references or talk.is_named(item.place) for item in found) and _follows(talk, clause, anchor):
                found = []  # "女28岁过敏阿奇霉素"
            found = found or [*_after_zh(talk, number, start, anchor)]
            if not found and say.OPENS_ZH.search(clause.low) and anchor >= clause.end - len("的食物有"):
                found = [*_later(talk, number, start, anchor)]
        yield from found or _because(talk, number, start, anchor) or _meant(talk, number, start, anchor)


def _because(talk: Talk, number: int, begin: int, anchor: int) -> list[Allergen]:
    """Read "不能吃海鲜，会过敏" and "I can't eat shellfish, I'm allergic": what the clause before shuns, or took."""
    clause = talk.clauses[number]
    before = talk.clauses[number - 1] if number else None
    if before is None or not say.BARE.fullmatch(clause.low.strip()):
        return []
    asked = (
        before.mode == "asked" and before.sentence == clause.sentence - 1 and bool(say.CONTAINS.search(before.low))
    )  # "Does it contain penicillin? I'm allergic."
    if not asked and (before.mode != "said" or before.sentence != clause.sentence or not say.SHUNS.search(before.low)):
        return []
    named = [*talk.names_in(before), *talk.more_in(before)][-1 if asked else 0 :]
    if any(not category_of(name, talk.tables) and name.of("condition") for name in named):
        named = [name for name in named if category_of(name, talk.tables)]
    return [item for name in named for item in listed(talk, clause if asked else before, name.start, name.end, begin, anchor)]


def _meant(talk: Talk, number: int, begin: int, anchor: int) -> Iterator[Allergen]:
    """Read "医生说是过敏": what was named last before it, in the same sentence or the one before."""
    clause = talk.clauses[number]
    if not say.POINTS_BACK.search(clause.low[: begin - clause.start]):
        return
    first = number == 0 or talk.clauses[number - 1].sentence != clause.sentence
    near = [
        other
        for other in talk.clauses[: number + 1]
        if other.sentence >= clause.sentence - first and other.mode == "said" and other.people == clause.people
    ]
    names = [name for other in near for name in talk.names_in(other) if name.end <= begin and category_of(name, talk.tables)]
    if names:
        yield from listed(talk, clause, names[-1].start, names[-1].end, begin, anchor)


def _before_zh(talk: Talk, number: int, start: int, anchor: int) -> Iterator[Allergen]:
    """Read "对 … 过敏" and "青霉素、头孢过敏", back into the clauses of the same list."""
    clause = talk.clauses[number]
    heads = [m for m in say.TO_ZH.finditer(clause.low, 0, start - clause.start)]
    before = max((m.end() for m in say.ANCHOR.finditer(clause.low, 0, start - clause.start)), default=0)
    heads = [m for m in heads if m.start() >= before]
    if talk.low.startswith("皮试", start):  # "皮试青霉素阳性"
        inside = [*listed(talk, clause, start + 2, anchor, start, anchor, loose=True)]
        if any(item.references for item in inside):
            yield from (item for item in inside if item.references)
            return
    if heads:
        yield from listed(talk, clause, clause.start + heads[0].end(), start, start, anchor)
        return
    run = _run(talk, clause, clause.start + before, start)
    if run is not None:
        yield from listed(talk, clause, run, start, start, anchor)
        opened = run
    else:
        opened = clause.start + before
        yield from unknown(talk, clause, opened, start, start, anchor)
    if clause.low[: opened - clause.start].strip("都也均 全") == "" or run is None:
        yield from _earlier(talk, number, start, anchor)


def _run(talk: Talk, clause: Clause, low: int, start: int) -> int | None:
    """Return where the list of names begins that ends at ``start``; ``None`` when no name stands there."""
    at: int | None = None
    end = start
    for name in reversed(talk.names):
        if name.end > end or name.start < low or not category_of(name, talk.tables):
            continue
        if not say.BETWEEN.fullmatch(talk.low[name.end : end]):
            break
        at = end = name.start
    return at


def _earlier(talk: Talk, number: int, begin: int, anchor: int) -> Iterator[Allergen]:
    """Read the members of the list that stand in clauses before: "头孢，青霉素都过敏", "对花粉，尘螨过敏"."""
    while number:
        number -= 1
        clause = talk.clauses[number]
        if clause.sentence != talk.clauses[number + 1].sentence or clause.mode != "said":
            return
        opened = re.search(r"对(?P<what>[^过]{1,20})$", clause.low)
        if opened:
            yield from listed(talk, clause, clause.start + opened.start("what"), clause.end, begin, anchor)
            return
        if not talk.only_names(clause) or any(start <= clause.start < end for start, end in talk.taken):
            return
        yield from listed(talk, clause, clause.start, clause.end, begin, anchor)


def _after_zh(talk: Talk, number: int, begin: int, anchor: int) -> Iterator[Allergen]:
    clause = talk.clauses[number]
    opened = say.LIST_AFTER.match(talk.low, anchor, clause.end)
    if opened is None and _follows(talk, clause, anchor):
        end = anchor
        for name in talk.names_in(clause):
            if name.start >= end and say.JOINS.fullmatch(talk.low, end, name.start):
                end = name.end
        yield from listed(talk, clause, anchor, end, begin, anchor)
        return
    if opened and opened.end() < clause.end:
        yield from listed(talk, clause, opened.end(), clause.end, begin, anchor)
        yield from _later(talk, number, begin, anchor)


def _follows(talk: Talk, clause: Clause, anchor: int) -> bool:
    """Tell whether the name of an allergen stands right behind the word allergy."""
    return any(name.start == anchor and category_of(name, talk.tables) for name in talk.names_in(clause))


def _after_en(talk: Talk, number: int, begin: int, anchor: int) -> Iterator[Allergen]:
    clause = talk.clauses[number]
    opened = say.TO_EN.match(talk.low, anchor, clause.end)
    bare = re.match(r"\s*", talk.low[anchor : clause.end])
    if not opened and not any(bare and name.start == anchor + bare.end() and category_of(name, talk.tables) for name in talk.names):
        return
    opened = opened or say.NOTHING_BETWEEN.match(talk.low, anchor)
    if opened is None or (
        not say.TO.match(opened[0]) and not any(opened.end() <= n.start < clause.end and category_of(n, talk.tables) for n in talk.names)
    ):
        return
    cut = say.CUT.search(talk.low, opened.end(), clause.end)
    end = cut.start() if cut else clause.end
    if cut and cut.start() == opened.end() and cut[0] in ("it", "that", "this", "them"):
        earlier = [name for name in talk.names if name.end <= opened.end() and category_of(name, talk.tables) == "drug"]
        if earlier:
            yield from listed(talk, clause, earlier[-1].start, earlier[-1].end, begin, anchor)
        return
    found = [*listed(talk, clause, opened.end(), end, begin, anchor)]
    while cut and found and (remark := say.REMARK.match(talk.low, end, clause.end)):  # "penicillin (hives) and sulfa"
        cut = say.CUT.search(talk.low, remark.end(), clause.end)
        end = cut.start() if cut else clause.end
        found += listed(talk, clause, remark.end(), end, begin, anchor)
    yield from found
    if found and not cut:
        yield from _later(talk, number, begin, anchor)


def _later(talk: Talk, number: int, begin: int, anchor: int) -> Iterator[Allergen]:
    """Read the members of the list in the clauses after: "allergic to penicillin, sulfa, and latex"."""
    for clause in talk.clauses[number + 1 :]:
        here = talk.clauses[number]
        short = re.fullmatch(r"\s*(?:(?:and|or|also|plus)\s+(?:to )?(?:[a-z-]+\s?){1,2}|[a-z-]+)", clause.low) and not re.search(
            r"\b(?:i|is|am|are|can|no|not|it|me|my|he|she|was|thanks?|please|ok|help|any|what|hives|rash|swelling|itching|"
            r"anaphylaxis|vomiting|severe|mild|badly|male|female|m|f)\b",
            clause.low,
        )
        remark = say.REMARK_LAST.search(talk.low, clause.start, clause.end)  # "sulfa (rash)"
        named = talk.only_names(clause) or short or (remark and any(name.end == remark.start() for name in talk.names_in(clause)))
        if clause.sentence != here.sentence or clause.mode != "said" or not named:
            return
        yield from listed(talk, clause, clause.start, remark.start() if remark else clause.end, begin, anchor)


def _before_en(talk: Talk, clause: Clause, start: int, anchor: int) -> Iterator[Allergen]:
    """Read "penicillin allergy", "my nut and egg allergies"."""
    if re.fullmatch(r"allergic to", talk.low[start : clause.end]):  # "it's penicillin that I'm allergic to"
        before = [name for name in talk.names_in(clause) if name.end <= start and category_of(name, talk.tables)]
        if before and re.match(r"[^,.]{0,8}\b(?:i|he|she)\b", talk.low[before[-1].end : start]):
            yield from listed(talk, clause, before[-1].start, before[-1].end, start, anchor)
        return
    adjective = re.match(r"allergic(?! to\b)", talk.low[start : start + 12])  # "I'm penicillin allergic", "my egg-allergic nephew"
    if not adjective and not re.match(r"allerg(?:y|ies)|reactions?", talk.low[start : start + 9]):
        return
    run = _run(talk, clause, clause.start, start)
    if run is not None:
        yield from listed(talk, clause, run, start, start, anchor)
    elif not adjective and (word := re.search(r"\b([a-z]+(?:[- ][a-z]+)?)\s+$", talk.low[clause.start : start])):
        last = word[1].split()[-1]
        yield from unknown(talk, clause, clause.start + word.start(1) + word[1].rfind(last), start, start, anchor)
