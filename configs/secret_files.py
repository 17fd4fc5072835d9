"""Secrets as files: an engine or a cluster mounts a folder, ``SHENSI_SECRETS_DIR``, in which each file is named like a variable.

An environment is inherited by every child and shown by ``docker inspect``; a file is not. A variable that is set as well wins.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic_settings import NestedSecretsSettingsSource, PydanticBaseSettingsSource

from configs.errors import ConfigError

FOLDER = "SHENSI_SECRETS_DIR"
_OURS = ("SHENSI_", "LLM_")


def secret_files(usual: PydanticBaseSettingsSource) -> list[PydanticBaseSettingsSource]:
    """Return what reads the folder, made of what pydantic would read secrets with, or nothing where none is named."""
    folder = os.environ.get(FOLDER, "")
    return [NestedSecretsSettingsSource(usual, secrets_dir=folder, secrets_dir_missing="error")] if folder else []


def given() -> dict[str, str]:
    """Return every variable with its value, those of the folder included.

    Raises:
        ConfigError: the folder is not there, or a file of ours in it cannot be read.
    """
    folder = os.environ.get(FOLDER, "")
    return {**(_read(Path(folder)) if folder else {}), **os.environ}


def _read(folder: Path) -> dict[str, str]:
    try:
        files = [path for path in folder.iterdir() if path.name.startswith(_OURS)]
        return {path.name: path.read_text(encoding="utf-8").strip() for path in files}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("config_unreadable", file=str(folder), reason=type(error).__name__) from error
