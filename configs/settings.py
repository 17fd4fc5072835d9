"""Everything that can be configured: a profile in YAML, overridden by the environment.

Unknown keys fail at load, so that a typo is never silently ignored. ``LLM_BASE_URL``, ``LLM_MODEL`` and ``LLM_API_KEY`` set the model;
every other key is reached as ``SHENSI_<SECTION>__<KEY>``, for example ``SHENSI_RETRIEVAL__TOP_K=8``. A file of that name in the folder
``SHENSI_SECRETS_DIR`` does the same, for what must not stand in an environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from configs.calls import CallLimits as CallLimits
from configs.errors import ConfigError
from configs.retrieval import RetrievalSettings as RetrievalSettings
from configs.secret_files import given, secret_files
from configs.section import ROOT as ROOT
from configs.section import Section, http_url, postgres_url
from configs.server import ServerSettings as ServerSettings

DEFAULT_PROFILE = ROOT / "configs" / "embedded.yaml"
OTHER = frozenset({"SHENSI_LOG", "SHENSI_API_URL", "SHENSI_API_KEY", "SHENSI_SECRETS_DIR"})
"""Variables of ours that are no keys of a profile: ``docs/settings.md`` says what each is for."""

Role = Literal["draft", "critique", "refine", "extract", "look", "summarise"]


class RoleSettings(Section):
    """How the model is sampled in one role."""

    temperature: float = Field(0.0, ge=0.0, le=2.0)
    top_p: float = Field(1.0, gt=0.0, le=1.0)
    max_tokens: int = Field(1024, ge=16)
    thinking: bool = False
    """Qwen3's thinking switch, sent as ``chat_template_kwargs.enable_thinking``; only the auditor may think, and nobody sees what."""
    thinking_tokens: int = Field(1500, ge=16, le=16_000)
    """What thinking may use on top of ``max_tokens``; an audit that thinks beyond it is asked for once more without."""
    timeout_s: float = Field(60.0, gt=0.0)
    at_once: int = Field(256, ge=1)
    """So many calls of this role may be out at once in this process; further ones wait within their time."""


def _roles() -> dict[Role, RoleSettings]:
    return {
        "draft": RoleSettings(temperature=0.7, top_p=0.8, max_tokens=900),
        "critique": RoleSettings(max_tokens=400, timeout_s=30),
        "refine": RoleSettings(max_tokens=600, timeout_s=40),
        "extract": RoleSettings(max_tokens=400, timeout_s=20),
        "look": RoleSettings(max_tokens=160, timeout_s=6),
        "summarise": RoleSettings(max_tokens=300, timeout_s=30, at_once=8),
    }


class ModelSettings(Section):
    """An OpenAI-compatible endpoint; without ``base_url`` the evidence writer answers."""

    base_url: str = ""
    model: str = "qwen-medical"
    api_key: SecretStr = SecretStr("")
    send_thinking_switch: bool = True
    """Off for servers that reject ``chat_template_kwargs``."""
    retries: int = Field(1, ge=0, le=3)
    cooldown_s: float = Field(30.0, ge=0.0)
    """While the circuit to the endpoint is open, answer from evidence for this long before trying it again; 0: it never opens."""
    limits: CallLimits = CallLimits()
    roles: dict[Role, RoleSettings] = Field(default_factory=_roles)

    @field_validator("roles", mode="after")
    @classmethod
    def _fill_roles(cls, given: dict[Role, RoleSettings]) -> dict[Role, RoleSettings]:
        if thinks := [role for role, how in given.items() if how.thinking and role != "critique"]:
            # A thinking Qwen3 plans tool calls that it never makes, and its thoughts use up the room of short answers.
            raise ValueError(f"{thinks[0]} must not think; only critique may")
        # What a role is not given stays as the role's own default, not as that of any role.
        return {
            role: how.model_copy(update=given[role].model_dump(exclude_unset=True)) if role in given else how
            for role, how in _roles().items()
        }

    @field_validator("base_url")
    @classmethod
    def _http_only(cls, url: str) -> str:
        return http_url(url)


class StorageSettings(Section):
    """Where things are kept."""

    data_dir: Path = Path("data")
    knowledge_dir: Path = ROOT / "knowledge"
    extra_tables: tuple[Path, ...] = ()
    """Folders with a hospital's own tables in the same CSV shape, added to ``knowledge/tables``."""
    url: SecretStr = SecretStr("")
    """``postgresql://…``: records and checkpoints live there, for many processes; empty: SQLite in ``data_dir``, for one."""
    keys: SecretStr = SecretStr("")
    """Keys of the encryption at rest (32 bytes each in base64, commas between); the first writes, all read. Empty: ``key_file``."""
    key_file: Path | None = None
    """The same, one key a line; empty: ``data_dir/keys``, which SQLite makes at the first start. Keep it apart from backups of the data."""
    ledger_anchor: Path | None = None
    """Where it is noted how long the audit ledger is; empty: in ``data_dir``. Best out of reach of whoever can set back the database."""
    connections: int = Field(10, ge=1, le=200)
    """How many connections to PostgreSQL may be open at once."""

    @field_validator("url")
    @classmethod
    def _postgresql_only(cls, url: SecretStr) -> SecretStr:
        return postgres_url(url)


