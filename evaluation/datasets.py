"""The dev halves of the measuring sets under ``../shared/data``; never part of the repository, absent on most machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from configs.settings import ROOT

DATA = ROOT.parent / "shared" / "data"
RETRIEVAL_SETS = ("zh_consult_toyhom", "zh_exam_cmexam", "en_medquad", "en_pubmedqa")


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A corpus, its questions and which documents answer them.

    Documents that answer a dev question come first, so that a shortened corpus still holds every answer.
    """

    name: str
    documents: dict[str, str]
    queries: dict[str, str]
    relevant: dict[str, dict[str, int]]
    titles: dict[str, str] = field(default_factory=dict)
    """Of documents that have one apart from their text."""
    split: str = "dev"


def load_retrieval(name: str, limit_documents: int | None = None, root: Path = DATA) -> RetrievalSet | None:
    """Return a set, or None where its files are absent."""
    folder = root / "retrieval" / name
    if not (folder / "corpus.jsonl").is_file():
        return None
    relevant = _qrels(folder / "qrels_dev.tsv")
    documents = {row["_id"]: row["text"] for row in _rows(folder / "corpus.jsonl")}
    answers = {document for grades in relevant.values() for document in grades if document in documents}
    order = [d for d in documents if d in answers] + [d for d in documents if d not in answers]
    queries = {row["_id"]: row["text"] for row in _rows(folder / "queries_dev.jsonl") if row["_id"] in relevant}
    kept = order if limit_documents is None else order[: max(limit_documents, len(answers))]
    return RetrievalSet(name, {d: documents[d] for d in kept}, queries, relevant)


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        grades.setdefault(query, {})[document] = int(grade)
    return grades


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
