"""Learning what a message says of each name in it: ``python -m evaluation.train memory``.

Cases are those of the own bank's half ``dev`` and of ``memory_train.jsonl``. A name in a message is labelled with the fact that the author
of the case wrote down for it, or with none. What is reported comes from folds that had not seen the case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from configs.settings import ROOT
from evaluation.memory_score import Same
from evaluation.safety import BANKS
from memory.extract import talks
from memory.facts import ANY
from memory.features import BUCKETS, Seen, features
from memory.learned import JUDGE, KIND_LABELS, STATUSES, Judge, save_judge
from memory.mentions import KINDS, Mention, mentions_in
from memory.talk import Talk
from tools.tables import Tables, load_tables
from tools.text import clean, fold

SOURCES = (BANKS / "memory.jsonl", BANKS / "memory_train.jsonl")
ALIASES = (BANKS / "memory_aliases.json", BANKS / "memory_train_aliases.json")
_FOLDS = 5
_DECAY = 2e-4
_BANK_WEIGHT = 0.3
"""Of a case of the bank: the rules were tuned on it, and are right there more often than elsewhere."""
_ROUNDS = 60
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One name of one case. ``label`` is kind and status, both empty for "nothing"."""

    case: str
    source: str
    message: str
    words: str
    seen: Seen
    blind: Seen
    """The features without what the rules say."""
    verdict: tuple[str, str]
    label: tuple[str, str]


def main() -> None:
    """Learn, report and write."""
    tables = load_tables(ROOT / "knowledge" / "tables")
    samples = [sample for source in SOURCES if source.is_file() for sample in read_samples(source, tables)]
    print(f"{len(samples)} names; rules alone right {np.mean([s.verdict == s.label for s in samples]):.3f}")
    said = unseen(samples)
    print(f"with the model, cases not seen: right {np.mean([a == s.label for a, s in zip(said, samples, strict=True)]):.3f}")
    judge = learn(samples)
    path = ROOT / "knowledge" / "tables" / JUDGE
    save_judge(path, judge)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size >> 10} KB")


def all_same(tables: Tables) -> Same:
    """Return what tells that two names mean the same, over the synonyms of all authors."""
    merged: dict[str, list[str]] = {}
    for path in ALIASES:
        for name, others in json.loads(path.read_text(encoding="utf-8")).items() if path.is_file() else ():
            merged.setdefault(name, []).extend(others)
    with NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(merged, file)
        file.flush()
        return Same(tables, Path(file.name))


def read_samples(source: Path, tables: Tables, same: Same | None = None) -> Iterator[Sample]:
    """Yield the names of the cases of a file that may be learned from."""
    same = same or all_same(tables)
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            if case.get("split", "dev") == "dev":
                yield from _samples(case, source.stem, tables, same)


def _samples(case: dict[str, Any], source: str, tables: Tables, same: Same) -> Iterator[Sample]:
    for turn, (talk, facts) in enumerate(talks(case["turns"], tables, language=case["lang"])):
        mentions = mentions_in(talk, facts)
        labels = [_label(case, turn, talk, mention, same) for mention in mentions]
        bare = features(talk, [replace(mention, facts=()) for mention in mentions])
        for mention, label, seen, blind in zip(mentions, labels, features(talk, mentions), bare, strict=True):
            if label is None or (label[0][0] and not label[1] and _told_better(mention, label[0], mentions, labels)):
                continue
            yield Sample(case["id"], source, talk.message, mention.name.words, seen, blind, mention.verdict, label[0])


Label = tuple[tuple[str, str], bool]


def _label(case: dict[str, Any], turn: int, talk: Talk, mention: Mention, same: Same) -> Label | None:
    """Return kind and status of what the author wrote for a name, and whether he quoted it; ``None`` if it cannot be told."""
    elsewhere = False
    best: tuple[tuple[bool, int], Label] | None = None
    name = mention.name
    for fact in case["facts"]:
        if fact["kind"] not in KINDS or fact["value"] == ANY or not _means(name.spelled or name.words, name.references, fact, same):
            continue
        if fact["turn"] != turn:
            elsewhere = True
            continue
        quote = fold(clean(fact["quote"]))
        at = talk.low.find(quote)
        inside = 0 <= at <= name.start and name.end <= at + len(quote)
        rank = (inside, -KINDS.index(fact["kind"]))
        if best is None or rank > best[0]:
            best = rank, ((fact["kind"], fact["status"]), inside)
    if best:
        return best[1]
    return None if elsewhere else (("", ""), False)


