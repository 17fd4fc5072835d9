"""Tokens of an identity provider that really runs: who may come in, and every way in that must stay shut."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pydantic import ValidationError

from agent.server import oidc
from agent.server.errors import Unavailable
from agent.server.identity import Principal
from agent.server.oidc import Oidc, TokenRefused, safe_name
from configs.guards import OidcSettings
from tests.support.identity_provider import AUDIENCE, IdentityProvider, rsa_key


@pytest.fixture(scope="module")
def rsa_one() -> rsa.RSAPrivateKey:
    return rsa_key()


@pytest.fixture
def provider(rsa_one: rsa.RSAPrivateKey) -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        running.add("one", rsa_one)
        yield running


def door(provider: IdentityProvider, **changes: Any) -> Oidc:
    return Oidc(OidcSettings(issuer=provider.issuer, audience=AUDIENCE, **changes))


async def test_a_token_names_owner_and_scopes(provider: IdentityProvider) -> None:
    found = await door(provider, tenant="hospital").principal(provider.token(scope="chat openid knowledge:write everything"))
    assert found == Principal("hospital", "li-si", frozenset({"chat", "knowledge:write"}))


async def test_tenant_and_scopes_come_from_the_claims_that_were_chosen(provider: IdentityProvider) -> None:
    how = door(provider, tenant_claim="org", owner_claim="uid", scope_claim="roles", scope_prefix="shensi:")
    found = await how.principal(provider.token(org="north", uid="w-1", roles=["shensi:chat", "memory", 7]))
    assert found == Principal("north", "w-1", frozenset({"chat"}))
    with pytest.raises(TokenRefused):
        await how.principal(provider.token(uid="w-1", roles=[]))


def coded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def wrong_tokens(provider: IdentityProvider, stranger: rsa.RSAPrivateKey) -> dict[str, str]:
    now = int(time.time())
    head, body, signature = provider.token().split(".")
    other = provider.token(sub="admin").split(".")
    none, symmetric = (coded(json.dumps({"alg": name, "kid": "one"}).encode()) for name in ("none", "HS256"))
    public = provider.private["one"].public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    confused = hmac.digest(public, f"{symmetric}.{body}".encode(), "sha256")
    own_key = {"kty": "oct", "k": "AAAA"}
    return {
        "expired": provider.token(exp=now - 3600),
        "without an end": provider.token(exp=None),
        "not yet valid": provider.token(nbf=now + 3600),
        "for another service": provider.token(aud="another"),
        "for nobody": provider.token(aud=None),
        "from another provider": provider.token(iss="https://evil.example"),
        "from nobody": provider.token(iss=None),
        "about nobody": provider.token(sub=None),
        "about an empty name": provider.token(sub=""),
        "signed by a stranger": provider.token(key=stranger),
        "signed by a stranger who brings the key": provider.token(key=stranger, header={"jwk": own_key, "jku": "http://127.0.0.1:9/keys"}),
        "of an unknown key": provider.token("one", header={"kid": "two"}),
        "not signed": f"{none}.{body}.",
        "with the body of another": f"{head}.{other[1]}.{signature}",
        "signed with the public key as a secret": f"{symmetric}.{body}.{coded(confused)}",
        "of an algorithm that was not chosen": provider.token(algorithm="RS512"),
        "with a critical header": provider.token(header={"crit": ["b64"], "b64": False}),
        "no token": "a.b.c",
        "nothing": "",
        "huge": provider.token(padding="x" * 9000),
        "no text": "\ud800.\x00.é",
    }


@pytest.fixture(scope="module")
def stranger() -> rsa.RSAPrivateKey:
    return rsa_key()


@pytest.mark.parametrize("which", range(21))
async def test_a_token_with_anything_wrong_is_refused(provider: IdentityProvider, stranger: rsa.RSAPrivateKey, which: int) -> None:
    name, token = list(wrong_tokens(provider, stranger).items())[which]
    with pytest.raises(TokenRefused):
        await door(provider).principal(token)
        pytest.fail(name)


async def test_only_the_chosen_algorithms_are_taken(provider: IdentityProvider) -> None:
    provider.add("curve", ec.generate_private_key(ec.SECP256R1()))
    provider.add("edwards", ed25519.Ed25519PrivateKey.generate())
    tokens = {name: provider.token(kid, algorithm=name) for kid, name in (("curve", "ES256"), ("edwards", "EdDSA"))}
    assert (await door(provider).principal(tokens["ES256"])).owner == "li-si"
    assert (await door(provider, algorithms=("EdDSA",)).principal(tokens["EdDSA"])).owner == "li-si"
    with pytest.raises(TokenRefused):
        await door(provider).principal(tokens["EdDSA"])
    for symmetric in ("HS256", "none"):
        with pytest.raises(ValidationError):
            OidcSettings(issuer=provider.issuer, audience=AUDIENCE, algorithms=(symmetric,))  # type: ignore[arg-type]


async def test_a_key_that_is_short_or_meant_for_something_else_signs_nothing(provider: IdentityProvider) -> None:
    provider.add("short", rsa_key(1024))
    provider.add("encrypts", rsa_key(), use="enc")
    provider.add("other", rsa_key(), alg="RS512")
    for kid in ("short", "encrypts", "other"):
        with pytest.raises(TokenRefused):
            await door(provider).principal(provider.token(kid))


async def test_a_new_key_is_found_and_unknown_ones_do_not_make_us_ask_again_and_again(
    provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = door(provider)
    await how.principal(provider.token())
    provider.add("two", rsa_key())
    for _ in range(20):
        with pytest.raises(TokenRefused):
            await how.principal(provider.token("two"))
    assert len(provider.asked) == 2, "discovery and keys, once"
    monkeypatch.setattr(oidc, "_PAUSE_S", 0.0)
    assert (await how.principal(provider.token("two"))).owner == "li-si"


async def test_a_provider_that_does_not_answer_lets_in_whom_its_known_keys_prove_and_nobody_else(
    provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "_PAUSE_S", 0.0)
    how, late = door(provider, keys_for_s=1.0), door(provider)
    await how.principal(provider.token())
    provider.broken = True
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + 100)
    assert (await how.principal(provider.token())).owner == "li-si"
    monkeypatch.setattr(time, "monotonic", lambda: now() + 4000)
    for one in (how, late):
        with pytest.raises(Unavailable):
            await one.principal(provider.token())


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b"{}", b"\xff", b'{"keys": 3}', b"x" * 600_000], ids=["list", "cut", "empty", "bytes", "number", "huge"]
)
async def test_a_provider_that_talks_nonsense_is_one_that_does_not_answer(provider: IdentityProvider, body: bytes) -> None:
    provider.body = body
    with pytest.raises(Unavailable):
        await door(provider, jwks_url=f"{provider.issuer}/keys").principal(provider.token())


async def test_a_discovery_document_of_another_issuer_is_not_followed(provider: IdentityProvider) -> None:
    provider.stated_issuer = "https://evil.example"
    with pytest.raises(Unavailable):
        await door(provider).principal(provider.token())


def test_every_claim_becomes_a_name_of_its_own() -> None:
    claims = ["li-si", "auth0|5f7", "李四", "a.b", "u-x", "x" * 65, "LI-SI", " li-si", safe_name("李四")]
    names = [safe_name(claim) for claim in claims]
    assert names[0] == "li-si" and len(set(names)) == len(names)
    assert all(oidc._NAME.fullmatch(name) for name in names)


def test_settings_that_would_let_somebody_listen_are_refused() -> None:
    for wrong in ({"issuer": "http://login.example"}, {"issuer": "https://login.example"}, {"jwks_url": "ftp://x"}):
        with pytest.raises(ValidationError):
            OidcSettings(**wrong)
