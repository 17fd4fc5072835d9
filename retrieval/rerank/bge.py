"""bge-reranker through FlagEmbedding."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from configs.settings import RetrievalSettings
from retrieval.batching import BatchWorker
from retrieval.cooldown import Cooldown
from retrieval.errors import RerankerUnavailable
from retrieval.flag import LOAD_S, halving, load, outputs
from tools.text import clean

MAX_QUERY_CHARS = 500
"""Half of the model's room: what is left belongs to the passage, which alone is cut."""


class BgeReranker:
    """Loaded at the first call; one thread runs the model and joins the pairs of all callers into batches."""

    def __init__(self, settings: RetrievalSettings) -> None:
        """Remember what to load.

        Raises:
            RerankerUnavailable: FlagEmbedding is not installed.
        """
        if find_spec("FlagEmbedding") is None:
            raise RerankerUnavailable("reranker_not_installed", package="FlagEmbedding")
        self.name = settings.reranker_model
        self.cooldown = Cooldown(settings.provider_cooldown_s)
        self._device, self._timeout_s = settings.device, settings.provider_timeout_s
        self._loaded: Any = None
        self._worker: BatchWorker[tuple[str, str], float] = BatchWorker(
            self.name,
            self._run,
            batch=settings.provider_batch,
            queue=settings.provider_queue,
            error=RerankerUnavailable,
            failed="reranker_failed",
        )

    def score(self, query: str, passages: list[str]) -> NDArray[np.float64]:
        """Return float64 ``[n]``, the sigmoid of the model's logits.

        Raises:
            RerankerUnavailable: the model fails, cannot be loaded, or has too much to do.
        """
        with self.cooldown.watch():
            question = clean(query)[:MAX_QUERY_CHARS]
            limit = self._timeout_s if self._loaded is not None else self._timeout_s + LOAD_S
            scores = self._worker.submit([(question, clean(passage)) for passage in passages], limit)
        return np.asarray(scores, dtype=np.float64).reshape(len(passages))

    def close(self) -> None:
        """End the thread and let go of the model."""
        self._worker.close()
        self._loaded = None

    def _run(self, pairs: list[tuple[str, str]]) -> list[float]:
        """Run the model; called by the worker's thread alone."""
        if self._loaded is None:
            self._loaded = self._load()
        return halving(self._forward, pairs)

    def _forward(self, pairs: list[tuple[str, str]]) -> list[float]:
        _, found = outputs(self._loaded, pairs, self._device)
        scores = found.logits.view(-1).float().sigmoid().cpu().numpy()
        if not np.isfinite(scores).all():
            raise RerankerUnavailable("reranker_failed", model=self.name, reason="scores are not finite")
        return [float(score) for score in scores]

    def _load(self) -> Any:
        try:
            return load("FlagReranker", self.name, self._device)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise RerankerUnavailable("reranker_failed", model=self.name, reason=str(error).splitlines()[0]) from error
