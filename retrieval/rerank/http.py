"""A cross-encoder behind ``/v1/rerank``: vLLM and others in the shape of Jina and Cohere, and TEI in its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from configs.settings import RetrievalSettings
from retrieval.cooldown import Cooldown
from retrieval.errors import RerankerUnavailable
from retrieval.http import Endpoint, in_parts
from tools.text import clean

FOREIGN_SHAPE = 422
"""What TEI answers to a request without ``texts``."""


class HttpReranker:
    """Scores of one server; the server joins concurrent requests into batches."""

    def __init__(self, settings: RetrievalSettings) -> None:
        """Prepare; nothing is sent, and a server that is down now may be up at the first call."""
        self.name = f"http:{settings.reranker_model}"
        self.cooldown = Cooldown(settings.provider_cooldown_s)
        self._model, self._batch = settings.reranker_model, settings.provider_batch
        self._endpoint = Endpoint(settings.reranker_url, "/rerank", settings, RerankerUnavailable)
        self._tei = False
        self._logits = False

    def score(self, query: str, passages: list[str]) -> NDArray[np.float64]:
        """Return float64 ``[n]`` in 0..1.

        Raises:
            RerankerUnavailable: the server fails, is too slow or busy, or its answer cannot be used.
        """
        question = clean(query)
        with self.cooldown.watch():
            scores = in_parts(lambda texts: self._send(question, texts), [clean(passage) for passage in passages], self._batch)
        return self._probabilities(np.asarray(scores, dtype=np.float64).reshape(len(passages)))

    def close(self) -> None:
        """Close the connections."""
        self._endpoint.close()

    def _probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return scores in 0..1. Some servers send logits; one score outside 0..1 gives such a server away, for good."""
        self._logits = self._logits or bool(((scores < 0) | (scores > 1)).any())
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -500, 500)))) if self._logits else scores

    def _send(self, query: str, passages: list[str]) -> list[float]:
        answer = self._ask(query, passages)
        rows: Any = answer.get("results") if isinstance(answer, dict) else answer
        name = "relevance_score" if isinstance(answer, dict) else "score"
        try:
            found = {row["index"]: float(row[name]) for row in rows if type(row["index"]) is int}
        except (TypeError, KeyError, ValueError, OverflowError) as error:
            raise self._endpoint.garbled("not a list of scores") from error
        if len(rows) != len(passages) or set(found) != set(range(len(passages))):
            raise self._endpoint.garbled(f"{len(rows)} scores for {len(passages)} passages")
        if not np.isfinite(list(found.values())).all():
            raise self._endpoint.garbled("a score that is no number")
        return [found[index] for index in range(len(passages))]

    def _ask(self, query: str, passages: list[str]) -> Any:
        if not self._tei:
            try:
                return self._endpoint.post({"model": self._model, "query": query, "documents": passages, "top_n": len(passages)})
            except RerankerUnavailable as error:
                if error.values.get("status") != FOREIGN_SHAPE:
                    raise
        answer = self._endpoint.post({"query": query, "texts": passages, "truncate": True})
        self._tei = True
        return answer
