"""Source attribution of whole answers: the evidence writer over real retrieval, judged by the verifier."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from configs.settings import RetrievalSettings
from evaluation.gate import KNOWLEDGE, QUESTIONS
from evaluation.safety import Tally
from graphs.evidence import Evidence, resolve
from graphs.state import EvidenceRef
from graphs.writer import write
from retrieval.search import Retriever
from retrieval.verify import Passage, Verifier
from tools.tables import Tables


def attribution(tables: Tables) -> Iterator[str]:
    """Yield how many sentences of answers are carried by what they cite, whether every id resolves and every offset is exact."""
    carried, resolved, exact, answers = Tally(), Tally(), Tally(), 0
    with tempfile.TemporaryDirectory() as folder:
        retriever = _retriever(Path(folder))
        try:
            for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                evidence = _evidence(retriever, row["question"], row["language"]) if row["kind"] == "answerable" else []
                answers += bool(evidence)
                _judge(row["question"], row["language"], evidence, retriever, Verifier(tables), (carried, resolved, exact))
        finally:
            retriever.close()
    yield f"answers of the evidence writer: {answers}"
    yield f"ids resolve      {resolved}"
    yield f"offsets exact    {exact}"
    yield f"attributed       {carried}"


def _retriever(folder: Path) -> Retriever:
    with (KNOWLEDGE / "tables" / "terms.csv").open(encoding="utf-8", newline="") as file:
        terms = {row["term"]: row["standard"] for row in csv.DictReader(file)}
    retriever = Retriever.open(RetrievalSettings(embedder="none"), folder, terms)
    retriever.ingest([KNOWLEDGE / "documents"])
    return retriever


def _evidence(retriever: Retriever, question: str, language: str) -> list[Evidence]:
    result = retriever.search(question, language=language)
    hits = result.hits if result.relevant else ()
    refs = [EvidenceRef(n=n, kind="chunk", id=hit.chunk.id, version=hit.chunk.version) for n, hit in enumerate(hits, start=1)]
    return resolve(refs, retriever)


def _judge(
    question: str, language: str, evidence: list[Evidence], retriever: Retriever, verifier: Verifier, tallies: tuple[Tally, Tally, Tally]
) -> None:
    carried, resolved, exact = tallies
    passages = {item.n: _passage(item, retriever) for item in evidence}
    for sentence in write(question, evidence, language) if evidence else ():
        verdict = verifier.verify(sentence.text, sentence.cites, passages)
        if verdict.medical:
            carried.add(verdict.ok and bool(verdict.quotes), sentence.text)
        for n in sentence.cites:
            chunk = retriever.chunk(passages[n].id) if n in passages else None
            resolved.add(chunk is not None and chunk.version == passages[n].version, str(n))
        for quote in verdict.quotes:
            exact.add(passages[quote.n].text[quote.start : quote.end].strip() == sentence.text.strip(), sentence.text)


def _passage(item: Evidence, retriever: Retriever) -> Passage:
    chunk = retriever.chunk(item.ref.id)
    return Passage(item.ref.id, item.text, item.title, item.section, item.ref.version, chunk.version if chunk else "")
