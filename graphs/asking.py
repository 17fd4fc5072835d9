"""What a question wants to hear, read from its words: which document and which of its sections answer it, and about whom it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.tokenize import content_runs, stem, tokens
from tools.profile import PatientProfile
from tools.text import fold

Intent = Literal["eat", "take", "doctor", "why", "what", "do"]

_EATEN = "瓜果桃梨橙桔橘莓葡蕉肉蛋奶鱼虾蟹鸡鸭鹅羊菜瓣豆糖米面饭粥汤茶醋酒油盐食品咖啡辣葱姜蒜饼糕菇薯"
"""Characters that name food and drink."""

_INTENTS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        "eat",
        re.compile(
            r"(吃|喝)(些|点)?(什么|啥|哪些)(?![^,，。?？]{0,4}药)|饮食|忌口|食谱|发物|"
            rf"(?:能|可以|敢|应该|宜|适合|该)[^,，。?？药]{{0,4}}(?:吃|喝)(?:点|些|一点)?[^,，。?？药]{{0,4}}[{_EATEN}](?![^,，。?？]{{0,3}}[药片剂丸])|"
            r"\b(what|which|how)\b.{0,48}\b(eat|drink|diet|foods?)\b|\bdiet\b|"
            r"\b(?:can|could|should|may|ok|okay|safe|fine)\b.{0,24}\b(?:eat|drink)\b"
        ),
    ),
    (
        "take",
        re.compile(
            r"(能不能|可不可以|可以|能|要不要|敢|应该|需要)[^,，。?？]{0,8}(吃|服|用|喝|打|抹|涂|贴|接种)|"
            r"(吃|用|服|打)(点|些)?(什么|啥|哪种|哪些)[^,，。?？]{0,4}药|(一起|同时|同服|混着)(吃|服|用)?|"
            r"\b(can|could|should|may|is it (ok|okay|safe|fine)|safe)\b.{0,30}\b(take|have|use|give)\b|"
            r"\bwhat (can|should|medicines?|pills?)\b.{0,20}\btake\b|\bwhich (medicine|pill|painkiller)"
        ),
    ),
    (
        "doctor",
        re.compile(
            r"(去|上|看|到|送)(不去|个)?(医院|医生|急诊|大夫|门诊)|就医|就诊|严重吗|要紧吗|危险吗|"
            r"\b(see|call|visit|go to)\b.{0,12}\b(doctor|gp|hospital|er|a&e|emergency)\b|\b(serious|dangerous|worr(y|ied))\b"
        ),
    ),
    (
        "why",
        re.compile(r"(为什么|为何|什么原因|原因|怎么(会|引起|得|来)|咋回事|怎么回事|引起的)|\b(why|causes?|caused|reasons?)\b"),
    ),
    (
        "what",
        re.compile(
            r"(是什么|什么是|什么意思|症状|有哪些表现|会传染|正常(值|范围)|多少算)|"
            r"\b(what is|what are|what does|symptoms?|signs? of|normal (range|level))\b"
        ),
    ),
    (
        "do",
        re.compile(
            r"(怎么办|咋办|怎么处理|如何|怎样|怎么|注意|缓解|预防|办法)|"
            r"\b(what (should|can|do) (i|we|you)|how (do|can|to|should)|manage|relieve|help with|prevent|avoid)\b"
        ),
    ),
)

_WEIGHTS: dict[Intent, dict[str, float]] = {
    "eat": {"action": 1.8, "caution": 1.0, "escalation": 0.8, "medicines": 0.6, "overview": 0.8, "causes": 0.8},
    "take": {"medicines": 1.7, "caution": 1.4, "action": 1.1, "escalation": 0.7, "overview": 0.7, "causes": 0.5},
    "doctor": {"escalation": 1.8, "action": 1.1, "overview": 0.9, "caution": 1.0, "medicines": 0.8, "causes": 0.5},
    "why": {"causes": 1.8, "overview": 1.3, "action": 0.8, "medicines": 0.7, "caution": 0.7, "escalation": 0.8},
    "what": {"overview": 1.8, "causes": 1.1, "action": 0.9, "medicines": 0.8, "caution": 0.8, "escalation": 0.9},
    "do": {"action": 1.7, "medicines": 1.2, "escalation": 1.1, "caution": 1.0, "overview": 0.9, "causes": 0.6},
}
_PLAIN = {"action": 1.4, "medicines": 1.2, "escalation": 1.1, "overview": 1.0, "caution": 0.9, "causes": 0.7}

_FOOD = "饮食 食物 吃饭 少吃 多吃 清淡 蔬菜 meals food diet drinks vegetables"
"""Words in which documents answer what to eat."""
SECTIONS = frozenset(_PLAIN)
"""The kinds of sections that a document of the knowledge may have."""

_GROUPS = {
    "pregnant": re.compile(r"(孕妇|孕期|怀孕|妊娠|孕早期|孕中期|孕晚期|临产|\bpregnan\w+|\btrimester\b)"),
    "lactating": re.compile(r"(哺乳|喂奶|母乳|产后|产妇|\bbreast-?feed\w*|\bnursing\b|\blactating\b|\bpostpartum\b)"),
    "infant": re.compile(r"(新生儿|婴儿|月龄|个月(大|以下|以内)|\bnewborns?\b|\binfants?\b|\bbab(?:y|ies)\b|\bmonths? old\b)"),
    "child": re.compile(
        r"(儿童|孩子|小孩|小儿|患儿|宝宝|儿子|女儿|孙子|孙女|娃|幼儿|青少年|[一二三四五六七八九十\d]岁(?!以上)|"
        r"\bchild(?:ren)?\b|\bkids?\b|\btoddlers?\b|\b(my )?(son|daughter)\b|\bteen\w*)"
    ),
    "elderly": re.compile(r"(老人|老年|高龄|爷爷|奶奶|外公|外婆|\belderly\b|\bolder (?:adults|people)\b|\bseniors?\b)"),
}
LEADING = 0.6
"""A document that gathers this share of the best one's standing is told beside it."""
OTHERS = 0.4
"""What counts of a sentence for other people than the question is about."""
UNKNOWN = 0.7
"""The same where the question does not say whom it is about."""
_NEAR = {"infant": {"child"}, "child": {"infant"}}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for and for which groups of people."""

    intents: tuple[Intent, ...]
    groups: frozenset[str]

    def weight(self, kind: str) -> float:
        """Return how much a section of this kind answers the question, around 1; the first intent counts most."""
        if not self.intents:
            return _PLAIN.get(kind, 1.0)
        return max(_WEIGHTS[intent].get(kind, 1.0) for intent in self.intents)

    def concerns(self, sentence: str) -> bool:
        """Tell whether a sentence is for everybody or for a group that the question is about."""
        said = groups_in(sentence)
        return not said or any(group in self.groups or _NEAR.get(group, set()) & self.groups for group in said)

    def nearness(self, sentence: str, kind: str) -> float:
        """Return how near a sentence is to the people in question, 0..1.

        Who must be careful is worth hearing as long as nobody has said who the patient is.
        """
        if self.concerns(sentence) or (kind == "caution" and not self.groups):
            return 1.0
        return OTHERS if self.groups else UNKNOWN


def asked(question: str, profile: PatientProfile | None = None) -> Asked:
    """Read the question: the first two things it asks for, in its order, and the groups in its words and in what is known of the patient.

    Args:
        question: the patient's words, as asked.
        profile: the patient it is about, where known.
    """
    folded = fold(question)
    groups = set(groups_in(folded))
    if profile is not None:
        groups |= {name for name, holds in (("pregnant", profile.pregnant), ("lactating", profile.lactating)) if holds}
        groups |= _by_age(profile.age_months)
    found = sorted((match.start(), place) for place, (_, pattern) in enumerate(_INTENTS) if (match := pattern.search(folded)))
    intents = [_INTENTS[place][0] for _, place in found]
    if "eat" in intents:  # "may I eat" is asked of food here, not of a medicine
        intents = [intent for intent in intents if intent != "take"]
    return Asked(tuple(intents[:2]), frozenset(groups))


def wanted_terms(question: str) -> frozenset[str]:
    """Return the stemmed terms that carry what is asked, and those in which documents speak of it."""
    food = _FOOD if _INTENTS[0][1].search(fold(question)) else ""
    return frozenset(stem(token) for run in content_runs(f"{question} {food}") for token in tokens(run))


def leading(titles: Sequence[str], wanted: frozenset[str]) -> list[str]:
    """Return the titles that an answer is about, best first: found early and often, or named in the question.

    Args:
        titles: of the evidence, most relevant first; a document that was found several times stands here as often.
        wanted: terms of the question.
    """
    standing: defaultdict[str, float] = defaultdict(float)
    for rank, title in enumerate(titles):
        standing[title] += 1 / (1 + rank)
    for title in standing:
        named = set(map(stem, tokens(title)))
        standing[title] += len(named & wanted) / (len(named) or 1)
    ranked = sorted(standing, key=lambda title: -standing[title])
    return [title for title in ranked if standing[title] >= LEADING * standing[ranked[0]]]


def groups_in(text: str) -> frozenset[str]:
    """Return the groups of people that a text names."""
    folded = fold(text)
    return frozenset(name for name, pattern in _GROUPS.items() if pattern.search(folded))


def _by_age(months: int | None) -> set[str]:
    if months is None:
        return set()
    return {"infant"} if months < 12 else {"child"} if months < 216 else {"elderly"} if months >= 780 else set()
