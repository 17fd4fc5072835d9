"""The confirmed values of all reports over time."""

from __future__ import annotations

import streamlit as st

from agent.ui.charts import comparable, trend
from agent.ui.layout import Page, told
from agent.ui.plain import plain
from agent.ui.sidebar import people
from agent.wire.reports import Series


def show(page: Page, person: str) -> None:
    """Let the patient choose what to follow, and draw it."""
    with told(page):
        found = page.client.reports.series(person)
        several = [one for one in found if len(comparable(one)) > 1]
        if not found:
            return
        st.header(page.say("report.trends", person=people.named(page, person)), anchor=False)
        if not several:
            st.caption(page.say("report.trends_later"))
        first = [one for one in several if one.points[-1].mark in ("high", "low", "abnormal")] or several
        names = {one.key: one.name for one in found}
        chosen = st.multiselect(
            page.say("report.trends_which"),
            list(names),
            default=[one.key for one in first[:3]],
            format_func=names.__getitem__,
            key="trends",
        )
        for one in found:
            if one.key in chosen:
                _one(page, one)


def _one(page: Page, series: Series) -> None:
    st.markdown(f"**{plain(series.name)}**")
    chart = trend(page, series)
    if chart is not None:
        st.altair_chart(chart, width="stretch")
    left_out = len(series.points) - len(comparable(series))
    if chart is not None and left_out:
        st.caption(page.say("report.other_unit", count=left_out))
    with st.expander(page.say("report.in_words", name=plain(series.name)), expanded=chart is None):
        st.table(
            [
                {
                    page.say("report.measured"): point.date,
                    page.say("report.column_result"): plain(f"{point.result} {point.unit}".strip()),
                    page.say("report.column_reference"): plain(point.reference or "–"),
                    page.say("report.column_mark"): page.say(f"report.mark_{point.mark}"),
                }
                for point in series.points
            ]
        )
