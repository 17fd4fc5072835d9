"""Texts for people, in Chinese and English: ``text("zh", "label.disclaimer")``."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every text of one language as ``{"section.key": text}``: of ``zh.yaml`` and of what lies beside it, ``ui.zh.yaml``.

    Raises:
        KeyError: the language is neither ``zh`` nor ``en``.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    folder = Path(__file__).parent
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # written in Python it takes a quarter of a second
    trees = (yaml.load(path.read_text(encoding="utf-8"), Loader=loader) for path in sorted(folder.glob(f"*{language}.yaml")))
    sections = [(section, texts) for tree in trees for section, texts in tree.items()]
    return {f"{section}.{key}": value.rstrip("\n") for section, texts in sections for key, value in texts.items()}


def text(language: str, key: str, /, **values: Any) -> str:
    """Return the text ``key`` with its ``{blanks}`` filled.

    Raises:
        KeyError: no such text or a blank without a value; both are programming errors.
    """
    return catalogue(language)[key].format(**values)


def environment_language() -> str:
    """Return the reader's language by the environment; Chinese when it does not say English."""
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if said.lower().startswith("en") else "zh"
