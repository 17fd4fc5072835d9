"""Whom a sentence is about when it says so itself: a pregnant woman, a child of five, people with asthma."""

from __future__ import annotations

import re
from dataclasses import replace

from tools.measures import age_months
from tools.names import Name
from tools.profile import Known, PatientProfile
from tools.subjects import subject_of
from tools.text import clauses, fold

_PREGNANT = re.compile(
    r"(孕妇|孕期|怀孕|妊娠|孕早期|孕中期|孕晚期|孕\s*\d+\s*周|准妈妈|\bpregnan\w+|\bexpecting (?:a baby|mother)|\btrimester\b)"
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
_GROUP = re.compile(
    r"(患者|病人|的人|人群|者|的(?:孕妇|老人|孩子)|\b(?:people|patients?|someone|anyone|those|man|woman|adults?|child\w*)\b)"
)
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


def _about(folded: str, at: int) -> str:
    """Return the sentence with the clauses about somebody else than the clause at ``at`` blanked out: "姐姐怀孕八周了，我自己……"."""
    here, subject, spoken = "?", "?", []
    for offset, part in clauses(folded):
        named = subject_of(part, "?")
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


def age_in(folded: str) -> int | None:
    """Return the age in months that a folded text names, by number or by a word such as 婴儿."""
    for _, clause in clauses(folded):
        months = age_months(clause)
        if months is not None:
            return int(months)
    return next((months for pattern, months in _CHILDREN if pattern.search(folded)), None)


def _conditions(folded: str, names: list[Name]) -> list[Known]:
    found = []
    for name in names:
        references = name.of("condition")
        before, after = folded[max(0, name.start - 8) : name.start], folded[name.end : name.end + 4]
        if references and (
            _GROUP.match(after.lstrip("的 "))
            or _GROUP.match(after)
            or (_HAS.search(before) and not re.search(r"(没|无|未|不|no |not )", before))
        ):
            found.append(Known(name.words, references))
    return found
