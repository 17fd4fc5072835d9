"""Quick tools: none of them asks a model."""

from __future__ import annotations

import streamlit as st

from agent.ui.beside import follow, opened
from agent.ui.tools import bmi, drug, medicines, triage

TOOLS = {"medicines": medicines.show, "drug": drug.show, "triage": triage.show, "bmi": bmi.show}

follow()
found = opened("quick.title")
if found is not None:
    page, person = found
    st.caption(page.say("quick.about"))
    asked = st.query_params.get("tool", "")
    chosen = st.segmented_control(
        page.say("quick.which"),
        list(TOOLS),
        format_func=lambda name: page.say(f"quick.{name}"),
        default=asked if asked in TOOLS else "medicines",
        required=True,
        key="tool",
    )
    TOOLS[chosen or "medicines"](page, person)
