"""Dense vectors from a server with OpenAI's ``/v1/embeddings``: vLLM, TEI and others."""

from __future__ import annotations

from typing import Any

import numpy as np

from configs.settings import RetrievalSettings
from retrieval.cooldown import Cooldown
from retrieval.embed import Vectors
from retrieval.errors import EmbedderUnavailable
from retrieval.http import Endpoint, in_parts
from tools.text import clean


class HttpEmbedder:
    """The server joins the texts of concurrent requests into batches; here they are only bounded."""

    def __init__(self, settings: RetrievalSettings) -> None:
        """Prepare; nothing is sent, and a server that is down now may be up at the first call."""
        self.name = f"http:{settings.embedder_model}:{settings.embedder_dimension}"
        self.dimension, self.batch = settings.embedder_dimension, settings.provider_batch
        self.cooldown = Cooldown(settings.provider_cooldown_s)
        self._model = settings.embedder_model
        self._endpoint = Endpoint(settings.embedder_url, "/embeddings", settings, EmbedderUnavailable)

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, dimension]``; no prefix is added.

        Raises:
            EmbedderUnavailable: the server fails, is too slow or busy, or its answer cannot be used.
        """
        with self.cooldown.watch():
            rows = in_parts(self._send, [clean(text) for text in texts], self.batch)
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, dimension]``; as `embed_queries`."""
        return self.embed_queries(texts)

    def close(self) -> None:
        """Close the connections."""
        self._endpoint.close()

    def _send(self, texts: list[str]) -> list[Vectors]:
        answer = self._endpoint.post({"model": self._model, "input": texts, "encoding_format": "float"})
        try:
            rows = [(row["index"], row["embedding"]) for row in answer["data"]]
            found = {index: np.asarray(vector, dtype=np.float32) for index, vector in rows if type(index) is int}
        except (TypeError, KeyError, ValueError, OverflowError) as error:
            raise self._endpoint.garbled("not a list of vectors") from error
        if len(rows) != len(texts) or set(found) != set(range(len(texts))):
            raise self._endpoint.garbled(f"{len(rows)} vectors for {len(texts)} texts")
        return [self._checked(found[index]) for index in range(len(texts))]

    def _checked(self, vector: Any) -> Vectors:
        if vector.shape != (self.dimension,):
            got = "x".join(map(str, vector.shape))
            raise EmbedderUnavailable("embedder_dimension", service=self._endpoint.service, got=got, wanted=self.dimension)
        norm = float(np.linalg.norm(vector))
        if not np.isfinite(norm) or norm == 0.0:
            raise self._endpoint.garbled("a vector without a direction")
        return np.asarray(vector / norm, dtype=np.float32)
