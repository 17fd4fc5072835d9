"""The page, run by Streamlit: ``python -m agent run``."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from agent.ui import chat
from agent.ui.layout import frame
from agent.ui.private import erase_left_over
from agent.ui.sidebar import settings

_PAGES = Path(__file__).parents[1] / "pages"


def main() -> None:
    """Put up the frame, offer the pages, and run the one that was chosen."""
    page = frame()
    erase_left_over()
    talk = st.Page(lambda: chat.show(page), title=page.say("page_chat"), icon=":material/chat:", url_path="chat", default=True)
    st.session_state["page_chat"] = talk  # other pages lead to it
    others = [
        st.Page(path, title=page.say(f"page_{path.stem}"), icon=page.say(f"icon_{path.stem}")) for path in sorted(_PAGES.glob("[a-z]*.py"))
    ]
    chosen = st.navigation([talk, *others], position="hidden")
    with st.sidebar:
        st.markdown(f"### {page.say('name')}")
        st.caption(page.say("tagline"))
        for one in [talk, *others] if others else []:
            st.page_link(one, width="stretch")
    chosen.run()
    with st.sidebar:
        settings.show(page)


main()
