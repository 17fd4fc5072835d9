"""How well each arm ranks on the measuring sets. The halves read here are ``dev``: figures tuned on them are dev figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from configs.settings import RetrievalSettings
from evaluation.datasets import RetrievalSet
from evaluation.metrics import mean, ndcg, recall
from retrieval.bm25 import Bm25Index
from retrieval.embed import make_embedder
from retrieval.embed.cache import CachedEmbedder, VectorCache
from retrieval.fuse import Fusion, fuse
from retrieval.tokenize import tokens

PASSAGE_CHARS = 400
FUSIONS: tuple[Fusion, ...] = ("rrf", "weighted")
Ranking = Mapping[str, float]
"""Document → score, best first."""


def rankings(data: RetrievalSet, settings: RetrievalSettings, cache: Path | None) -> dict[str, dict[str, Ranking]]:
    """Return ``{arm: {question: ranking}}``; without a cache folder there is only the keyword arm.

    The dense arm is exact (one matrix product), so that it measures the model and not the neighbour search.
    """
    names = list(data.documents)
    index = Bm25Index([tokens(text) for text in data.documents.values()], settings.bm25_k1, settings.bm25_b)
    found: dict[str, dict[str, Ranking]] = {"bm25": {q: _keyword(index, names, text, settings.fetch_k) for q, text in data.queries.items()}}
    if cache is None:
        return found
    found["dense"] = _dense(data, names, settings, cache)
    pairs = {question: (found["bm25"][question], found["dense"][question]) for question in data.queries}
    for method in FUSIONS:
        found[method] = {q: _ordered(fuse(keyword, dense, method, settings.rrf_k)) for q, (keyword, dense) in pairs.items()}
    return found


def report(data: RetrievalSet, settings: RetrievalSettings, cache: Path | None) -> list[str]:
    """Return one line an arm: nDCG@10 and R@10 with their standard errors."""
    lines = []
    for arm, found in rankings(data, settings, cache).items():
        graded = [(list(ranking), data.relevant[question]) for question, ranking in found.items()]
        quality, share = mean([ndcg(*pair) for pair in graded]), mean([recall(*pair) for pair in graded])
        lines.append(f"{data.name:<18} {arm:<9} nDCG@10 {quality}  R@10 {share}  (dev, n={quality.n}, {len(data.documents)} documents)")
    return lines


def _keyword(index: Bm25Index, names: list[str], text: str, k: int) -> Ranking:
    numbers, scores = index.top(tokens(text), k)
    return {names[number]: float(score) for number, score in zip(numbers, scores, strict=True)}


def _dense(data: RetrievalSet, names: list[str], settings: RetrievalSettings, folder: Path) -> dict[str, Ranking]:
    embedder = make_embedder(settings)
    if embedder is None:
        return {question: {} for question in data.queries}
    cache = VectorCache(folder / "vectors.sqlite3")
    try:
        texts = [text[:PASSAGE_CHARS] for text in data.documents.values()]
        matrix = CachedEmbedder(embedder, cache).embed_passages(texts, _progress(data.name, len(texts)))
    finally:
        cache.close()
    found: dict[str, Ranking] = {}
    for question, text in data.queries.items():
        scores = matrix @ embedder.embed_queries([text[:PASSAGE_CHARS]])[0]
        best = np.argsort(-scores, kind="stable")[: settings.fetch_k]
        found[question] = {names[number]: float(scores[number]) for number in best}
    return found


def _progress(name: str, total: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        print(f"\r{name}: {done}/{total} passages embedded", end="" if done < total else "\n", flush=True)

    return tell


def _ordered(scores: dict[str, float]) -> Ranking:
    return dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))
