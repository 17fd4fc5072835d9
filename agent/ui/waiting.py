"""Before the service answers, and what another tab does meanwhile."""

from __future__ import annotations

import streamlit as st

from agent.client import ClientError, ConnectionFailed, Unauthorized
from agent.ui import service
from agent.ui.conversation import lives
from agent.ui.layout import Page, say_error
from agent.wire.threads import Thread

_LOOK_S, _OTHER_S = 1.0, 4.0


def ready(page: Page) -> bool:
    """Return whether the service answers; else say what is being waited for, or ask for the key that it wants."""
    if st.session_state.get("ready"):
        return True
    try:
        service.probe(page.language).threads.page(limit=1)
    except Unauthorized:
        _key(page)
        return False
    except ConnectionFailed:
        _starting(page)
        return False
    except ClientError as error:
        say_error(page, error)
        return False
    st.session_state["ready"] = True
    return True


def _key(page: Page) -> None:
    with st.form("key"):
        st.markdown(page.say("key_needed"))
        key = st.text_input(page.say("key"), type="password", autocomplete="off")
        if st.form_submit_button(page.say("key_use")) and key.strip():
            service.use_key(key.strip())
            st.rerun()


@st.fragment(run_every=_LOOK_S)
def _starting(page: Page) -> None:
    """Wait for a service that is still opening its index, or has gone."""
    st.info(page.say("starting"), icon=":material/hourglass_top:")
    st.caption(page.say("emergency_line"))
    try:
        service.probe(page.language).threads.page(limit=1)
    except ConnectionFailed:
        return
    except ClientError:
        pass
    st.rerun()


@st.fragment(run_every=_OTHER_S)
def watch(page: Page, thread: Thread) -> None:
    """See what another tab does with this conversation."""
    if thread.id in lives():
        return
    try:
        now = page.client.threads.get(thread.id)
    except ClientError:
        return
    if (now.updated_at, len(now.messages), now.open) != (thread.updated_at, len(thread.messages), thread.open):
        st.rerun()
