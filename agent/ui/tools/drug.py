"""Looking a medicine up by any of its names."""

from __future__ import annotations

import streamlit as st

from agent.client import NotFound
from agent.ui.layout import Page, told
from agent.ui.plain import plain


def show(page: Page, person: str) -> None:
    """Ask for a name and show what the tables know."""
    with st.form("drug"):
        name = st.text_input(page.say("quick.drug_name"), max_chars=100, placeholder=page.say("quick.drug_example"))
        asked = st.form_submit_button(page.say("quick.look_up"), type="primary", icon=":material/search:")
    if not asked or not name.strip():
        return
    with told(page):
        try:
            card = page.client.tools.drug(name.strip())
        except NotFound as error:
            st.warning(plain(error.message(page.language)), icon=":material/help:")
            return
        st.markdown(f"## {plain(card.name)}")
        rows = {
            "quick.drug_other": card.other_name,
            "quick.drug_classes": page.say("quick.joiner").join(card.classes),
            "quick.drug_ingredients": page.say("quick.joiner").join(card.ingredients),
            "quick.drug_use": card.use,
            "quick.drug_sold": page.say(f"quick.sold_{card.rx}"),
            "quick.drug_caution": card.caution,
        }
        for key, value in rows.items():
            if value:
                st.markdown(f"**{page.say(key)}**  \n{plain(value)}")
        st.caption(page.say("quick.source", source=plain(f"{card.source} ({card.year})")))
        st.caption(page.say("label.disclaimer"))
