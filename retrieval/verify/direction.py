"""Which way something goes: raised or lowered, made worse or better. A swap of the two contradicts the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.verify.polarity import Proposition

_WAYS = re.compile(
    r"(?P<up>增加|增强|增多|偏高|过高|升高|加快|变快|扩张|\braise\b|\bmore\b|\bfaster\b|\bstronger\b|\btoo high\b)|"
    r"(?P<down>减少|减低|偏低|过低|下降|减慢|变慢|收缩|\blower\b|\bless\b|\bfewer\b|\bslower\b|\bweaker\b|\btoo low\b)|"
    r"(?P<worse>恶化|\bworsen\b)|(?P<better>减轻|\bease\b|\bbetter\b)"
)

_OPPOSITE = {"up": "down", "down": "up", "worse": "better", "better": "worse"}
_ALIKE = 0.4
"""Share of a clause's other words that a clause of the evidence must hold to speak of the same thing."""

_MARGIN = 0.1
_ABOUT = 0.2
"""The same for a clause that has anything to do with it."""


def ways(plain: str) -> frozenset[str]:
    """Return the ways that a clause in plain wording names."""
    return frozenset(str(match.lastgroup) for match in _WAYS.finditer(plain))


def swapped(said: Sequence[Proposition], held: Sequence[Sequence[Proposition]]) -> bool:
    """Tell whether a clause goes the other way than the clause of the evidence that speaks of the same thing."""
    return any(_swapped(clause, held) for clause in said if clause.ways)


def _swapped(clause: Proposition, held: Sequence[Sequence[Proposition]]) -> bool:
    near = [[(_alike(clause, other), other) for other in part if other.ways] for part in held]
    best = max((share for part in near for share, _ in part), default=0.0)
    if best < _ALIKE:
        return False
    part = next(part for part in near if any(share == best for share, _ in part))
    fitting = [other for share, other in part if share >= best - _MARGIN]
    if any(other.negative != clause.negative for other in fitting):
        return False
    named = frozenset[str]().union(*(other.ways for other in fitting))
    about = frozenset[str]().union(*(other.ways for share, other in part if share >= _ABOUT))
    return any(_OPPOSITE[way] in named and way not in about for way in clause.ways)


def _alike(clause: Proposition, other: Proposition) -> float:
    words = clause.words | clause.given
    return len(words & (other.words | other.given | other.around)) / (len(words) or 1)
