"""Affirmed or denied, clause by clause: a paraphrase may turn a sentence round, but not the sign of what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise

from retrieval.verify.direction import ways

# Words with a negative syllable that deny nothing, and comparisons, which the quantities take care of.
_HARMLESS = re.compile(
    r"不(?:适(?!合)|舒服|足|良|同|断|明|清|洁|全|齐|整|仅|但|管|论|久|安|稳|规律|当|慎|畅|通(?!过)|利|均|匀|佳|顺|平|肯|孕|少|止|好|重(?![复要新叠视用])|超过|低于|高于|少于|大于|到(?=[\d一两三四五六半])|"
    r"满(?=[\d一两三四五六半])|错|规则|自主|协调|平衡|典型|对称|耐受|宁腿|锈|一样|一致|一定|相同|干净|脱发)|(?<![过透缓喘换])不过(?=[不应要也但,，])|(?<=[,，;；。])不过|"
    r"(?<=[\u3400-\u9fff])(?<!用)不(?:了(?!解)|上(?![课班])|下(?![水地])|出|过(?=气)|起|着|到|清|住|进|醒|动|掉)|"
    r"无(?:论|力|菌|糖|痛|氧|创|名|花果|常)|没(?:精神|力气|劲|完没了)|未(?:来|成年|必)|非(?:处方|甾体|常|洲|典|布|那|法|把|要|得)|"
    r"莫(?:西|氟|匹|达)|失禁|还?没好|(?:分|特|区|识|级|性|鉴|个|差|辨|派|类|告|病)别|别(?:人|嘌|名|的|处|扭)|禁食|忌口|"
    r"是不是|能不能|要不要|有没有|会不会|"
    r"not only|no longer than|no (?:more|later|less|fewer) than|not more than|whether or not|no matter|non-"
)
_CUE = re.compile(
    r"不(?:能够?|要|应当?该?|得|可以|可(?!能)|宜|会|必|用(?=[\u3400-\u9fff])|需要?)?|没有|没|无法|无|未|勿|别|禁止|禁用|禁忌|禁|避免|忌|莫|"
    r"而非|难以|拒绝|无需|"
    r"\bnot\b|n['’]t\b|\bcannot\b|\bno\b|\bnothing\b|\bnever\b|\bwithout\b|\boff[- ]limits\b|"
    r"\bfree (?:of|from)\b(?! charge)|\bavoid(?:s|ed|ing)?\b|\bneither\b|\bnor\b|\bnone\b|\bnobody\b|"
    r"\brather than\b|\binstead of\b|\bunsafe\b|\bunsuitable\b|\bunable\b|\bforbidden\b|\bprohibited\b|\bcontraindicated\b|\brefrain\b"
)
# What says without a word of denial that something is not to be, is not so any more, or is so under a condition only.
_SOFT = re.compile(
    r"除非|以防|防止|预防|以免|免得|否则|停|戒|限制|慎|远离|躲|少(?=[吃喝用碰做去沾])|杜绝|除外|之外|以外|等到|再(?=[用吃服做])|"
    r"代替|替代|只(?:有|能|限|在|可)|仅(?:限|供|在|能)|才(?:能|可|用|是)|缺少|"
    r"(?<=[\u3400-\u9fff])不[了上下过起着到住进醒动掉]|"
    r"\b(?:unless|leave|stop\w*|only|until|before|less|limit\w*|instead|replac\w*|in place of|prevent\w*|keep\w* (?:away|off)|"
    r"un(?:watch|treat|vaccinat|attend|able|safe|suitable|protect)\w*|inability)\b"
)
_ONLY = frozenset(("only", "只有", "只能", "只限", "只在", "只可", "仅限", "仅供", "仅在", "仅能"))
_CONDITION = re.compile(r"^[\s,，;；]*(?:如果|若|要是|一旦|假如|除非|if|when|unless|without)|(?<!同)(?:时|的话|时候)$")
_TOKENS = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u3400-\u9fff]")
_LIST = (
    r"(?!\s*(?:or|nor|should|must|can|may|is|are|do|does|will|needs?)\b|\s*and (?:any|those|people|every)[^,;.]*,|"
    r"[^,;.]{1,30}(?:,[^,;.]{1,30})*,? or\b)"
)
_SPLIT = re.compile(
    rf"[，;；。:：!?！？\n]|,{_LIST}|\.(?!\d)|\b(?:because|although|but|since|while|so that|if|when|unless|without|even|whereas|though)\b|"
    r"\bwith(?= (?:asking|getting|checking)\b|(?: [\w']+){0,2} (?:advice|permission|supervision|prescription)\b)|"
    r"(?<=[\u3400-\u9fff])(?=[且但而]有)|"
    r"但是?|(?<![要能可会得])因为|而且|否则|以免|免得|(?<=时)(?=不|别|勿)|(?=而不是)|来(?=代替)"
)
_UNIT = re.compile(r"[;；。!！?？\n]|\.(?!\d)")
_OPENING = re.compile(r"(\b(?:if|when|unless)\b[^,;.]*),")
# A denial inside these says of whom or when something holds: "不会救援的人", "没有明确证据时".
_RELATIVE = re.compile(
    r"\bwho(?: (?:is|are|was|were|do|does|did|has|have|can|could|should|will)(?:n['’]t| not| never)| cannot| never) "
    r"(?P<whom>\w+(?: (?!(?:or|and|but|should|must|can|may|needs?|has|have|is|are)\b)\w+){0,4})|"
    r"(?:不(?![要能可应宜得必用])|没|无|未|非|不(?=会|能))(?P<of>[^不没无未]{1,14}?)(?:的人|的那种|者|时候|(?<!同)时(?!间)|之前|前|的话|之后)"
)
_GRANT = re.compile(r"能|可以|要|应|\b(?:can|may|should|must|do)\b")
_EMPTY = frozenset("的了吗呢吧和与或在是有也都还就要会能应当该请及并且而可以这那其等着过把被给让对从到为之人时后前中上下里个们") | {
    *("the", "a", "an", "of", "to", "in", "on", "for", "with", "and", "or", "is", "are", "be", "that", "this", "it", "as", "at", "by"),
    *("from", "you", "your", "should", "must", "can", "may", "do", "does", "who", "any", "they", "them", "their", "will", "has", "have"),
    *("if", "when", "because", "but", "since", "even", "although", "while", "whereas", "though", "so", "after", "can", "very"),
    *("also", "still", "them", "its", "need", "use", "make", "usual", "some", "someone", "anyone", "people", "person"),
}
_FILLER = re.compile(
    r"马上|立即|立刻|及时|尽快|尽早|自己|自行|随意|随便|擅自|应当|应该|需要|必须|可以|可能|一般|通常|同样|同时|也|都|再|还|就(?!医|诊)|去(?!掉)|到|来|千万|最好|给(?:孩子|宝宝|婴儿|老年|病人|[你他她您])|"
    r"一定|这类|这些|如果|要是|一旦|若|的话|够|用来|的人|者"
)
_BREAKS = frozenset("的了吗呢吧和与或是有也都还就要着过把被给让对从到为之其这那往向跟将")
"""Characters that join words and belong to none."""
_STEM = 4
"""Letters of an English word that tell it from others well enough here: swap, swapped."""
_NOTHING = 0.1
"""A denial on the other side with less in common than this is about something else."""
_HEAD = 0.5
"""What the first word that is denied counts of a whole denial."""
_HEADLESS = 0.7
_FURTHER = 0.85
"""What a further sentence of the evidence counts beside the best one."""
_VERBATIM = 0.85
"""For "does not replace", which is as well said without a denial."""
_SCOPE = 2.0
"""What a word that is denied weighs beside one that stands in the same clause."""
_AROUND = 0.3
"""The same for one in a clause before it."""
_GRANTED, _GRANTED_MARGIN = 0.6, 0.1
"""What a denial must hold of a clause that lets somebody do it, and hold more of than anything that is affirmed."""
_LIGHT = frozenset(("用", "吃", "服", "做", "有", "给"))
"""Predicates that say nothing of what is denied."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From which share of a denied clause on a clause without denial on the other side contradicts it."""

    said: float = 0.65
    held: float = 0.65
    """For a denial of the evidence that the sentence lacks."""
    alone_said: float = 0.32
    """Where the other side denies nothing at all."""
    alone_held: float = 0.3
    margin: float = 0.1


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Proposition:
    """One clause: its words, those in the scope of a denial, the first of them, and what else turns its sense."""

    words: frozenset[str]
    scope: frozenset[str]
    head: frozenset[str]
    negative: bool
    """Whether it denies; two denials cancel out."""
    soft: frozenset[str]
    condition: bool
    around: frozenset[str] = frozenset()
    """Words of the clauses before it, which may hold its subject."""
    given: frozenset[str] = frozenset()
    """Words of the condition just before it."""
    ways: frozenset[str] = frozenset()
    """``up``, ``down``, ``worse``, ``better``."""
    granting: bool = False
    """Whether it lets or tells somebody do something."""


