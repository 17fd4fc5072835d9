"""What a search reads: one immutable picture of every ready chunk. A change makes the next picture out of this one in milliseconds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.bm25 import Bm25Index
from retrieval.documents import Chunk
from retrieval.manifest import Manifest
from retrieval.postings import compile_tokens, merge
from retrieval.snapshot import Snapshot, digest, read_snapshot, write_snapshot
from retrieval.tenants import may_see
from retrieval.tokenize import tokens

Row = tuple[Chunk, str]
"""A chunk and the keywords of its document, a line for each."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Corpus:
    """Chunks in a fixed order and their keyword index.

    The places of removed chunks stay until there are many: ``numbers`` tells who is present, ``chunks[numbers[id]]`` is always right.
    """

    chunks: tuple[Chunk, ...]
    keywords: tuple[str, ...]
    """The keywords of each chunk's document, one string with a line for each, parallel to ``chunks``."""
    numbers: dict[str, int]
    """Chunk id → place in ``chunks``, of the chunks that are present."""
    bm25: Bm25Index
    _masks: dict[tuple[str | None, frozenset[str] | None], Mask] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, manifest: Manifest, k1: float, b: float, compiled: Path | None = None) -> Corpus:
        """Read every ready chunk and its postings.

        Args:
            manifest: the truth about what is indexed.
            k1: see `Bm25Index`.
            b: see `Bm25Index`.
            compiled: a file that keeps compiled postings; chunks that it lacks are tokenised, and it is brought up to date.
        """
        rows = manifest.ready()
        saved = read_snapshot(compiled) if compiled else None
        if saved is None:
            saved = Snapshot((), {}, *compile_tokens([], {}))
        rows, alive, known = _aligned(rows, saved)
        new, lengths = compile_tokens(_terms(rows[known:]), saved.vocabulary, known)
        segment = merge([saved.segment.kept(alive), new])
        index = Bm25Index.of(saved.vocabulary, segment, np.concatenate((saved.lengths[alive], lengths)), k1, b)
        corpus = cls._of(rows, index)
        if compiled and not (known == len(rows) == len(saved.digests)):
            corpus.save(compiled)
        return corpus

    @classmethod
    def _of(cls, rows: Sequence[Row], index: Bm25Index) -> Corpus:
        chunks = tuple(chunk for chunk, _ in rows)
        return cls(chunks, tuple(words for _, words in rows), {chunk.id: number for number, chunk in enumerate(chunks)}, index)

    def save(self, path: Path) -> None:
        """Keep the compiled postings in a file for the next `load`."""
        present = np.flatnonzero(self.bm25.alive)
        identities = [self.chunks[number].id for number in present.tolist()]
        write_snapshot(path, identities, self.bm25.vocabulary, self.bm25.segment(), self.bm25.lengths[present])

    def changed(self, added: Iterable[Row], removed: Collection[str]) -> Corpus:
        """Return the picture after a change; searches go on in this one. One thread at a time may do this.

        Args:
            added: new chunks with the keywords of their documents; one whose id is present takes its place.
            removed: ids of chunks that go; unknown ids are no error.
        """
        new = {chunk.id: (chunk, words) for chunk, words in added}
        numbers = dict(self.numbers)
        gone = [numbers.pop(identity) for identity in {*removed, *new} if identity in numbers]
        index = self.bm25.changed(_terms(new.values()), gone, self._terms_of)
        chunks = self.chunks + tuple(chunk for chunk, _ in new.values())
        keywords = self.keywords + tuple(words for _, words in new.values())
        if index.fragmented:
            kept = np.flatnonzero(index.alive).tolist()
            return Corpus._of([(chunks[number], keywords[number]) for number in kept], index.compacted())
        numbers.update((identity, number) for number, identity in enumerate(new, start=len(self.chunks)))
        return Corpus(chunks, keywords, numbers, index)

    def _terms_of(self, number: int) -> list[str]:
        return tokens(indexed_text(self.chunks[number], self.keywords[number]))

    @cached_property
    def documents(self) -> int:
        """Documents that have a chunk here."""
        return len({self.chunks[number].document_id for number in self.numbers.values()})

    @cached_property
    def _languages(self) -> dict[str, Mask]:
        return _masks([chunk.language for chunk in self.chunks])

    @cached_property
    def _collections(self) -> dict[str, Mask]:
        return _masks([chunk.collection for chunk in self.chunks])

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(chunk.collection for chunk in self.chunks)

    def visible(self, tenant: str) -> frozenset[str] | None:
        """Return the collections that a tenant may search: those of nobody in particular and its own; None where that is all."""
        seen = frozenset(name for name in self._names if may_see(name, tenant))
        return None if len(seen) == len(self._names) else seen

    def mask(self, language: str | None, collections: Collection[str] | None = None) -> Mask | None:
        """Return which chunks are in the language and in one of the collections, bool ``[len(chunks)]``; None for all."""
        if language is None and collections is None:
            return None
        key = (language, None if collections is None else frozenset(collections))
        if key not in self._masks:
            none = np.zeros(len(self.chunks), dtype=np.bool_)
            mask = ~none if language is None else self._languages.get(language, none)
            if collections is not None:
                mask = mask & reduce(np.logical_or, (self._collections.get(name, none) for name in collections), none)
            self._masks[key] = mask
        return self._masks[key]


def indexed_text(chunk: Chunk, keywords: str) -> str:
    """Return what keyword search reads; the lines keep a bigram from crossing from one part into the next."""
    return "\n".join((chunk.title, chunk.section, keywords, chunk.text))


def _terms(rows: Iterable[Row]) -> Iterable[list[str]]:
    return (tokens(indexed_text(chunk, words)) for chunk, words in rows)


def _aligned(rows: Sequence[Row], saved: Snapshot) -> tuple[list[Row], Mask, int]:
    """Return the rows in the order of the saved postings with new ones behind, which of the postings stay, and how many rows those are."""
    by_digest = {digest(row[0].id): row for row in rows}
    known = [by_digest.pop(name, None) for name in saved.digests]
    alive = np.array([row is not None for row in known], dtype=np.bool_)
    kept = [row for row in known if row is not None]
    return kept + list(by_digest.values()), alive, len(kept)


def _masks(labels: Sequence[str]) -> dict[str, Mask]:
    names = sorted(set(labels))
    codes = {name: code for code, name in enumerate(names)}
    values = np.fromiter((codes[label] for label in labels), np.int32, len(labels))
    return {name: values == code for name, code in codes.items()}
