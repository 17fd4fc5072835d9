"""Reactions told without the word allergy: an itching rash after a drug may be one, an upset stomach is an intolerance."""

from __future__ import annotations

from collections.abc import Iterator

from memory import patterns as re
from memory.clauses import Clause
from memory.facts import Fact
from memory.medicine_words import STOPPED
from memory.severity import severity_of
from memory.substances import category_of, references_of
from memory.talk import Talk, details, value_of
from memory.told_status import asks_allergy
from tools.names import Name

_TAKEN_ZH = re.compile(
    r"(?:吃|服用?|用|打|输|注射|喝|涂|抹|滴|接触|碰|闻|对)(?:了|过|着|完|上|点|一次|几次|[一二两三]?[片粒针次天]的?)*[^,，。]{0,4}$"
)
_IMMUNE = re.compile(
    r"(?:起|出|长|冒)(?:过|了|满|很多|好多|大片|一|身|浑身|全身|红|皮|大|的|好几|些)*(?:疹|疙瘩|风团|水?疱|红点|包)|"
    r"皮疹|红疹|休克|喉头?水肿|(?:嘴|脸|嗓子|喉咙|眼睛|眼皮|"
    r"舌头)[^,，。]{0,4}肿|荨麻疹|(?:全身|浑身|身上|皮肤)[^,，。]{0,3}(?:痒|红)|喘不[过上]|呼吸困难|窒息|"
    r"\b(?:hives|rash(?:es)?|anaphyla\w*|swell\w*|swollen|welts|blisters?|throat (?:\w+ )?(?:clos|tight)\w*|clos\w+ (?:my|"
    r"his|her) throat|(?:couldn't|can't|trouble|difficulty|hard to) breath\w*|itch\w* all over|breaks? (?:me )?out|"
    r"broke (?:me )?out|break out|wheez\w+)\b"
)
_SIDE = re.compile(
    r"(?:腿|肌肉|关节|浑身|嗓子)[^,，。]{0,2}(?:疼|痛|酸|痒)|拉稀|(?:胃|肚子|腹)[^,，。]{0,3}(?:疼|痛|难受|不舒服|"
    r"不适|胀|受不了|反酸)|恶心|呕吐|想吐|吐(?!了口)|拉肚子|腹泻|"
    r"头[晕疼痛]|犯困|嗜睡|睡不着|便秘|心慌|干咳|咳嗽|水肿|腿肿|肌肉(?:疼|痛|酸)|反胃|烧心|没劲|乏力|失眠|口干|手抖|出血|"
    r"\b(?:upset(?:s|ting)? (?:my |his |her )?stomach|stomach (?:aches?|pains?|cramps?|upset|trouble|issues)|nause\w+|"
    r"sick(?: to (?:my|his|her) stomach)?|vomit\w*|throw(?:s|ing)? up|threw up|diarrh\w+|the runs|dizz\w+|drows\w+|sleepy|"
    r"headaches?|constipat\w+|"
    r"cough(?:ing)?|swollen ankles|ankle swelling|muscle (?:aches?|pains?|cramps?)|palpitations|heartburn|jittery|insomnia|"
    r"can't sleep|groggy|loopy|hallucinat\w+|stomach|bleed\w*|tired|fatigue)\b"
)
_AFTER_ZH = re.compile(
    r"(?:一)?(?:吃|用|打|服|喝|输|抹|戴)(?:了|完|过|上)?(?:就|后|之后|以后|会|总|都|$|,|，|[^,，。]{0,6}(?:不舒服|"
    r"难受|疼|痛|疹|便秘|吐|拉|恶心|晕|困|咳|痒|肿|慌))|"
    r"(?:手套)?一戴就"
)
_CAUSES_EN = re.compile(
    r"\s*(?:\w+ )?(?:\w+ )?(?:gives?|gave|makes?|made|causes?|caused|messes?|tears?|upsets?|triggers?|brings? on|brought on|"
    r"led to|left|kills?|wrecks?|put)\b"
)
_AFTER_EN = re.compile(
    r"(?:after|from|with|on|when(?:ever)? (?:i|he|she)(?:'m)? (?:take|took|takes|on|had|tried)|because of|due to|"
    r"to)\s+(?:taking |having |starting |eating |"
    r"(?:(?:the|my|his|her|their|a|one|two|three|that|first|second|third|last|single|every|each|few) )*(?:doses?|course|tablets?|pills?|"
    r"capsules?|shots?|injections?|bites?|sips?|glass|cup|handful|piece|slice|spoonful) of |the |my |his |her |some )*$"
)
_TOOK_EN = re.compile(r"\b(?:took|take|takes|taking|tried|had|given|gave (?:me|him|her)|on|used|using|eat|eats|ate|eating)\b[^,.]{0,16}$")
_INTOLERANT = re.compile(
    r"(?P<zh>[\u4e00-\u9fff]{1,6}?)不耐受|对(?P<to>[\u4e00-\u9fffA-Za-z]{1,8})不耐受|(?:耐受不了|受不了|"
    r"不能耐受)(?P<bear>[\u4e00-\u9fff]{2,8})|\b(?P<en>(?!(?:am|is|are|was|be|been|i'?m|he'?s|she'?s|very|severely|badly|an|a|of|"
    r"to|and|also)\b)[a-z]+)[- ](?:intolerant|intolerance)\b|\b(?P<agree>[a-z]+) (?:doesn't|"
    r"does not|don't|do not|never) agrees? with (?:me|him|her)\b|\b(?:intolerant (?:to|of)|intolerance (?:to|of)|(?:can't|"
    r"cannot|couldn't|don't|not able to|unable to) tolerate)\s+(?P<of>(?!it\b|that\b|them\b|this\b|any)[a-z]+(?: [a-z]+)?)"
)
_DOUBT = re.compile(
    r"可能|好像|似乎|怀疑|不确定|不知道是不是|疑似|\b(?:might|maybe|possibly|perhaps|not sure|could be|may be|possible|unsure|wonder\w*)\b"
)
_BEARS = re.compile(r"耐受|受不了|intoleran|tolerat|agree")
_STILL_FINE = re.compile(
    r"没(?:有)?(?:什么|出现|任何)?(?:不适|副作用|反应|事)|no (?:problem|issue|side effect|reaction|trouble)|without (?:any )?(?:problem|"
    r"issue|reaction)|fine\b"
)
_LABEL = re.compile(r"会(?:不会)?(?:引起|导致)|副作用(?:是|有)|可能会")


