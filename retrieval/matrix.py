"""Vectors in memory, searched exactly: one matrix product where a graph would only guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.embed import Vectors

SPARE = 1.5
"""A full matrix grows by half, so that adding one vector seldom copies them all."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """One state. Later states share ``ids`` and ``vectors``, to which rows are only ever added behind ``count``."""

    ids: list[str]
    vectors: Vectors
    count: int
    alive: NDArray[np.bool_]


class Matrix:
    """A changing set of vectors. One thread changes it at a time; searches in others see the state before or after a change."""

    def __init__(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Take ids and vectors float32 ``[n, d]``."""
        self._rows = _Rows(list(ids), unit(vectors), len(ids), np.ones(len(ids), dtype=np.bool_))
        self._places = {identity: row for row, identity in enumerate(ids)}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, identity: str) -> bool:
        return identity in self._places

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors ``[n, d]``; an id that exists gets the new one, and of an id given twice the last counts."""
        if not len(ids):
            return
        if not len(self):
            self._rows = _Rows([], np.zeros((0, vectors.shape[1]), dtype=np.float32), 0, np.zeros(0, dtype=np.bool_))
        rows, count = self._room_for(len(ids)), self._rows.count + len(ids)
        alive = np.concatenate((rows.alive, np.ones(len(ids), dtype=np.bool_)))
        rows.vectors[rows.count : count] = unit(vectors)
        for row, identity in enumerate(ids, start=rows.count):
            if identity in self._places:
                alive[self._places[identity]] = False
            self._places[identity] = row
        rows.ids.extend(ids)
        self._settle(_Rows(rows.ids, rows.vectors, count, alive))

    def delete(self, ids: Iterable[str]) -> None:
        """Take vectors out; unknown ids are no error."""
        gone = [self._places.pop(identity) for identity in set(ids) if identity in self._places]
        if gone:
            alive = self._rows.alive.copy()
            alive[gone] = False
            self._settle(_Rows(self._rows.ids, self._rows.vectors, self._rows.count, alive))

    def _room_for(self, more: int) -> _Rows:
        rows = self._rows
        if rows.count + more <= len(rows.vectors):
            return rows
        vectors = np.zeros((int(SPARE * (rows.count + more)), rows.vectors.shape[1]), dtype=np.float32)
        vectors[: rows.count] = rows.vectors[: rows.count]
        return _Rows(rows.ids, vectors, rows.count, rows.alive)

    def _settle(self, rows: _Rows) -> None:
        """Publish a state, without the dead rows once they are the half."""
        if rows.count > 2 * len(self._places):
            kept = np.flatnonzero(rows.alive)
            ids = [rows.ids[row] for row in kept.tolist()]
            rows = _Rows(ids, rows.vectors[kept], len(ids), np.ones(len(ids), dtype=np.bool_))
            self._places = {identity: row for row, identity in enumerate(ids)}
        self._rows = rows

    def nearest(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """Return the ``k`` nearest ``(id, cosine distance)`` to a vector ``[d]``, nearest first."""
        rows = self._rows
        found = min(k, int(np.count_nonzero(rows.alive)))
        if not found:
            return []
        similarity = rows.vectors[: rows.count] @ unit(vector[None])[0]
        similarity[~rows.alive] = -np.inf
        best = np.argpartition(similarity, rows.count - found)[rows.count - found :]
        best = best[np.argsort(-similarity[best], kind="stable")]
        return [(rows.ids[row], 1.0 - near) for row, near in zip(best.tolist(), similarity[best].tolist(), strict=True)]


def unit(vectors: Vectors) -> Vectors:
    """Return vectors ``[n, d]`` at length 1 as float32; a zero vector stays zero."""
    array = np.asarray(vectors, dtype=np.float32)
    return np.asarray(array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-12), dtype=np.float32)
