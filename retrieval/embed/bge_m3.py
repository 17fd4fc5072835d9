"""bge-m3 through FlagEmbedding: the embedder of the GPU profile."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import Any

import numpy as np

from retrieval.embed import Vectors
from retrieval.errors import EmbedderUnavailable
from tools.text import clean

BATCH = 32
MAX_TOKENS = 1024
"""Chunks hold at most 4000 characters; longer questions are cut here, not refused."""


class BgeM3:
    """Dense vectors only; the model is loaded at the first call and used by one thread at a time."""

    dimension = 1024

    def __init__(self, model: str, device: str) -> None:
        """Remember what to load.

        Raises:
            EmbedderUnavailable: FlagEmbedding is not installed.
        """
        if find_spec("FlagEmbedding") is None:
            raise EmbedderUnavailable("embedder_not_installed", package="FlagEmbedding")
        self.name = f"bge-m3:{model}"
        self._model, self._device, self._lock = model, device, threading.Lock()
        self._loaded: Any = None

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, 1024]``; bge-m3 wants no prefix."""
        return self._embed(texts)

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, 1024]``."""
        return self._embed(texts)

    def _embed(self, texts: list[str]) -> Vectors:
        with self._lock:
            self._loaded = self._loaded or self._load()
            output = self._loaded.encode([clean(text) for text in texts], batch_size=BATCH, max_length=MAX_TOKENS)
        vectors = np.asarray(output["dense_vecs"], dtype=np.float32).reshape(len(texts), -1)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), dtype=np.float32)

    def _load(self) -> Any:
        try:
            from FlagEmbedding import BGEM3FlagModel

            return BGEM3FlagModel(self._model, use_fp16=self._device != "cpu", normalize_embeddings=True, devices=self._device)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise EmbedderUnavailable("embedder_failed", model=self._model, reason=str(error).splitlines()[0]) from error
