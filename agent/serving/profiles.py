"""The files of ``configs/vllm``: what ``vllm serve --config`` reads, checked before vLLM spends minutes on loading weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from agent.errors import ServingFailed
from configs.settings import ROOT

FOLDER = ROOT / "configs" / "vllm"
FLAGS = FOLDER / "flags-0.32.0.txt"
"""Every long flag of ``vllm serve`` of the version that requirements-gpu.txt pins, one a line."""


@dataclass(frozen=True, slots=True)
class ServingProfile:
    """One file, or one file with flags of the command line over it."""

    path: Path
    values: dict[str, Any]

    @property
    def model(self) -> str:
        """Hub name or folder of the weights."""
        return str(self.values["model"])

    @property
    def tensor_parallel(self) -> int:
        """Cards that share every layer."""
        return int(self.values.get("tensor-parallel-size", 1))

    @property
    def cards(self) -> int:
        """Cards that are needed in all."""
        return self.tensor_parallel * int(self.values.get("pipeline-parallel-size", 1)) * int(self.values.get("data-parallel-size", 1))

    @property
    def share(self) -> float:
        """Part of each card's memory that vLLM takes."""
        return float(self.values.get("gpu-memory-utilization", 0.92))

    @property
    def pooling(self) -> bool:
        """Whether it serves vectors or scores, which need no cache."""
        return self.values.get("runner") == "pooling"

    def over(self, flags: Sequence[str]) -> ServingProfile:
        """Return the profile as it is once ``flags`` (``--key value``, ``--key=value``, ``--key``) are given beside it."""
        values = dict(self.values)
        given = [part for flag in flags for part in (flag.split("=", 1) if flag.startswith("--") else [flag])]
        for place, part in enumerate(given):
            if part.startswith("--"):
                following = given[place + 1] if place + 1 < len(given) else "--"
                key = part.removeprefix("--").replace("_", "-")
                self._check_key(key)
                values[key] = True if following.startswith("--") else yaml.safe_load(following)
        return replace(self, values=values)

    def checked(self) -> ServingProfile:
        """Return the profile itself when vLLM would understand it.

        Raises:
            ServingFailed: an unknown key, no model, or a number that is none.
        """
        for key in self.values:
            self._check_key(key)
        if not isinstance(self.values.get("model"), str):
            raise self._wrong("model", "missing")
        for key in ("tensor-parallel-size", "pipeline-parallel-size", "data-parallel-size", "max-model-len", "max-num-batched-tokens"):
            if key in self.values and (not isinstance(self.values[key], int) or self.values[key] < 1):
                raise self._wrong(key, "not a whole number above 0")
        if not (isinstance(self.values.get("gpu-memory-utilization", 0.9), float) and 0 < self.share <= 1):
            raise self._wrong("gpu-memory-utilization", "not between 0 and 1")
        return self

    def _check_key(self, key: str) -> None:
        if key not in known_flags() and key.removeprefix("no-") not in known_flags():
            raise self._wrong(key, "vLLM 0.32 has no such flag")

    def _wrong(self, key: str, reason: str) -> ServingFailed:
        return ServingFailed("serving_invalid", file=self.path.name, key=key, reason=reason)


def names() -> list[str]:
    """Return the names of the profiles that come with the project."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_profile(name: str) -> ServingProfile:
    """Read a profile by its name in ``configs/vllm`` or by the path of a file of one's own.

    Raises:
        ServingFailed: there is none, it cannot be read, or vLLM would not understand it.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ServingFailed("serving_unknown", name=name, known=", ".join(names())) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ServingFailed("config_unreadable", file=str(path), reason=str(error).splitlines()[0]) from error
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ServingFailed("config_unreadable", file=str(path), reason="not a mapping of flags")
    return ServingProfile(path, values).checked()


@cache
def known_flags() -> frozenset[str]:
    """Return the long flags of the pinned vLLM, without dashes."""
    lines = FLAGS.read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