def propositions(plain: str) -> tuple[Proposition, ...]:
    """Return the propositions of a folded text in its plain wording, one a clause that holds words."""
    masked = _HARMLESS.sub(lambda words: "\0" * len(words[0]), plain)
    found: list[Proposition] = []
    for start, end in pairwise([0, *(match.end() for match in _UNIT.finditer(masked)), len(masked)]):
        around, given = frozenset[str](), frozenset[str]()
        split = _OPENING.sub(r"\1，", masked[start:end])
        bounds = [start, *(start + match.start() for match in _SPLIT.finditer(split)), end]
        for a, b in pairwise(bounds):
            read = [replace(each, around=around, given=given) for each in _read(plain[a:b], masked[a:b]) if each.words]
            words = frozenset[str]().union(*(each.words for each in read))
            around, given = around | words, words if read and read[-1].condition else frozenset()
            found += read
    return tuple(found)


def _read(clause: str, masked: str) -> Iterator[Proposition]:
    """Yield what a clause says, and what is denied of those whom it is about, which is no denial of what it says."""
    for aside in _RELATIVE.finditer(masked):
        denied = [word for _, word in _words(clause[slice(*aside.span("of" if aside["of"] else "whom"))], ())]
        yield Proposition(frozenset(denied), frozenset(denied), _head(denied), True, frozenset(), True)
        clause = clause[: aside.start()] + " " * len(aside[0]) + clause[aside.end() :]
    masked = _RELATIVE.sub(lambda words: "\0" * len(words[0]), masked)
    cues = [match.span() for match in _CUE.finditer(masked)]
    read = list(_words(_FILLER.sub(lambda words: " " * len(words[0]), clause), cues))
    scoped = [word for start, word in read if sum(stop <= start for _, stop in cues) % 2]
    words, scope = frozenset(word for _, word in read), frozenset(scoped)
    soft = frozenset(match[0][:_STEM] for match in _SOFT.finditer(clause))
    condition = bool(_CONDITION.search(clause.strip()))
    if not scope - _LIGHT:  # "孕妇禁用", "must be avoided": the denial ends the clause
        scope, scoped = words, []
    yield Proposition(
        words, scope, _head(scoped), len(cues) % 2 == 1, soft, condition, ways=ways(clause), granting=bool(_GRANT.search(masked))
    )


