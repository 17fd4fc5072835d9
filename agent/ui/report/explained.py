"""What lies outside its range, plotted; the explanation is an ordinary, audited turn of the conversation."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from agent.reports.cells import bounds_of, number_of
from agent.ui.beside import ask
from agent.ui.charts import out_of_range
from agent.ui.layout import Page
from agent.ui.plain import plain
from agent.wire.reports import ReportValue

_MOST = 20


def show(page: Page, person: str, values: Sequence[ReportValue]) -> None:
    """Show what is out of range and offer to explain it."""
    out = [value for value in values if value.mark in ("high", "low", "abnormal")]
    st.header(page.say("report.out", count=len(out)), anchor=False)
    if not out:
        st.markdown(page.say("report.none_out"))
    _plotted(page, out)
    for value in out:
        st.markdown(f"- {plain(_line(page, value))}")
    st.caption(page.say("report.out_bounds"))
    st.button(page.say("report.explain"), type="primary", icon=":material/chat:", on_click=ask, args=(page, person, question(page, values)))


def question(page: Page, values: Sequence[ReportValue]) -> str:
    """Return what the service is asked: the values out of their ranges, or those that there are."""
    out = [value for value in values if value.mark in ("high", "low", "abnormal")]
    lines = page.say("quick.joiner").join(_line(page, value) for value in (out or values)[:_MOST])
    return page.say("report.question_out" if out else "report.question", values=lines)


def _line(page: Page, value: ReportValue) -> str:
    shown = f"{value.known_as or value.name} {value.result} {value.unit}".strip()
    about = ", ".join(filter(None, (value.reference, page.say(f"report.mark_{value.mark}") if value.mark != "unknown" else "")))
    return f"{shown} ({about})" if about else shown


def _plotted(page: Page, out: Sequence[ReportValue]) -> None:
    shown, spans, numbers = [], [], []
    for value in out:
        number, bounds = number_of(value.result), bounds_of(value.reference)
        if number is None or bounds is None:
            continue
        low = bounds.low if bounds.low is not None else 0.0
        high = bounds.high if bounds.high is not None else 2 * low
        if high > low:
            shown.append(value)
            spans.append((low, high))
            numbers.append(number)
    if shown:
        st.altair_chart(out_of_range(page, shown, spans, numbers), width="stretch")
