"""The visit summary."""

from __future__ import annotations

import streamlit as st

from agent.ui.beside import opened
from agent.ui.visiting import show

found = opened("visit.title")
if found is not None:
    st.caption(found[0].say("visit.about"))
    show(*found)
