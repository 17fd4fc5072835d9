"""The part of a profile that guards the service: who may ask, how much, and what is told of it."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from configs.section import Section, http_url

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LOCAL = ("localhost", "127.0.0.1", "::1")
_NAME = r"^[A-Za-z0-9_-]*$"


class OidcSettings(Section):
    """Bearer tokens of an identity provider; without ``issuer`` there are none."""

    issuer: str = ""
    """As it stands in the tokens, to the letter."""
    audience: str = ""
    """What the provider calls this service; a token for another one is refused."""
    jwks_url: str = ""
    """Where the provider's public keys are; empty: as its discovery document says."""
    algorithms: tuple[Algorithm, ...] = ("RS256", "ES256")
    """Only signatures of public keys can be chosen."""
    owner_claim: str = "sub"
    tenant_claim: str = ""
    """Empty: everybody belongs to ``tenant``."""
    tenant: str = Field("", max_length=64, pattern=_NAME)
    scope_claim: str = "scope"
    """A list, or words with spaces between."""
    scope_prefix: str = ""
    """What stands before our scopes there, for example ``shensi:``."""
    leeway_s: float = Field(30.0, ge=0.0, le=300.0)
    keys_for_s: float = Field(300.0, ge=1.0)
    """So long the provider's keys are taken as read."""
    keys_at_most_s: float = Field(3600.0, ge=1.0)
    """So long they serve when the provider does not answer."""

    @field_validator("issuer", "jwks_url")
    @classmethod
    def _safe(cls, url: str) -> str:
        parts = urlsplit(http_url(url))
        if url and parts.scheme != "https" and parts.hostname not in LOCAL:
            raise ValueError("must start with https://")
        return url

    @model_validator(mode="after")
    def _whole(self) -> OidcSettings:
        if self.issuer and not self.audience:
            raise ValueError("audience is needed beside issuer")
        return self


class AuthSettings(Section):
    """Who may ask."""

    required: bool = False
    """Whether everybody must come with an API key or a token. Without, the service listens on this machine alone."""
    cache_s: float = Field(5.0, ge=0.0, le=60.0)
    """So long after it was revoked an API key may still be taken."""
    oidc: OidcSettings = OidcSettings()

    @model_validator(mode="after")
    def _needed(self) -> AuthSettings:
        if self.oidc.issuer and not self.required:
            raise ValueError("required must be true where oidc is configured")
        return self


class LimitSettings(Section):
    """How much of everything is taken at once."""

    running: int = Field(256, ge=1)
    """Turns at once in this process; more wait."""
    running_per_tenant: int = Field(64, ge=1)
    """Turns at once of one tenant, where authentication tells tenants apart."""
    waiting: int = Field(512, ge=0)
    """Turns that wait in all; further ones are told to come back (503)."""
    waiting_per_tenant: int = Field(128, ge=0)
    """Turns of one tenant that wait; further ones are told to come back (429)."""
    wait_s: float = Field(20.0, gt=0.0)
    """So long a turn waits before it is told to come back."""
    connections: int = Field(4096, ge=16)
    """Connections at once in this process; what comes on further ones is refused unread (503)."""
    requests: int = Field(2048, ge=1)
    """Other requests at once in this process."""
    requests_per_tenant: int = Field(512, ge=1)
    body_bytes: int = Field(65_536, ge=1024)
    import_bytes: int = Field(4 * 1024 * 1024, ge=1024)
    transcript_bytes: int = Field(1024 * 1024, ge=1024)
    """Clients of OpenAI's send the whole conversation with every question."""
    """Of a record that is taken back in."""
    uploads: int = Field(4, ge=1)
    """Uploads and imports at once in this process, half of them of one tenant."""
    json_depth: int = Field(16, ge=2, le=64)
    header_bytes: int = Field(16_384, ge=1024)
    header_count: int = Field(64, ge=8)
    header_s: float = Field(10.0, gt=0.0)
    """So long a client may take to say what it wants."""
    body_s: float = Field(15.0, gt=0.0)
    """So long it may take to send a body."""
    upload_s: float = Field(120.0, gt=0.0)
    request_s: float = Field(180.0, gt=0.0)
    """So long an answer may take."""
    stream_s: float = Field(900.0, gt=0.0)
    """So long a stream may last."""
    send_s: float = Field(20.0, gt=0.0)
    """So long a client may refuse to read before its connection is closed."""


class TelemetrySettings(Section):
    """What is told of the service, never of patients."""

    metrics: bool = True
    """Whether ``/metrics`` is there; with authentication it asks for the scope ``admin``."""
    otlp_endpoint: str = ""
    """Where traces go (OTLP over gRPC, for example ``http://collector:4317``); empty: nowhere."""
    otlp_headers: SecretStr = SecretStr("")
    """``name=value`` with commas between, sent along."""
    sample: float = Field(1.0, ge=0.0, le=1.0)
    """Which share of the traces is kept."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("otlp_endpoint")
    @classmethod
    def _http_only(cls, url: str) -> str:
        return http_url(url)
