"""bge-m3 through FlagEmbedding: the embedder of the GPU profile."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from configs.settings import RetrievalSettings
from retrieval.batching import BatchWorker
from retrieval.cooldown import Cooldown
from retrieval.embed import Vectors, Weights
from retrieval.errors import EmbedderUnavailable
from retrieval.flag import LOAD_S, halving, load, outputs
from tools.text import clean

PASSAGES_S = 600.0
"""A batch of passages is somebody's ingest: it waits where a question would go on without vectors."""
Embedded = tuple[Vectors, Weights]


class BgeM3:
    """Dense vectors. The model is loaded at the first call; one thread runs it and joins the texts of all callers into batches."""

    sparse = False

    def __init__(self, settings: RetrievalSettings) -> None:
        """Remember what to load.

        Raises:
            EmbedderUnavailable: FlagEmbedding is not installed.
        """
        if find_spec("FlagEmbedding") is None:
            raise EmbedderUnavailable("embedder_not_installed", package="FlagEmbedding")
        self.name, self.dimension, self.batch = f"bge-m3:{settings.embedder_model}", settings.embedder_dimension, settings.provider_batch
        self.cooldown = Cooldown(settings.provider_cooldown_s)
        self._model, self._device, self._timeout_s = settings.embedder_model, settings.device, settings.provider_timeout_s
        self._loaded: Any = None
        self._worker: BatchWorker[str, Embedded] = BatchWorker(
            self.name, self._run, batch=self.batch, queue=settings.provider_queue, error=EmbedderUnavailable, failed="embedder_failed"
        )

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, dimension]``; bge-m3 wants no prefix.

        Raises:
            EmbedderUnavailable: the model fails, cannot be loaded, or has too much to do.
        """
        return self._stack(self._embed(texts, self._timeout_s))

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, dimension]``.

        Raises:
            EmbedderUnavailable: the model fails or cannot be loaded.
        """
        return self._stack(self._embed(texts, PASSAGES_S))

    def close(self) -> None:
        """End the thread and let go of the model."""
        self._worker.close()
        self._loaded = None

    def _stack(self, embedded: Sequence[Embedded]) -> Vectors:
        return np.stack([vector for vector, _ in embedded]) if embedded else np.zeros((0, self.dimension), np.float32)

    def _embed(self, texts: list[str], timeout_s: float) -> list[Embedded]:
        with self.cooldown.watch():
            limit = timeout_s if self._loaded is not None else timeout_s + LOAD_S
            return self._worker.submit([clean(text) for text in texts], limit)

    def _run(self, texts: list[str]) -> list[Embedded]:
        """Run the model; called by the worker's thread alone."""
        if self._loaded is None:
            self._loaded = self._load()
        return halving(self._forward, texts)

    def _forward(self, texts: list[str]) -> list[Embedded]:
        inputs, found = outputs(self._loaded, texts, self._device, return_dense=True, return_sparse=self.sparse)
        vectors = self._checked(found["dense_vecs"].float().cpu().numpy())
        if not self.sparse:
            return [(vector, {}) for vector in vectors]
        weights = found["sparse_vecs"].squeeze(-1).float().cpu().tolist()
        return list(zip(vectors, map(self._words, inputs["input_ids"].tolist(), weights), strict=True))

    def _checked(self, vectors: Vectors) -> Vectors:
        if vectors.shape[1] != self.dimension:
            raise EmbedderUnavailable("embedder_dimension", service=self.name, got=vectors.shape[1], wanted=self.dimension)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(norms).all():
            # Half precision overflows on some texts; a vector of NaN would sit in the index for ever.
            raise EmbedderUnavailable("embedder_failed", model=self._model, reason="vectors are not finite")
        return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)

    def _words(self, ids: Sequence[int], weights: Sequence[float]) -> Weights:
        """Return the highest weight of each token of a text.

        Tokens are pieces of the vocabulary, which unlike decoded text are never the same for two ids.
        """
        tokenizer, best = self._loaded.tokenizer, dict[int, float]()
        for identity, weight in zip(ids, weights, strict=True):
            # Four decimals are more than half precision knows, and the same whether computed now or read from the cache.
            best[identity] = max(best.get(identity, 0.0), round(weight, 4))
        known = {identity: weight for identity, weight in best.items() if weight > 0 and identity not in tokenizer.all_special_ids}
        return dict(zip(tokenizer.convert_ids_to_tokens(list(known)), known.values(), strict=True))

    def _load(self) -> Any:
        try:
            return load("BGEM3FlagModel", self._model, self._device)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise EmbedderUnavailable("embedder_failed", model=self._model, reason=str(error).splitlines()[0]) from error


class SparseBgeM3(BgeM3):
    """Vectors and lexical weights from one pass."""

    sparse = True
    RECENT = 64

    def __init__(self, settings: RetrievalSettings) -> None:
        """As `BgeM3`."""
        super().__init__(settings)
        self._recent: OrderedDict[str, Embedded] = OrderedDict()
        self._lock = threading.Lock()

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, dimension]``; as in `BgeM3`."""
        return self._stack(self._questions(texts))

    def embed_sparse_queries(self, texts: list[str]) -> list[Weights]:
        """Return token weights; after `embed_queries` of the same text this costs nothing.

        Raises:
            EmbedderUnavailable: as in `embed_queries`.
        """
        return [weights for _, weights in self._questions(texts)]

    def embed_sparse_passages(self, texts: list[str]) -> list[Weights]:
        """Return token weights.

        Raises:
            EmbedderUnavailable: as in `embed_passages`.
        """
        return [weights for _, weights in self._embed(texts, PASSAGES_S)]

    def embed_passages_both(self, texts: list[str]) -> tuple[Vectors, list[Weights]]:
        """Return float32 ``[n, dimension]`` and the token weights.

        Raises:
            EmbedderUnavailable: as in `embed_passages`.
        """
        embedded = self._embed(texts, PASSAGES_S)
        return self._stack(embedded), [weights for _, weights in embedded]

    def _questions(self, texts: list[str]) -> list[Embedded]:
        """Embed questions, those of the last moments from memory: a search asks for the vector and for the weights."""
        with self._lock:
            known = {text: self._recent[text] for text in texts if text in self._recent}
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if missing:
            known |= dict(zip(missing, self._embed(missing, self._timeout_s), strict=True))
        with self._lock:
            self._recent |= {text: known[text] for text in missing}
            while len(self._recent) > self.RECENT:
                self._recent.popitem(last=False)
        return [known[text] for text in texts]

    def close(self) -> None:
        """End the thread, let go of the model and forget the questions."""
        super().close()
        with self._lock:
            self._recent.clear()
