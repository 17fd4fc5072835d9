"""Conversations: a new one, the ones there are, to be searched, named, taken along, deleted."""

from __future__ import annotations

import streamlit as st

from agent.client import ClientError
from agent.ui.layout import Page, say_error, told
from agent.ui.plain import plain
from agent.wire.threads import ThreadInfo

_PAGE, _MOST, _SHOWN = 100, 500, 30


def show(page: Page, current: str) -> None:
    """Show them, the last used first."""
    st.button(page.say("new_chat"), key="new_chat", icon=":material/add_comment:", type="primary", width="stretch", on_click=start_anew)
    with st.expander(page.say("threads"), icon=":material/forum:", expanded=False, key="threads", on_change="rerun") as opened:
        if not getattr(opened, "open", True):
            return
        sought = st.text_input(page.say("threads_search"), key="threads_search", icon=":material/search:").strip().casefold()
        try:
            known = [one for one in _all(page) if sought in _title(page, one).casefold()]
        except ClientError as error:
            say_error(page, error)
            return
        if not known:
            st.caption(page.say("threads_none"))
        for one in known[:_SHOWN]:
            _row(page, one, one.id == current)
        if len(known) > _SHOWN:
            st.caption(page.say("threads_more", count=len(known) - _SHOWN))


def start_anew() -> None:
    """Leave this conversation; the next question begins another one."""
    st.query_params.pop("thread", None)


def _row(page: Page, one: ThreadInfo, current: bool) -> None:
    title = _title(page, one)
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small", key=f"thread-{one.id}"):
        st.button(
            plain(title), key=f"open-{one.id}", type="secondary" if current else "tertiary", width="stretch", on_click=_open, args=(one.id,)
        )
        with st.popover("⋯", help=page.say("thread_more", title=title), key=f"more-{one.id}"):
            _actions(page, one, title)


def _actions(page: Page, one: ThreadInfo, title: str) -> None:
    with st.form(f"rename-{one.id}", border=False):
        name = st.text_input(page.say("thread_name"), value=title, max_chars=80)
        if st.form_submit_button(page.say("thread_rename"), icon=":material/edit:") and name.strip():
            with told(page):
                page.client.threads.rename(one.id, name.strip())
                st.rerun()
    st.download_button(
        page.say("thread_export"),
        data=lambda: _exported(page, one.id),
        file_name=f"shensi-{one.id}.json",
        mime="application/json",
        key=f"export-{one.id}",
        icon=":material/download:",
        on_click="ignore",
    )
    sure = st.checkbox(page.say("thread_sure"), key=f"sure-{one.id}")
    if st.button(page.say("thread_delete"), key=f"delete-{one.id}", icon=":material/delete:", disabled=not sure):
        with told(page):
            page.client.threads.delete(one.id)
            if st.query_params.get("thread") == one.id:
                start_anew()
            st.rerun()


def _exported(page: Page, thread: str) -> bytes:
    return page.client.threads.export(thread).model_dump_json(indent=2).encode()


def _open(thread: str) -> None:
    st.query_params["thread"] = thread


def _title(page: Page, one: ThreadInfo) -> str:
    return one.title or page.say("thread_untitled")


def _all(page: Page) -> list[ThreadInfo]:
    found = page.client.threads.page(limit=_PAGE)
    threads = list(found.threads)
    while found.next and len(threads) < _MOST:
        found = page.client.threads.page(limit=_PAGE, after=found.next)
        threads += found.threads
    return threads
