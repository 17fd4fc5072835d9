"""Linear models over pieces of text: small enough to ship, quick enough for every message, the same answer every time.

A text becomes its character n-grams and words, hashed and weighted by how rare they are; a head of a model is one weight for each, and one
for each dimension of the text's vector where an embedder serves. ``evaluation.train`` learns them from sentences in ``knowledge/tables``.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tools.errors import TableError

BUCKETS = 1 << 18
_LONGEST = 5
_WORD = re.compile(r"[a-z][a-z']*")
_BLANK = re.compile(r"\s+")

Floats = NDArray[np.float32]
Counts = tuple[NDArray[np.int64], Floats]
"""The buckets that a text hits, and how often, damped by the logarithm; both ``[n]``."""
_STEP, _SPREAD = np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15)
_DROPPED = np.uint64(64 - 18)
_LENGTHS = np.arange(1, _LONGEST + 1)[:, None]


def hashed(fields: Iterable[tuple[str, str]]) -> Counts:
    """Return which buckets a text hits and how often.

    Args:
        fields: a mark and a folded text each; the same words under another mark are other pieces. A piece is one to five characters or
            one to three English words.
    """
    pieces = list(fields)
    words = [hit for mark, folded in pieces for hit in _words(mark, folded)]
    hits = np.concatenate((_characters(pieces), np.array(words, np.uint64)))
    hits.sort()
    new = np.ones(len(hits) + 1, np.bool_)
    np.not_equal(hits[1:], hits[:-1], out=new[1:-1])
    places = new.nonzero()[0]
    counts = places[1:] - places[:-1]
    return hits[places[:-1]].astype(np.int64), (1 + np.log(counts)).astype(np.float32)


def _characters(pieces: list[tuple[str, str]]) -> NDArray[np.uint64]:
    """Return the buckets of the character n-grams of all lengths, all places of all pieces at once and none across two pieces."""
    spaced = [_BLANK.sub(" ", folded) for _, folded in pieces]
    codes = np.frombuffer("".join(spaced).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    sizes = [len(text) for text in spaced]
    rolling = np.zeros((_LONGEST, len(codes)), np.uint64)
    rolling[0] = codes
    for length in range(1, min(_LONGEST, len(codes))):
        np.add(rolling[length - 1, :-length] * _STEP, codes[length:], out=rolling[length, :-length])
    marks = np.array([_marks(mark) for mark, _ in pieces], np.uint64).reshape(-1, _LONGEST).T.repeat(sizes, axis=1)
    left = np.cumsum(sizes).repeat(sizes) - np.arange(len(codes))
    hits: NDArray[np.uint64] = (((rolling ^ marks) * _SPREAD) >> _DROPPED)[left >= _LENGTHS]
    return hits


@cache
def _marks(mark: str) -> tuple[int, ...]:
    return tuple(crc32(f"{mark}{length}".encode()) for length in range(1, _LONGEST + 1))


def _words(mark: str, folded: str) -> Iterator[int]:
    """Yield the buckets of one to three words; the checksum of a phrase goes on from that of its beginning."""
    words = [word.encode() for word in _WORD.findall(folded)]
    start = crc32(f"{mark}|".encode())
    for place, word in enumerate(words):
        held = crc32(word, start)
        yield held % BUCKETS
        for following in words[place + 1 : place + 3]:
            held = crc32(following, crc32(b" ", held))
            yield held % BUCKETS


@dataclass(frozen=True, slots=True)
class Head:
    """One question that the model answers."""

    pieces: Floats
    """Weights ``[BUCKETS]``."""
    vector: Floats
    """Weights ``[d]`` of the standardised vector; empty when the head does without."""
    bias: float
    threshold: float
    """Log-odds from which on the answer is yes; chosen on texts of writers that the training had not seen."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """The heads of one file."""

    rarity: Floats
    """Inverse document frequency ``[BUCKETS]``; 0 for what the training has not met twice."""
    mean: Floats
    spread: Floats
    """Of the training's vectors, both ``[d]``."""
    embedder: str
    trained_on: str
    """SHA-256 of the table that it was learned from."""
    heads: Mapping[str, Head]

    def score(self, name: str, counts: Counts, vector: Floats | None = None) -> float:
        """Return the log-odds of a head for a text, and for its vector float32 ``[d]`` where the head wants one."""
        head = self.heads[name]
        buckets, often = counts
        values = often * self.rarity[buckets]
        total = float(values @ head.pieces[buckets]) / max(float(np.linalg.norm(values)), 1e-9) + head.bias
        return total + float(((vector - self.mean) / self.spread) @ head.vector) if vector is not None and len(head.vector) else total

    def says(self, name: str, counts: Counts, vector: Floats | None = None) -> bool:
        """Tell whether a head answers yes."""
        return self.score(name, counts, vector) >= self.heads[name].threshold


def load_model(path: Path) -> LinearModel:
    """Read a model.

    Raises:
        TableError: the file is missing, damaged or not a model.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            names = [str(name) for name in file["heads"]]
            heads = {
                name: Head(
                    file[f"{name}.pieces"].astype(np.float32),
                    file[f"{name}.vector"].astype(np.float32),
                    *(float(number) for number in file[f"{name}.numbers"]),
                )
                for name in names
            }
            rarity, mean, spread = (file[key].astype(np.float32) for key in ("rarity", "mean", "spread"))
            model = LinearModel(rarity, mean, spread, str(file["embedder"]), str(file["trained_on"]), heads)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise TableError("table_unreadable", table=path.name, reason=type(error).__name__) from error
    if any(len(weights) != BUCKETS for weights in (model.rarity, *(head.pieces for head in model.heads.values()))):
        raise TableError("table_unreadable", table=path.name, reason="wrong size")
    return model


def save_model(path: Path, model: LinearModel) -> None:
    """Write a model; numbers are kept in half precision."""
    parts: dict[str, NDArray[np.generic]] = {
        "rarity": model.rarity.astype(np.float16),
        "mean": model.mean,
        "spread": model.spread,
        "embedder": np.array(model.embedder),
        "trained_on": np.array(model.trained_on),
        "heads": np.array(list(model.heads)),
    }
    for name, head in model.heads.items():
        parts |= {
            f"{name}.pieces": head.pieces.astype(np.float16),
            f"{name}.vector": head.vector,
            f"{name}.numbers": np.array([head.bias, head.threshold]),
        }
    with path.open("wb") as file:
        np.savez_compressed(file, **parts)  # type: ignore[arg-type]
