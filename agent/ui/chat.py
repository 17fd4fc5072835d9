"""The page on which one asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from agent.client import ClientError
from agent.ui import banner, conversation, welcome
from agent.ui.layout import Page, open_page, say_error
from agent.ui.sidebar import memory, people, threads
from agent.ui.waiting import ready, watch
from agent.wire.threads import Thread

_LONGEST = 3000


def show(page: Page) -> None:
    """Show the conversation and what stands beside it."""
    if not ready(page):
        return
    welcome.settle(page)
    page = open_page()  # as whom one asks is settled only now
    current = st.query_params.get("thread", "")
    places = _places()
    with places.said:
        thread = conversation.load(page, current)
    beside = st.sidebar.container()
    _talk(page, thread, places)
    with beside:  # after the conversation, which is what somebody waits for
        welcome.mode(page)
        threads.show(page, current)
        memory.show(page, people.show(page), partial(submit, page))


@dataclass(frozen=True)
class _Places:
    """Where each thing stands. A place that is empty holds its own: what comes or goes above moves nothing below, nor makes it anew."""

    said: Any
    emergency: Any
    greeting: Any
    talk: Any
    failed: Any
    asking: Any


def _places() -> _Places:
    said, emergency, greeting, talk = st.container(), st.container(key="emergency"), st.empty(), st.container()
    asking = st.container(key="asking")  # not at Streamlit's own bottom, which scrolls along while an answer grows
    with asking:
        failed = st.container(key="failed")  # above where one asks, in sight wherever the reader has scrolled to
    return _Places(said, emergency, greeting, talk, failed, asking)


def _talk(page: Page, thread: Thread | None, places: _Places) -> None:
    with places.emergency:
        banner.show(page, thread)
    if thread is None:
        with places.greeting.container():  # emptied at once, not only when the whole page has been made anew
            welcome.show(page, partial(submit, page))
    else:
        with places.talk:
            conversation.show(page, thread)
            watch(page, thread)
    with places.failed:
        _failed(page)
    live = conversation.lives().get(thread.id) if thread is not None else None
    running = live is not None and not live.over
    with places.asking:
        st.chat_input(page.say("ask"), key="question", max_chars=_LONGEST, disabled=running, on_submit=_submitted, args=(page,))


def submit(page: Page, words: str) -> None:
    """Ask on this conversation, or on a new one."""
    try:
        thread = st.query_params.get("thread", "")
        if not thread or not _mine(page, thread):
            thread = page.client.threads.create().id
            st.query_params["thread"] = thread
    except ClientError as error:
        st.session_state["failed"] = (error, words)
        return
    conversation.ask(page, thread, people.about(page, people.chosen(), words))


def _mine(page: Page, thread: str) -> bool:
    try:
        page.client.threads.get(thread)
    except ClientError as error:
        if error.status == 404:
            return False
        raise
    return True


def _submitted(page: Page) -> None:
    words = str(st.session_state["question"] or "").strip()
    if words:
        submit(page, words)


def _failed(page: Page) -> None:
    """Say why a question could not even be put, and give its words back."""
    held = st.session_state.pop("failed", None)
    if held is None:
        return
    error, words = held
    say_error(page, error)
    st.code(words, language=None, wrap_lines=True)
    st.button(page.say("again"), key="again_failed", on_click=submit, args=(page, words), icon=":material/refresh:")
