"""What nobody expected: said in the reader's language with what to do, and logged without a word of what anybody said.

Streamlit's own box is English, and its log holds the text of the exception, in which the words of a patient may stand.
"""

from __future__ import annotations

import logging
import traceback

import streamlit as st

from agent.ui.preferences import Preferences, preferences
from configs.locales import text

_LOG = logging.getLogger("shensi.page")
_STREAMLIT = "streamlit.error_util"


def say(error: Exception) -> bool:
    """Say that something went wrong; ``True`` keeps Streamlit from saying it in its own way.

    Args:
        error: what came out of the page, a part of it or a click.
    """
    _LOG.error("the page failed: %s", place(error))
    st.error(text(_language(), "ui.mishap"), icon=":material/error:")
    return True


def place(error: BaseException) -> str:
    """Return the kind of an error and where it came from, without its words."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames[-4:]))
    return f"{type(error).__name__} at {where}"


def keep_words_out() -> None:
    """Keep Streamlit from logging the text of exceptions; ``say`` logs where they came from."""
    logging.getLogger(_STREAMLIT).disabled = True


def _language() -> str:
    try:
        return preferences().language
    except Exception:  # the very thing that failed, perhaps: the words must come all the same
        return Preferences().language
