"""What was read, in a table that the patient corrects and confirms; only then is anything kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

import streamlit as st

from agent.client import ClientError
from agent.ui.layout import Page, say_error
from agent.ui.plain import plain
from agent.ui.sidebar import people
from agent.wire.reports import ConfirmedValue, ReportRead, ReportValue

_HELD = "report_confirmed"
_ROW, _ROWS_SHOWN = 36, 24
Row = Mapping[str, Any]


def show(page: Page, person: str, read: ReportRead) -> list[ReportValue]:
    """Show the table; return what was confirmed of this report."""
    if not read.values:
        st.warning(page.say("report.nothing"), icon=":material/search_off:")
        st.caption(page.say("report.by_hand"))
        return []
    _about(page, person, read)
    rows = _edited(page, read)
    measured = st.date_input(
        page.say("report.measured"), date.fromisoformat(read.date) if read.date else None, max_value=date.today(), format="YYYY-MM-DD"
    )
    chosen = [row for row in rows if row.get("keep") and str(row.get("name") or "").strip() and str(row.get("result") or "").strip()]
    st.caption(page.say("report.only_confirmed"))
    key = _key(person, read)
    label = page.say("report.confirm", count=len(chosen), person=people.named(page, person))
    if st.button(label, type="primary", icon=":material/verified:", disabled=not chosen or measured is None):
        _keep(page, person, read, chosen, cast(date, measured), key)
    held = st.session_state.get(_HELD)
    if held is None or held[0] != key:
        return []
    st.success(page.say("report.kept", count=len(held[1])), icon=":material/check:")
    return cast(list[ReportValue], held[1])


def _about(page: Page, person: str, read: ReportRead) -> None:
    st.markdown(f"**{page.say('report.found', count=len(read.values))}**")
    if read.named:
        st.info(page.say("report.named", name=plain(read.named), person=people.named(page, person)), icon=":material/badge:")
    if read.left_out:
        st.warning(page.say("report.left_out", count=read.left_out), icon=":material/visibility:")
    if any(value.doubtful for value in read.values):
        st.warning(page.say("report.doubtful"), icon=":material/visibility:")


def _edited(page: Page, read: ReportRead) -> list[Row]:
    """Show the table and return its rows as they are now."""
    rows = [
        {
            "keep": True,
            "name": value.name,
            "result": value.result,
            "unit": value.unit,
            "reference": value.reference,
            "mark": page.say("report.mark_doubtful" if value.doubtful else f"report.mark_{value.mark}"),
            "known_as": value.known_as,
        }
        for value in read.values
    ]
    text = st.column_config.TextColumn
    edited = st.data_editor(
        rows,
        key=f"report-{hashlib.sha256(read.model_dump_json().encode()).hexdigest()[:12]}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        height=_ROW * min(len(rows) + 2, _ROWS_SHOWN),
        column_order=["keep", "name", "result", "unit", "reference", "mark", "known_as"],
        disabled=["mark", "known_as"],
        column_config={
            "keep": st.column_config.CheckboxColumn(page.say("report.column_keep"), default=True, width="small"),
            "name": text(page.say("report.column_name"), max_chars=60, required=True),
            "result": text(page.say("report.column_result"), max_chars=40, required=True, width="small"),
            "unit": text(page.say("report.column_unit"), max_chars=30, width="small"),
            "reference": text(page.say("report.column_reference"), max_chars=60),
            "mark": text(page.say("report.column_mark"), width="small"),
            "known_as": text(page.say("report.column_known_as")),
        },
    )
    return cast(list[Row], edited)


def _keep(page: Page, person: str, read: ReportRead, rows: Sequence[Row], measured: date, key: str) -> None:
    said = [_value(read, row) for row in rows]
    values = [
        ConfirmedValue(name=one.name, result=one.result, unit=one.unit, reference=one.reference, mark=one.mark, line=one.line)
        for one in said
    ]
    try:
        page.client.reports.confirm(values, measured=measured, person=person, file=read.file)
    except ClientError as error:
        say_error(page, error)
        return
    st.session_state[_HELD] = (key, said)


def _value(read: ReportRead, row: Row) -> ReportValue:
    """Return a row as a value; what the patient left as it was read keeps its mark and its line."""
    cells = {name: str(row.get(name) or "").strip() for name in ("name", "result", "unit", "reference")}
    same = next((v for v in read.values if {name: getattr(v, name) for name in cells} == cells), None)
    return same or ReportValue(**cells, mark="unknown")


def _key(person: str, read: ReportRead) -> str:
    return (
        f"{person}|{read.file}|{hashlib.sha256(read.model_dump_json(exclude={'values': {'__all__': {'known_as'}}}).encode()).hexdigest()}"
    )
