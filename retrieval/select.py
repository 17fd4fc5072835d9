"""From a ranking to evidence.

Better sources break ties, the same words are shown once, no document crowds out the others, and a high-risk document brings its section on
who must take care.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from configs.settings import RetrievalSettings
from retrieval.corpus import Corpus
from retrieval.documents import Chunk
from retrieval.priority import Priorities
from retrieval.results import Dropped
from retrieval.tokenize import tokens

_POOL = 4
"""Candidates looked at for each place to fill."""
_SIBLINGS = 40
"""How far from a chunk its document's other sections are looked for."""
_PULLED = 2
_CARE = "caution"


@dataclass(frozen=True, slots=True)
class Selection:
    """Chunk numbers, best first; their bonuses; which were pulled in; and what was left out, with the reason."""

    numbers: tuple[int, ...]
    bonuses: dict[int, float]
    pulled: frozenset[int]
    dropped: tuple[Dropped, ...]


def select(
    scores: Mapping[int, float], corpus: Corpus, priorities: Priorities, settings: RetrievalSettings, k: int, language: str | None = None
) -> Selection:
    """Choose ``k`` chunks of the ranked candidates.

    Args:
        scores: chunk number → score of the last stage that ranked, higher is better.
        corpus: what the numbers count.
        priorities: how good which source is.
        settings: bounds.
        k: how many at most.
        language: whose chunks may be pulled in.
    """
    pool = sorted(scores, key=lambda number: (-scores[number], number))[: _POOL * k]
    bonuses = _bonuses(pool, scores, corpus, priorities, settings.priority)
    ranked = sorted(pool, key=lambda number: (-scores[number] - bonuses[number], number))
    chosen, dropped = _distinct(ranked, corpus, settings, k)
    pulled = _care(chosen, corpus) if settings.pull_cautions else {}
    numbers = _with(chosen, pulled, k)
    return Selection(tuple(numbers), bonuses, frozenset(pulled.values()) & frozenset(numbers), tuple(dropped))


def _bonuses(pool: Sequence[int], scores: Mapping[int, float], corpus: Corpus, priorities: Priorities, share: float) -> dict[int, float]:
    """Return what the sources add: at most ``share`` of the distance between the best and the worst of the pool.

    So a good source passes candidates that are about as good, never one that is clearly better, and what lies outside the pool stays there.
    """
    if not pool or not share:
        return dict.fromkeys(pool, 0.0)
    most = share * (scores[pool[0]] - scores[pool[-1]])
    return {number: most * priorities.of(corpus.chunks[number]) for number in pool}


def _distinct(ranked: Sequence[int], corpus: Corpus, settings: RetrievalSettings, k: int) -> tuple[list[int], list[Dropped]]:
    chosen: list[int] = []
    words: dict[int, frozenset[str]] = {}
    held: Counter[str] = Counter()
    dropped = []
    for number in ranked:
        if len(chosen) == k:
            break
        chunk = corpus.chunks[number]
        words[number] = frozenset(tokens(chunk.text))
        twin = next((other for other in chosen if _alike(words[number], words[other]) >= settings.near_duplicate), None)
        if twin is not None:
            dropped.append(Dropped(chunk.id, "duplicate", corpus.chunks[twin].id))
        elif held[chunk.document_id] >= settings.per_document:
            dropped.append(Dropped(chunk.id, "document"))
        else:
            chosen.append(number)
            held[chunk.document_id] += 1
    return chosen, dropped


def _alike(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the Jaccard similarity of two sets of terms."""
    common = len(a & b)
    return common / (len(a) + len(b) - common) if a or b else 1.0


def _care(chosen: Sequence[int], corpus: Corpus) -> dict[int, int]:
    """Return chunk → the section on who must take care of its document, for the first high-risk documents that lack it."""
    found: dict[int, int] = {}
    documents = {corpus.chunks[n].document_id for n in chosen if corpus.chunks[n].kind == _CARE}
    for number in chosen:
        chunk = corpus.chunks[number]
        if chunk.tier != "high" or chunk.document_id in documents or len(found) == _PULLED:
            continue
        documents.add(chunk.document_id)
        care = next((n for n in siblings(chunk, corpus) if corpus.chunks[n].kind == _CARE), None)
        if care is not None:
            found[number] = care
    return found


def siblings(chunk: Chunk, corpus: Corpus, reach: int = _SIBLINGS) -> list[int]:
    """Return the numbers of the document's chunks around this one, itself included, in reading order.

    Args:
        chunk: one of the corpus.
        corpus: all of them.
        reach: how many on either side.
    """
    document, ordinal, digest = chunk.id.rsplit(":", 2)
    around = range(max(int(ordinal) - reach, 0), int(ordinal) + reach + 1)
    numbers = (corpus.numbers.get(f"{document}:{place}:{digest}") for place in around)
    return [number for number in numbers if number is not None]


def _with(chosen: list[int], pulled: Mapping[int, int], k: int) -> list[int]:
    """Return the chosen with what was pulled in behind what pulled it; the last ones make room, never what pulled."""
    kept = list(chosen)
    while len(kept) + len(pulled) > k:
        last = next((n for n in reversed(kept) if n not in pulled), None)
        if last is None:
            break
        kept.remove(last)
    return [number for one in kept for number in ((one, pulled[one]) if one in pulled else (one,))][: max(k, 1)]
