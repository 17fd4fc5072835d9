"""A small measuring set made of our own knowledge, for machines that hold no other: notebooks and CI.

Known items: the author of a document wrote down what people really type when they mean it (``keywords`` of its front matter). These words
are the questions, and what is indexed is the document without them. A keyword that stands in the title of its document would be found by
the title alone and is left out. Which of the rest are asked is decided by a hash of the words, so by nothing that could please an arm.

Such questions are shorter than a patient's and were written by those who wrote the documents: arms can be compared on them, and the
figures are not those of the measuring sets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from configs.settings import ROOT
from evaluation.datasets import RetrievalSet
from retrieval.documents import Document, read_documents
from tools.text import fold

DOCUMENTS = ROOT / "knowledge" / "documents"
LANGUAGES = ("zh", "en")
QUESTIONS = 60
"""A language; a notebook takes a minute or two with them, and arms .1 apart can be told apart."""


def sample_set(language: str, questions: int | None = QUESTIONS, folder: Path = DOCUMENTS) -> RetrievalSet:
    """Return the known-item set of one language.

    Args:
        language: ``zh`` or ``en``.
        questions: how many keywords are asked; None for all.
        folder: documents with complete front matter.
    """
    found = [one for one in read_documents(folder.resolve()) if isinstance(one, Document) and one.language == language]
    relevant: dict[str, dict[str, int]] = {}
    for document in found:
        for words in _lay_words(document):
            relevant.setdefault(words, {})[document.id] = 1
    asked = sorted(relevant, key=_digest)[:questions]
    return RetrievalSet(
        name=f"{language}_keywords",
        documents={document.id: document.body for document in found},
        queries={words: words for words in asked},
        relevant={words: relevant[words] for words in asked},
        titles={document.id: document.title for document in found},
        split="sample",
    )


def sample_sets(questions: int | None = QUESTIONS) -> list[RetrievalSet]:
    """Return the sets of both languages, Chinese first."""
    return [sample_set(language, questions) for language in LANGUAGES]


def verbatim(data: RetrievalSet) -> int:
    """Return for how many questions a document that answers them holds the very words: those need no understanding."""
    return sum(_holds(words, (data.documents[name] for name in data.relevant[words])) for words in data.queries)


def _lay_words(document: Document) -> Iterator[str]:
    for keyword in document.keywords:
        if keyword.strip() and fold(keyword) not in fold(document.title):
            yield " ".join(keyword.split())


def _holds(words: str, texts: Iterable[str]) -> bool:
    return any(fold(words) in fold(text) for text in texts)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
