"""API keys: ``shensi_<id>_<secret>``. Only a hash of the secret is kept, sealed like everything else, so that no copy of it can log in.

The id carries a code over the whole key. What we have not made is refused without asking the database, so that guessing costs others
nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from langgraph.store.base import BaseStore, GetOp, Item, PutOp
from pydantic import BaseModel

from agent.errors import UnknownItem
from memory.cipher import Names
from memory.sealed import listed

PREFIX = "shensi"
_NAMESPACE = ("api keys",)
_CACHED = 2048
_ID, _CODE, _SECRET = 8, 8, 43
_LENGTH = len(PREFIX) + 1 + _ID + _CODE + 1 + _SECRET
_NOBODY = hashlib.sha256(b"nobody").hexdigest()


class ApiKey(BaseModel):
    """What is known of a key; never the key."""

    id: str
    owner: str
    tenant: str = ""
    scopes: tuple[str, ...] = ()
    label: str = ""
    created_at: str
    expires_at: str = ""
    revoked_at: str = ""

    def state(self, now: datetime) -> str:
        """Return ``valid``, ``expired`` or ``revoked``."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and now >= datetime.fromisoformat(self.expires_at) else "valid"


class _Stored(ApiKey):
    hash: str


class KeyBook:
    """The keys of a store."""

    def __init__(
        self, store: BaseStore, names: Names, *, cache_s: float = 0.0, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._codes = names.secret_for("api keys")
        self._cache_s = cache_s
        self._clock = clock
        self._cached: OrderedDict[str, tuple[float, _Stored | None]] = OrderedDict()

    async def create(
        self, owner: str, scopes: Sequence[str], *, tenant: str = "", label: str = "", days: int | None = None
    ) -> tuple[ApiKey, str]:
        """Make a key and return what is known of it, and the key itself, which nobody can be told again."""
        short, secret, now = secrets.token_hex(_ID // 2), secrets.token_urlsafe(32), self._clock()
        id_ = short + self._code(short, secret)
        key = _Stored(
            id=id_,
            owner=owner,
            tenant=tenant,
            scopes=tuple(sorted(set(scopes))),
            label=label,
            created_at=now.isoformat(timespec="seconds"),
            expires_at=(now + timedelta(days=days)).isoformat(timespec="seconds") if days is not None else "",
            hash=_hash(id_, secret),
        )
        await self._put(key)
        return _told(key), f"{PREFIX}_{id_}_{secret}"

    async def all(self) -> list[ApiKey]:
        """Return every key, oldest first, revoked ones too."""
        found = [_Stored.model_validate(item.value) for item in await listed(self._store, _NAMESPACE)]
        return [_told(key) for key in sorted(found, key=lambda key: (key.created_at, key.id))]

    async def revoke(self, id_: str) -> ApiKey:
        """Let a key open nothing any more.

        Raises:
            UnknownItem: there is no such key.
        """
        key = await self._read(id_)
        if key is None:
            raise UnknownItem("no_such_key", id=id_[:32])
        if not key.revoked_at:
            key = key.model_copy(update={"revoked_at": self._clock().isoformat(timespec="seconds")})
            await self._put(key)
        return _told(key)

    async def find(self, token: str) -> ApiKey | None:
        """Return the key that a token is, if it is a valid one."""
        parts = token.split("_", 2)
        if len(token) != _LENGTH or len(parts) != 3 or parts[0] != PREFIX or not token.isascii():
            return None
        _, id_, secret = parts
        if not hmac.compare_digest(id_[_ID:], self._code(id_[:_ID], secret)):
            return None
        key = await self._cached_read(id_)
        same = hmac.compare_digest(key.hash if key else _NOBODY, _hash(id_, secret))
        return _told(key) if key and same and key.state(self._clock()) == "valid" else None

    def _code(self, short: str, secret: str) -> str:
        return hmac.digest(self._codes, f"{short}_{secret}".encode(), "sha256").hex()[:_CODE]

    async def _cached_read(self, id_: str) -> _Stored | None:
        until, key = self._cached.get(id_, (0.0, None))
        if time.monotonic() >= until:
            key = await self._read(id_)
            self._cached[id_] = (time.monotonic() + self._cache_s, key)
            self._cached.move_to_end(id_)
            while len(self._cached) > _CACHED:
                self._cached.popitem(last=False)
        return key

    async def _read(self, id_: str) -> _Stored | None:
        (item,) = await self._store.abatch([GetOp(_NAMESPACE, id_)])
        return _Stored.model_validate(item.value) if isinstance(item, Item) else None

    async def _put(self, key: _Stored) -> None:
        await self._store.abatch([PutOp(_NAMESPACE, key.id, key.model_dump(mode="json"))])


def _hash(id_: str, secret: str) -> str:
    # The secret is 256 random bits: a slow hash would protect nothing that a fast one does not.
    return hashlib.sha256(f"{id_}_{secret}".encode()).hexdigest()


def _told(key: _Stored) -> ApiKey:
    return ApiKey.model_validate(key.model_dump(exclude={"hash"}))
