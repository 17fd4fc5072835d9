"""A real identity provider's public side on loopback: discovery and keys over HTTP; its private keys sign tokens for the tests."""

from __future__ import annotations

import json
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "shensi"
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


class IdentityProvider:
    """Signs tokens; ``keys`` is what it publishes, ``broken`` lets it answer with failures."""

    def __init__(self) -> None:
        self.private: dict[str, Private] = {}
        self.keys: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.broken = False
        self.body: bytes | None = None
        self.stated_issuer = ""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                body = provider.body if provider.body is not None else json.dumps(provider.document(self.path)).encode()
                self.send_response(503 if provider.broken else 200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> IdentityProvider:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/realm"

    def document(self, path: str) -> dict[str, Any]:
        if path.endswith("/.well-known/openid-configuration"):
            return {"issuer": self.stated_issuer or self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        return {"keys": self.keys}

    def add(self, kid: str, private: Private, **extra: Any) -> None:
        self.private[kid] = private
        public: Any = private.public_key()
        kind: Any = RSAAlgorithm if isinstance(private, rsa.RSAPrivateKey) else ECAlgorithm
        kind = OKPAlgorithm if isinstance(private, ed25519.Ed25519PrivateKey) else kind
        told = kind.to_jwk(public, as_dict=True)
        self.keys.append({**told, "kid": kid, **extra})

    def token(
        self, kid: str | None = "one", *, algorithm: str = "RS256", key: Any = None, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        now = int(time.time())
        told = {"iss": self.issuer, "aud": AUDIENCE, "sub": "li-si", "scope": "chat memory", "iat": now, "nbf": now, "exp": now + 600}
        told = {name: value for name, value in {**told, **claims}.items() if value is not None}
        headers = {**({"kid": kid} if kid else {}), **(header or {})}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", jwt.InsecureKeyLengthWarning)  # a short key is what a test wants to see refused
            return jwt.encode(told, key if key is not None else self.private[kid or "one"], algorithm=algorithm, headers=headers)
