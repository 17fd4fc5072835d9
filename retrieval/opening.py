"""Opens the parts of an index; a file that is damaged is put aside or thrown away."""

from __future__ import annotations

import logging
import secrets
import shutil
from pathlib import Path

import numpy as np

from retrieval.embed.cache import CachedEmbedder, VectorCache
from retrieval.errors import IndexCorrupt
from retrieval.ingest_text import embedded_text
from retrieval.manifest import Manifest
from retrieval.store import VectorStore

log = logging.getLogger(__name__)
PROBE_K = 10


def open_manifest(path: Path, mend: bool) -> tuple[Manifest, bool]:
    """Open or create the manifest; with ``mend`` a damaged one is put aside, which is told, and a new one begun.

    Raises:
        IndexCorrupt: it cannot be read and ``mend`` is off.
    """
    try:
        return Manifest(path), False
    except IndexCorrupt:
        if not mend:
            raise
        log.warning("the manifest is damaged and put aside; ingest the documents again")
        path.replace(path.with_suffix(".damaged"))
        _delete(path)
        return Manifest(path), True


def open_cache(path: Path) -> VectorCache:
    """Open or create the cache of vectors; a damaged one is thrown away, as everything in it can be computed again."""
    try:
        return VectorCache(path)
    except IndexCorrupt:
        _delete(path)
        return VectorCache(path)


def open_vectors(folder: Path, token: str, embedder: CachedEmbedder, exact_up_to: int) -> VectorStore:
    """Open or create the vectors of an index.

    Raises:
        IndexCorrupt: they cannot be read.
    """
    store = VectorStore(folder / f"vectors-{token}", embedder.name, exact_up_to)
    # A damaged graph shows at the first search, so that search is done now.
    store.query(np.full(embedder.dimension, embedder.dimension**-0.5, dtype=np.float32), PROBE_K)
    return store


def new_vectors(folder: Path, manifest: Manifest) -> str:
    """Delete all vectors and return the token of the folder that takes their place."""
    token = secrets.token_hex(4)
    manifest.set_fact("vectors", token)
    for old in folder.glob("vectors-*"):
        shutil.rmtree(old, ignore_errors=True)
    return token


def weigh(manifest: Manifest, embedder: CachedEmbedder) -> None:
    """Give what was indexed before the sparse arm was on its token weights.

    Raises:
        EmbedderUnavailable: the model fails.
    """
    if embedder.lacks_weights(manifest.counts()[1]):
        embedder.passage_weights([embedded_text(chunk) for chunk, _ in manifest.ready()])


def _delete(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
