"""Opens the parts of an index that lie in its folder; a file that is damaged is put aside or thrown away."""

from __future__ import annotations

import logging
from pathlib import Path

from configs.settings import RetrievalSettings
from retrieval.embed import Embedder
from retrieval.embed.cache import CachedEmbedder, VectorCache
from retrieval.embed.starter import StarterVectors
from retrieval.errors import IndexCorrupt
from retrieval.ingest_text import embedded_text
from retrieval.manifest import Manifest

log = logging.getLogger(__name__)


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
        delete(path)
        return Manifest(path), True


def open_cache(path: Path) -> VectorCache:
    """Open or create the cache of vectors; a damaged one is thrown away, as everything in it can be computed again."""
    try:
        return VectorCache(path)
    except IndexCorrupt:
        delete(path)
        return VectorCache(path)


def cached(embedder: Embedder, cache: VectorCache, settings: RetrievalSettings) -> CachedEmbedder:
    """Put the cache and the vectors of the starter knowledge before a model."""
    return CachedEmbedder(embedder, cache, StarterVectors(settings.starter_vectors, embedder.name, embedder.dimension))


def weigh(manifest: Manifest, embedder: CachedEmbedder) -> None:
    """Give what was indexed before the sparse arm was on its token weights.

    Raises:
        EmbedderUnavailable: the model fails.
    """
    if embedder.lacks_weights(manifest.counts()[1]):
        embedder.passage_weights([embedded_text(chunk) for chunk, _ in manifest.ready()])


def delete(path: Path) -> None:
    """Delete a file of SQLite with what lies beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