def read_reactions(talk: Talk) -> Iterator[Fact]:
    """Yield the allergies and intolerances that a message tells as what happened after a drug."""
    for number, clause in talk.stated():
        if clause.kind not in ("", "allergy", "condition"):
            continue
        yield from _intolerances(talk, clause)
        yield from _pronoun(talk, number, clause)
        for name in talk.names_in(clause):
            if category_of(name, talk.tables) and not any(a <= name.start < b for a, b in talk.taken):
                yield from _reaction(talk, number, clause, name)
                yield from _likewise(talk, number, clause, name)
        for name in talk.more_in(clause) if talk.more else ():  # of no table: "strawberries give me hives"
            if not any(a <= name.start < b for a, b in talk.taken) and _IMMUNE.search(clause.low):
                yield from _reaction(talk, number, clause, name)


def _intolerances(talk: Talk, clause: Clause) -> Iterator[Fact]:
    for match in _INTOLERANT.finditer(clause.low) if _BEARS.search(clause.low) else ():
        group = next(key for key, said in match.groupdict().items() if said)
        start, end = clause.start + match.start(group), clause.start + match.end(group)
        names = [name for name in talk.names if start <= name.start and name.end <= end]
        status = "denied" if re.search(r"(?:没有?|不是|无|not|no|n't)\s*$", clause.low[: match.start()]) else "active"
        if names:
            for name in names:
                yield from _made(talk, clause, name, "intolerance", status, "")
        else:
            words = re.sub(r"^(?:我|他|她|有|是|对|孩子|宝宝|一直|从小)+", "", talk.message[start:end])
            if words and words not in ("a", "an", "food", "the", "算", "属于", "这", "就", "说"):
                yield from talk.facts(clause, "intolerance", words if talk.language == "zh" else words.lower(), words=words, status=status)


