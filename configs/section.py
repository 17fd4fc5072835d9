"""What every part of the profile shares."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Section(BaseModel):
    """A part of the profile; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def http_url(url: str) -> str:
    """Return an address without its last slash; empty stays empty.

    Raises:
        ValueError: another scheme.
    """
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return url.rstrip("/")
