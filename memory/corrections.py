"""What one clause takes back or denies of another: "不是青霉素，是头孢", "my mother isn't", "I misread the question"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from memory import patterns as re
from memory.allergen_words import ANCHOR
from memory.clauses import Clause
from memory.facts import Fact, Kind
from memory.people import named_in
from memory.substances import category_of, references_of
from memory.talk import Talk, value_of
from tools.names import Name

_CORRECTED: frozenset[Kind] = frozenset({"allergy", "medication", "condition", "intolerance"})
_NOT_I = re.compile(
    r"^(?:但|可|而|不过|就)?(?:我|我自己|自己|本人|他|她|[^,，]{1,5}?)(?:自己|本人|倒|就|可|是|却|都|也)*(?:没有?|"
    r"没有?(?:这|那)(?:个|种)?(?:毛病|问题|情况|病|事)?|"
    r"没这毛病|不过敏|不会|没得)(?:的)?$|"
    r"^(?:but |and |though |while )?(?:i|me|my \w+|he|she|the (?:other|rest))\b[^,.]{0,6}(?:am not|'m not|isn't|aren't|"
    r"don't|doesn't|haven't|hasn't|is not|does not|do not)(?: either| though| myself)?$"
)
_ANSWERS_NO = re.compile(r"(?:说|答|回答)?(?:不过敏|没有过敏|没过敏过?|没有|不会)(?:的|啊|呀|哈|过)*$|\b(?:said no|i'm not|i am not)$")
_NOT_X = re.compile(
    r"[跟与和][^,，]{1,8}(?:没关系|无关)|不关[^,，]{1,8}的?事|记[岔混串]|看错|打错|搞混|岔了|\bnothing to do with\b|"
    r"(?:不是|并不是|并非|而不是|不对|错了|写错|弄错|搞错|记错|说错)|\b(?:not|isn't|wasn't|never|mixed (?:that|it|"
    r"them) up|is fine|was fine|wrong|"
    r"mistake|mix-up)\b"
)
_WITHDRAWS = re.compile(
    r"开玩笑|口误|瞎说|胡说|逗你|做作业|做题|备考|写作业|\b(?:talking rubbish|homework|studying for|misread|misspoke|just kidding|"
    r"was joking|only joking|mix-?up|was a lie|never did)\b"
)
_HINT = re.compile(
    r"[不没错岔混]|无关|说的是|问的是|我是说|的$|讲的是|作业|做题|备考|更正|纠正|胡说|逗你|开玩笑|\bwho's\b|\bit's my\b|rubbish|"
    r"homework|scrap|studying|hang on|says|sorry|correction|typo|口误|瞎说|好了|\b(?:not|\w+n't|no|never|mixed|mix-?up|fine|wrong|"
    r"mistake|mis\w+|kidding|joking|lie|outgrew|"
    r"grew)\b"
)
_NO_MORE = re.compile(
    r"(?:现在|早就|已经)(?:都)?(?:不(?:再)?过敏|好了|没事了)|\b(?:no longer the case|not any ?more|outgrew it|grew out of it|"
    r"isn't true any ?more)\b"
)
_NOT_THIS_ONE = re.compile(r"不是(?P<zh>我(?:妈|爸|女儿|儿子|老公|老婆)?)(?:自己|本人)?$|\bnot (?:for |about )?(?P<en>me|my \w+)$")


# "上面那条说的是我妹，不是我", "I should say it's my son who's taking it": what was told of one is so of the other.
_MEANT = re.compile(
    r"不是(?P<not_zh>我(?:妈|爸|女儿|儿子|老公|老婆|妹|姐|哥|弟)?)(?:自己|本人)?$|(?:说|问|讲|指)的是(?=我|俺|孩子|他|她)|我是说(?=我)|"
    r"应该是(?=我)|^(?:那|这|它)?是我[^,，]{1,4}的$|^不+$|[打写说搞弄]错了?$|"
    r"\bnot (?:for |about )?(?P<not_en>me|my \w+)$|\bi (?:should|ought to) (?:say|have said)\b|\bit'?s (?:actually |really |"
    r"for )?my [\w ]{2,24} (?:who|that)\b|\bnot mine\b|\bshould (?:say|read|be) my\b|\bdid i (?:say|write|put)\b|\bi mean(?:t)? my\b|"
    r"\b(?:that|this|it)(?:'s| is| was)(?: actually| really)? (?:for|about) my\b"
)
_RIGHT = re.compile(
    r"更正|纠正|[看打写说记弄搞拿]错|记[岔混串]|搞混|不对|错了|口误|不是|\b(?:sorry|wrong|correction|typo|hang on|i mean|meant|"
    r"mix(?:ed)?|actually|not|misread|scrap|oops|whoops)\b"
)
_INSTEAD = re.compile(
    r"(?:是|为|叫|写的?|应该|才|[:：]|[“\"「'])[^,，]{0,4}$|\b(?:it'?s|is|was|it was|says|said|meant|mean|actually|should be|"
    r"called)\b[^,.]{0,12}$|^[\W]*$"
)


def read_corrections(talk: Talk) -> Iterator[Fact]:
    """Yield what the clauses of a message deny or take back of what was said before."""
    yield from _of_another(talk)
    yield from _instead(talk)
    for number, clause in talk.stated():
        if not _HINT.search(clause.low):
            continue
        yield from _others_not(talk, number, clause)
        if not ANCHOR.search(clause.low):
            yield from _not_that(talk, clause)
        yield from _withdrawn(talk, clause)


def _of_another(talk: Talk) -> Iterator[Fact]:
    """Read "说的是我妹，不是我": what the turn before told of the one is so of the other."""
    for clause in talk.clauses:
        match = _MEANT.search(clause.low) if clause.mode in ("said", "told") and talk.known else None
        if match is None:
            continue
        denied = match.groupdict().get("not_zh") or match.groupdict().get("not_en") or "我"
        wrong = "self" if denied in ("我", "me") else next(iter(named_in(denied).people), "self")
        near = [other for other in talk.clauses if abs(other.number - clause.number) <= 1]
        right = next((p for other in (clause, *near) for p in _meant(other) if p != wrong), "")
        before = [fact for fact in _held(talk.known) if fact.turn == talk.known[-1].turn and fact.subject == wrong]
        others = [name for other in near for name in talk.names_in(other) if name.references]
        if not right or (others and not any(set(fact.references) & set(name.references) for fact in before for name in others)):
            continue
        for fact in before:
            yield _about(fact, clause, "refuted")
            yield _about(fact, clause, fact.status).model_copy(update={"subject": right, "detail": fact.detail, "facets": fact.facets})
        return


def _meant(clause: Clause) -> tuple[str, ...]:
    """Return whom a clause names, without those whom it says it is not."""
    words = re.sub(r"不是[^,，]{1,4}$|\bnot (?:for |about )?(?:me|my \w+)$", "", clause.low)
    return named_in(words).people


def _instead(talk: Talk) -> Iterator[Fact]:
    """Read "是阿昔洛韦，不是阿司匹林": what is named instead of what was said before is so."""
    if not talk.known or not _RIGHT.search(talk.low):
        return
    held = [
        fact for fact in _held(talk.known) if fact.kind in ("allergy", "medication", "intolerance") and fact.turn == talk.known[-1].turn
    ]
    for clause in talk.clauses:
        for fact in held:
            wrong = [name for name in talk.names_in(clause) if set(fact.references) & set(name.references)]
            if not wrong or clause.mode in ("asked", "supposed") or not _NOT_X.search(clause.low):
                continue
            near = [other for other in talk.clauses if abs(other.number - clause.number) <= 2 and other.mode in ("said", "told")]
            for name in (name for other in near for name in talk.names_in(other)):
                category = category_of(name, talk.tables)
                if name in wrong or set(name.references) & set(fact.references) or not category or not _INSTEAD.search(_before(talk, name)):
                    continue
                references = references_of(name) if fact.kind == "allergy" else tuple(sorted(name.drugs or references_of(name)))
                changed = {"value": value_of(name, references, talk), "words": name.words, "references": references}
                yield _about(fact, clause, fact.status).model_copy(update=changed | {"detail": fact.detail, "facets": fact.facets})


def _before(talk: Talk, name: Name) -> str:
    """Return what stands before a name in its clause."""
    holder = next((clause for clause in talk.clauses if clause.start <= name.start < clause.end), None)
    return talk.low[holder.start if holder else max(0, name.start - 16) : name.start]


def _others_not(talk: Talk, number: int, clause: Clause) -> Iterator[Fact]:
    """Read "我妈对磺胺过敏，我没有" and "问利多卡因过敏吗，我说不过敏"."""
    if (
        number
        and talk.clauses[number - 1].mode == "asked"
        and _ANSWERS_NO.search(clause.low)
        and ANCHOR.search(talk.clauses[number - 1].low)
    ):
        for name in talk.names_in(talk.clauses[number - 1]):
            if category := category_of(name, talk.tables):
                references = references_of(name)
                value = value_of(name, references, talk)
                yield from talk.facts(clause, "allergy", value, words=name.words, status="denied", references=references, category=category)
        return
    if not _NOT_I.search(clause.low) or talk.names_in(clause):
        return
    start = talk.clauses[max(0, number - 3)].start
    # Across turns "我没有" denies what was said last of somebody else.
    told = [
        fact
        for fact in talk.found
        if fact.kind in ("allergy", "condition") and fact.holds and fact.span and fact.span[0] >= start and fact.span[1] <= clause.start
    ]
    told = told or ([last] if number == 0 and (last := _last_of_others(talk, clause)) else [])
    for fact in told:
        for person in clause.people:
            tested = re.search(r"\b(?:i'm|i am|he's|she's) not$|其实(?:没有|不是)|并不过敏", clause.low)
            if person == fact.subject and tested:
                yield _about(fact, clause, "refuted")
            elif person != fact.subject:
                yield _about(fact, clause, "denied").model_copy(update={"subject": person})


def _last_of_others(talk: Talk, clause: Clause) -> Fact | None:
    held = [fact for fact in talk.known if fact.kind == "allergy" and fact.holds and fact.subject not in clause.people]
    return held[-1] if held and named_in(clause.low).people else None


def _not_that(talk: Talk, clause: Clause) -> Iterator[Fact]:
    """Read "不是青霉素" and "头孢那个不对" of something that was said to be so."""
    names = talk.names_in(clause)
    if not names or not _NOT_X.search(clause.low):
        return
    for name in names:
        for fact in _held([*talk.known, *talk.found]):
            if fact.subject in clause.people and fact.kind in _CORRECTED and set(fact.references) & set(name.references):
                yield _about(fact, clause, "refuted")


def _withdrawn(talk: Talk, clause: Clause) -> Iterator[Fact]:
    """Read "开玩笑的", "that's no longer the case" and "not my daughter" of what the turn before said."""
    match = _NOT_THIS_ONE.search(clause.low)
    if not (match or _WITHDRAWS.search(clause.low) or _NO_MORE.search(clause.low)) or talk.names_in(clause):
        return
    before = [fact for fact in _held(talk.known) if fact.kind in _CORRECTED]
    before = [fact for fact in before if fact.turn == before[-1].turn]
    if not before:
        return
    if _WITHDRAWS.search(clause.low) and not talk.found:
        yield from (_about(fact, clause, "refuted") for fact in before)
    elif _NO_MORE.search(clause.low) and not ANCHOR.search(clause.low):
        yield from (_about(fact, clause, "past") for fact in before[-1:] if fact.kind == "allergy")
    elif match is not None:
        who = "self" if (match["zh"] or match["en"]) in ("我", "me") else next(iter(named_in(match["zh"] or match["en"]).people), "")
        yield from (_about(fact, clause, "refuted") for fact in before if fact.subject == who and fact.kind == "allergy")


def _held(said: Sequence[Fact]) -> list[Fact]:
    latest: dict[tuple[str, ...], Fact] = {fact.key: fact for fact in said}
    return [fact for fact in latest.values() if fact.holds]


def _about(fact: Fact, clause: Clause, status: str) -> Fact:
    changed = {
        "status": status,
        "severity": "",
        "quote": clause.text,
        "span": (clause.start, clause.end),
        "confirmed": False,
        "facets": {},
        "detail": "",
    }
    return fact.model_copy(update=changed)


def settled(found: Sequence[Fact], known: Sequence[Fact]) -> Iterator[Fact]:
    """Yield the facts of a message in order; a denial of what was said before refutes it."""
    latest: dict[tuple[str, ...], Fact] = {fact.key: fact for fact in known}
    for fact in sorted(found, key=lambda fact: fact.span or (0, 0)):
        before = latest.get(fact.key)
        if fact.status == "denied" and fact.kind in _CORRECTED and before and before.status in ("active", "suspected", "refuted"):
            fact = fact.model_copy(update={"status": "refuted"})
        latest[fact.key] = fact
        yield fact
