"""The part of a profile that is about serving. ``auth``, ``limits`` and ``telemetry`` are sections of their own below it."""

from __future__ import annotations

from pydantic import Field, field_validator

from configs.guards import AuthSettings, LimitSettings, TelemetrySettings
from configs.section import Section, http_url


class ServerSettings(Section):
    """Where the service listens and how it treats those who wait."""

    host: str = Field("127.0.0.1", min_length=1)
    """Without authentication only an address of this machine itself is accepted."""
    port: int = Field(8000, ge=0, le=65535)
    """0: any free one."""
    public_url: str = ""
    """Where clients reach the service through its gateway, for links to passages; empty: where it listens."""
    heartbeat_s: float = Field(10.0, gt=0.0, le=60.0)
    """So often a comment keeps a quiet stream open through proxies."""
    lease_s: float = Field(15.0, ge=2.0, le=300.0)
    """How long a turn stays with a worker that says nothing any more, before another one of the same database finishes it."""
    abandoned_s: float = Field(3600.0, ge=0.0)
    """A turn whose reader has gone away is kept this long, so that they find it where it was; then it is closed without an answer."""
    resumed_at_once: int = Field(4, ge=1, le=64)
    """So many turns that a crash had cut off are finished beside new ones at a start."""
    auth: AuthSettings = AuthSettings()
    limits: LimitSettings = LimitSettings()
    telemetry: TelemetrySettings = TelemetrySettings()

    @field_validator("public_url")
    @classmethod
    def _http_only(cls, url: str) -> str:
        return http_url(url)