def _head(scoped: list[str]) -> frozenset[str]:
    pairs = [word for word in scoped if len(word) > 1][: 1 if scoped and scoped[0].isascii() else 2]
    return frozenset(pairs or scoped[:1])


def _words(clause: str, cues: Sequence[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """Yield the words of a clause with their places: English stems, numbers, characters and pairs of them."""
    end, before = -1, ""
    for match in _TOKENS.finditer(clause):
        if any(a < match.end() and match.start() < b for a, b in cues):
            continue
        word = match[0] if match[0] >= "\u3400" else _stem(match[0])
        if match[0] not in _EMPTY:
            yield match.start(), word
        if end == match.start() and word >= "\u3400" and before >= "\u3400" and not {before, word} & _BREAKS:
            yield match.start(), before + word
        end, before = match.end(), word


def _stem(word: str) -> str:
    root = word.removesuffix("ing").removesuffix("ed")
    if len(root) < 3:
        return word[:_STEM]
    return (root[:-1] if root != word and len(root) > 3 and root[-1] == root[-2] and root[-1] in "bdgmnprt" else root)[:_STEM]


def turned(said: Sequence[Proposition], held: Sequence[Sequence[Proposition]], limits: Limits = LIMITS) -> bool:
    """Tell whether a sentence denies what its evidence affirms, or affirms what it denies.

    Args:
        said: of the sentence.
        held: of each sentence of the evidence that supports it, the best one first.
        limits: how much must agree for that.
    """
    theirs = [(other, 1.0 if place == 0 else _FURTHER) for place, part in enumerate(held) for other in part]
    ours = [(other, 1.0) for other in said]
    return (
        _denies(ours, theirs, limits.said, limits.alone_said, limits.margin)
        or _denies(theirs, ours, limits.held, limits.alone_held, limits.margin)
        or any(_granted(clause, theirs) for clause, _ in ours if clause.granting and not clause.negative)
    )


_Weighed = Sequence[tuple[Proposition, float]]


def _denies(these: _Weighed, those: _Weighed, least: float, alone: float, margin: float) -> bool:
    return any(_against(denial, those, least, alone, margin) for denial, _ in these if denial.negative)


def _against(denial: Proposition, those: _Weighed, least: float, alone: float, margin: float) -> bool:
    """Tell whether what one denial denies is affirmed by the other side."""
    fitting = [(other, weight) for other, weight in those if denial.condition or other.negative or not other.condition]
    affirmed = [weight * _share(denial, other) for other, weight in fitting if not other.negative and not other.soft - denial.soft]
    denied = [weight * _share(denial, other) for other, weight in fitting if other.negative or other.soft - denial.soft]
    if not affirmed:
        return False
    least = _VERBATIM if denial.soft & denial.head else least if max(denied, default=0.0) >= _NOTHING else alone
    return max(affirmed) >= max(least, max(denied, default=-1.0) + margin)


def _granted(clause: Proposition, others: _Weighed) -> bool:
    """Tell whether a clause lets somebody do what the evidence denies in a list: "must not eat A, and may eat B"."""
    size = _weight(clause.words)
    against = [other.scope for other, _ in others if other.negative and not other.soft & clause.soft & _ONLY]
    for_it = [other.words - other.scope if other.negative else other.words for other, _ in others]
    denied, affirmed = (max((_weight(clause.words & held) / size for held in side), default=0.0) for side in (against, for_it))
    return denied >= _GRANTED and denied > affirmed + _GRANTED_MARGIN


def _share(denial: Proposition, other: Proposition) -> float:
    """Return how much of a denial stands in another clause: half of it is what is denied first, the rest counts by what is denied."""
    beside, near = (denial.words | denial.given) - denial.scope, other.words | other.given | other.around
    around = denial.around - denial.words - denial.given
    size = _SCOPE * _weight(denial.scope) + _weight(beside) + _AROUND * _weight(around)
    rest = _SCOPE * _weight(denial.scope & other.words) + _weight(beside & near) + _AROUND * _weight(around & near)
    rest /= size or 1.0
    if not denial.head or (other.soft - denial.soft and not other.negative):  # "leave" stands for "do not remove"
        return rest
    return _HEAD + (1 - _HEAD) * rest if denial.head & other.words else _HEADLESS * rest


def _weight(words: AbstractSet[str]) -> float:
    return sum(1.0 if len(word) > 1 else 0.5 for word in words)
