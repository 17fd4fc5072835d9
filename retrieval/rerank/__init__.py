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
        RerankerUnavailable: the configured model cannot run here; the retriever then keeps the fused order and reports why.
    """
    if settings.reranker == "none":
        return None
    from retrieval.rerank.bge import BgeReranker

    return BgeReranker(settings.reranker_model, settings.device)