class SafetySettings(Section):
    """The deterministic layer."""

    second_look: bool = True
    """Ask the learned model about messages in which the rules see no danger; it may only raise a level."""
    model_second_look: bool = True
    """Ask the language model too, where one is configured, beside the draft; it may only raise a level."""


class ConsultSettings(Section):
    """Bounds of one consult."""

    language: Literal["auto", "zh", "en"] = "auto"
    region: Literal["CN", "US", "UK", "EU"] = "CN"
    """Decides the emergency numbers."""
    tenant: str = Field("", max_length=64, pattern=r"^[A-Za-z0-9_-]*$")
    """Whose installation the owner belongs to; empty where there is only one."""
    owner: str = Field("local", min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    max_question_chars: int = Field(3000, ge=100, le=3000)
    """Bounded because a question is part of every checkpoint of its turn."""
    max_rounds: int = Field(2, ge=0, le=4)
    """How often a draft may be refined before the safe reply takes its place."""
    max_tool_rounds: int = Field(2, ge=0, le=4)
    max_calls: int = Field(3, ge=2, le=12)
    """So many calls of the model may wait for one another in a turn. What is refined when they are spent is checked by code alone."""
    recent_turns: int = Field(6, ge=1, le=20)
    """Turns kept word for word; older ones live in the running summary."""
    history_tokens: int = Field(1500, ge=200)
    """So many tokens of the model the turns kept word for word may fill; beyond it the older half goes into the summary."""
    summary_tokens: int = Field(2400, ge=100)
    """So many tokens of the model the running summary may fill."""


class Settings(BaseSettings):
    """One profile, complete and checked."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix="SHENSI_", env_nested_delimiter="__")

    llm: ModelSettings = Field(default_factory=lambda: ModelSettings())
    retrieval: RetrievalSettings = Field(default_factory=lambda: RetrievalSettings())
    storage: StorageSettings = Field(default_factory=lambda: StorageSettings())
    safety: SafetySettings = Field(default_factory=lambda: SafetySettings())
    consult: ConsultSettings = Field(default_factory=lambda: ConsultSettings())
    server: ServerSettings = Field(default_factory=lambda: ServerSettings())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over files with secrets, and both over the profile, whose values arrive as ``init_settings``."""
        return env_settings, *secret_files(file_secret_settings), init_settings


def load_settings(profile: Path | None = None) -> Settings:
    """Read a profile and the environment.

    Args:
        profile: a YAML file; ``configs/embedded.yaml`` when absent.

    Raises:
        ConfigError: the file is missing, is not YAML, or holds an unknown or invalid key.
    """
    path = profile or DEFAULT_PROFILE
    values = _read_profile(path)
    variables = given()
    _check_names(variables)
    for name, variable in (("base_url", "LLM_BASE_URL"), ("model", "LLM_MODEL"), ("api_key", "LLM_API_KEY")):
        if variable in variables:
            _section(values, "llm", path)[name] = variables[variable]
    try:
        return Settings(**values)
    except (SettingsError, TypeError) as error:
        raise ConfigError("config_invalid", file=path.name, key="SHENSI_*", reason=str(error).splitlines()[0]) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError("config_invalid", file=path.name, key=where, reason=first["msg"]) from error


def _check_names(variables: Mapping[str, str]) -> None:
    """Refuse ``SHENSI_RETREIVAL__TOP_K``: a variable with a typo would be ignored without a word."""
    for name in variables:
        section = name.removeprefix("SHENSI_").partition("__")[0].lower()
        if name.startswith("SHENSI_") and name not in OTHER and section not in Settings.model_fields:
            raise ConfigError("config_invalid", file="environment", key=name, reason="no such section")


def _read_profile(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError("config_missing", file=str(path)) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError("config_unreadable", file=str(path), reason=str(error).splitlines()[0]) from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError("config_unreadable", file=str(path), reason="not a mapping of sections")
    return values


def _section(values: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
    section = values.setdefault(name, {})
    if not isinstance(section, dict):
        raise ConfigError("config_invalid", file=path.name, key=name, reason="not a mapping")
    return section
