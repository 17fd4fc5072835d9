"""Who a clause is about: the patient or a member of the family."""

from __future__ import annotations

import re

from tools.text import clauses

_RELATIONS: tuple[tuple[str, str], ...] = (
    ("grandmother", r"奶奶|外婆|姥姥|外祖母|祖母|\bgrand(mother|ma)\b|\bgranny\b"),
    ("grandfather", r"爷爷|外公|姥爷|祖父|\bgrand(father|pa|dad)\b"),
    ("daughter", r"女儿|闺女|我家丫头|\bdaughter\b"),
    ("son", r"儿子|\b(my|our) son\b"),
    ("mother", r"我妈|妈妈|母亲|我娘|婆婆|岳母|\b(mother|mum|mom)\b"),
    ("father", r"我爸|爸爸|父亲|公公|岳父|\b(father|dad)\b"),
    ("wife", r"我?老婆|妻子|媳妇|\bwife\b"),
    ("husband", r"我?老公|丈夫|\bhusband\b"),
    ("sister", r"姐姐|妹妹|我姐|我妹|\bsister\b"),
    ("brother", r"哥哥|弟弟|我哥|我弟|\bbrother\b"),
    ("child", r"孩子|宝宝|宝贝|小孩|我娃|娃娃|小朋友|婴儿|\b(my|our|the|a|for a) (?:[\w-]+ ){0,4}(child|kid|baby|toddler|infant)\b"),
    ("friend", r"朋友|同事|同学|室友|邻居|\b(friend|colleague|neighbou?r|roommate)\b"),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _RELATIONS)
_SELF = re.compile(
    r"(我(?!妈|爸|娘|姐|妹|哥|弟|娃|家|老公|老婆|女儿|儿子|孩子|朋友|奶奶|爷爷|的(孩子|女儿|儿子|妈|爸|老))|本人|"
    r"\b(i|i'm|i've|i am|me)\b|\bmy (weight|height|age|allerg|medic|blood|doctor|throat|head|chest))"
)
_MY_CHILD = re.compile(r"我(怀孕|怀了|孕)")


# "我妈说我……", "朋友推荐……", "my husband says I …": who tells or gives is not who is ill.
_TELLER = re.compile(
    r"(?:我|我的)?(?:奶奶|爷爷|外婆|外公|姥姥|姥爷|妈妈?|爸爸?|母亲|父亲|婆婆|公公|岳母|岳父|老公|老婆|丈夫|妻子|"
    r"媳妇|姐姐?|妹妹?|哥哥?|弟弟?|儿子|女儿|孩子|朋友|同事|同学|室友|邻居)"
    r"(?:们|都|也|总|老|一直|跟我|告诉我|对我)*(?:说|讲|让|叫|劝|建议|推荐|告诉|觉得|给我|帮我|送我|拿给我)(?:了|我)*|"
    r"\b(?:my|a|our) (?:\w+ )?(?:mother|mum|mom|father|dad|wife|husband|sister|brother|son|daughter|friend|colleague|neighbou?r|grand\w+) "
    r"(?:says?|said|told me|tells me|thinks?|suggest\w*|recommend\w*|gave me|gives me|bought me|wants me)\b"
)


def names_somebody(text: str) -> bool:
    """Tell whether a folded message says whom it is about."""
    return any(subject_of(clause, "?") != "?" for _, clause in clauses(text))


def subject_of(clause: str, current: str) -> str:
    """Return who a folded clause speaks about; ``current`` when it does not say."""
    if (told := _TELLER.search(clause)) is not None:
        rest = (
            clause[: told.start()] + " 我 " + clause[told.end() :] if "我" in told[0][1:] else clause[: told.start()] + clause[told.end() :]
        )
        return subject_of(rest, "self")
    if _MY_CHILD.search(clause):
        return "self"
    named = [(match.start(), name) for name, pattern in _PATTERNS if (match := pattern.search(clause))]
    own = _SELF.search(clause)
    if named and own and own.start() < min(named)[0] and not clause[own.start() :].startswith(("我的", "my")):
        # "我给孩子吃了布洛芬": the one who is treated counts.
        return min(named)[1] if re.search(r"(给|喂|带|帮|替|for my|gave)", clause) else "self"
    if named:
        return min(named)[1]
    # "我给他吃了布洛芬": the one who is treated is whoever was spoken of before.
    return "self" if own and not re.search(r"我(给|帮|替|带|喂)(他|她)", clause) else current
