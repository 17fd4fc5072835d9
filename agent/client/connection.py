"""What both clients know of the service: where it is and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from agent.client.retry import Retries

CONNECT_S = 5.0


@dataclass(frozen=True)
class Connection:
    """Address, key, language and bounds."""

    url: str
    key: str = field(repr=False)
    language: str
    user: str = field(repr=False)
    timeout_s: float
    retries: Retries

    def options(self) -> dict[str, Any]:
        """Return the arguments of an ``httpx`` client. The environment's proxies are not asked: patients' words go to the address given."""
        headers = {"accept": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        if self.language:
            headers["accept-language"] = self.language
        if self.user:
            headers["x-shensi-user"] = quote(self.user)
        return {
            "base_url": self.url.rstrip("/"),
            "headers": headers,
            "timeout": httpx.Timeout(self.timeout_s, connect=CONNECT_S),
            "trust_env": False,
            "follow_redirects": False,
        }
