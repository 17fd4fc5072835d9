"""What every part of the profile shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr
from pydantic_core import to_json

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


def postgres_url(url: SecretStr) -> SecretStr:
    """Return an address of PostgreSQL; empty stays empty.

    Raises:
        ValueError: another scheme.
    """
    if url.get_secret_value() and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must start with postgresql://")
    return url


def in_the_clear(settings: BaseModel) -> str:
    """Return settings as JSON with their secrets readable, for another process of the same installation and nobody else."""
    return to_json(_unsealed(settings.model_dump())).decode()


def _unsealed(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict):
        return {key: _unsealed(one) for key, one in value.items()}
    return [_unsealed(one) for one in value] if isinstance(value, list | tuple) else value
