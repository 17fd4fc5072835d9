"""Every setting as a row: its key, its variable, its default and what it may be, read from the classes themselves."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from configs.locales import Language, text
from configs.section import ROOT
from configs.settings import ModelSettings, RoleSettings, Settings

OTHERS = (
    "LLM_BASE_URL",
    "LLM_MODEL",
    "LLM_API_KEY",
    "SHENSI_SECRETS_DIR",
    "SHENSI_API_URL",
    "SHENSI_API_KEY",
    "SHENSI_LOG",
    "LANG",
    "CUDA_VISIBLE_DEVICES",
)
"""Variables that are read beside the settings."""
_ROLES = "llm.roles"
_BOUNDS: dict[type, tuple[str, str]] = {
    Ge: ("≥", "ge"),
    Gt: (">", "gt"),
    Le: ("≤", "le"),
    Lt: ("<", "lt"),
    MinLen: ("length ≥", "min_length"),
    MaxLen: ("length ≤", "max_length"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One setting."""

    key: str
    variable: str
    default: str
    allowed: str


def variable_names() -> set[str]:
    """Return every variable that a configuration may use, one for each role included."""
    roles = ModelSettings().roles
    return {*OTHERS, *(row.variable.replace("<ROLE>", role.upper()) for row in rows() for role in roles)}


def page(language: Language) -> str:
    """Return all of it as Markdown."""

    def say(name: str) -> str:
        return text(language, f"setting.{name}")

    heads = [say(f"head_{name}") for name in ("variable", "default", "allowed", "meaning")]
    lines = [f"# {say('title')}", "", say("about"), ""]
    for section, of_section in groupby(rows(), lambda row: row.key.rpartition(".")[0]):
        lines += [f"## `{section}`", "", *_table(heads, (_cells(row, say(row.key.replace(".<role>", ""))) for row in of_section)), ""]
    others = (["`" + name + "`", say(f"var.{name}")] for name in OTHERS)
    return "\n".join([*lines, f"## {say('others')}", "", *_table([heads[0], heads[3]], others), ""])


def _cells(row: Row, meaning: str) -> list[str]:
    return [f"`{row.variable}`", f"`{row.default}`" if row.default else "", row.allowed, meaning]


def _table(heads: Sequence[str], cells: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *cells)]


def rows() -> Iterator[Row]:
    """Yield every setting in the order of the classes; those of a role once, with what each role has."""
    yield from _rows(Settings, "")


def _rows(section: type[BaseModel], place: str) -> Iterator[Row]:
    for name, field in section.model_fields.items():
        key = f"{place}.{name}" if place else name
        inner = field.annotation
        if key == _ROLES:
            yield from _of_roles()
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _rows(inner, key)
        else:
            yield Row(key, _variable(key), _shown(field.get_default(call_default_factory=True)), _allowed(field))


def _of_roles() -> Iterator[Row]:
    roles = ModelSettings().roles
    for name, field in RoleSettings.model_fields.items():
        by_role = {role: _shown(getattr(settings, name)) for role, settings in roles.items()}
        values = set(by_role.values())
        default = values.pop() if len(values) == 1 else ", ".join(f"{role} {value}" for role, value in by_role.items())
        yield Row(f"{_ROLES}.<role>.{name}", _variable(f"{_ROLES}.<ROLE>.{name}"), default, _allowed(field))


def _variable(key: str) -> str:
    return "SHENSI_" + "__".join(part if part == "<ROLE>" else part.upper() for part in key.split("."))


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Path):
        return str(value.relative_to(ROOT)) if value.is_relative_to(ROOT) else str(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _allowed(field: FieldInfo) -> str:
    bounds = [f"{_BOUNDS[type(one)][0]} {getattr(one, _BOUNDS[type(one)][1])}" for one in field.metadata if type(one) in _BOUNDS]
    return ", ".join([_kind(field.annotation), *bounds])


def _kind(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " / ".join(map(str, inner))
    if origin in (Union, types.UnionType):
        return _kind(next(one for one in inner if one is not type(None)))
    if origin is tuple:
        return f"[{_kind(inner[0])}, …]"
    if origin is dict:
        return f"{{{_kind(inner[0])}: {_kind(inner[1])}}}"
    names = {bool: "true / false", int: "integer", float: "number", str: "text", Path: "path", SecretStr: "secret"}
    return names[annotation]
