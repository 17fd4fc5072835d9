"""Whom a text is about: the groups for which advice differs, and which of them a group includes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_GROUPS = (
    ("not_pregnant", r"非孕\w?|"
        r"(?:没有?|未|不在)怀孕\w{0,3}|没有?在?孕期|非妊娠|\bnon-?pregnan\w+|\bnot (?:be )?pregnan\w+|\boutside pregnancy"),
    ("not_lactating", r"(?:非|没有?|未|不)在?(?:哺乳|喂奶|母乳喂养)\w?|\bnot (?:breast-?feeding|nursing)|\bnon-?breast-?feeding"),
    ("normal_kidneys", r"肾功能(?:完全)?(?:正常|良好)|\bnormal (?:kidneys?|renal)(?: function)?"),
    ("normal_liver", r"肝功能(?:完全)?(?:正常|良好)|\bnormal (?:liver|hepatic)(?: function)?"),
    ("normal_immunity", r"免疫(?:力|功能)?(?:正常|良好)|\bnormal immun\w+|\bhealthy immune"),
    ("pregnant", r"孕产?妇|孕期|怀孕|妊娠|孕早期|孕中期|孕晚期|孕\d+周|准妈妈|\bpregnan\w+|\btrimester"),
    ("lactating", r"哺乳|喂奶|母乳喂养|\bbreast-?fe(?:e?d)\w*|\bnursing (?:mother|mum|women)|\blactat\w+"),
    ("fetus", r"胎儿|\bf(?:o)?etus\w*|\bunborn"),
    ("infant", r"新生儿|母婴|婴幼?儿|宝宝|\bnewborns?\b|\bneonat\w+|\binfants?\b|\bbab(?:y|ies)\b"),
    ("child", r"儿童|"
        r"(?<!生)(?<!生[完了下过])孩子|小孩|小儿|患儿|幼儿|小朋友|儿科|\bchild\w*|\bkids?\b|\btoddlers?\b|\bpaediatric|\bpediatric"),
    ("teenager", r"青少年|未成年|\bteenagers?\b|\badolescents?\b"),
    ("adult", r"(?<!未)成年人|成人|(?<!老)大人|\b(?<!older )adults?\b"),
    ("young_adult", r"年轻人|青壮年|\byoung(?:er)? (?:adults?|people|persons?|women|men)\b"),
    ("elderly", r"老人|老年|高龄|"
        r"年纪大|年老|上了?年纪|\belderly\b|\bolder (?:adults?|people|persons?|women|men)\b|\bseniors\b|\bold(?:er)? age\b"),
    ("women", r"女性|妇女|女人|女孩|\bwom[ae]n\b|\bgirls?\b|\bfemales?\b"),
    ("men", r"(?<!女)男性|男人|男孩|男士|\bm[ae]n\b|\bboys?\b|(?<!fe)\bmales?\b"),
    (
        "kidney",
        r"肾功能(?:不全|不好|减退|差|受损|损害|异常)|肾病|肾衰|肾脏病|肾不好|"
        r"\bkidney (?:disease|problems?|failure|impairment|damage)|\brenal (?:impairment|failure|disease)",
    ),
    (
        "liver",
        r"肝功能(?:不全|不好|减退|差|受损|损害|异常)|肝病|肝硬化|肝炎|肝不好|"
        r"\bliver (?:disease|problems?|failure|impairment|damage)|\bhepatic\b|\bhepatitis|\bcirrhosis",
    ),
    (
        "weak_immunity",
        r"免疫(?:力|功能)?(?:低|差|缺陷|受损|抑制)|\b(?:weak\w*|poor|low\w*|suppressed) immun\w+|"
        r"\bimmun\w+[- ]?(?:suppress|compromis|deficien)\w+|\bweak immune",
    ),
)  # fmt: skip
_ANY = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _GROUPS))
"""A denied group stands before the group, so that it is read as what it says."""
_INCLUDES: dict[str, frozenset[str]] = {
    "infant": frozenset({"child"}),
    "teenager": frozenset({"child"}),
    "pregnant": frozenset({"women"}),
    "lactating": frozenset({"women"}),
    "young_adult": frozenset({"adult"}),
}
"""Group → what it also is: advice for a baby may be called advice for a child, not the other way round."""
_AGES = frozenset({"infant", "child", "teenager", "adult", "young_adult", "elderly"})
_SEXES = frozenset({"women", "men"})
_BABY = re.compile(r"宝宝|孩子|\bbab(?:y|ies)\b")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people that a text names, and where."""

    name: str
    words: str
    start: int


def groups(folded: str) -> tuple[Group, ...]:
    """Return the groups that a folded text names. A denied group ("未怀孕") is a group of its own."""
    return tuple(Group(str(match.lastgroup), match[0], match.start()) for match in _ANY.finditer(folded))


def foreign(said: Iterable[Group], held: Iterable[Group]) -> list[str]:
    """Return the words of a sentence that name a group that its evidence does not."""
    known = {name for group in held for name in (group.name, *_INCLUDES.get(group.name, ()))}
    return [group.words for group in said if group.name not in known and not _near(group, known)]


def exchanged(said: Iterable[Group], held: Iterable[Group]) -> list[str]:
    """Return the words for an age that a sentence names more often than its evidence, where it leaves another one out."""
    said = list(said)
    ours, theirs = Counter(group.name for group in said), Counter(group.name for group in held)
    lost = [name for name in _AGES & theirs.keys() if not ours[name] and not any(ours[other] for other in _INCLUDES.get(name, ()))]
    if not lost:
        return []
    more = {name for name in _AGES & ours.keys() if ours[name] > sum(n for other, n in theirs.items() if _is(other, name))}
    return list(dict.fromkeys(group.words for group in said if group.name in more))


def _is(name: str, other: str) -> bool:
    return other == name or other in _INCLUDES.get(name, ())


def _near(group: Group, known: set[str]) -> bool:
    if group.name == "fetus" and "infant" in known:
        return True
    if group.name == "infant" and known & {"child", "fetus"} and _BABY.search(group.words):
        return True  # 宝宝 is said of toddlers too
    return group.name in _SEXES and not known & _SEXES  # the other sex is foreign, a sex in place of "people" is not
