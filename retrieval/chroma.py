"""Chroma's embedded client: how it is opened, read in pieces, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.embed import Vectors
from retrieval.errors import IndexCorrupt, StorageFull

BATCH = 5000
"""Chroma refuses more than 5461 rows in a call."""


def open_client(folder: Path) -> Any:
    """Return a client of the folder. What another process writes later it sees only after it was closed and opened again."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def rows_of(collection: Any, ids: list[str]) -> tuple[list[str], Vectors]:
    """Return which of at most `BATCH` ids are in a Chroma collection, and their vectors float32 ``[n, d]``."""
    if not ids:
        return [], np.zeros((0, 0), np.float32)
    rows = collection.get(ids=ids, include=["embeddings"])
    return rows["ids"], np.asarray(rows["embeddings"], dtype=np.float32)


@contextmanager
def chroma_errors(folder: Path) -> Iterator[None]:
    """Translate what Chroma raises; its Rust core reports damage as InternalError, ValueError or AttributeError.

    Raises:
        StorageFull: no room left.
        IndexCorrupt: anything else.
    """
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError, AttributeError, RuntimeError, OSError) as error:
        if "full" in str(error).lower() and "disk" in str(error).lower():
            raise StorageFull("storage_full", path=str(folder)) from error
        raise IndexCorrupt("index_corrupt", path=str(folder), reason=str(error).splitlines()[0][:200]) from error
