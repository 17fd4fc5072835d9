"""bge-reranker through FlagEmbedding."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import RerankerUnavailable
from tools.text import clean

MAX_TOKENS = 1024


class BgeReranker:
    """Loaded at the first call and used by one thread at a time."""

    def __init__(self, model: str, device: str) -> None:
        """Remember what to load.

        Raises:
            RerankerUnavailable: FlagEmbedding is not installed.
        """
        if find_spec("FlagEmbedding") is None:
            raise RerankerUnavailable("reranker_not_installed", package="FlagEmbedding")
        self.name = model
        self._device, self._lock = device, threading.Lock()
        self._loaded: Any = None

    def score(self, query: str, passages: list[str]) -> NDArray[np.float64]:
        """Return float64 ``[n]``, the sigmoid of the model's logits.

        Raises:
            RerankerUnavailable: the weights cannot be loaded.
        """
        if not passages:
            return np.zeros(0)
        pairs = [(clean(query), clean(passage)) for passage in passages]
        with self._lock:
            self._loaded = self._loaded or self._load()
            scores = self._loaded.compute_score(pairs, normalize=True, max_length=MAX_TOKENS)
        return np.asarray(scores, dtype=np.float64).reshape(len(passages))

    def _load(self) -> Any:
        try:
            from FlagEmbedding import FlagReranker

            return FlagReranker(self.name, use_fp16=self._device != "cpu", devices=self._device)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise RerankerUnavailable("reranker_failed", model=self.name, reason=str(error).splitlines()[0]) from error
