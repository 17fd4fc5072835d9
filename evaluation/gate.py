"""Does the gate let the right questions through? Asked over our own knowledge, with our own questions.

Those marked ``dev`` were used for tuning, those marked ``held_out`` were written before it or beside it and changed nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from configs.settings import ROOT, RetrievalSettings
from retrieval.search import Retriever

QUESTIONS = ROOT / "tests" / "retrieval" / "gate_questions.jsonl"
KNOWLEDGE = ROOT / "knowledge"
THRESHOLDS = (0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7)


@dataclass(frozen=True, slots=True)
class Judged:
    """One question and how surely the gate takes the evidence to answer it."""

    question: str
    language: str
    kind: str
    split: str
    confidence: float
    coverage: float
    named: bool
    agreed: bool | None

    @property
    def answerable(self) -> bool:
        """Whether the knowledge holds the answer."""
        return self.kind == "answerable"


def lay_terms() -> dict[str, str]:
    """Return what people say → what documents say, as a consult's search expands questions."""
    with (KNOWLEDGE / "tables" / "terms.csv").open(encoding="utf-8", newline="") as file:
        return {row["term"]: row["standard"] for row in csv.DictReader(file)}


def judge(settings: RetrievalSettings, data_dir: Path) -> list[Judged]:
    """Ask every question and return what the gate saw."""
    retriever = Retriever.open(settings, data_dir, lay_terms(), mend=True)
    try:
        retriever.ingest([KNOWLEDGE / "documents"])
        rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
        return [_judged(row, retriever) for row in rows]
    finally:
        retriever.close()


def _judged(row: dict[str, str], retriever: Retriever) -> Judged:
    seen = retriever.search(row["question"], language=row["language"]).signals
    return Judged(**row, confidence=seen.confidence, coverage=seen.coverage, named=seen.named, agreed=seen.agreed)


def roc(judged: Sequence[Judged]) -> list[tuple[float, float, float]]:
    """Return ``(threshold, share of unanswerable questions let through, share of answerable ones)`` from the strictest threshold on."""
    yes = [one.confidence for one in judged if one.answerable]
    no = [one.confidence for one in judged if not one.answerable]

    def share(values: list[float], least: float) -> float:
        return sum(value >= least for value in values) / len(values) if values else 0.0

    thresholds = [1.01, *sorted({one.confidence for one in judged}, reverse=True), 0.0]
    return [(least, share(no, least), share(yes, least)) for least in thresholds]


def auc(judged: Sequence[Judged]) -> float:
    """Return the area under the ROC: how often an answerable question is surer than an unanswerable one, ties counting half."""
    yes = [one.confidence for one in judged if one.answerable]
    no = [one.confidence for one in judged if not one.answerable]
    wins = sum((a > b) + 0.5 * (a == b) for a in yes for b in no)
    return wins / (len(yes) * len(no)) if yes and no else 0.0


def gate_lines(judged: Sequence[Judged], threshold: float) -> Iterator[str]:
    """Yield the AUC and points of the ROC a split, and what the gate lets through by kind and language."""
    for split in sorted({one.split for one in judged}):
        of = [one for one in judged if one.split == split]
        medical = [one for one in of if one.kind != "off_topic"]
        yield f"{split:<9} AUC {auc(of):.3f} (n={len(of)}), without off-topic questions {auc(medical):.3f} (n={len(medical)})"
        for least in THRESHOLDS:
            kinds = "  ".join(_share(of, kind, least) for kind in ("answerable", "medical_gap", "off_topic"))
            yield f"{split:<9} from {least:.2f}: {kinds}{'   <- the setting' if least == threshold else ''}"
    for key in sorted({(one.split, one.kind, one.language) for one in judged}):
        of = [one for one in judged if (one.split, one.kind, one.language) == key]
        yield f"{key[0]:<9} {key[1]:<12} {key[2]}  answered {sum(one.confidence >= threshold for one in of)}/{len(of)}"


def _share(judged: Sequence[Judged], kind: str, least: float) -> str:
    of = [one for one in judged if one.kind == kind]
    return f"{kind} {sum(one.confidence >= least for one in of)}/{len(of)}"


def gate_report(settings: RetrievalSettings, data_dir: Path) -> list[str]:
    """Return the lines of `gate_lines` for a profile."""
    return list(gate_lines(judge(settings, data_dir), settings.min_confidence))
