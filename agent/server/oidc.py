"""Bearer tokens of an identity provider: checked against its public keys, never against anything that the token brings along."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import time
from collections.abc import Mapping
from typing import Any

import httpx
import jwt

from agent.server.errors import Unavailable
from agent.server.identity import SCOPES, Principal
from configs.guards import LOCAL, OidcSettings

log = logging.getLogger(__name__)

_TOKEN_CHARS = 8192
_DOCUMENT_BYTES = 512 * 1024
_FETCH_S = 5.0
_PAUSE_S = 10.0
"""So long after asking the provider it is not asked again for a key that it does not have, and after a failure."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MADE = "u-"
"""Begins the names that we make of claims which cannot be names themselves; a claim that begins so is never taken as it is."""
Jwk = Mapping[str, Any]


class TokenRefused(Exception):
    """The token proves nothing; why is for the log alone."""


class Oidc:
    """One provider."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._keys = ProviderKeys(settings)
        self._decoder = jwt.PyJWT({"enforce_minimum_key_length": True})

    async def principal(self, token: str) -> Principal:
        """Return whom a token names.

        Raises:
            TokenRefused: it is not a valid one for us.
            Unavailable: the provider's keys cannot be had (503).
        """
        if len(token) > _TOKEN_CHARS:
            raise TokenRefused("too long")
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, ValueError) as error:
            raise TokenRefused(type(error).__name__) from error
        algorithm = header.get("alg")
        if algorithm not in self._settings.algorithms:
            raise TokenRefused("another algorithm")
        key = await self._keys.find(header.get("kid"), str(algorithm))
        return self._named(self._claims(token, key, str(algorithm)))

    def _claims(self, token: str, key: Jwk, algorithm: str) -> dict[str, Any]:
        how = self._settings
        try:
            return self._decoder.decode(
                token,
                jwt.PyJWK(dict(key), algorithm=algorithm),
                algorithms=[algorithm],
                audience=how.audience,
                issuer=how.issuer,
                leeway=how.leeway_s,
                options={"require": ["exp", "iss", "aud", how.owner_claim]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise TokenRefused(type(error).__name__) from error

    def _named(self, claims: Mapping[str, Any]) -> Principal:
        how = self._settings
        owner, tenant = claims.get(how.owner_claim), claims.get(how.tenant_claim) if how.tenant_claim else how.tenant
        if not isinstance(owner, str) or not owner or not isinstance(tenant, str) or (how.tenant_claim and not tenant):
            raise TokenRefused("no owner or no tenant")
        given = claims.get(how.scope_claim, "")
        words = (
            given.split()
            if isinstance(given, str)
            else [word for word in given if isinstance(word, str)]
            if isinstance(given, list)
            else []
        )
        scopes = frozenset(word.removeprefix(how.scope_prefix) for word in words if word.startswith(how.scope_prefix))
        return Principal(tenant=safe_name(tenant) if tenant else "", owner=safe_name(owner), scopes=scopes & frozenset(SCOPES))


def safe_name(claim: str) -> str:
    """Return a claim as a name of an owner or a tenant: itself where it can be one, else one made of its hash, different for each."""
    if _NAME.fullmatch(claim) and not claim.startswith(_MADE):
        return claim
    return _MADE + hashlib.sha256(claim.encode("utf-8", "surrogatepass")).hexdigest()[:40]


class ProviderKeys:
    """The public keys of a provider, kept for a while, and for longer when it does not answer."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._known: list[Jwk] = []
        self._read_at = self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def find(self, kid: Any, algorithm: str) -> Jwk:
        """Return the key with this id that may sign with this algorithm.

        Raises:
            TokenRefused: the provider has none.
            Unavailable: its keys cannot be had.
        """
        key = self._chosen(kid, algorithm)
        if key is None or time.monotonic() - self._read_at > self._settings.keys_for_s:
            await self._refresh()
            key = self._chosen(kid, algorithm)
        if time.monotonic() - self._read_at > self._settings.keys_at_most_s:
            raise Unavailable("auth_unavailable", retry_after=int(_PAUSE_S))
        if key is None:
            raise TokenRefused("no such key")
        return key

    def _chosen(self, kid: Any, algorithm: str) -> Jwk | None:
        fitting = [key for key in self._known if key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm]
        if kid is None:  # allowed only where there is nothing to choose
            return fitting[0] if len(fitting) == 1 else None
        return next((key for key in fitting if key.get("kid") == kid), None)

    async def _refresh(self) -> None:
        async with self._asking:
            if time.monotonic() - self._asked_at < _PAUSE_S:
                return
            try:
                self._known = await self._fetched()
                self._read_at = time.monotonic()
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, TypeError, KeyError) as error:
                log.warning("the identity provider's keys cannot be read: %s", type(error).__name__)
            finally:
                self._asked_at = time.monotonic()

    async def _fetched(self) -> list[Jwk]:
        async with asyncio.timeout(2 * _FETCH_S), httpx.AsyncClient(timeout=_FETCH_S, follow_redirects=False, trust_env=False) as client:
            url = self._settings.jwks_url
            if not url:
                told = await _document(client, self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
                if told["issuer"] != self._settings.issuer:
                    raise ValueError("another issuer")
                url = str(told["jwks_uri"])
                if not url.startswith("https://") and httpx.URL(url).host not in LOCAL:
                    raise ValueError("not https")
            keys = (await _document(client, url))["keys"]
        return [key for key in keys if isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP")]


async def _document(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    import json

    async with client.stream("GET", url) as response:
        response.raise_for_status()
        body = b""
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _DOCUMENT_BYTES:
                raise ValueError("too large")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
