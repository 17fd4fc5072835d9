"""What a message asks for, before anything is searched: a follow-up with its topic put back, a letter taken apart into its questions.

Pure and deterministic: the same message after the same messages gives the same searches. What these rules cannot resolve (the second of
the medicines that the answer named) is marked, for a model to resolve where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.tokenize import content_runs
from tools.text import clean, fold, sentences

_POPULATION = re.compile(
    r"(孕妇|怀孕|孕期|备孕|孕早期|哺乳期?|喂奶|母乳|月子|产妇|婴儿|宝宝|婴幼儿|新生儿|小孩子?|孩子|儿童|小朋友|幼儿|青少年|老人家?|老年人|男人|女人|男性|女性|"
    r"肝不好的?人?|肾不好的?人?|肝病病?人?|肾病病?人?|"
    r"\b(pregnant( women)?|pregnancy|breast-?feeding|nursing mothers?|lactation|bab(y|ies)|infants?|newborns?|toddlers?|child(ren)?|kids?|"
    r"teenagers?|adolescents?|elderly( people)?|older (people|adults)|seniors?|adults?|men|women)\b)"
)
_ASPECT = re.compile(
    r"(多久能?好|能好|会好|好转|治好|根治|治愈|断根|自愈|多久|几天|严重|要紧|危险|传染|遗传|复发|并发症|后遗症|副作用|不良反应|症状|表现|病因|原因|"
    r"检查|化验|拍片|挂号|科室?|药物?|吃药|用药|剂量|疗程|手术|住院|饮食|忌口|食物|水果|运动|锻炼|预防|护理|注意事项|费用|医保|报销|区别|怎么得|引起|影响|方法|"
    r"\b(serious|dangerous|contagious|infectious|hereditary|genetic|curable|cured?|recur|come back|complications?|side effects?|"
    r"symptoms?|signs?|"
    r"causes?|tests?|checked|medicines?|medication|drugs?|dos(e|es|age)|surgery|diet|eat|drink|foods?|exercise|sport|prevent(ed|ion)?|"
    r"spread|catch|difference|recover(y)?|heal|last|long|often|options?|alternatives?|home remed(y|ies))\b)"
)
_FILLER = re.compile(
    r"(那么?|呢|还|另外|再|这个|这种|这样|这些|那个|那种|那些|它|病|情况|问题|话|的|需要|普通|一般|通常|真的|到底|究竟|大概|正常|能|会|可以|好|行|用|吃|怎么|是|有|没|"
    r"\b(it|its|that|this|these|those|they|them|also|then|so|ok|okay|and|what|about|how|if|same|usually|really|exactly|else|any|apply)\b)"
)
_LEANS = re.compile(
    r"^\s*(那|那么|还有|还要|要|需要|多久|几天|严重吗|另外|这个|这种|这样|这病|它|他|她|要是|如果是|换成|"
    r"what about|how about|what if|and\b|so\b|is it|is that|can it|does it|will it|it\b|that\b|this\b|then\b)"
)
_POINTS = re.compile(r"(它|这个|这种|那个|那种|这病|这药|那药|此药|该药|\b(it|this|that|these|those|them|they)\b)")
_SOMEBODY = re.compile(r"([他她它]|\b(he|she|it|they)\b)")
_TO_THE_ANSWER = re.compile(
    r"(第[一二三四五1-5]个?(种|个|点|条|项|步|款)|(你|您)?(刚才|刚刚|上面|前面|之前)(说|提|讲|列|推荐|写)|你说的|您说的|后者|前者|另一种|最后那?(个|种)|"
    r"\b((the )?(first|second|third|last|other|latter|former) (one|option|medicine|drug|point|step)|"
    r"you (said|mentioned|listed|recommended|told)|"
    r"your (list|answer|advice))\b)"
)
_ASKS = re.compile(
    r"([?？吗呢]|怎么|如何|什么|为什么|为啥|哪|多久|多少|几|能不能|可不可以|要不要|是不是|会不会|有没有|该不该|可以|能否|是否|请问|"
    r"\b(what|which|how|why|when|where|who|can|could|should|is|are|does|do|will|would|may)\b)"
)
_JOINED = re.compile(
    r"(?<=[?？])|"
    r"(?:^|(?<=[,，。；;\s]))(?=(?:另外|还有|还想问|再问|顺便|其次|第二|also|another question|secondly|and (?:what|how|can|is))\W?)"
)
_SHORT = 24
_LONG = 8
_CONTEXT_CHARS = 200
_MOST = 4
Resolution = Literal["none", "rules", "unresolved"]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What to search for.

    ``standalone`` is the message as it reads without the ones before it; ``queries`` are the searches, most important first; ``context``
    tells whether the messages before were needed, and whether the rules could say for what; ``steps`` name what was done, for the log.
    """

    standalone: str
    queries: tuple[str, ...]
    context: Resolution = "none"
    steps: tuple[str, ...] = ()


