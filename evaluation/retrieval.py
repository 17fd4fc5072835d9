"""How well each arm ranks on the measuring sets, and how well the gate tells: ``python -m evaluation.retrieval``.

Every set is ingested into an index of its own, and asked through the `Retriever` that a consult uses: real chunks, real stores. The
halves read here are ``dev``: what was tuned on them is a dev figure. The functions return plain data, for tables, plots and notebooks.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from configs.settings import ROOT, RetrievalSettings
from evaluation.datasets import DATA, RETRIEVAL_SETS, RetrievalSet, load_retrieval
from evaluation.gate import Judged, gate_lines, judge
from evaluation.metrics import Mean, mean, ndcg, recall
from retrieval.fuse import Fusion
from retrieval.index import Index
from retrieval.ingest import Progress
from retrieval.pipeline import Arm
from retrieval.questions import QuestionVectors
from retrieval.search import Retriever

CACHE = ROOT / "data" / "bench-cache"
PLOTS = ROOT / "data" / "bench"
DEPTH = 200
"""Chunks asked for; enough that the first hundred documents are among them."""
SINGLE = ("bm25", "dense", "sparse")


@dataclass(frozen=True, slots=True)
class Figure:
    """One arm on one set."""

    dataset: str
    arm: str
    split: str
    documents: int
    chunks: int
    ndcg10: Mean
    recall10: Mean
    recall100: Mean


def figures(data: RetrievalSet, settings: RetrievalSettings, folder: Path | None) -> list[Figure]:
    """Return the figures of every arm that serves, the single ones first.

    Args:
        data: the set.
        settings: its ``embedder`` decides whether there are vectors.
        folder: keeps the index and the vectors of the sets between runs; None for a temporary one.
    """
    with indexed(data, settings, folder) as index:
        return [figure_of(data, arm, found, len(index.corpus.numbers)) for arm, found in rankings(data, settings, index).items()]


def rankings(
    data: RetrievalSet, settings: RetrievalSettings, index: Index, known: QuestionVectors | None = None
) -> dict[str, dict[str, list[str]]]:
    """Return ``{arm: {question: documents, best first}}``; a document stands where its best chunk does.

    Args:
        data: the set.
        settings: models and depths; each arm fuses in its own way.
        index: of the set.
        known: keeps the vectors of the questions for other rankings over the same index.
    """
    found: dict[str, dict[str, list[str]]] = {}
    known = known or QuestionVectors()
    for name, arm, fusion in _arms(settings):
        retriever = Retriever(settings.model_copy(update={"fusion": fusion}), index, {})
        retriever._questions = known  # embedded once for all arms
        found[name] = {question: ranking(retriever, text, arm) for question, text in data.queries.items()}
    return found


def _arms(settings: RetrievalSettings) -> list[tuple[str, Arm, Fusion]]:
    arms: list[tuple[str, Arm, Fusion]] = [("bm25", "bm25", "weighted")]
    if settings.embedder != "none":
        arms += [("dense", "dense", "weighted"), *([("sparse", "sparse", "weighted")] if settings.sparse else [])]  # type: ignore[list-item]
        arms += [("rrf", "fused", "rrf"), ("weighted", "fused", "weighted")]
    if settings.reranker != "none":
        arms.append(("rerank", "rerank", settings.fusion))
    return arms


def ranking(retriever: Retriever, text: str, arm: Arm, k: int = DEPTH) -> list[str]:
    """Return the documents of a question by the ids of the set, those of its ``k`` best chunks."""
    hits = retriever.search(text, k=k, arm=arm).hits
    return list(dict.fromkeys(hit.chunk.key for hit in hits))


@contextmanager
def indexed(data: RetrievalSet, settings: RetrievalSettings, folder: Path | None) -> Iterator[Index]:
    """Yield an index of the set; chunks whose vectors are cached from an earlier run cost nothing."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as temporary:
        home = (folder or Path(temporary)) / "sets" / f"{data.name}-{len(data.documents)}-{settings.embedder}"
        source = home / "corpus.jsonl"
        (home / "index").mkdir(parents=True, exist_ok=True)
        source.write_text("\n".join(_lines(data)), encoding="utf-8")
        shared = home / "index" / "cache.sqlite3"
        if folder is not None and settings.embedder != "none" and not shared.exists():
            shared.symlink_to((folder / "vectors.sqlite3").resolve())  # one cache for all sets and runs
        retriever = Retriever.open(settings, home, mend=True)
        try:
            retriever.ingest([source], _progress(data.name))
            yield retriever._index
        finally:
            retriever.close()


