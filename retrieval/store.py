"""Where vectors are kept: ids and vectors and nothing else, searched exactly while they are few and by a graph above.

`ChromaStore` keeps them in a folder for the processes of one host, `retrieval.postgres.PostgresStore` in a database for those of many.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from typing import Protocol

from retrieval.embed import Vectors

DEFAULT_COLLECTION = "knowledge"
Key = tuple[str, str]
"""A language and a collection: whose vectors are searched together."""


class VectorStore(Protocol):
    """Ids and vectors, nothing else: the manifest holds the texts."""

    def upsert(self, ids: list[str], vectors: Vectors, languages: list[str], collections: Sequence[str] | None = None) -> None:
        """Write vectors ``[n, d]``; an id that exists is overwritten.

        Args:
            ids: chunk ids; an id stays in the language and collection it was first given.
            vectors: float32 ``[n, d]``.
            languages: one an id.
            collections: one an id; ``knowledge`` for all when absent.
        """

    def delete(self, ids: list[str]) -> None:
        """Delete vectors; unknown ids are no error."""

    def follow(self, added: Sequence[tuple[str, str, str]], removed: Collection[str]) -> None:
        """Take over what may have been written by another process; what this one wrote costs nothing here.

        Args:
            added: ``(id, language, collection)`` of vectors that are there now.
            removed: ids that are gone.
        """

    def ids(self) -> set[str]:
        """Return every id that has a vector."""

    def query(
        self, vector: Vectors, k: int, language: str | None = None, collections: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return the ``k`` nearest ``(id, cosine distance)``, nearest first.

        Args:
            vector: float32 ``[d]``.
            k: how many at most.
            language: of one language; None for all.
            collections: only of these; None for all.

        Raises:
            RetrievalError: the store fails, or returns far fewer than it holds.
        """

    def close(self) -> None:
        """Let go of files and memory."""


def few(sizes: Mapping[Key, int], exact_up_to: int) -> set[Key]:
    """Return the parts to search exactly: in each language the smallest that together stay within the limit."""
    small = set()
    for language in {language for language, _ in sizes}:
        ordered = sorted((size, name) for (other, name), size in sizes.items() if other == language)
        for total, (_, name) in zip(accumulate(size for size, _ in ordered), ordered, strict=True):
            if total <= exact_up_to:
                small.add((language, name))
    return small
