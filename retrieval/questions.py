"""Vectors of questions asked a moment ago: one turn searches the same words several times, and many people ask the same thing at once.

A question takes longer to embed than to search. Kept are keyed digests and vectors, in memory and few; never the patient's words.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from concurrent.futures import Future

import numpy as np

from retrieval.embed import Embedder, Vectors
from retrieval.turns import Turns

KEPT = 512


class QuestionVectors:
    """Asks the embedder once for a question that several threads ask at the same time, or that was asked a moment ago."""

    def __init__(self, turns: Turns | None = None) -> None:
        """Begin with nothing.

        Args:
            turns: where questions stand in line for the embedder; None where it has a line of its own.
        """
        self._turns = turns
        self._secret = secrets.token_bytes(16)
        self._vectors: OrderedDict[bytes, Future[Vectors]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, embedder: Embedder, question: str) -> Vectors:
        """Return the vector float32 ``[d]`` of a question.

        Raises:
            EmbedderUnavailable: as the embedder does, or too many questions are waiting for it; failures are not kept.
        """
        words = f"{embedder.name}\0{question}".encode("utf-8", "replace")
        key = hashlib.blake2b(words, key=self._secret, digest_size=16).digest()
        with self._lock:
            known = self._vectors.get(key)
            mine: Future[Vectors] = Future()
            self._vectors[key] = known or mine
            self._vectors.move_to_end(key)
            while len(self._vectors) > KEPT:
                self._vectors.popitem(last=False)
        if known is not None:
            return known.result()
        try:
            mine.set_result(self._embedded(embedder, question))
        except BaseException as error:
            with self._lock:
                self._vectors.pop(key, None)
            mine.set_exception(error)
            raise
        return mine.result()

    def close(self) -> None:
        """Let those in line finish."""
        if self._turns is not None:
            self._turns.close()

    def _embedded(self, embedder: Embedder, question: str) -> Vectors:
        def embed() -> Vectors:
            return embedder.embed_queries([question])

        vectors = embed() if self._turns is None else self._turns.run(embed)
        return np.asarray(vectors[0], dtype=np.float32)
