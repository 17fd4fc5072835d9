"""How fast one search is, beside what it replaces, on generated data of a fixed seed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import percentile
from retrieval.bm25 import Bm25Index
from retrieval.store import VectorStore

SEED = 20261121
SIZES = (5_000, 50_000)
TOKENS, VOCABULARY, ZIPF = 80, 60_000, 1.15
QUERIES, PLAIN_QUERIES, REPEATS = 300, 30, 3
DIMENSION, CLUSTERS, K = 384, 300, 50
Query = TypeVar("Query")


def keyword_speed(size: int) -> str:
    """Time our postings and plain rank_bm25 on the same questions and return one line."""
    from rank_bm25 import BM25Okapi

    rng = np.random.default_rng(SEED)
    corpus = [_tokens(rng, TOKENS) for _ in range(size)]
    queries = [_tokens(rng, 12) for _ in range(QUERIES)]
    started = time.perf_counter()
    ours = Bm25Index(corpus)
    built = time.perf_counter() - started
    plain = BM25Okapi(corpus)
    fast = _times(lambda query: ours.top(query, K), queries)
    slow = _times(plain.get_scores, queries[:PLAIN_QUERIES])
    ratio = percentile(slow, 0.5) / percentile(fast, 0.5)
    return (
        f"BM25   {size:>6} chunks  ours {_line(fast)} (n={len(fast)}, built in {built:.1f} s)  rank_bm25 {_line(slow)} (n={len(slow)})  "
        f"ratio of p50 {ratio:.0f}x"
    )


def vector_speed(size: int) -> str:
    """Time the vector store's search and count how many true neighbours it finds; return one line."""
    rng = np.random.default_rng(SEED)
    centres = rng.normal(size=(CLUSTERS, DIMENSION))
    vectors, queries = _clustered(rng, centres, size), _clustered(rng, centres, QUERIES)
    with TemporaryDirectory() as folder:
        store = VectorStore(Path(folder) / "vectors", "bench")
        started = time.perf_counter()
        store.upsert([str(number) for number in range(size)], vectors, ["zh"] * size)
        built = time.perf_counter() - started
        store.query(queries[0], K)
        times = _times(lambda query: store.query(query, K), queries)
        found = [{int(identity) for identity, _ in store.query(query, 10)} for query in queries[:100]]
        store.close()
    true = np.argsort(-(queries[:100] @ vectors.T), axis=1)[:, :10]
    share = float(np.mean([len(near & set(row.tolist())) / 10 for near, row in zip(found, true, strict=True)]))
    return f"Chroma {size:>6} chunks  {_line(times)} (n={len(times)}, k={K}, built in {built:.0f} s, recall@10 {share:.2f})"


def _tokens(rng: np.random.Generator, count: int) -> list[str]:
    return [f"t{word}" for word in rng.zipf(ZIPF, count) % VOCABULARY]


def _clustered(rng: np.random.Generator, centres: NDArray[np.float64], count: int) -> NDArray[np.float32]:
    vectors = centres[rng.integers(len(centres), size=count)] + 0.7 * rng.normal(size=(count, DIMENSION))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _times(search: Callable[[Query], object], queries: Iterable[Query]) -> list[float]:
    """Return the best of a few runs of each question: how long the search takes, not how busy the machine is."""
    return [min(_seconds(search, query) for _ in range(REPEATS)) for query in queries]


def _seconds(search: Callable[[Query], object], query: Query) -> float:
    started = time.perf_counter()
    search(query)
    return time.perf_counter() - started


def _line(times: list[float]) -> str:
    return f"p50 {1e3 * percentile(times, 0.5):.2f} ms, p95 {1e3 * percentile(times, 0.95):.2f} ms"
