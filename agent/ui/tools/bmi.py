"""Body mass index, with the bands of both standards."""

from __future__ import annotations

import streamlit as st

from agent.ui.charts import bands
from agent.ui.layout import Page, told
from agent.ui.plain import plain


def show(page: Page, person: str) -> None:
    """Ask for height and weight and show where the index lies."""
    known = _known(page, person)
    with st.form("bmi"):
        left, right = st.columns(2)
        height = left.number_input(page.say("quick.height"), 50.0, 250.0, known.get("height", 165.0), 0.5, format="%.1f")
        weight = right.number_input(page.say("quick.weight"), 2.0, 400.0, known.get("weight", 60.0), 0.5, format="%.1f")
        asked = st.form_submit_button(page.say("quick.calculate"), type="primary", icon=":material/calculate:")
    st.caption(page.say("quick.bmi_adults"))
    if not asked:
        return
    with told(page):
        found = page.client.tools.bmi(height, weight)
        st.metric("BMI (kg/m²)", f"{found.value:.1f}")
        st.markdown(plain(found.text))
        st.altair_chart(bands(page, found), width="stretch")
        rows = [
            {
                page.say("quick.standard"): page.say(f"quick.standard_{band.standard}"),
                page.say("quick.band"): band.name,
                "kg/m²": f"{band.since:g} – {band.until:g}" if band.until else f"≥ {band.since:g}",
            }
            for band in found.bands
        ]
        with st.expander(page.say("quick.bands_in_words")):
            st.table(rows)
        st.caption(page.say("quick.source", source=plain(found.source)))
        st.caption(page.say("label.disclaimer"))


def _known(page: Page, person: str) -> dict[str, float]:
    """Return what is remembered of height and weight."""
    found: dict[str, float] = {}
    with told(page):
        for fact in page.client.memory.facts(person):
            if fact.kind in ("height", "weight") and fact.amount and fact.holds:
                low, high = {"height": (50.0, 250.0), "weight": (2.0, 400.0)}[fact.kind]
                found[fact.kind] = min(max(float(fact.amount), low), high)
    return found
