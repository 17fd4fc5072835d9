"""What only the browser itself can do. The scripts are ours and fixed; what they show comes as data and is set as text, never as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from agent.ui.preferences import COOKIE, Preferences
from configs.locales import LANGUAGES, Language, catalogue

_SCRIPTS = Path(__file__).parent / "scripts"


def show(name: str, data: Mapping[str, Any], key: str) -> Any:
    """Mount the component ``scripts/<name>.js`` with its style sheet, if it has one.

    Args:
        name: of the script.
        data: what it is to show.
        key: unique on the page.
    """
    return _component(name)(data=dict(data), key=key)


def keep(chosen: Preferences) -> None:
    """Let the browser keep what was chosen, and let Streamlit's own widgets follow the theme."""
    show(
        "keep",
        {
            "cookie": f"{COOKIE}={chosen}; path=/; max-age=31536000; samesite=strict",
            "language": "zh-CN" if chosen.language == "zh" else "en",
            "theme": "Dark" if chosen.theme == "dark" else "Light",
        },
        key="keep",
    )


def translate(language: Language) -> None:
    """Let the browser put what Streamlit's own widgets say into the reader's language, from whichever it stands in."""
    mine = catalogue(language)
    for other in LANGUAGES:
        if other != language:
            rules = [[words, mine[key]] for key, words in catalogue(other).items() if key.startswith("widgets.")]
            show("words", {"rules": rules}, key="words")


@cache
def _component(name: str) -> Any:
    style = _SCRIPTS / f"{name}.css"
    return st.components.v2.component(
        f"shensi_{name}",
        html="<div></div>",
        css=style.read_text(encoding="utf-8") if style.exists() else None,
        js=(_SCRIPTS / f"{name}.js").read_text(encoding="utf-8"),
    )
