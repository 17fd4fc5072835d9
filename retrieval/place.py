"""Where an index lives: in a folder for the processes of one host, or in a database for those of many."""

from __future__ import annotations

import secrets
import shutil
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import numpy as np

from configs.settings import RetrievalSettings
from retrieval.chroma_store import ChromaStore
from retrieval.embed.cache import CachedEmbedder
from retrieval.lock import write_lock
from retrieval.manifest import Manifest
from retrieval.opening import open_manifest
from retrieval.store import VectorStore

PROBE_K = 10
TOKEN = "vectors"
"""The fact that says which vectors count: a rebuild takes a new token."""


class Place(Protocol):
    """What differs between the two."""

    def open_manifest(self, mend: bool) -> tuple[Manifest, bool]:
        """Open or create the manifest, and say whether a damaged one was put aside."""

    def open_vectors(self, token: str, embedder: CachedEmbedder, exact_up_to: int) -> VectorStore:
        """Open or create the vectors of a token."""

    def new_vectors(self, manifest: Manifest) -> str:
        """Return the token of the vectors that take the place of all that are there."""

    def settle(self, store: VectorStore) -> None:
        """Let go of the vectors whose place was taken, now that the new ones are whole."""

    def writing(self, wait_s: float) -> AbstractContextManager[None]:
        """Return the right to write, to be held with ``with``."""

    def close(self) -> None:
        """Let go."""


def place_of(settings: RetrievalSettings, folder: Path) -> Place:
    """Return where the index of a profile lives.

    Raises:
        IndexAway: its database does not answer.
    """
    url = settings.index_url.get_secret_value()
    return InDatabase(url) if url else InFolder(folder)


class InFolder:
    """Files, and a lock that the kernel takes back when its holder dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open_manifest(self, mend: bool) -> tuple[Manifest, bool]:
        """Open or create the manifest, and say whether a damaged one was put aside."""
        return open_manifest(self._folder / "manifest.sqlite3", mend)

    def open_vectors(self, token: str, embedder: CachedEmbedder, exact_up_to: int) -> VectorStore:
        """Open or create the vectors of a token.

        Raises:
            IndexCorrupt: they cannot be read.
        """
        store = ChromaStore(self._folder / f"vectors-{token}", embedder.name, exact_up_to)
        # A damaged graph shows at the first search, so that search is done now.
        store.query(np.full(embedder.dimension, embedder.dimension**-0.5, dtype=np.float32), PROBE_K)
        return store

    def new_vectors(self, manifest: Manifest) -> str:
        """Delete all vectors and return the token of the folder that takes their place."""
        token = secrets.token_hex(4)
        manifest.set_fact(TOKEN, token)
        for old in self._folder.glob("vectors-*"):
            shutil.rmtree(old, ignore_errors=True)
        return token

    def settle(self, store: VectorStore) -> None:
        """The folders are deleted already."""

    def writing(self, wait_s: float) -> AbstractContextManager[None]:
        """Return the right to write."""
        return write_lock(self._folder / "write.lock", wait_s)

    def close(self) -> None:
        """Nothing is held here."""


class InDatabase:
    """PostgreSQL with pgvector. Nothing of it is imported where an index lives in a folder."""

    def __init__(self, url: str) -> None:
        from retrieval.postgres.database import Database

        self._database = Database(url)

    def open_manifest(self, mend: bool) -> tuple[Manifest, bool]:
        """Open or create the manifest; a damaged database is mended by whoever looks after it, and never put aside here."""
        from retrieval.postgres.manifest import PostgresManifest

        return PostgresManifest(self._database), False

    def open_vectors(self, token: str, embedder: CachedEmbedder, exact_up_to: int) -> VectorStore:
        """Open or create the vectors of a token."""
        from retrieval.postgres.store import PostgresStore

        return PostgresStore(self._database, f"{token}:{embedder.name}", embedder.dimension, exact_up_to)

    def new_vectors(self, manifest: Manifest) -> str:
        """Return a new token; the vectors that are there are searched by the other workers until `settle`."""
        token = secrets.token_hex(4)
        manifest.set_fact(TOKEN, token)
        return token

    def settle(self, store: VectorStore) -> None:
        """Delete what was there before."""
        from retrieval.postgres.store import PostgresStore

        assert isinstance(store, PostgresStore)
        store.drop_others()

    def writing(self, wait_s: float) -> AbstractContextManager[None]:
        """Return the right to write."""
        return self._database.writing(wait_s)

    def close(self) -> None:
        """End the connections."""
        self._database.close()
