"""What a reader thinks of an answer: a thumb, a reason, a few words; kept by the service with the answer."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from agent.client import ClientError, NotFound
from agent.ui.layout import Page, told
from agent.wire.record import Reason


def show(page: Page, thread: str, turn: str) -> None:
    """Show the thumbs under an answer."""
    key = f"thumb-{turn}"
    if key not in st.session_state:
        st.session_state[key] = _given(page, thread, turn)
    row = st.container(horizontal=True, vertical_alignment="center", key=f"feedback-{turn}")
    with row:
        st.caption(page.say("feedback_ask"))
        st.feedback("thumbs", key=key, on_change=_keep, args=(page, thread, turn))
        if st.session_state[key] is not None:
            with st.popover(page.say("feedback_why"), icon=":material/edit_note:"):
                _reason(page, thread, turn)
        if st.session_state.get(f"kept-{turn}"):  # not as a toast: to a screen reader that is a dialog without a name
            st.caption(page.say("feedback_kept"))


def _reason(page: Page, thread: str, turn: str) -> None:
    reasons: list[Reason] = list(get_args(Reason))
    with st.form(f"why-{turn}", border=False):
        reason = st.selectbox(page.say("feedback_reason"), reasons, index=None, format_func=lambda one: page.say(f"reason_{one}"))
        comment = st.text_area(page.say("feedback_comment"), max_chars=2000)
        if st.form_submit_button(page.say("feedback_send")):
            with told(page):
                page.client.threads.feedback(
                    thread, turn, "up" if st.session_state[f"thumb-{turn}"] else "down", reason=reason, comment=comment
                )
                st.success(page.say("feedback_kept"))


def _keep(page: Page, thread: str, turn: str) -> None:
    chosen = st.session_state[f"thumb-{turn}"]
    st.session_state[f"kept-{turn}"] = False
    with told(page):
        if chosen is None:
            page.client.threads.withdraw_feedback(thread, turn)
        else:
            page.client.threads.feedback(thread, turn, "up" if chosen else "down")
            st.session_state[f"kept-{turn}"] = True


def _given(page: Page, thread: str, turn: str) -> int | None:
    try:
        return 1 if page.client.threads.feedback_given(thread, turn).thumb == "up" else 0
    except (NotFound, ClientError):
        return None