def _reaction(talk: Talk, number: int, clause: Clause, name: Name) -> Iterator[Fact]:
    before, after = clause.low[: name.start - clause.start], clause.low[name.end - clause.start :]
    told = _told(talk, number, clause, before, after)
    if not told or _LABEL.search(clause.low) or _STILL_FINE.search(told):
        return
    immune, side = _IMMUNE.search(told), _SIDE.search(told)
    if not immune and (not side or category_of(name, talk.tables) != "drug"):
        return
    negated = re.search(r"(?:没有?|不|无|no|not|n't|never)\s*(?:\w+ )?$", told[: (immune or side).start()])  # type: ignore[union-attr]
    if negated:
        return
    talk.taken.append((name.start, name.end))
    words = (immune or side)[0]  # type: ignore[index]
    if immune:
        severity, _ = severity_of(talk, number, place=name.start)
        for fact in _made(talk, clause, name, "allergy", _sure(talk, number), words):
            yield fact.model_copy(update={"severity": severity, "category": category_of(name, talk.tables) or "other"})
    else:
        yield from _made(talk, clause, name, "intolerance", "active", words)


_GIVEN_UP = re.compile(
    r"(?:得|的)?(?:很|太|特别)?(?:厉害|不行|要命|受不了|严重)?[，,]?(?:我|医生)?(?:就|所以|只好|才|给)+(?:停|不吃了|不敢吃|没再吃)|"
    r" so (?:i|he|she|we|they) (?:stopped|quit)\b"
)
"""Behind what a medicine did: it was given up for it, "肌肉疼就停了"."""
_WHY = re.compile(r"因为|because of|due to|on account of")
_FOR = re.compile(r"(?:because of|due to|on account of|from) (?:the |bad |severe |constant |terrible )*")
_SO_DOES = re.compile(r"(?:and |but |so )?(?:so (?:does|did|do) )?(?:the )?")
_DOES_TOO = re.compile(
    r"(?: (?:does|did|do|is|was))?(?: (?:that|it|the same|exactly the same))?(?: to me)?(?:,? (?:too|as well|also))?$|"
    r"(?:我|他|她|吃了?)?也(?:是|一样|会|不行)(?:的|这样|如此)?$"
)


def _likewise(talk: Talk, number: int, clause: Clause, name: Name) -> Iterator[Fact]:
    """Read "Penicillin gives me hives. Amoxicillin does too.": the second did what was told of the first."""
    before, after = clause.low[: name.start - clause.start], clause.low[name.end - clause.start :]
    opened = _SO_DOES.fullmatch(before)
    if not number or not opened or not _DOES_TOO.match(after) or not (after or "so d" in before):
        return
    first = next((other for other in reversed(talk.clauses[:number]) if other.low not in ("and", "but")), clause)
    told = [fact for fact in talk.found if fact.kind in ("allergy", "intolerance") and fact.span == (first.start, first.end)]
    if not told or told[-1].subject not in clause.people or clause.sentence > first.sentence + 1:
        return
    talk.taken.append((name.start, name.end))
    for fact in _made(talk, clause, name, told[-1].kind, told[-1].status, told[-1].detail):
        yield fact.model_copy(
            update={"severity": told[-1].severity, "category": category_of(name, talk.tables) if told[-1].category else ""}
        )


_IT = re.compile(
    r"^(?:but |because |so |and |since )?(?:it|they|that|this|which)\b(?= (?:always |just |really |only )?(?:gives?|gave|"
    r"makes?|made|causes?|caused|upsets?|brings?|brought|closes?|swells?|messes|hurts|irritat\w+|put|kept|keeps|leaves|left|"
    r"dries|tears|did))|^(?:因为|但是?|可是|不过|就是|只是|而且)?(?:它|这个?药|一(?:吃|碰|用|打|喝|闻|沾|抹)(?:就|了)?|吃了(?:就|会|以后|之后)?|吃完(?:就|会)?|每次吃)"
)


