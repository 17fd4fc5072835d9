"""Vectors in PostgreSQL beside Chroma and an exact search: ``make bench-pgvector URL=postgresql://…``.

Seeded synthetic vectors that lie as a text model's do. Everything runs in one process after the other on the same machine, so the ratios
hold where the milliseconds do not. Give it a database of its own: it writes into the index that is there, and clears it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from pydantic import SecretStr

from configs.section import in_the_clear
from configs.settings import RetrievalSettings
from evaluation.bench import machine
from evaluation.metrics import percentile
from evaluation.speed import DIMENSION, QUERIES, SEED, embeddings
from retrieval.chroma_store import ChromaStore
from retrieval.index import Index
from retrieval.postgres.database import Database
from retrieval.postgres.schema import upgrade
from retrieval.postgres.store import PostgresStore
from retrieval.store import VectorStore

K, BATCH, REPEATS = 50, 2000, 3
CHANGES, COLLECTION = 20, "bench"
Vectors = NDArray[np.float32]


def main() -> None:
    """Print one line a size and a store."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.database", description="Measure the index in PostgreSQL.")
    parser.add_argument("--url", required=True, help="a database with pgvector")
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 20_000])
    options = parser.parse_args()
    print(f"{machine()}; {DIMENSION} dimensions, {QUERIES} questions, k={K}; seconds of writing are of the wall clock")
    for size in options.sizes:
        for line in _lines(options.url, size):
            print(line, flush=True)
    for name, url in (("folder", ""), ("database", options.url)):
        print(_seen(name, url), flush=True)


def _lines(url: str, size: int) -> list[str]:
    near = embeddings(np.random.default_rng(SEED))
    vectors, queries = near(size), near(QUERIES)
    true = [set(np.argpartition(-(vectors @ query), K)[:K].tolist()) for query in queries]
    with TemporaryDirectory() as folder, closing(Database(url)) as database:
        upgrade(database)
        openers: dict[str, Callable[[int], VectorStore]] = {
            "chroma  ": lambda limit: ChromaStore(Path(folder) / "vectors", "bench", limit),
            "pgvector": lambda limit: PostgresStore(database, "bench", DIMENSION, limit),
        }
        try:
            found = {name: _measured(opener, vectors, queries, true) for name, opener in openers.items()}
        finally:
            PostgresStore(database, "nothing", DIMENSION).drop_others()
    base = found["chroma  "]
    return [
        f"{size:>6} chunks  {name}  recall@{K} {one[2]:.4f} by graph, {one[4]:.4f} exactly  "
        f"writing {one[0] / base[0]:.2f} x chroma's, a search by graph {one[1] / base[1]:.2f} x chroma's and {one[1] / one[3]:.1f} x exact"
        for name, one in found.items()
    ]


def _measured(opener: Callable[[int], VectorStore], vectors: Vectors, queries: Vectors, true: list[set[int]]) -> tuple[float, ...]:
    """Return seconds of writing, then the median of a search and the recall, by graph and exactly."""
    size = len(vectors)
    with closing(opener(0)) as graph:
        started = time.perf_counter()
        for start in range(0, size, BATCH):
            some = vectors[start : start + BATCH]
            graph.upsert([str(number) for number in range(start, start + len(some))], some, ["zh"] * len(some))
        written = time.perf_counter() - started
        by_graph = _searched(graph, queries, true)
    with closing(opener(size)) as exact:
        return (written, *by_graph, *_searched(exact, queries, true))


def _searched(store: VectorStore, queries: Vectors, true: list[set[int]]) -> tuple[float, float]:
    times, recalls = [], []
    for query, best in zip(queries, true, strict=True):
        runs = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            found = store.query(query, K)
            runs.append(time.perf_counter() - started)
        times.append(min(runs))
        recalls.append(len({int(identity) for identity, _ in found} & best) / K)
    return percentile(times, 0.5), float(np.mean(recalls))


def _seen(name: str, url: str) -> str:
    """Return how soon another process has what this one was told is indexed."""
    spawning = get_context("spawn")
    with TemporaryDirectory() as folder:
        here, there = spawning.Pipe()
        settings = RetrievalSettings(embedder="none", index_url=SecretStr(url))
        data, page = Path(folder) / "data", Path(folder) / "page.md"
        with closing(Index(settings, data)) as index:
            other = spawning.Process(target=_look, args=(in_the_clear(settings), data, there))
            other.start()
            here.recv()
            times, writing = [], []
            for number in range(CHANGES):
                page.write_text(f"# 页\n\n第{number}版的话。", encoding="utf-8")
                started = time.time()
                index.ingest([page], None, COLLECTION)
                told = time.time()
                writing.append(told - started)
                times.append(max(here.recv() - told, 0.0))
            other.terminate()
            other.join()
            index.remove([COLLECTION])
    return (
        f"seen by another process, index in a {name}: p50 {1e3 * percentile(times, 0.5):.0f} ms, most {1e3 * max(times):.0f} ms after the "
        f"ingest returned, which took {1e3 * percentile(writing, 0.5):.0f} ms (n={CHANGES})"
    )


def _look(settings: str, data: Path, pipe: Connection) -> None:
    """Say when each version of the page is there, as a worker would see it at its next search."""
    with closing(Index(RetrievalSettings.model_validate_json(settings), data)) as index:
        seen = frozenset(index.corpus.numbers)
        pipe.send(time.time())
        while True:
            now = frozenset(index.corpus.numbers)
            if now != seen:
                seen = now
                pipe.send(time.time())
            time.sleep(0.005)


if __name__ == "__main__":
    main()
