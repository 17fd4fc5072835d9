"""Check-up and laboratory reports: read, looked over by the patient, kept as far as confirmed, explained, followed over time."""

from __future__ import annotations

import streamlit as st

from agent.ui.beside import follow, opened
from agent.ui.report import explained, reading, table, trends

follow()
found = opened("report.title")
if found is not None:
    page, person = found
    st.caption(page.say("report.about"))
    read = reading.show(page)
    if read is not None:
        confirmed = table.show(page, person, read)
        if confirmed:
            explained.show(page, person, confirmed)
    trends.show(page, person)
