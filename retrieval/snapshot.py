"""Compiled postings on disk, so that a large index opens in a second instead of tokenising every chunk again.

The file is derived: whatever is wrong with it, the postings are compiled anew. It names the chunks it was compiled from by the digests of
their ids, which change with any word of their documents, and the code that cut them into terms by a digest of its source.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval import tokenize
from retrieval.postings import Ids, Segment, Vocabulary
from tools import text

log = logging.getLogger(__name__)
DIGEST = 16
SEGMENT = ("terms", "starts", "documents", "counts")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The postings of chunks, which are numbered in the order of ``digests``."""

    digests: tuple[bytes, ...]
    vocabulary: Vocabulary
    segment: Segment
    lengths: Ids


def digest(identity: str) -> bytes:
    """Return what stands for a chunk id."""
    return hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=DIGEST).digest()


def read_snapshot(path: Path) -> Snapshot | None:
    """Return what the file holds; None where it is absent, damaged or of other code."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            if file["code"].tobytes() != _code():
                return None
            names = [name.tobytes() for name in file["digests"]]
            terms = file["vocabulary"].tobytes().decode("utf-8", "surrogatepass").split("\n") if len(file["vocabulary"]) else []
            segment = Segment(**{name: file[name] for name in SEGMENT})
            return Snapshot(tuple(names), {term: number for number, term in enumerate(terms)}, segment, file["lengths"])
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        log.warning("the compiled postings cannot be read and are compiled again: %s", type(error).__name__)
        return None


def write_snapshot(path: Path, identities: Sequence[str], vocabulary: Vocabulary, segment: Segment, lengths: Ids) -> None:
    """Write the file in one step; without room it is left out, which costs the next start its time and nothing else."""
    arrays: dict[str, NDArray[Any]] = {
        "code": np.frombuffer(_code(), np.uint8),
        "digests": np.frombuffer(b"".join(map(digest, identities)), np.uint8).reshape(-1, DIGEST),
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode("utf-8", "surrogatepass"), np.uint8),
        "lengths": lengths,
        **{name: getattr(segment, name) for name in SEGMENT},
    }
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            try:
                np.savez(file, allow_pickle=False, **arrays)
                file.close()
                os.replace(file.name, path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        log.warning("the compiled postings cannot be kept: %s", type(error).__name__)


@cache
def _code() -> bytes:
    """Return a digest of the code that makes terms of a text."""
    sources = [Path(module.__file__ or "").read_bytes() for module in (tokenize, text)]
    return hashlib.sha256(b"\0".join([*sources, version("opencc").encode()])).digest()
