"""Whether a passage lets its reader take what it names: the learned half of the question that ``tools.mentions`` answers by rules.

A linear model over the words around a name (``stances.npz``, learned from ``stances.csv``). What the rules take for advice it overrules
only where it is sure of the contrary; what they take for a warning or a description it takes for advice where it leans to that.
"""

from __future__ import annotations

from collections.abc import Iterator

from tools.linear import LinearModel, hashed
from tools.text import clauses, language_of, spans

_PLACE = "※"
"""Stands for the name that is asked about: what is advised must not decide whether it is advised."""
_AROUND = 40
"""Characters of the clauses before and after that are read."""
_NEAR = {"zh": 12, "en": 32}
_LONGEST = 160
"""Characters of the passage on either side that are read at all."""
HEAD = "advised"
_LEAST: dict[str, dict[str, float]] = {
    "zh": {"advised": -1.3, "described": -0.6, "avoided": 1.5, "declined": 3.5},
    "en": {"advised": -1.6, "described": -0.6, "avoided": 1.5, "declined": 3.5},
}
"""Log-odds from which on a passage counts as advice, by language and by what the rules think; chosen on writers that the training had not
seen, so that few recommendations are passed over. A warning that the rules recognise needs more to be overruled than a description."""


def advises(model: LinearModel | None, said: str, start: int, end: int, by_rule: str) -> bool:
    """Tell whether folded text ``said`` advises what stands at ``start:end``, which the rules take as ``by_rule``.

    An allergen stays one, and without a model the rules decide alone.
    """
    least = _LEAST[_language(said, start, end)].get(by_rule)
    if model is None or least is None:
        return by_rule == HEAD
    return model.score(HEAD, hashed(around(said, start, end))) >= least


def around(said: str, start: int, end: int) -> Iterator[tuple[str, str]]:
    """Yield what the model reads: the passage, its clause, the clauses beside it, and the words nearest to the name."""
    first, last = _passage(said, start)
    before, after = said[first:start], said[end:last]
    yield "w:", f"{before}{_PLACE}{after}"
    head = max((offset for offset, _ in clauses(before) if offset < len(before)), default=0) if before else 0
    tail = next((len(clause) for offset, clause in clauses(after) if offset == 0), 0)
    yield "c:", f"{before[head:]}{_PLACE}{after[:tail]}"
    yield "n:", after[tail:][:_AROUND]
    yield "p:", before[:head][-_AROUND:]
    near = _NEAR[_language(said, start, end)]
    yield "b:", before[-near:] + _PLACE
    yield "a:", _PLACE + after[:near]


def _language(said: str, start: int, end: int) -> str:
    """Return the language of the words around a name, which is often written in the other script."""
    return language_of(said[max(0, start - 60) : start] + said[end : end + 60])


def _passage(said: str, at: int) -> tuple[int, int]:
    """Return where the sentence at ``at`` and its neighbours stand, cut to what is near."""
    parts = [(offset, offset + len(sentence)) for offset, sentence in spans(said)]
    here = next((i for i, (a, b) in enumerate(parts) if a <= at < b), None)
    if here is None:
        return max(0, at - _LONGEST), min(len(said), at + _LONGEST)
    first, last = parts[max(0, here - 1)][0], parts[min(len(parts) - 1, here + 1)][1]
    return max(first, at - _LONGEST), min(last, at + _LONGEST)