def _means(words: str, references: frozenset[str], fact: dict[str, Any], same: Same) -> bool:
    value = fact["value"]
    if same._references(value) & references or same.values(fact["kind"], words, value):
        return True
    return fact["kind"] in ("allergy", "intolerance") and len(words) > 1 and fold(words) in fold(value)


def _told_better(mention: Mention, label: tuple[str, str], mentions: Sequence[Mention], labels: Sequence[Label | None]) -> bool:
    """Tell whether the same thing is named again where the author's quotation stands."""
    return any(
        found and found[0] == label and found[1] and other is not mention and not other.name.references.isdisjoint(mention.name.references)
        for other, found in zip(mentions, labels, strict=True)
    )


def unseen(samples: Sequence[Sample], wanted: Callable[[Sample], bool] = lambda _: True) -> list[Any]:
    """Return for each name what a model says that knows no name of its case: a label, kind and status."""
    folds = np.array([crc32(sample.case.encode()) % _FOLDS for sample in samples])
    said: list[Any] = [None] * len(samples)
    for fold_number in range(_FOLDS):
        judge = learn([sample for sample, number in zip(samples, folds, strict=True) if number != fold_number])
        for place in map(int, np.flatnonzero(folds == fold_number)):
            if wanted(samples[place]):
                said[place] = judge.judge([samples[place].seen])[0].label
    return said


def learn(samples: Sequence[Sample], decay: float = _DECAY) -> Judge:
    """Return the two models: which kind, if any, and with which status."""
    rows = [(seen, sample.label, weight) for sample in samples for seen, weight in _copies(sample)]
    matrix = as_matrix([seen for seen, *_ in rows])
    kinds = np.array([KIND_LABELS.index(label[0]) for _, label, _ in rows])
    weights = np.array([weight for *_, weight in rows])
    told = kinds > 0
    statuses = np.array([STATUSES.index(label[1]) for _, label, _ in rows if label[0]])
    kind, kind_bias = _softmax(matrix, kinds, weights, len(KIND_LABELS), decay)
    status, status_bias = _softmax(_with_kind(matrix[told], kinds[told]), statuses, weights[told], len(STATUSES), decay)
    return Judge(kind, kind_bias, status, status_bias)


def _copies(sample: Sample) -> list[tuple[Seen, float]]:
    """Return the features that are learned from, with their weights: with and without what the rules say of the name."""
    weight = _BANK_WEIGHT if sample.source == "memory" else 0.5
    return [(sample.blind, weight), (sample.seen, weight)]


def _with_kind(matrix: csr_matrix, kinds: NDArray[np.int64]) -> csr_matrix:
    from scipy.sparse import hstack

    rows = np.arange(len(kinds))
    return csr_matrix(hstack([matrix, csr_matrix((np.ones(len(kinds)), (rows, kinds)), shape=(len(kinds), len(KIND_LABELS)))]))


def as_matrix(seen: Sequence[Seen]) -> csr_matrix:
    """Return the features of names as rows."""
    ends = np.cumsum([0, *(len(buckets) for buckets, _ in seen)])
    columns, values = (np.concatenate([one[side] for one in seen]) for side in (0, 1))
    return csr_matrix((values.astype(np.float64), columns, ends), shape=(len(seen), BUCKETS))


def _softmax(
    matrix: csr_matrix, labels: NDArray[np.int64], weight: Matrix, classes: int, decay: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights ``[features, classes]`` and bias of a multinomial regression, over the features that occur."""
    used = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]))
    small = csr_matrix(matrix[:, used])
    count, width = small.shape
    share = (weight / weight.sum())[:, None]
    target = np.zeros((count, classes))
    target[np.arange(count), labels] = 1

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights, bias = flat[: width * classes].reshape(width, classes), flat[width * classes :]
        scores = small @ weights + bias
        scores -= scores.max(1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(1, keepdims=True)
        wrong = (chances - target) * share
        value = -(share[:, 0] * np.log(np.maximum((chances * target).sum(1), 1e-12))).sum() + decay * (weights**2).sum()
        return float(value), np.concatenate([(small.T @ wrong + 2 * decay * weights).ravel(), wrong.sum(0)])

    start = np.zeros(width * classes + classes)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    weights = np.zeros((matrix.shape[1], classes), np.float32)
    weights[used] = best[: width * classes].reshape(width, classes)
    return weights, best[width * classes :].astype(np.float32)
