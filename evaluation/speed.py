"""How fast one search is, beside what it replaces, on generated data of a fixed seed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import percentile
from retrieval.bm25 import Bm25Index
from retrieval.chroma_store import ChromaStore

SEED = 20261121
SIZES = (5_000, 50_000, 200_000)
VECTOR_SIZES = (20_000, 50_000)
TOKENS, VOCABULARY, ZIPF = 80, 60_000, 1.15
QUERIES, PLAIN_SECONDS, REPEATS = 300, 8.0, 3
DIMENSION, TOPICS, K, BATCH = 384, 2000, 50, 2000
Query = TypeVar("Query")


def keyword_speed(size: int) -> str:
    """Time our postings, bm25s and plain rank_bm25 on the same questions in turn and return one line."""
    rng = np.random.default_rng(SEED)
    corpus = [_tokens(rng, TOKENS) for _ in range(size)]
    queries = [_tokens(rng, 12) for _ in range(QUERIES)]
    started, before = time.perf_counter(), resident()
    ours = Bm25Index(corpus)
    built, memory = time.perf_counter() - started, resident() - before
    fast = _times(lambda query: ours.top(query, K), queries)
    started = time.perf_counter()
    bm25s = _bm25s(corpus)
    bm25s_built = time.perf_counter() - started
    middle = _times(bm25s, queries)
    slow = _plain(corpus, queries)
    changes = _times(lambda text: ours.changed([text], [7], corpus.__getitem__), [_tokens(rng, TOKENS) for _ in range(20)])
    gain, plain_gain = (percentile(other, 0.95) / percentile(fast, 0.95) for other in (middle, slow))
    return (
        f"BM25   {size:>6} chunks  ours {_line(fast)} (n={len(fast)}, built in {built:.1f} s, {memory:.0f} MB, a change {_line(changes)})  "
        f"bm25s {_line(middle)} (built in {bm25s_built:.1f} s)  rank_bm25 {_line(slow)} (n={len(slow)})  "
        f"p95 {gain:.1f}x faster than bm25s, {plain_gain:.0f}x than rank_bm25"
    )


def _bm25s(corpus: list[list[str]]) -> Callable[[list[str]], object]:
    from bm25s import BM25

    index = BM25(k1=1.5, b=0.75)
    index.index(corpus, show_progress=False)
    return lambda query: index.retrieve([query], k=K, show_progress=False)


def _plain(corpus: list[list[str]], queries: list[list[str]]) -> list[float]:
    """Time rank_bm25 on as many questions as some seconds allow."""
    from rank_bm25 import BM25Okapi

    plain, times = BM25Okapi(corpus), []
    until = time.perf_counter() + PLAIN_SECONDS
    for query in queries:
        times.append(_seconds(plain.get_scores, query))
        if time.perf_counter() > until:
            break
    return times


def vector_speed(size: int) -> str:
    """Time both ways of the vector store's search and count how many true neighbours the graph finds; return one line."""
    rng = np.random.default_rng(SEED)
    near = embeddings(rng)
    vectors, queries = near(size), near(QUERIES)
    ids = [str(number) for number in range(size)]
    true = [set(np.argpartition(-(vectors @ query), K)[:K].tolist()) for query in queries]
    with TemporaryDirectory() as folder:
        graph = ChromaStore(Path(folder) / "vectors", "bench", exact_up_to=0)
        started = time.perf_counter()
        for start in range(0, size, BATCH):
            graph.upsert(ids[start : start + BATCH], vectors[start : start + BATCH], ["zh"] * len(ids[start : start + BATCH]))
        built = time.perf_counter() - started
        by_graph = _times(lambda query: graph.query(query, K), queries)
        found = [{int(identity) for identity, _ in graph.query(query, K)} for query in queries]
        graph.close()
        started = time.perf_counter()
        exact = ChromaStore(Path(folder) / "vectors", "bench", exact_up_to=size)
        opened = time.perf_counter() - started
        by_matrix = _times(lambda query: exact.query(query, K), queries)
        exact.close()
    recall = float(np.mean([len(some & best) / K for some, best in zip(found, true, strict=True)]))
    return (
        f"dense  {size:>6} chunks  exact {_line(by_matrix)} (opened in {opened:.1f} s)  graph {_line(by_graph)} "
        f"(n={len(by_graph)}, k={K}, built in {built:.0f} s, recall@{K} {recall:.4f})"
    )


def resident() -> float:
    """Return the memory of this process that is in RAM, in MB."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def _tokens(rng: np.random.Generator, count: int) -> list[str]:
    return [f"t{word}" for word in rng.zipf(ZIPF, count) % VOCABULARY]


def embeddings(rng: np.random.Generator) -> Callable[[int], NDArray[np.float32]]:
    """Return a source of vectors as a text model makes them: topics in few directions, all leaning to one side (cosines .7 to .9)."""
    spread = np.arange(1, DIMENSION + 1) ** -0.5
    side = rng.normal(size=DIMENSION)
    side *= 1.8 / np.linalg.norm(side)
    topics = rng.normal(size=(TOPICS, DIMENSION)) * spread

    def draw(count: int) -> NDArray[np.float32]:
        vectors = topics[rng.integers(TOPICS, size=count)] + 0.8 * spread * rng.normal(size=(count, DIMENSION))
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True) + side
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    return draw


def _times(search: Callable[[Query], object], queries: Iterable[Query]) -> list[float]:
    """Return the best of a few runs of each question: how long the search takes, not how busy the machine is."""
    return [min(_seconds(search, query) for _ in range(REPEATS)) for query in queries]


def _seconds(search: Callable[[Query], object], query: Query) -> float:
    started = time.perf_counter()
    search(query)
    return time.perf_counter() - started


def _line(times: list[float]) -> str:
    return f"p50 {1e3 * percentile(times, 0.5):.2f} ms, p95 {1e3 * percentile(times, 0.95):.2f} ms"


def chinese_like(rng: np.random.Generator, length: int) -> Iterator[str]:
    """Yield texts of made-up words whose frequencies fall as in Chinese; about as many different pairs of characters as in real text."""
    weights = (np.arange(1, 3001) + 20.0) ** -1.0
    letters = [chr(0x4E00 + 6 * number) for number in range(3000)]
    sizes = rng.choice([1, 2, 3, 4], p=[0.15, 0.6, 0.15, 0.1], size=15_000)
    words = ["".join(letters[i] for i in rng.choice(3000, p=weights / weights.sum(), size=size)) for size in sizes]
    chances = np.cumsum((np.arange(1, len(words) + 1) + 10.0) ** -1.3)
    while True:
        drawn = np.searchsorted(chances, rng.random(length) * chances[-1])
        text = "".join(words[i] for i in drawn.tolist())[:length]
        yield "。".join(text[start : start + 25] for start in range(0, length, 25))