def understand(question: str, before: Sequence[str] = ()) -> Understanding:
    """Return what a message asks for.

    Args:
        question: the message.
        before: the messages before it, oldest first.
    """
    standalone, context = in_context(question, before)
    steps = {"rules": ["follow_up"], "unresolved": ["unresolved"]}.get(context, [])
    parts = split(standalone) if context == "none" else []
    if len(parts) > 1:
        steps.append(f"split:{len(parts)}")
    queries = dict.fromkeys([standalone, *(parts if len(parts) > 1 else [])])
    return Understanding(standalone, tuple(queries)[:_MOST], context, tuple(steps))


def in_context(question: str, before: Sequence[str], *, whole: bool = False) -> tuple[str, Resolution]:
    """Return the message with the topic that it leaves out behind it: "那孕妇呢？" after a question on fever is about fever in pregnancy.

    Args:
        question: the message.
        before: the messages before it, oldest first.
        whole: keep the people whom the topic was asked for; a check of drugs must not lose half of a name (儿童感冒颗粒).
    """
    folded = fold(clean(question))
    if not before or not _needs_context(folded):
        return question, "none"
    spoken = (text for rule in (has_topic, _is_long) for text in reversed(before) if rule(text))
    topic = next(spoken, "")
    if _TO_THE_ANSWER.search(folded) and len(folded) <= 2 * _SHORT:
        return f"{question} {_cut(topic)}".strip(), "unresolved"
    if not topic:
        return question, "unresolved"
    if _POPULATION.search(folded) and not whole:
        topic = _POPULATION.sub(" ", fold(clean(topic)))  # what was asked for a child is now asked for somebody else
    return f"{question} {_cut(topic)}".strip(), "rules"


def has_topic(text: str) -> bool:
    """Tell whether a message names what it is about, besides people and aspects: "多久能好" does not, "感冒多久能好" does."""
    rest = fold(clean(text))
    for pattern in (_POPULATION, _ASPECT, _FILLER):
        rest = pattern.sub(" ", rest)
    return any(len(run) > 1 for run in content_runs(rest))


def _is_long(text: str) -> bool:
    return len(text) > _LONG


def _needs_context(folded: str) -> bool:
    """Tell whether a message leans on the one before: it says so, it points, or it is short and names nothing."""
    if _TO_THE_ANSWER.search(folded):
        return True
    if _LEANS.search(folded):
        return True
    if len(folded) > (_SHORT if folded >= "\u3400" else 3 * _SHORT):
        return False
    return not has_topic(folded) or bool(_POINTS.search(folded) and len(content_runs(folded)) <= 2)


def split(message: str) -> list[str]:
    """Return the questions of a letter, each with what the letter says of the patient before it; one part for a single question.

    A question that names its own topic is searched as it stands; one that does not ("能吃布洛芬吗" after a complaint has, "要紧吗" has
    not) is searched with the sentences that tell of the complaint.
    """
    told: list[str] = []
    asked: list[str] = []
    for sentence in sentences(message):
        for part in filter(None, (piece.strip() for piece in _JOINED.split(sentence))):
            if _ASKS.search(fold(part)):
                asked.append(part)
            else:
                told.append(part)
    if len(asked) < 2:
        return [message]
    complaint = _cut(" ".join(told))
    parts: list[str] = []
    for part in asked:
        if has_topic(part) and not _SOMEBODY.search(fold(part)):
            parts.append(part)
        elif parts and not complaint:
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(f"{part} {complaint}".strip())
    return list(dict.fromkeys(parts))


def _cut(text: str) -> str:
    return text if len(text) <= _CONTEXT_CHARS else f"{text[: _CONTEXT_CHARS // 2]} {text[-_CONTEXT_CHARS // 2 + 1 :]}"
