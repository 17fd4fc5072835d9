"""Work over a Ray cluster, or over processes of this machine: answers to lines, and vectors of passages.

Imported only when ``--engine ray`` asks for it (requirements-ray.txt). Every machine of the cluster needs the project and its profile, for
answers the data folder too, at the same places; results come back to the process that started it, which alone writes.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import numpy as np
import ray
import ray.data
from ray.util import ActorPool

from agent.batch.engine import open_engine
from agent.batch.lines import Pending
from agent.errors import BadCall
from configs.section import in_the_clear
from configs.settings import ROOT, RetrievalSettings, Settings
from retrieval.cooldown import close_model
from retrieval.embed import Embedder, SparseEmbedder, Vectors, Weights, make_embedder
from retrieval.errors import EmbedderUnavailable
from retrieval.index import Wrap

TRIES = 3
"""Of starting Ray here: it gives itself half a minute, which a busy machine may not have."""
PIECE = 32
"""Passages in one call of a worker."""
PIECES = 4
"""Calls a worker has before it at a time, so that none of them stands idle while the slowest ends."""


class Worker:
    """One process with an engine and an event loop of its own, open for as long as the batch lasts."""

    def __init__(self, settings: str, language: str | None) -> None:
        self._loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        self._engine = self._loop.run_until_complete(
            self._open.enter_async_context(open_engine(Settings.model_validate_json(settings), language))
        )

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        """Answer the lines of one batch, all at once."""
        lines = [Pending(int(number), str(text)) for number, text in zip(rows["number"], rows["text"], strict=True)]
        results = self._loop.run_until_complete(self._all(lines))
        return {"result": [json.dumps(result, ensure_ascii=False) for result in results]}

    async def _all(self, lines: Sequence[Pending]) -> list[dict[str, Any]]:
        return await asyncio.gather(*(self._engine.answer(line) for line in lines))


def answers(lines: Sequence[Pending], settings: Settings, language: str | None, size: int, address: str, workers: int) -> Iterator[str]:
    """Yield one result a line as JSON, batch after batch as they are finished."""
    with connected(address):
        ray.data.DataContext.get_current().enable_progress_bars = False
        rows = ray.data.from_items([{"number": line.number, "text": line.text} for line in lines])
        rows = rows.repartition(max(1, -(-len(lines) // size)))
        told = {"settings": in_the_clear(settings), "language": language}
        done = rows.map_batches(
            Worker, fn_constructor_kwargs=told, batch_size=size, compute=ray.data.ActorPoolStrategy(size=workers), num_cpus=1
        )
        for row in done.iter_rows():
            yield str(row["result"])


@contextmanager
def connected(address: str) -> Iterator[None]:
    """Be connected to a cluster, or to one of this machine that ends with the block.

    Raises:
        BadCall: there is none at that address, or none can be started here.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            _connect(address)
            break
        except Exception as error:  # Ray has no kind of its own for it, and starts by raising plain ones
            ray.shutdown()
            if address or not tries_left:
                raise BadCall("ray_away", address=address or "-", reason=(str(error).splitlines() or [""])[0][:200]) from error
    try:
        yield
    finally:
        ray.shutdown()


def _connect(address: str) -> None:
    ray.init(
        address=address or None,
        runtime_env={"env_vars": {"PYTHONPATH": str(ROOT), "LANG": os.environ.get("LANG", "C.UTF-8")}},
        logging_level="ERROR",
        log_to_driver=False,
        include_dashboard=False if not address else None,
    )


@contextmanager
def embedding(settings: RetrievalSettings, address: str, workers: int) -> Iterator[Wrap]:
    """Yield what puts a cluster's workers in the place of a model, for passages."""
    with connected(address):

        def wrap(model: Embedder) -> Embedder:
            spread = Spread(settings, workers)
            return SparseSpreadEmbedder(model, spread) if isinstance(model, SparseEmbedder) else SpreadEmbedder(model, spread)

        yield wrap


class EmbeddingWorker:
    """One process with the model of a profile."""

    def __init__(self, settings: str) -> None:
        self._settings = RetrievalSettings.model_validate_json(settings)
        self._model: Embedder | None = None

    def run(self, method: str, texts: list[str]) -> tuple[Any, tuple[str, dict[str, Any]] | None]:
        """Return what a method of the model makes of texts, or what is to be said of its failure."""
        try:
            self._model = self._model or make_embedder(self._settings)
            return getattr(self._model, method)(texts), None
        except EmbedderUnavailable as error:  # as plain data: an exception with a message of its own does not travel
            return None, (error.code, error.values)


class Spread:
    """Texts over workers, results in the order of the texts; a worker that dies is started anew, and what it had is done once more."""

    def __init__(self, settings: RetrievalSettings, workers: int) -> None:
        self.workers = workers
        cards = 1 if settings.device.startswith("cuda") and settings.embedder == "bge-m3" else 0
        kind = ray.remote(num_cpus=1, num_gpus=cards, max_restarts=-1, max_task_retries=3)(EmbeddingWorker)
        self._pool = ActorPool([kind.remote(in_the_clear(settings)) for _ in range(workers)])

    def run(self, method: str, texts: list[str]) -> list[Any]:
        """Return what the method makes of each piece of the texts.

        Raises:
            EmbedderUnavailable: the model fails, or the cluster does.
        """
        pieces = [texts[start : start + PIECE] for start in range(0, len(texts), PIECE)]
        try:
            results = list(self._pool.map(lambda actor, piece: actor.run.remote(method, piece), pieces))
        except ray.exceptions.RayError as error:
            raise EmbedderUnavailable("embedder_failed", model="Ray", reason=type(error).__name__) from error
        if failed := [said for _, said in results if said is not None]:
            raise EmbedderUnavailable(failed[0][0], **failed[0][1])
        return [result for result, _ in results]


class SpreadEmbedder:
    """A model whose passages are embedded by a cluster; questions stay here."""

    def __init__(self, model: Embedder, spread: Spread) -> None:
        self._model, self._spread = model, spread
        self.name, self.dimension = model.name, model.dimension
        self.batch = self.together = PIECE * PIECES * spread.workers
        """Texts that are handed out, and kept in the cache, together."""

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, dimension]``."""
        return self._model.embed_queries(texts)

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Return float32 ``[n, dimension]``."""
        return np.concatenate(self._spread.run("embed_passages", texts) or [np.zeros((0, self.dimension), np.float32)])

    def close(self) -> None:
        """End the threads and connections of the model here; the workers end with the connection to the cluster."""
        close_model(self._model)


class SparseSpreadEmbedder(SpreadEmbedder):
    """The same of a model that also weighs words."""

    def embed_sparse_queries(self, texts: list[str]) -> list[Weights]:
        """Return the weights of questions."""
        assert isinstance(self._model, SparseEmbedder)
        return self._model.embed_sparse_queries(texts)

    def embed_sparse_passages(self, texts: list[str]) -> list[Weights]:
        """Return the weights of passages."""
        return [weights for piece in self._spread.run("embed_sparse_passages", texts) for weights in piece]

    def embed_passages_both(self, texts: list[str]) -> tuple[Vectors, list[Weights]]:
        """Return vectors float32 ``[n, dimension]`` and weights from one pass."""
        pieces = self._spread.run("embed_passages_both", texts)
        vectors = np.concatenate([piece[0] for piece in pieces] or [np.zeros((0, self.dimension), np.float32)])
        return vectors, [weights for piece in pieces for weights in piece[1]]
