"""The files for container engines as the tests read them, and what their commands mean to our own programs."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from agent.cli import _parser
from agent.serving.profiles import ServingProfile, load_profile
from configs.settings import ROOT

SECRET = re.compile(r"PASSWORD$|SECRET$|TOKEN$|API_KEY$|__KEYS$|__URL$|HEADERS$")
DEFAULT = re.compile(r"\$\{[A-Z_]+:-([^}]*)\}")


def compose() -> dict[str, Any]:
    """Return ``compose.yaml`` with the default of each ``${NAME:-default}``."""
    read = filled(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8")))
    assert isinstance(read, dict)
    return read


def filled(tree: Any) -> Any:
    """Return a tree with the defaults put in, as an engine does it: in the values, after the YAML was read."""
    if isinstance(tree, dict):
        return {key: filled(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [filled(value) for value in tree]
    return DEFAULT.sub(r"\1", tree) if isinstance(tree, str) else tree


def dockerfile() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile in order, lines joined and comments left out."""
    text = "\n".join(line for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    lines = [line.strip() for line in re.sub(r"\\\n\s*", " ", text).splitlines() if line.strip()]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def accepted(words: Sequence[str]) -> argparse.Namespace:
    """Return what our command line makes of the words behind ``python -m agent``; it ends the test where it refuses them."""
    return _parser().parse_args(list(words))


def served_profile(command: Sequence[str]) -> ServingProfile:
    """Return what vLLM would run: a file of ``configs/vllm``, with the flags behind it."""
    assert command[0] == "--config" and Path(command[1]).parent == Path("/profiles")
    return load_profile(Path(command[1]).stem).over(command[2:]).checked()


def strings(tree: Any) -> Iterator[str]:
    """Yield every text in a tree of YAML."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield str(key)
            yield from strings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from strings(value)
    elif tree is not None:
        yield str(tree)


def agent_commands(path: Path) -> Iterator[list[str]]:
    """Yield the words of every ``python -m agent …`` that a file tells people to type; of Markdown in its blocks of shell."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    for found in re.finditer(r"python -m agent ([^\n#<>;&]+?)(?: {2,}|$|[#<>;&])", text, re.MULTILINE):
        yield found.group(1).split()
