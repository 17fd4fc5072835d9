"""A file is chosen and read. The service keeps neither the file nor what it read."""

from __future__ import annotations

import hashlib
from typing import cast

import streamlit as st

from agent.client import ClientError
from agent.ui.layout import Page, say_error
from agent.wire.reports import ReportRead

_KINDS = ["pdf", "docx", "xlsx", "csv", "tsv"]
_MOST_MB = 20
_HELD = "report_read"


def show(page: Page) -> ReportRead | None:
    """Ask for a file and return what stands in it."""
    file = st.file_uploader(
        page.say("report.upload"), type=_KINDS, key="report_file", help=page.say("report.upload_help"), max_upload_size=_MOST_MB
    )
    if file is None:
        st.session_state.pop(_HELD, None)
        return None
    content = file.getvalue()
    key = (hashlib.sha256(content).hexdigest(), file.name, page.language)
    held = st.session_state.get(_HELD)
    if held is None or held[0] != key:
        try:
            with st.spinner(page.say("report.reading")):
                held = (key, page.client.reports.read(content, file.name))
        except ClientError as error:
            say_error(page, error)
            st.caption(page.say("report.by_hand"))
            return None
        st.session_state[_HELD] = held
    return cast(ReportRead, held[1])
