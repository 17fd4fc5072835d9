"""Files that cannot be read by who has the disk alone: sealed piece by piece with the keys of the record.

A file is a row of pieces, each with its length before it. Every piece knows the file's place, its number and whether it is the last, so
that none can be moved, left out or cut off.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from memory.cipher import Cipher
from memory.errors import StorageCorrupt

ENDING = ".sealed"
PIECE = 1 << 20
_LENGTH = 4


class SealedWriter:
    """Writes one file; what was not closed in an orderly way does not open."""

    def __init__(self, path: Path, cipher: Cipher, place: str) -> None:
        """Begin a file.

        Args:
            path: where it lies.
            cipher: seals.
            place: what it is; it opens as nothing else.
        """
        self._cipher, self._place = cipher, place
        self._held, self._count = bytearray(), 0
        self._file = open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115

    def write(self, more: bytes) -> None:
        """Add to the file."""
        self._held += more
        while len(self._held) > PIECE:
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if kind is None:
                self._put(bytes(self._held), last=True)
                self._file.flush()
                os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def _put(self, piece: bytes, *, last: bool) -> None:
        sealed = self._cipher.seal(piece, _piece(self._place, self._count, last))
        self._file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._count += 1


def read_sealed(path: Path, cipher: Cipher, place: str) -> Iterator[bytes]:
    """Yield what was written, piece by piece.

    Raises:
        StorageCorrupt: it was changed or cut off, or belongs to another place.
        KeyProblem: it was sealed with a key that is not in the ring.
    """
    pieces = list(_pieces(path))
    if not pieces:
        raise StorageCorrupt("storage_forged")
    for number, sealed in enumerate(pieces):
        yield cipher.open(sealed, _piece(place, number, number == len(pieces) - 1))


def reseal_files(folder: Path, cipher: Cipher) -> int:
    """Seal anew what the current key has not sealed, and return how many files that were; the name of each is its place."""
    changed = 0
    for path in folder.rglob(f"*{ENDING}") if folder.is_dir() else ():
        if all(cipher.is_current(sealed) for sealed in _pieces(path)):
            continue
        fresh = path.with_suffix(".fresh")
        with SealedWriter(fresh, cipher, path.stem) as writing:
            for piece in read_sealed(path, cipher, path.stem):
                writing.write(piece)
        os.replace(fresh, path)
        changed += 1
    return changed


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while length := file.read(_LENGTH):
            sealed = file.read(int.from_bytes(length, "big"))
            if len(length) < _LENGTH or len(sealed) < int.from_bytes(length, "big"):
                raise StorageCorrupt("storage_forged")
            yield sealed


def _piece(place: str, number: int, last: bool) -> str:
    return f"file|{place}|{number}|{'last' if last else 'more'}"
