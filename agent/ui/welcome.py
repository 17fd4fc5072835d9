"""The first thing a new reader sees: what this is, what it cannot do, and whether what they tell is kept."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from agent.ui import private, service
from agent.ui.layout import Page
from agent.ui.preferences import prefer
from agent.ui.sidebar.threads import start_anew

_EXAMPLES = ("example_drug", "example_child", "example_report")


def show(page: Page, ask: Callable[[str], None]) -> None:
    """Show the welcome of an empty conversation."""
    st.header(page.say("welcome"), anchor=False)
    st.markdown(page.say("welcome_can"))
    st.markdown(page.say("welcome_cannot"))
    st.markdown(f"**{page.say('welcome_examples')}**")
    for name in _EXAMPLES:
        st.button(page.say(name), key=name, width="stretch", on_click=ask, args=(page.say(name),))
    if not page.chosen.agreed:
        consent(page)


def consent(page: Page) -> None:
    """Ask whether health data may be kept; until there is an answer, nothing is."""
    with st.container(border=True, key="consent"):
        st.markdown(f"**{page.say('consent')}**")
        st.markdown(page.say("consent_about"))
        st.button(page.say("consent_yes"), key="agree", type="primary", icon=":material/lock:", on_click=_agree)
        st.caption(page.say("consent_no"))


def settle(page: Page) -> None:
    """See to it that nothing is kept before there is consent."""
    if not page.chosen.agreed and not service.private_user():
        private.begin()


def mode(page: Page) -> None:
    """Let the reader turn private mode on and off, and say what it does."""
    settle(page)
    hidden = bool(service.private_user())
    if page.chosen.agreed:
        st.toggle(page.say("private"), value=hidden, key="private", on_change=_turn, args=(not hidden,), help=page.say("private_help"))
    if hidden:
        st.caption(page.say("private_on"))


def _agree() -> None:
    prefer(agreed=True)
    private.end()
    start_anew()


def _turn(on: bool) -> None:
    private.end()
    if on:
        private.begin()
    start_anew()
