"""Allergies that are only feared: "担心会对青霉素过敏". Who worries about an allergy that they have is another matter."""

from __future__ import annotations

from memory import patterns as re
from memory.clauses import Clause
from memory.severity import REACTION
from memory.talk import Talk

_FEARED = re.compile(
    r"(?:担心|害怕|有点怕|(?<![恐可])怕(?!是))(?:自己|会|是|我|他|她|孩子|宝宝|再|又|对)*[^,，。]{0,8}$|"
    r"\b(?:worried|afraid|scared|frightened|terrified|fear\w*|worry) (?:about|of|that|i might|i may)\b[^,.]{0,24}$"
)
_OWN = re.compile(
    r"(?:我|他|她|俺|妈妈?|爸爸?|孩子|宝宝|儿子|女儿|老公|老婆|奶奶|爷爷)的[^,，。]{0,8}过敏|过敏[^,，。]{0,4}(?:发作|复发|加重|再犯)|"
    r"\b(?:my|his|her|their|our)\b[^,.]{0,32}\ballerg(?:y|ies)\b"
)
"""An allergy that belongs to somebody, or that breaks out again, is there."""
_HAPPENED = re.compile(
    r"阳性|皮试|过敏过|抢救|(?:曾经?|以前|小时候|上次)[^,，。]{0,8}(?:过敏|出事)|\b(?:positive|reacted|reaction|epi-?pen)\b"
)
_AFTER = 60
"""Characters behind the clause in which the reason of the fear is told."""


def only_feared(talk: Talk, clause: Clause, end: int) -> bool:
    """Tell whether an allergy is feared and nothing says that somebody has it.

    Args:
        talk: the message.
        clause: with the word allergy.
        end: where the allergen begins, or the word allergy where that stands before it.
    """
    if not _FEARED.search(talk.low[clause.start : max(clause.start, end)]):
        return False
    reason = talk.low[clause.end : clause.end + _AFTER]
    return not (_OWN.search(clause.low) or REACTION.search(reason) or _HAPPENED.search(reason) or REACTION.search(clause.low))
