"""Does the gate let the right questions through? Asked over our own knowledge, with our own questions.

Those marked ``dev`` were used for tuning, those marked ``held_out`` were written after it and changed nothing.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

from configs.settings import ROOT, RetrievalSettings
from retrieval.search import Retriever

QUESTIONS = ROOT / "tests" / "retrieval" / "gate_questions.jsonl"
KNOWLEDGE = ROOT / "knowledge"


def gate_report(settings: RetrievalSettings, data_dir: Path) -> list[str]:
    """Return one line a split, kind and language: how many questions the gate lets through."""
    with (KNOWLEDGE / "tables" / "terms.csv").open(encoding="utf-8", newline="") as file:
        terms = {row["term"]: row["standard"] for row in csv.DictReader(file)}
    retriever = Retriever.open(settings, data_dir, terms, mend=True)
    asked: Counter[tuple[str, str, str]] = Counter()
    answered: Counter[tuple[str, str, str]] = Counter()
    try:
        retriever.ingest([KNOWLEDGE / "documents"])
        for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            key = row["split"], row["kind"], row["language"]
            asked[key] += 1
            answered[key] += retriever.search(row["question"], language=row["language"]).relevant
    finally:
        retriever.close()
    return [
        f"{split:<9} {kind:<12} {language}  answered {answered[split, kind, language]}/{n}"
        for (split, kind, language), n in sorted(asked.items())
    ]