def _lines(data: RetrievalSet) -> Iterator[str]:
    for name, text in data.documents.items():
        title = {"title": data.titles[name]} if name in data.titles else {}
        yield json.dumps({"_id": name, **title, "text": text}, ensure_ascii=False)


def _progress(name: str) -> Progress:
    def tell(done: int, total: int, what: str) -> None:
        if done == total or (done and done % 100 == 0):
            print(f"\r{name}: {what} {done}/{total}", end="" if done < total else "\n", flush=True)

    return tell


def figure_of(data: RetrievalSet, arm: str, found: Mapping[str, Sequence[str]], chunks: int) -> Figure:
    """Return how well documents are ranked, given ``{question: documents, best first}``."""
    graded = [(ranking, data.relevant[question]) for question, ranking in found.items()]
    at10, share10, share100 = (
        mean([measure(*pair) for pair in graded]) for measure in (ndcg, recall, lambda ranking, grades: recall(ranking, grades, 100))
    )
    return Figure(data.name, arm, data.split, len(data.documents), chunks, at10, share10, share100)


def table(found: Iterable[Figure]) -> Iterator[str]:
    """Yield one line a figure."""
    for f in found:
        yield (
            f"{f.dataset:<18} {f.arm:<9} nDCG@10 {f.ndcg10}  R@10 {f.recall10}  R@100 {f.recall100}  "
            f"({f.split}, n={f.ndcg10.n}, {f.documents} documents, {f.chunks} chunks)"
        )


def fused_beside_best(found: Sequence[Figure]) -> Iterator[str]:
    """Yield one line a set: whether fusion reaches the best single arm within its standard error."""
    for name in dict.fromkeys(f.dataset for f in found):
        ours = {f.arm: f for f in found if f.dataset == name}
        single = [ours[arm] for arm in SINGLE if arm in ours]
        if "weighted" in ours and single:
            best, fused = max(single, key=lambda f: f.ndcg10.value), ours["weighted"]
            difference = fused.ndcg10.value - best.ndcg10.value
            verdict = "holds" if difference >= -fused.ndcg10.error else "FAILS"
            yield f"{name:<18} weighted {difference:+.3f} beside {best.arm}, standard error {fused.ndcg10.error:.3f}: {verdict}"


def plots(found: Sequence[Figure], judged: Sequence[Judged], folder: Path = PLOTS, threshold: float | None = None) -> list[Path]:
    """Draw the arms of each set with their standard errors, and the ROC of the gate; return the PNG files."""
    from evaluation.plots import arms_plot, roc_plot

    folder.mkdir(parents=True, exist_ok=True)
    drawn = [arms_plot(found, folder / "arms.png")] if found else []
    return [*drawn, roc_plot(judged, folder / "gate.png", threshold)] if judged else drawn


def measured(names: Iterable[str], limit: int | None, settings: RetrievalSettings) -> Iterator[Figure | str]:
    """Yield the figures of each set, and a line in place of one that is not here."""
    for name in names:
        data = load_retrieval(name, limit)
        if data is None:
            yield f"{name:<18} skipped: not found under {os.path.relpath(DATA, ROOT)}"
        else:
            yield from figures(data, settings, CACHE)


def main() -> None:
    """Print the tables and write the plots."""
    options = _options()
    settings = RetrievalSettings() if options.dense else RetrievalSettings(embedder="none")
    found: list[Figure] = []
    print("Ranking quality through the real index, dev halves, texts alone (titles left out)")
    for one in measured(options.sets, options.limit_docs, settings):
        for line in [one] if isinstance(one, str) else table([one]):
            print(f"  {line}", flush=True)
        found += [] if isinstance(one, str) else [one]
    for line in fused_beside_best(found):
        print(f"  {line}")
    judged = judge(settings, CACHE / "gate")
    print("\nRelevance gate over knowledge/")
    for line in gate_lines(judged, settings.min_confidence):
        print(f"  {line}")
    if options.plots:
        for path in plots(found, judged, threshold=settings.min_confidence):
            print(f"  {os.path.relpath(path)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.retrieval", description="Measure ranking quality and the relevance gate.")
    parser.add_argument("--sets", nargs="*", choices=RETRIEVAL_SETS, default=list(RETRIEVAL_SETS), help="measuring sets")
    parser.add_argument("--limit-docs", type=int, help="shorten each corpus; documents that answer a question are kept")
    parser.add_argument(
        "--dense", action=argparse.BooleanOptionalAction, default=True, help="with vectors (about 10 chunks a second, once)"
    )
    parser.add_argument("--plots", action=argparse.BooleanOptionalAction, default=True, help=f"write PNG files to {os.path.relpath(PLOTS)}")
    return parser.parse_args()


if __name__ == "__main__":
    main()
