"""What a message says of a thing after it was read: a drug borne before and not now, a stop that was none, and one that is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from memory import patterns as re
from memory.clauses import Clause
from memory.facts import ANY, Fact
from memory.severity import REACTION
from memory.substances import category_of
from memory.talk import Talk

_TURNS = re.compile(
    r"但|可是|不过|后来|现在|这次|这回|今年|昨天|今天|最近|上周|上个?月|谁知|结果|一(?:打|吃|用|输|喝|碰)|(?:用药|打|输|吃|用)(?:的时候|后|完|了)|"
    r"\b(?:but|until|till|now|then|recently|yesterday|today|this time|last (?:week|month|year|night|time))\b"
)
_BROKE_OUT = re.compile(
    r"(?<![不没])(?<!不会)(?<!没有)(?<!并不)过敏(?!源|原|史|性?鼻炎|吗)|阳性|[(（][+＋]+[)）]|\b(?:reacted|allergic reaction)\b"
)
_HAS = re.compile(r"(?:有|患|患有|得|得过|没|没有|无|不|\bno|\bnot|\bnever|n't|have|has)\s?$")
"""Before a reaction: an illness that somebody has, or nothing at all."""
_OF_OTHERS = re.compile(r"别的|其他|其它|其余|另一种|\b(?:others?|another|the rest|everything else)\b")
_STAYED = re.compile(
    r"(?:没有?|从没|从未|未|不能|不敢|不要|不可以?|别)(?:自己|自行|擅自|随便|有|曾|再|敢)?(?:停|断)(?!药后)|"
    r"\b(?:never|not|cannot|can't|haven't|hasn't|didn't|don't|doesn't|won't)\b(?: \w+)? (?:stop|miss|skip|forget|quit)\w*"
)
_DOSED_ANEW = re.compile(
    r"(?:改|减|加|调)(?:成|为|到|吃|用)?(?:了)?(?:每|一|半|两|二|三|四|早|晚|\d)[^,，。]{0,8}(?:次|片|粒|颗|支|毫克|克|mg|ml|单位)|"
    r"\b(?:cut|reduced|increased|changed|upped|lowered|raised)\b[^.,]{0,20}\bto (?:\d|half|once|twice|one|two|three)"
)
"""Another dose of the same medicine, as long as none else is named: "把二甲双胍改成一天三次"."""
_RESUMED = re.compile(
    r"(?:又|重新|接着|恢复|继续)(?:开始)?(?:吃|用|服|打|在吃|在用)|恢复(?:用药|服药|吃药)|又(?:吃|用|服)(?:上|回)|"
    r"\b(?:restarted|resumed|back on|started (?:it |them )?again|taking it again)\b"
)
_REACH = 60
"""Characters behind a name in which it is still spoken of."""


def later_words(talk: Talk, facts: Sequence[Fact]) -> list[Fact]:
    """Return the facts of a message, those turned round that its later words turn: the safer reading wins."""
    return [_turned(talk, fact) for fact in facts]


def _turned(talk: Talk, fact: Fact) -> Fact:
    if fact.span is None or fact.value == ANY:
        return fact
    if fact.kind == "allergy" and fact.status == "denied" and _broke_out(talk, fact):
        return fact.model_copy(update={"status": "active"})
    if fact.kind == "medication" and not fact.holds and _goes_on(talk, fact):
        return fact.model_copy(update={"status": "active"})
    return fact


def _broke_out(talk: Talk, fact: Fact) -> bool:
    """Tell whether a reaction is told, after a turn, of what was borne before."""
    begin = _named_at(talk, fact)
    others = (*talk.names, *(name for name, _ in talk.more))
    end = min((name.start for name in others if name.start >= begin and category_of(name, talk.tables)), default=begin + _REACH)
    tail = talk.low[begin : min(end, begin + _REACH)]
    turn = _TURNS.search(tail)
    if turn is None or _OF_OTHERS.search(tail):
        return False
    rest = begin + turn.start()
    for pattern in (REACTION, _BROKE_OUT):
        for match in pattern.finditer(talk.low[rest : begin + len(tail)]):
            before = talk.low[max(0, rest + match.start() - 6) : rest + match.start()]
            if not _HAS.search(before) and fact.subject in _clause_at(talk, rest + match.start()).people:
                return True
    return False


def _goes_on(talk: Talk, fact: Fact) -> bool:
    """Tell whether a medicine that was read as ended was never stopped, or has been taken up again."""
    assert fact.span is not None
    clause = _clause_at(talk, fact.span[0])
    if _STAYED.search(clause.low):
        return True
    if _DOSED_ANEW.search(clause.low) and sum(bool(name.drugs) for name in talk.names_in(clause)) == 1:
        return True
    return any(_RESUMED.search(other.low) for other in _behind(talk, clause) if fact.subject in other.people)


def _behind(talk: Talk, clause: Clause) -> Iterator[Clause]:
    """Yield a clause and those behind it until another drug is named."""
    yield clause
    for other in talk.clauses[clause.number + 1 : clause.number + 3]:
        if any(name.drugs for name in talk.names_in(other)):
            return
        yield other


def _named_at(talk: Talk, fact: Fact) -> int:
    assert fact.span is not None
    at = talk.message.find(fact.words, *fact.span) if fact.words else -1
    return at + len(fact.words) if at >= 0 else fact.span[0]


def _clause_at(talk: Talk, place: int) -> Clause:
    return next((clause for clause in talk.clauses if clause.start <= place < clause.end), talk.clauses[-1])
