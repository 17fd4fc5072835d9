"""Vectors that come with the program: of the starter knowledge, so that a first start takes seconds.

One ``.npz`` file: ``keys`` uint8 ``[n, 32]`` (SHA-256 of the text), ``vectors`` float16 ``[n, d]``, ``model`` the embedder's
name. A text that was changed since, or another embedder, finds nothing here and is embedded as usual.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from configs.settings import RetrievalSettings
from retrieval.chunk import chunk_document
from retrieval.documents import Document, read_documents
from retrieval.embed import Embedder, Vectors
from retrieval.ingest_text import embedded_text

log = logging.getLogger(__name__)


class StarterVectors:
    """Read once and looked up by the hash of a text."""

    def __init__(self, path: Path | None, model: str, dimension: int) -> None:
        self._rows: dict[bytes, int] = {}
        self._vectors = np.zeros((0, 0), np.float16)
        if path is None or not path.exists():
            return
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                keys, vectors = file["keys"], file["vectors"]
                if str(file["model"]) == model and vectors.shape == (len(keys), dimension):
                    self._vectors = vectors
                    self._rows = {key.tobytes(): row for row, key in enumerate(keys)}
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
            log.warning("the starter vectors cannot be read and are computed again: %s", type(error).__name__)

    def get(self, key: bytes) -> Vectors | None:
        """Return the vector float32 ``[d]``, or None."""
        row = self._rows.get(key)
        if row is None:
            return None
        vector = self._vectors[row].astype(np.float32)
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), dtype=np.float32)


def key_of(text: str) -> bytes:
    """Return the key under which the vector of a text is kept."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def texts_of(documents: Path, settings: RetrievalSettings) -> list[str]:
    """Return what is embedded of a folder of documents."""
    found = (document for document in read_documents(documents.resolve()) if isinstance(document, Document))
    return [embedded_text(chunk) for document in found for chunk in chunk_document(document, settings.max_chunk_chars)]


def write_starter(path: Path, texts: Sequence[str], embedder: Embedder) -> int:
    """Embed texts and write the file; what an older file of the same model holds is not embedded again.

    Returns:
        How many vectors the file holds.
    """
    old = StarterVectors(path, embedder.name, embedder.dimension)
    unique = list(dict.fromkeys(texts))
    kept = [old.get(key_of(text)) for text in unique]
    missing = [text for text, vector in zip(unique, kept, strict=True) if vector is None]
    fresh = iter(embedder.embed_passages(missing)) if missing else iter(())
    vectors = np.stack([next(fresh) if vector is None else vector for vector in kept]).astype(np.float16)
    keys = np.frombuffer(b"".join(key_of(text) for text in unique), np.uint8).reshape(-1, 32)
    with path.open("wb") as file:
        np.savez(file, keys=keys, vectors=vectors, model=np.array(embedder.name))
    return len(unique)
