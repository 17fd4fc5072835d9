"""The keys of the encryption at rest: where they come from, and how a new one takes over."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from configs.settings import StorageSettings
from memory.errors import KeyProblem

SIZE = 32
ID_SIZE = 4


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """All keys that may read; the first one writes."""

    keys: tuple[bytes, ...]

    @property
    def current(self) -> bytes:
        """The key that writes."""
        return self.keys[0]

    def find(self, key_id: bytes) -> bytes | None:
        """Return the key with this id, if we have it."""
        return next((key for key in self.keys if key_id_of(key) == key_id), None)


def key_id_of(key: bytes) -> bytes:
    """Return the id that stands before everything sealed with a key; it tells nothing about the key."""
    return hashlib.sha256(b"shensi key\0" + key).digest()[:ID_SIZE]


def key_path(settings: StorageSettings) -> Path:
    """Return where the key file is."""
    return settings.key_file or settings.data_dir / "keys"


def load_keys(settings: StorageSettings, *, may_create: bool) -> Keyring:
    """Return the keys from the environment or the key file.

    Args:
        settings: where to look.
        may_create: make a key file when there is none; only where nothing has been sealed yet.

    Raises:
        KeyProblem: there is none, or it cannot be read.
        OSError: the new file cannot be written.
    """
    if given := settings.keys.get_secret_value():
        return parse_keys(given.replace(",", "\n"), "SHENSI_STORAGE__KEYS")
    path = key_path(settings)
    try:
        return parse_keys(path.read_text(encoding="ascii"), str(path))
    except FileNotFoundError as error:
        if not may_create or settings.key_file is not None:
            raise KeyProblem("key_missing", path=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyProblem("key_invalid", path=str(path)) from error
    ring = Keyring((secrets.token_bytes(SIZE),))
    write_keys(path, ring)
    return ring


def parse_keys(lines: str, where: str) -> Keyring:
    """Read keys in base64, one a line; empty lines and ``#`` comments are passed over.

    Raises:
        KeyProblem: no key, or a line that is none. What the line says is not repeated.
    """
    words = [line.partition("#")[0].strip() for line in lines.splitlines()]
    try:
        keys = tuple(base64.b64decode(word, altchars=b"-_" if set(word) & set("-_") else None, validate=True) for word in words if word)
    except (ValueError, binascii.Error) as error:
        raise KeyProblem("key_invalid", path=where) from error
    if not keys or any(len(key) != SIZE for key in keys):
        raise KeyProblem("key_invalid", path=where)
    return Keyring(keys)


def write_keys(path: Path, ring: Keyring) -> None:
    """Put a key file in place, whole and readable by its owner alone."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("".join(f"{base64.b64encode(key).decode()}\n" for key in ring.keys))
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def with_new_key(ring: Keyring) -> Keyring:
    """Return the keys with a fresh one in front."""
    return Keyring((secrets.token_bytes(SIZE), *ring.keys))
