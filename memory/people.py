"""Whom a clause is about: the writer, or a member of the family, or somebody they care for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from memory import patterns as re
from memory import people_words as say
from memory.relations import PERSON, PERSON_EN, PERSON_ZH


@dataclass(frozen=True, slots=True)
class Named:
    """The people a clause names as those it is about; ``pronoun`` is ``he`` or ``she`` where it only points."""

    people: tuple[str, ...] = ()
    pronoun: str = ""
    mentioned: tuple[str, ...] = ()
    """Everybody that it names, those beside the matter too."""


@lru_cache(maxsize=1024)
def named_in(low: str) -> Named:
    """Return whom a folded clause says it is about."""
    pattern = PERSON_EN if low.isascii() else PERSON if re.search("[a-z]{2}", low) else PERSON_ZH
    found = [*pattern.finditer(low)] if say.HINT.search(low) else []
    named = _named(low, found)
    return Named(named.people, named.pronoun, tuple(dict.fromkeys(str(match.lastgroup) for match in found)))


def _own(body: str, found: list[re.Match[str]]) -> re.Match[str] | None:
    """Return where the writer is named; "我嫂子" and "我家老人" name somebody else."""
    for match in say.SELF.finditer(body):
        kin = next((other for other in found if other.end() > match.end()), None)
        between = body[match.end() : max(match.end(), kin.start())] if kin else ""
        if kin is None or not (match[0] in ("我", "my") and say.MINE.fullmatch(between)):
            return match
    return None


def _both(body: str, found: list[re.Match[str]]) -> str:
    """Return who is meant beside the writer: "我跟我妹妹都", "my wife and I both"."""
    both = say.WE_BOTH.search(body) if found else None
    return next((str(match.lastgroup) for match in found if both and both.start() <= match.start() <= both.end()), "")


def _named(low: str, found: list[re.Match[str]]) -> Named:
    told = say.TELLER.search(low) if found else None
    body = low[: told.start()] + " " * (told.end() - told.start()) + low[told.end() :] if told else low
    if told:
        found = [match for match in found if not (match.start() < told.end() and told.start() < match.end())]
    others = [(m.start(), str(m.lastgroup)) for m in found if not say.BESIDE.search(body[: m.start()])]
    own = _own(body, found)
    if both := _both(body, found):
        return Named(("self", both))
    if told and not others and not own and (say.SHE.search(body) or say.HE.search(body)) and (teller := PERSON.search(told[0])):
        return Named((str(teller.lastgroup),))
    if told and (own or "我" in told[0][1:] or re.search(r"\bme\b", told[0]) or re.search(r"\b(?:i|me|my)\b", body)) and not others:
        return Named(("self",))
    if others:
        return Named(_among(body, others, own.start() if own else None))
    if own:
        return Named(("self",))
    if re.search(r"\bme\b", body):
        return Named(("self",))
    for pattern, pronoun in ((say.SHE, "she"), (say.HE, "he")):
        if pattern.search(body):
            return Named(pronoun=pronoun)
    return Named(("self",)) if told and "我" in told[0][1:] else Named()


def _among(low: str, others: list[tuple[int, str]], own: int | None) -> tuple[str, ...]:
    first = others[0]
    if (
        first[1] in say.GENERIC
        and len(others) > 1
        and others[1][1] in say.YOUNG
        and re.fullmatch(r"[\w -]{0,20}", low[first[0] : others[1][0]])
    ):
        return (others[1][1],)  # "30-month-old nephew of mine"
    if own is None:
        joined = len(others) > 1 and re.fullmatch(r"[^,，。]{0,6}(?:和|跟|与|及|、)我?的?", low[first[0] : others[1][0]])
        return (first[1], others[1][1]) if joined else (first[1],)
    if say.BOTH.search(low[min(own, first[0]) : max(own, first[0]) + 12]) and re.search(r"都|both|too|we\b", low):
        return ("self", first[1])
    if own < first[0]:
        return (first[1],) if say.FOR.search(low[own : first[0]]) else ("self",)
    return (first[1],)


class Speaker:
    """Keeps whom the talk is about, from clause to clause and from turn to turn."""

    def __init__(self, current: str = "self", known: tuple[str, ...] = ()) -> None:
        """Begin with whom the thread was about, and with those already spoken of."""
        self.current = current
        self.unclear = False
        self._cares = "care_recipient" in known
        self._siblings = False
        self._staff = False
        self._aunt = False
        self._spoken = [person for person in (*known, current) if person != "self"]

    def hear(self, low: str) -> None:
        """Take note of what a whole folded message tells: the writer nurses somebody, or the children are brother and sister."""
        self._cares = self._cares or bool(say.CARER.search(low))
        self._siblings = bool(say.SIBLINGS.search(low))
        self._aunt = "姨妈" in low

    def about(self, low: str, ahead: str = "") -> tuple[str, ...]:
        """Return whom a folded clause is about, and remember it; ``ahead`` is what follows: "he takes rum daily, my husband"."""
        named = named_in(low)
        self._staff = self._staff or bool(say.STAFF.search(low))
        self._spoken += [self._specific(person) for person in named.mentioned if person not in named.people]
        if named.people:
            people = tuple(
                dict.fromkeys(self._specific(person, f"{low} {ahead}" if person == "spouse" else ahead) for person in named.people)
            )
            self.current = people[-1] if len(people) == 1 else people[0]
            self._spoken += [person for person in people if person != "self"]
            return people
        if named.pronoun:
            self.current = self._pointed(named.pronoun, low, ahead)
        return (self.current,)

    def _specific(self, person: str, ahead: str = "") -> str:
        """Resolve "the child" to the son or daughter that was spoken of, or will be."""
        if self._cares and person in say.CARED_FOR:
            return "care_recipient"
        if self._siblings and person in say.TWINS:
            return say.TWINS[person]
        if person == "spouse":
            return say.SPOUSE.get(self._sex(ahead), "partner")
        if person == "relative":  # "老人" is the one spoken of
            spoken = next((other for other in reversed(self._spoken) if other in say.ELDERS), "")
            return spoken or self._later(ahead, say.ELDERS, short=True) or person
        if person not in say.GENERIC:
            return person
        children = list(dict.fromkeys(p for p in reversed(self._spoken) if p in say.CHILDREN))
        named = [child for child in children if child not in say.GENERIC]
        if len(named) > 1 and self.current not in named:
            self.unclear = True
        if self._siblings and {person, self.current} == say.GENERIC:
            return person  # "大宝六岁，小宝才四十天"
        if self.current in say.CHILDREN:
            return self.current
        return (
            named[0]
            if named
            else children[0]
            if children
            else self._later(ahead, say.CHILDREN - say.GENERIC, short=True) or self._by_sex(person, ahead)
        )

    @staticmethod
    def _by_sex(person: str, ahead: str) -> str:
        """Return son or daughter for the child that English goes on to call he or she, before anybody else is named."""
        if not ahead.isascii():
            return person
        for part in say.PART.split(ahead):
            named = named_in(part.strip())
            if named.pronoun and not say.STAFF.search(part):
                return say.SON_OR_DAUGHTER[named.pronoun]
            if any(other != "self" for other in named.people):
                break
        return person

    @staticmethod
    def _sex(words: str) -> str:
        """Return "he" or "she" for the spouse that some words go on to speak of."""
        if say.HERS.search(words[:60]):
            return "she"
        he, she = say.HE.search(words), say.SHE.search(words)
        if he and she:
            return "he" if he.start() < she.start() else "she"
        return "he" if he or say.HIS.search(words[:60]) else "she" if she else ""

    @staticmethod
    def _later(ahead: str, among: frozenset[str], *, short: bool) -> str:
        """Return the first of some people that what follows names as those it is about; ``short``: in a clause that only names them."""
        for part in say.PART.split(ahead[:300]):
            part = part.strip()
            if not part or (short and len(part) > (22 if part.isascii() else 10)):
                continue
            for person in named_in(part).people:
                if person in among:
                    return person
        return ""

    def _pointed(self, pronoun: str, low: str, ahead: str) -> str:
        if say.STAFF.search(low):
            return self.current
        against = say.MALE if pronoun == "she" else say.FEMALE
        if self.current != "self" and self.current not in against:
            return self.current
        for person in reversed(self._spoken):
            if person not in against:
                return person
        if self._aunt and pronoun == "she":  # "我姨妈来了，她有糖尿病": no period has diabetes
            return "aunt"
        if later := self._later(ahead, say.FAMILY - against, short=False):
            self._spoken.append(later)
            return later
        if self._staff:
            return self.current
        if say.WE.search(low + ahead) or say.HIMSELF.search(low):
            return say.SPOUSE[pronoun]
        self.unclear = True
        return "child" if say.YOUNG_AGE.search(f"{low} {ahead}") else "other"
