"""What each part of the search contributes: the arms, the weight of the dense one, the depth of the lists, the time and the index itself.

Each function returns plain data; `evaluation.plots` draws it, and ``notebooks/02_retrieval.ipynb`` shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from configs.settings import RetrievalSettings
from evaluation.datasets import RetrievalSet
from evaluation.metrics import Mean
from evaluation.retrieval import DEPTH, Figure, figure_of, indexed, ranking, rankings
from retrieval.index import Index
from retrieval.pipeline import Arm
from retrieval.questions import QuestionVectors
from retrieval.search import Retriever

WEIGHTS = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
DEPTHS = (10, 20, 50, 100, 200, 400)
COLUMNS: tuple[Arm, ...] = ("bm25", "dense", "fused", "answer")


@dataclass(frozen=True, slots=True)
class Point:
    """A setting and how well the fused arms rank with it."""

    dataset: str
    value: float
    ndcg10: Mean


@dataclass(frozen=True, slots=True)
class Ablation:
    """All that is measured on one set. ``seconds`` holds one value a question for each stage of the whole search."""

    figures: list[Figure]
    weights: list[Point]
    depths: list[Point]
    seconds: dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Growth:
    """The index after one more ingest: what it holds, the seconds of this ingest by stage, and megabytes on disk by part."""

    documents: int
    chunks: int
    added_chunks: int
    seconds: dict[str, float]
    megabytes: dict[str, float]


def ablate(
    data: RetrievalSet,
    settings: RetrievalSettings,
    folder: Path | None,
    weights: Sequence[float] = WEIGHTS,
    depths: Sequence[int] = DEPTHS,
) -> Ablation:
    """Index a set and measure its arms, the whole pipeline of an answer, both sweeps and the time of each stage.

    Args:
        data: the set.
        settings: what is not swept stays as it is here; without an embedder nothing is swept.
        folder: keeps the index between runs; None for a temporary one.
        weights: of the dense arm, 0..1.
        depths: chunks that each arm brings.
    """
    with indexed(data, settings, folder) as index:
        chunks, known = len(index.corpus.numbers), QuestionVectors()
        found = rankings(data, settings, index, known) | {"answer": _ranked(data, settings, index, known, "answer")}
        return Ablation(
            figures=[figure_of(data, arm, ranked, chunks) for arm, ranked in found.items()],
            weights=[_weighted(data, settings, index, known, weight) for weight in weights if settings.embedder != "none"],
            depths=[_deep(data, settings, index, known, depth) for depth in depths if settings.embedder != "none"],
            seconds=stage_seconds(Retriever(settings, index, {}), list(data.queries.values())),
        )


def _weighted(data: RetrievalSet, settings: RetrievalSettings, index: Index, known: QuestionVectors, weight: float) -> Point:
    swept = settings.model_copy(update={"fusion": "weighted", "dense_weight": {"zh": weight, "en": weight}})
    found = _ranked(data, swept, index, known, "fused")
    return Point(data.name, weight, figure_of(data, "fused", found, 0).ndcg10)


def _deep(data: RetrievalSet, settings: RetrievalSettings, index: Index, known: QuestionVectors, depth: int) -> Point:
    found = _ranked(data, settings.model_copy(update={"fetch_k": depth}), index, known, "fused", depth)
    return Point(data.name, depth, figure_of(data, "fused", found, 0).ndcg10)


def _ranked(
    data: RetrievalSet, settings: RetrievalSettings, index: Index, known: QuestionVectors, arm: Arm, k: int = DEPTH
) -> dict[str, list[str]]:
    """Rank with other settings over the same index; questions are embedded once for all of them."""
    retriever = Retriever(settings, index, {})
    retriever._questions = known
    return {question: ranking(retriever, text, arm, k) for question, text in data.queries.items()}


def stage_seconds(retriever: Retriever, questions: Sequence[str]) -> dict[str, list[float]]:
    """Return the seconds of each stage of the whole search, one value a question, after one that warms it up."""
    retriever.search("warm up")
    runs = [retriever.search(question).timings for question in questions]
    return {stage: [run.get(stage, 0.0) for run in runs] for stage in (runs[0] if runs else {})}


def columns(retriever: Retriever, question: str, language: str, k: int = 6) -> dict[str, list[str]]:
    """Return the first ``k`` chunks of each arm as ``document:ordinal``, for following one question through the search."""
    found: dict[str, list[str]] = {}
    for arm in COLUMNS:
        hits = retriever.search(question, language=language, k=k, arm=arm).hits
        found[arm] = [f"{hit.chunk.document_id}:{hit.chunk.ordinal}" for hit in hits]
    return found


def growth(files: Sequence[Path], sizes: Sequence[int], settings: RetrievalSettings) -> list[Growth]:
    """Ingest ever more of the files into one index, a first search after each ingest included in neither time.

    Args:
        files: in the order in which they are added.
        sizes: how many of them are there at each step, ascending.
        settings: ``starter_vectors`` None computes every vector.
    """
    steps: list[Growth] = []
    with TemporaryDirectory() as folder:
        retriever = Retriever.open(settings, Path(folder))
        try:
            for size in sizes:
                report = retriever.ingest(list(files[:size]))
                retriever.search("warm up")
                status = retriever.status()
                steps.append(Growth(status.documents, status.chunks, report.chunks, dict(report.seconds), _megabytes(Path(folder))))
        finally:
            retriever.close()
    return steps


def _megabytes(folder: Path) -> dict[str, float]:
    parts = {"manifest": "manifest.sqlite3*", "vectors": "vectors-*/**/*", "keywords": "postings.npz", "cache": "cache.sqlite3*"}
    index = folder / "index"
    return {name: sum(path.stat().st_size for path in index.glob(mask) if path.is_file()) / 1e6 for name, mask in parts.items()}


def trace_lines(trace: dict[str, Any]) -> list[str]:
    """Return the trace of a search as lines: its stages, then its hits with the score of each arm."""
    lines = [f"confidence {trace['confidence']:.2f}, relevant: {trace['relevant']}, arms: {', '.join(trace['arms'])}", ""]
    lines.append(f"{'stage':<8} {'candidates':>10} {'ms':>7}  note")
    lines += [f"{one['name']:<8} {one['candidates']:>10} {1e3 * one['seconds']:>7.2f}  {one['note']}" for one in trace["stages"]]
    lines += ["", f"{'rank':>4} {'score':>7} {'bm25':>7} {'dense':>7} {'bonus':>6}  chunk"]
    for hit in trace["hits"]:
        scores = " ".join(_cell(hit[name], width) for name, width in (("score", 7), ("bm25", 7), ("dense", 7), ("bonus", 6)))
        lines.append(f"{hit['rank']:>4} {scores}  {hit['id'].rpartition(':')[0]}{' (pulled in)' if hit['pulled'] else ''}")
    return lines


def _cell(value: float | None, width: int) -> str:
    return f"{'-':>{width}}" if value is None else f"{value:>{width}.3f}"
