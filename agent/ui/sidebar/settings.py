"""Language, size of text, colours."""

from __future__ import annotations

from typing import cast

import streamlit as st

from agent.ui.layout import Page
from agent.ui.preferences import SIZES, THEMES, prefer
from configs.locales import LANGUAGES

_LANGUAGES = {"zh": "中文", "en": "English"}


def show(page: Page) -> None:
    """Show the choices."""
    with st.expander(page.say("settings"), icon=":material/settings:", expanded=False):
        st.radio(
            page.say("settings_language"),
            LANGUAGES,
            index=LANGUAGES.index(page.language),
            format_func=lambda one: _LANGUAGES[one],
            horizontal=True,
            key="choose_language",
            on_change=_take,
            args=("language",),
        )
        st.select_slider(
            page.say("settings_size"),
            SIZES,
            value=page.chosen.size,
            format_func=lambda one: f"{one}%",
            key="choose_size",
            on_change=_take,
            args=("size",),
        )
        st.radio(
            page.say("settings_theme"),
            THEMES,
            index=THEMES.index(page.chosen.theme),
            format_func=lambda one: page.say(f"theme_{one}"),
            key="choose_theme",
            on_change=_take,
            args=("theme",),
        )


def _take(name: str) -> None:
    prefer(**{name: cast(object, st.session_state[f"choose_{name}"])})
