"""Cross-encoders: the protocol, one file per provider, one factory."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from configs.settings import RetrievalSettings


class Reranker(Protocol):
    """Reads question and passage together."""

    @property
    def name(self) -> str:
        """Return the model's name for reports."""
        ...

    def score(self, query: str, passages: list[str]) -> NDArray[np.float64]:
        """Return float64 ``[n]`` in 0..1, higher is better."""
        ...


def make_reranker(settings: RetrievalSettings) -> Reranker | None:
    """Return the configured reranker, or None when the fused order is final.

    Raises:
        RerankerUnavailable: the configured model can never run here; the retriever then keeps the fused order and reports why. What a
            call raises later is for now: the model has its own cooldown and is tried again.
    """
    if settings.reranker == "bge-reranker":
        from retrieval.rerank.bge import BgeReranker

        return BgeReranker(settings)
    if settings.reranker == "http":
        from retrieval.rerank.http import HttpReranker

        return HttpReranker(settings)
    return None
