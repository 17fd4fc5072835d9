"""Sealing: AES-256-GCM for what is stored, and names from which nothing can be read.

What is sealed is bound to its place. Copied to another row, it does not open there.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from memory.errors import KeyProblem, StorageCorrupt
from memory.keys import ID_SIZE, Keyring, key_id_of

_NONCE = 12
NAMES_SIZE = 32
_NAMES_KEPT = 8192
"""Names that are not computed once more: each operation of the stores asks for five, most of them the same as the one before."""


class Cipher:
    """Seals with the current key and opens with any key of the ring."""

    def __init__(self, ring: Keyring) -> None:
        self._ring = ring
        self._current = key_id_of(ring.current)
        self._ready = {key_id_of(key): AESGCM(key) for key in ring.keys}

    def seal(self, plain: bytes, place: str) -> bytes:
        """Return key id, nonce and ciphertext of ``plain``, to be opened at ``place`` only."""
        nonce = secrets.token_bytes(_NONCE)
        return self._current + nonce + self._ready[self._current].encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed for ``place``.

        Raises:
            KeyProblem: it was sealed with a key that is not in the ring.
            StorageCorrupt: it was changed, or belongs to another place.
        """
        key = self._ready.get(sealed[:ID_SIZE])
        if key is None:
            raise KeyProblem("key_wrong", key=sealed[:ID_SIZE].hex(), known=", ".join(known.hex() for known in self._ready))
        body = sealed[ID_SIZE:]
        try:
            return key.decrypt(body[:_NONCE], body[_NONCE:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise StorageCorrupt("storage_forged") from error

    def is_current(self, sealed: bytes) -> bool:
        """Tell whether the current key has sealed it."""
        return sealed[:ID_SIZE] == self._current

    def seal_text(self, plain: bytes, place: str) -> str:
        """As ``seal``, in base64."""
        return base64.b64encode(self.seal(plain, place)).decode()

    def open_text(self, sealed: str, place: str) -> bytes:
        """As ``open``, from base64."""
        return self.open(unpacked(sealed), place)


def unpacked(sealed: str) -> bytes:
    """Return the bytes of what ``seal_text`` returned.

    Raises:
        StorageCorrupt: it is not what it returned.
    """
    try:
        return base64.b64decode(sealed, validate=True)
    except ValueError as error:
        raise StorageCorrupt("storage_forged") from error


class Names:
    """Turns names of owners, threads and turns into ones that tell nothing, the same ones every time."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.name = lru_cache(_NAMES_KEPT)(self._name)
        """Returns the name that stands for the last part of a path, 32 hexadecimal digits."""

    def _name(self, *path: str) -> str:
        told = b"".join(len(part).to_bytes(4, "big") + part for part in (label.encode("utf-8", "surrogatepass") for label in path))
        return hmac.digest(self._secret, told, "sha256").hex()[:32]

    def secret_for(self, use: str) -> bytes:
        """Return a secret for one other use (HKDF); like the names it stays the same when the keys are changed."""
        return HKDF(algorithm=SHA256(), length=NAMES_SIZE, salt=None, info=f"shensi {use}".encode()).derive(self._secret)

    def namespace(self, labels: Sequence[str]) -> tuple[str, ...]:
        """Return a namespace label by label, so that what lies under one prefix still does."""
        return tuple(self.name(*labels[: length + 1]) for length in range(len(labels)))
