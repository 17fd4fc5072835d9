"""The frame of every page: title, colours, size of text, language, and the client.

A page is a file in ``agent/ui/pages``; ``app.py`` has put up the frame before it runs, and lists it under ``ui.page_<file>`` with
the icon ``ui.icon_<file>`` (``:material/…:``) of ``configs/locales/ui*.{zh,en}.yaml``:

    page = open_page()
    st.title(page.say("bmi_title"))         # text ui.bmi_title; "tools.band_normal" would be that text
    with told(page):                        # says in plain words what went wrong with a call
        result = page.client.tools.bmi(170, 65)
    st.markdown(plain(result.text))         # agent.ui.plain: words of models, documents and people are shown as text
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from agent.client import Client, ClientError
from agent.ui import browser, service
from agent.ui.options import GROUNDS
from agent.ui.plain import plain
from agent.ui.preferences import Preferences, Theme, preferences
from configs.locales import Language, text

_STYLES = Path(__file__).parent / "styles"


@dataclass(frozen=True)
class Page:
    """What a page is made with."""

    client: Client
    chosen: Preferences

    @property
    def language(self) -> Language:
        """The language of everything on the page."""
        return self.chosen.language

    def say(self, key: str, /, **values: object) -> str:
        """Return the text ``ui.<key>``; a key with a dot is taken as it is."""
        return text(self.language, key if "." in key else f"ui.{key}", **values)


def open_page() -> Page:
    """Return what a page is made with."""
    chosen = preferences()
    return Page(service.client(chosen.language), chosen)


def frame() -> Page:
    """Put up the frame; ``app.py`` does it once in each run."""
    page = open_page()
    st.set_page_config(page_title=page.say("title"), page_icon=str(_STYLES / "icon.png"), layout="centered")
    st.html(f"<style>{_style(page.chosen.size, page.chosen.theme)}</style>")
    browser.keep(page.chosen)
    browser.translate(page.language)
    return page


@contextmanager
def told(page: Page, *, where: object = st) -> Iterator[None]:
    """Say in plain words what went wrong with a call of the service, and go on with the rest of the page."""
    try:
        yield
    except ClientError as error:
        say_error(page, error, where=where)


def say_error(page: Page, error: ClientError, *, where: object = st) -> None:
    """Say what went wrong and what to do."""
    kind = type(error).__name__
    key = f"error_{kind}" if kind in ("ConnectionFailed", "StreamBroken", "Busy", "Unauthorized", "ServerFailed", "NotFound") else ""
    what = page.say(key) if key else plain(error.message(page.language))
    where.error(what, icon=":material/error:")  # type: ignore[attr-defined]


@cache
def _style(size: int, theme: Theme) -> str:
    """Return our own style sheet; nothing of a model or a document is ever part of it."""
    sheets = ["base.css", *(["contrast.css"] if theme == "contrast" else [])]
    root = f":root{{font-size:{size}%;--shensi-ground:{GROUNDS[theme]};--shensi-on-primary:{_on_primary(theme)}}}"
    return root + "".join((_STYLES / name).read_text(encoding="utf-8") for name in sheets)


def _on_primary(theme: Theme) -> str:
    """Return the colour of words on the main button: Streamlit writes white, also on the light green of the dark theme."""
    return "#08211f" if theme == "dark" else "#ffffff"
