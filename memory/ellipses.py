"""What is told of one person by pointing at what was told of another: "my sister is", "是我老婆过敏", "me too", "but I'm fine with it"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from memory.clauses import Clause
from memory.doses import facets_of
from memory.facts import ANY, Fact
from memory.people import named_in
from memory.talk import Talk, details

_LEAD = r"(?:(?:but|and|though|while|it'?s|its|actually|only|just|no|yes|sorry) )*"
_WHO = r"(?:i|me|my [\w' -]{2,24}?|our [\w' -]{2,24}?|he|she|dad|mum|mom|hubby)"
_TOO = re.compile(
    rf"^{_LEAD}(?:{_WHO} (?:am|is|are|does|do|has|have)(?: too| though| as well)?|so (?:am|do|is|does|has|have) {_WHO}|me too|"
    rf"same (?:here|for me|with me|for my \w+)|{_WHO} too)$|"
    r"^(?:但|可|而|不过|其实|应该|说错了)?是(?:我|他|她|俺)[^,，对没不]{0,6}?(?:自己)?(?:过敏|有)?的?$|"
    r"^[^,，对没不吃用]{1,5}?也(?:是|有|会|过敏|一样)的?(?:这样|这个病|这病)?$|"
    r"^(?:我|他|她|俺)[^,，对没不]{0,4}?(?:自己)?(?:也|倒|才|却)?(?:是|有|会|过敏)的?(?:这样)?$"
)
_LIKEWISE = re.compile(r"也|一样|\b(?:too|same|as well|so (?:am|do|is|does|has|have))\b")
_IT_WAS = re.compile(r"^(?:it'?s|its|no,? it'?s) my [\w' -]{2,24}$")
_FINE = re.compile(
    rf"^{_LEAD}(?:(?:i'm|i am|he's|she's|he is|she is|my [\w' -]{{2,24}}? is) (?:absolutely |totally |perfectly )?(?:fine|ok|okay|"
    rf"all right)(?= with)|"
    rf"{_WHO} (?:can (?:eat|take|have|use)|eats?|takes?|has|have) (?:it|them|that) (?:just )?(?:fine|ok|okay|without (?:a |any )?problems?|"
    r"no problem))(?: with (?:it|them|that))?$|"
    r"^(?:但|可|而|不过)?[^,，。对]{1,6}?(?:自己)?(?:(?:吃|用|打|喝)(?:了|过)?(?:倒是?|都|就|却|可)?(?:没事|没问题|没反应)|能[吃用]|不过敏)儿?的?$"
)
_TAKES_IT = re.compile(
    rf"^{_LEAD}{_WHO} (?:also |now )*(?:takes?|uses?|is on|am on|'s on|are on|has been on) "
    r"(?:it|that|them|the same(?: one| thing| medicine| drug)?)"
    r"(?:,? (?:too|as well|also))?$|"
    r"^[^,，。吃用]{1,6}?(?:自己)?也(?:在|是|每天|一直)*(?:吃|用|打|服)(?:着)?(?:这个|这种|它|一样的|同样的|同一种|的也?是(?:这个|这种|它))(?:药)?的?$"
)
"""Who takes the medicine that was told of somebody else."""
_KINDS = ("allergy", "intolerance", "condition")


def read_ellipses(talk: Talk) -> Iterator[Fact]:
    """Yield what a clause without a name says of one person by pointing at what was told of another."""
    for number, clause in talk.stated():
        if not clause.names_person or talk.names_in(clause) or len(clause.low) > 60:
            continue
        low = clause.low.strip()
        if _TAKES_IT.search(low):
            yield from _taken_too(talk, number, clause)
            continue
        fine = bool(_FINE.search(low))
        if not fine and not _TOO.search(low) and not (_IT_WAS.search(low) and re.search(r"\bnot\b|n't\b", _before(talk, number))):
            continue
        like = bool(_LIKEWISE.search(low))  # "my mum isn't allergic to it. Me too" denies, "I'm not, my sister is" does not
        for fact in _pointed_at(talk, number, clause, fine=fine):
            status = "denied" if fine else fact.status if like else "active"
            for person in clause.people:
                if person != fact.subject:
                    changed = {"subject": person, "status": status, "severity": "", "detail": "", "facets": {}}
                    yield fact.model_copy(update=changed | {"quote": clause.text, "span": (clause.start, clause.end), "confirmed": False})


def _taken_too(talk: Talk, number: int, clause: Clause) -> Iterator[Fact]:
    """Read "my sister takes it too, 50 mcg" of the medicine that was told last of another."""
    before = [fact for fact in (*talk.known, *talk.found) if fact.subject not in clause.people]
    last = before[-1] if before else None
    told = [fact for fact in before if fact.kind == "medication" and last and (fact.turn, fact.holds) == (last.turn, True)]
    if not told or told[-1].value == ANY:
        return
    _, after = talk.neighbours(number)
    facets = facets_of(after.text) if after and after.mode == "said" and not talk.names_in(after) and len(after.low) <= 24 else {}
    changed = {"status": "active", "facets": facets, "detail": details(*facets.values()), "quote": clause.text}
    for person in clause.people:
        yield told[-1].model_copy(update=changed | {"subject": person, "span": (clause.start, clause.end), "confirmed": False})


def _before(talk: Talk, number: int) -> str:
    return talk.clauses[number - 1].low if number else ""


def _pointed_at(talk: Talk, number: int, clause: Clause, *, fine: bool) -> list[Fact]:
    """Return what was told last of others, in the two clauses before or at the end of the turn before."""
    kinds = ("allergy", "intolerance") if fine else _KINDS
    near = talk.clauses[max(0, number - 2) : number]
    told = [
        fact
        for fact in talk.found
        if fact.kind in kinds and fact.value != ANY and fact.span and any(other.start <= fact.span[0] < other.end for other in near)
    ]
    last = max((fact.span[0] for fact in told if fact.span), default=0)
    told = [fact for fact in told if fact.span and fact.span[0] == last]
    if not told and not number and not near and named_in(clause.low).people:
        turn = talk.known[-1].turn if talk.known else ""
        told = [fact for fact in talk.known if fact.turn == turn and fact.kind in kinds and fact.value != ANY][-1:]
    if fine:
        told = [fact for fact in told if fact.holds]
    return [fact for fact in told if fact.subject not in clause.people]
