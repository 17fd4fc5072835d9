"""How urgent complaints are, and where to go with them."""

from __future__ import annotations

import streamlit as st

from agent.ui.beside import ask
from agent.ui.layout import Page, told
from agent.ui.plain import plain
from agent.ui.tools.person import person_given
from agent.wire.tools import TriageResult


def show(page: Page, person: str) -> None:
    """Ask for complaints and show how urgent they are."""
    with st.form("triage"):
        words = st.text_area(page.say("quick.complaint"), max_chars=2000, placeholder=page.say("quick.complaint_example"))
        asked = st.form_submit_button(page.say("quick.judge"), type="primary", icon=":material/emergency:")
    if asked and words.strip():
        with told(page):
            given, _ = person_given(page, person)
            st.session_state["triaged"] = (words.strip(), page.client.tools.triage(words.strip(), profile=given, language=page.language))
    if held := st.session_state.get("triaged"):
        _result(page, held[1])
        st.button(page.say("quick.ask_on"), icon=":material/chat:", on_click=ask, args=(page, person, held[0]))


def _result(page: Page, found: TriageResult) -> None:
    level = page.say(f"tools.level_{found.level}")
    if found.red_flag or found.level == "emergency":
        with st.container(key="urgent"):
            st.markdown(f"{plain(level)}  \n{plain(found.emergency)}" if found.emergency else plain(level))
            st.markdown(plain(found.advice))
    else:
        show_as = {"urgent": st.warning, "routine": st.info, "selfcare": st.success}[found.level]
        show_as(f"**{plain(level)}**", icon=":material/schedule:")
        st.markdown(plain(found.advice))
    st.markdown(page.say("quick.department", department=plain(found.department)))
    if not found.verified:
        st.warning(page.say("quick.unverified_tables"), icon=":material/help:")
    st.caption(page.say("quick.triage_bounds"))
    st.caption(plain(found.label))
