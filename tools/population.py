"""Whom a sentence is about when it says so itself: a pregnant woman, a child of five, people with asthma."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from tools.measures import age_months
from tools.names import Name
from tools.profile import Known, PatientProfile
from tools.subjects import subject_of
from tools.text import clauses, fold

_PREGNANT = re.compile(
    r"(孕妇|孕期|怀孕|妊娠|孕早期|孕中期|孕晚期|孕\s*\d+\s*周|准妈妈|\bpregnan\w+|\bexpecting\b(?! (?:that|it|to|you|too))|\btrimester\b)"
)
_NOT_PREGNANT = re.compile(
    r"(没有?|未|不是|备|避免|防止|计划|准备|以前|(?:\b(?:not|never|before|planning|avoid|trying)|n't)\b)[^,，。]{0,8}(怀孕|孕|pregnan)"
)
_WEEKS = re.compile(
    r"(?:孕|怀孕|妊娠|怀了)\s*(?:了|已经|快|有)?\s*(\d{1,2})\s*(?:\+\d)?\s*(周|个月|月)|"
    r"\b(\d{1,2})\s*weeks?\s*(?:pregnant|along|gestation|of pregnancy)"
)
_TRIMESTERS = (
    (re.compile(r"(孕早期|早孕|怀孕早期|first trimester|early pregnancy)"), 8.0),
    (re.compile(r"(孕中期|second trimester)"), 20.0),
    (re.compile(r"(孕晚期|怀孕晚期|third trimester|late pregnancy)"), 34.0),
)
_LACTATING = re.compile(
    r"(哺乳期|哺乳的?(?:妈妈|母亲|妇女)|喂奶|母乳喂养|喂母乳|\bbreast-?feeding\b|\bnursing (?:mother|mum|mom|a baby|my)|\blactating\b)"
)
_CHILDREN: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"(新生儿|\bnewborns?\b|\bneonates?\b)"), 0),
    (re.compile(r"(婴儿|\binfants?\b|\bbab(?:y|ies)\b)"), 6),
    (re.compile(r"(幼儿|学步|\btoddlers?\b)"), 24),
    (re.compile(r"(儿童|孩子|小孩|小朋友|宝宝|娃娃?|\bchild(?:ren)?\b|\bkids?\b)"), 72),
    (re.compile(r"(老人|老年人|老年患者|高龄|\b(?:elderly|older (?:adults|people)|seniors)\b)"), 900),
)
# Kin and other people that a record is never about.
_OTHERS = re.compile(
    r"([大小二三]?(?:姨|舅|姑|叔|伯)(?:妈|父|母|子|丈|夫)?(?!息)|表[哥姐弟妹]|堂[哥姐弟妹]|嫂子?|姐夫|妹夫|闺蜜|同桌|领导|"
    r"办公室有人|有人(?=在?(?:吃|用|服))|别人|邻床|病友|"
    r"\b(?:aunt(?:ie|y)?|uncle|cousin|nephew|niece|flatmate|housemate|boss|neighbou?r|boyfriend|girlfriend|partner|little boy"
    r"|little girl|brother|sister|mum|dad)\b)"
)
_NAMED = re.compile(
    r"^\s*(?:tom|[a-z]+) (?:is|was) on (?:an? )?|^\s*(?!i\b|it\b|this|that|he\b|she\b|you\b|who\b|patient)(?:her|his"
    r"|their) \w+ (?:takes?|has|is on|had)\b"
)
_OWN = re.compile(
    r"\b(?:my own|i'm the one|i've|(?:she|he) is asking|i was)\b|我自己|我本人|轮到我|(?<!给)(?<!问)我(?=没有|查|的(?:肾|肝|"
    r"血)|是|这|也|能|可以|想)"
)
# "同事说她有哮喘": who speaks and who is spoken of are the same, and it is not the patient.
_REPORTED = re.compile(r"(?:同事|朋友|同学|室友|邻居|闺蜜|亲戚)[^,，。]{0,3}说(?:她|他)")
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER_WORDS = {word: str(n) for n, word in enumerate(_WORDS, start=1)}
_WORDED_AGE = re.compile(rf"\b({'|'.join(_NUMBER_WORDS)}|\d+)[- ](?=(?:years?|months?|weeks?|days?)[- ]olds?\b)")
_GROUP = re.compile(
    r"(患者|病人|的人|人群|者|的(?:孕妇|老人|孩子)|\b(?:people|patients?|someone|anyone|those|man|woman|adults?|child\w*)\b)"
)
_NOT_HAD = re.compile(r"(?:没有?|不是|未患|no |not |don't have )[^,，。]{0,6}\Z")
_NORMAL = re.compile(r"[^,，。]{0,4}(?:正常|阴性)")
_HAS = re.compile(r"(有|患|得了|合并|确诊|诊断|病史|伴|\b(?:with|have|has|having|suffer\w*|diagnosed|history of|despite)\b)")


def named_in(sentence: str, at: int, names: list[Name], profile: PatientProfile) -> PatientProfile:
    """Return ``profile`` with what the sentence itself says about whom the drug at offset ``at`` is for.

    A condition counts only where the sentence says that somebody has it ("哮喘患者可以……", "people with asthma can …"): a condition that a
    drug treats is named in the same way as one that speaks against it.
    """
    folded = _about(fold(sentence), at)
    names = [name for name in names if folded[name.start : name.end].strip()]
    changed = replace(profile, conditions=(*profile.conditions, *_conditions(folded, names)))
    if _PREGNANT.search(folded) and not _NOT_PREGNANT.search(folded):
        changed = replace(changed, pregnant=True, pregnancy_weeks=weeks_in(folded) or profile.pregnancy_weeks)
    if _LACTATING.search(folded):
        changed = replace(changed, lactating=True)
    months = age_in(folded)
    return replace(changed, age_months=months) if months is not None and profile.age_months is None else changed


def whom(clause: str, current: str) -> str:
    """Return who a folded clause is about, more kin and strangers than ``subject_of`` knows; ``current`` when it does not say."""
    named = _whom(clause)
    return current if named == "?" else named


@lru_cache(maxsize=512)
def _whom(clause: str) -> str:
    if _REPORTED.search(clause):
        return "friend"
    if _OWN.search(clause):
        return "self"
    named = subject_of(clause, "?")
    if named == "?" and (_OTHERS.search(clause) or _NAMED.search(clause)):
        return "friend"
    return named


def _about(folded: str, at: int) -> str:
    """Return the sentence with the clauses about somebody else than the clause at ``at`` blanked out: "姐姐怀孕八周了，我自己……"."""
    here, subject, spoken = "?", "?", []
    for offset, part in clauses(folded):
        named = whom(part, "?")
        subject = named if named != "?" else subject
        spoken.append((offset, part, subject))
        if offset <= at:
            here = subject
    for offset, part, about in spoken:
        if "?" not in (here, about) and about != here:
            folded = folded[:offset] + " " * len(part) + folded[offset + len(part) :]
    return folded


def weeks_in(folded: str) -> float | None:
    """Return the gestational weeks that a folded text names, by number or by trimester."""
    if match := _WEEKS.search(folded):
        amount = float(match[1] or match[3])
        return amount * 4.35 if match[2] in ("个月", "月") else amount
    return next((weeks for pattern, weeks in _TRIMESTERS if pattern.search(folded)), None)


@lru_cache(maxsize=128)
def age_in(folded: str) -> int | None:
    """Return the age in months that a folded text names, by number or by a word such as 婴儿."""
    for _, clause in clauses(folded):
        months = age_months(plain_age(clause))
        if months is not None:
            return int(months)
    return next((months for pattern, months in _CHILDREN if pattern.search(folded)), None)


def plain_age(folded: str) -> str:
    """Return the text with ages in figures: "four-month-old", "八十多岁"."""
    plain = _WORDED_AGE.sub(lambda age: f"{_NUMBER_WORDS.get(age[1], age[1])} ", folded)
    return plain.replace("多岁", "岁").replace("来岁", "岁").replace("-olds", "-old")


def _denied(folded: str, words: str) -> bool:
    """Tell whether a folded sentence anywhere denies what these words name."""
    at = folded.find(words)
    while at >= 0:
        if _NOT_HAD.search(folded, 0, at) or _NORMAL.match(folded, at + len(words)):
            return True
        at = folded.find(words, at + 1)
    return False


def _conditions(folded: str, names: list[Name]) -> list[Known]:
    found = []
    for name in names:
        references = name.of("condition")
        if not references:
            continue
        before, after = folded[max(0, name.start - 8) : name.start], folded[name.end : name.end + 4]
        if _denied(folded, fold(name.words)):
            continue  # "同事有哮喘，我没有哮喘"
        if (
            _GROUP.match(after.lstrip("的 "))
            or _GROUP.match(after)
            or (_HAS.search(before) and not re.search(r"(没|无|未|不|no |not )", before))
        ):
            found.append(Known(name.words, references))
    return found
