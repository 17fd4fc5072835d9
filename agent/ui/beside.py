"""What the pages beside the conversation share: the service, whom one asks for, and the way back to the conversation."""

from __future__ import annotations

import streamlit as st

from agent.client import ClientError
from agent.ui import conversation, service, welcome
from agent.ui.layout import Page, say_error
from agent.ui.preferences import preferences
from agent.ui.sidebar import people
from agent.ui.waiting import ready

CHAT = "page_chat"
"""Where the session keeps the page of the conversation, to which others lead."""


def opened(title: str) -> tuple[Page, str] | None:
    """Return what a page is made with, and whom one asks for; nothing while the service does not answer.

    Args:
        title: key of the page's title.
    """
    page = Page(service.client(preferences().language), preferences())
    st.title(page.say(title), anchor=False)
    if not ready(page):
        return None
    with st.sidebar:
        welcome.mode(page)  # before there is consent nothing is kept, here neither
        page = Page(service.client(page.language), page.chosen)
        person = people.show(page)
    return page, person


def ask(page: Page, person: str, words: str) -> None:
    """Put a question on a new conversation; ``follow`` leads there."""
    try:
        thread = page.client.threads.create().id
    except ClientError as error:
        say_error(page, error)
        return
    conversation.ask(page, thread, people.about(page, person, words))
    st.session_state["asked_on"] = thread


def follow() -> None:
    """Go where a question was put just now."""
    thread = st.session_state.pop("asked_on", None)
    if thread and CHAT in st.session_state:
        st.switch_page(st.session_state[CHAT], query_params={"thread": thread})
