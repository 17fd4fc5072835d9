"""What only the browser itself can do. The scripts are ours and fixed; what they show comes as data and is set as text, never as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from agent.ui.preferences import COOKIE, Preferences

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


@cache
def _component(name: str) -> Any:
    style = _SCRIPTS / f"{name}.css"
    return st.components.v2.component(
        f"shensi_{name}",
        html="<div></div>",
        css=style.read_text(encoding="utf-8") if style.exists() else None,
        js=(_SCRIPTS / f"{name}.js").read_text(encoding="utf-8"),
    )