def _stopped_for(talk: Talk, number: int, place: int) -> bool:
    """Tell whether what stands at a place in a clause is why the clause before stopped something: "because of diarrhea"."""
    reason = _FOR.match(talk.clauses[number].low)
    return bool(number and reason and reason.end() == place and STOPPED.search(talk.clauses[number - 1].low))


def _pronoun(talk: Talk, number: int, clause: Clause) -> Iterator[Fact]:
    """Read "it upsets my stomach" of the drug that was named in the clause before."""
    side = _SIDE.search(clause.low)
    given_up = side and (_GIVEN_UP.match(clause.low, side.end()) or _stopped_for(talk, number, side.start()))
    if not number or not (_IT.search(clause.low) or given_up) or (talk.names_in(clause) and not given_up):
        return
    before = talk.clauses[number - 1]
    if number > 1 and _WHY.match(before.low):  # "I can't take ibuprofen because of my asthma, it makes me wheeze"
        before = talk.clauses[number - 2]
    names = [name for name in talk.names_in(before) if category_of(name, talk.tables)]
    immune = _IMMUNE.search(clause.low)
    if len(names) != 1 or before.mode != "said" or clause.sentence > before.sentence + 1 or not (immune or side):
        return
    if immune and not re.search(r"过敏|allerg", before.low):
        for fact in _made(talk, clause, names[0], "allergy", _sure(talk, number), immune[0]):
            severity, _ = severity_of(talk, number)
            yield fact.model_copy(update={"category": category_of(names[0], talk.tables), "severity": severity})
    elif side and not immune and category_of(names[0], talk.tables) == "drug" and not re.search(r"(?<!不)过敏|(?<!not )allerg", before.low):
        yield from _made(talk, clause, names[0], "intolerance", "active", side[0])


def _sure(talk: Talk, number: int) -> str:
    """Return ``suspected`` where the patient doubts it, otherwise the reaction counts as an allergy: the safer reading."""
    here = talk.clauses[number]
    near = " ".join(clause.low for clause in talk.clauses[number:] if clause.sentence == here.sentence)
    return "suspected" if _DOUBT.search(near) or asks_allergy(talk, here) else "active"


def _told(talk: Talk, number: int, clause: Clause, before: str, after: str) -> str:
    """Return what is said to have followed on a name; empty when nothing follows from it."""
    _, following = talk.neighbours(number)
    further = (
        following.low
        if following and following.mode == "said" and not talk.names_in(following) and following.people == clause.people
        else ""
    )
    if _TAKEN_ZH.search(before):
        quick = (
            re.match(r"(?:之?后|以后|就|会|都|总|老|完|的时候|时|过敏|,|，|$|\s|[^,，。]{0,4}(?:后|就|会|都|总是))", after)
            or _IMMUNE.match(after.lstrip("了过"))
            or _SIDE.match(after.lstrip("了过"))
        )
        return (
            after + ("，" + further if re.match(r"[^,，。]{0,5}$", after) else "")
            if quick or _IMMUNE.search(after) or _SIDE.search(after)
            else ""
        )
    if _AFTER_ZH.match(after):
        return after + ("，" + further if re.match(r"[^,，。]{0,8}$", after) else "")
    if _CAUSES_EN.match(after):
        return after
    if _AFTER_EN.search(before):
        return before + " " + after
    if _TOOK_EN.search(before) and re.search(r"\b(?:and|then|,)\b", after + further):
        return after + " " + further
    return ""


def _made(talk: Talk, clause: Clause, name: Name, kind: str, status: str, reaction: str) -> Iterator[Fact]:
    references = references_of(name) if kind == "allergy" else tuple(sorted(name.drugs)) or references_of(name)
    facets = {"reaction": reaction} if reaction else {}
    yield from talk.facts(
        clause, kind, value_of(name, references, talk), words=name.words, status=status, references=references,  # type: ignore[arg-type]
        detail=details(reaction), facets=facets,
    )  # fmt: skip
