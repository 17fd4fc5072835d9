"""How a reader wants the page: language, size of text, colours. Kept in a cookie of their browser, nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, cast

import streamlit as st

from configs.locales import Language

Theme = Literal["light", "dark", "contrast"]
THEMES: tuple[Theme, ...] = ("light", "dark", "contrast")
SIZES = (100, 125, 150, 175, 200)
COOKIE = "shensi_page"
_KEPT = re.compile(r"(zh|en)\.(100|125|150|175|200)\.(light|dark|contrast)\.([01])\Z")
_HELD = "preferences"


@dataclass(frozen=True)
class Preferences:
    """What was chosen."""

    language: Language = "zh"
    size: int = 100
    theme: Theme = "light"
    agreed: bool = False
    """Whether the reader agreed that what they tell about their health is kept."""

    def __str__(self) -> str:
        return f"{self.language}.{self.size}.{self.theme}.{int(self.agreed)}"


def preferences() -> Preferences:
    """Return what holds in this session: what was chosen in it, else what the browser kept, else what the browser says it likes."""
    if _HELD not in st.session_state:
        st.session_state[_HELD] = _kept() or Preferences(language=_liked())
    return cast(Preferences, st.session_state[_HELD])


def prefer(**chosen: object) -> None:
    """Choose; it holds from the next run on."""
    st.session_state[_HELD] = replace(preferences(), **chosen)  # type: ignore[arg-type]


def _kept() -> Preferences | None:
    match = _KEPT.match(st.context.cookies.get(COOKIE, ""))
    if match is None:
        return None
    return Preferences(cast(Language, match[1]), int(match[2]), cast(Theme, match[3]), match[4] == "1")


def _liked() -> Language:
    """Return the language of the browser; Chinese where it does not say English."""
    return "en" if (st.context.locale or "").lower().startswith("en") else "zh"
