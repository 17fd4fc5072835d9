"""Sentences that repeat what the patient has said, which is on record and needs no other source."""

from __future__ import annotations

import re

from tools.profile import Known, PatientProfile
from tools.tables import Tables
from tools.text import clean, fold

_ALLERGIC = re.compile(
    r"(?:(?:根据|按)?(?:您|你)?的?(?:记录|档案|说法)[,，]?)?"
    r"(?:(?:您|你)(?:之前|刚才)?(?:说|提到|告诉我)过?[,，]?)?(?:您|你)(?:自己)?对(?P<zh>[^,，。;；不没]{1,16})过敏|"
    r"(?:you (?:said|told me|mentioned) (?:that )?)?you(?:'re| are) allergic to (?P<en>[^,.;]{1,40})|"
    r"you have an? (?P<having>[^,.;]{1,40}) allergy"
)
_TAKING = re.compile(
    r"(?:(?:您|你)(?:之前|刚才)?(?:说|提到|告诉我)过?[,，]?)?(?:您|你)(?:目前|现在)?(?:正在|在)(?:吃|用|服用|使用)(?P<zh>[^,，。;；不没]{1,16})|"
    r"(?:you (?:said|told me|mentioned) (?:that )?)?you(?:'re| are) (?:currently |already )?taking (?P<en>[^,.;]{1,40})"
)
_MARKS = " 。.!！"


def on_record(sentence: str, profile: PatientProfile, tables: Tables) -> bool:
    """Tell whether a sentence says of the patient what the profile says too, and nothing else.

    Args:
        sentence: without citation marks.
        profile: what the patient has said.
        tables: tell what the names stand for.
    """
    folded = fold(clean(sentence)).strip(_MARKS)
    for pattern, known in ((_ALLERGIC, profile.allergies), (_TAKING, profile.medications)):
        if match := pattern.fullmatch(folded):
            return _all_known(next(filter(None, match.groups())), known, tables)
    return False


def _all_known(words: str, known: tuple[Known, ...], tables: Tables) -> bool:
    names = tables.names.find(words)
    references = frozenset[str]().union(*(item.references for item in known))
    rest = words
    for name in names:
        rest = rest.replace(name.words, "")
    if re.sub(r"和|与|、|以及|药物?|类|\band\b|\s", "", rest):
        return False  # something that the tables do not know stands beside the names
    return bool(names) and all(name.references & references for name in names)
