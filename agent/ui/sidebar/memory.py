"""What is remembered of a person, each with the words it comes from; to be added to, corrected, confirmed, taken back, forgotten."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from agent.client import NotFound
from agent.ui.layout import Page, told
from agent.ui.plain import plain
from agent.ui.sidebar.people import SELF, named
from agent.wire.record import FactItem

ASKED_OF_ALL = ("allergy", "medication", "condition", "age", "sex")
"""What a profile should say of everybody."""
_TOLD_BY_SENTENCE = ("allergy", "medication", "condition", "other")
Tell = Callable[[str], None]


def show(page: Page, person: str, tell: Tell) -> None:
    """Show the record.

    Args:
        page: the page.
        person: whose record.
        tell: puts a sentence to the service as the patient's own words, which alone write memory.
    """
    with told(page):
        facts = page.client.memory.facts(person)
        waiting = page.client.memory.waiting(person)
        complete(page, person, facts, tell)
        title = page.say("memory", person=named(page, person))  # a label that changes would close it
        with st.expander(title, icon=":material/clinical_notes:", key="memory", on_change="rerun") as opened:
            if not opened.open:
                return
            _record(page, facts, waiting, tell, person)


def complete(page: Page, person: str, facts: list[FactItem], tell: Tell) -> None:
    """Say how much of what everybody should be asked is known, and ask for the rest, allergies first."""
    known = {fact.kind for fact in facts}
    missing = [kind for kind in ASKED_OF_ALL if kind not in known]
    words = page.say("complete", known=len(ASKED_OF_ALL) - len(missing), all=len(ASKED_OF_ALL))
    st.progress(1 - len(missing) / len(ASKED_OF_ALL), text=words)
    if "allergy" in missing:
        st.caption(page.say("complete_allergy"))
        st.button(page.say("complete_none"), key="no_allergy", on_click=tell, args=(page.say("tell_none"),), width="stretch")
    elif missing:
        names = page.say("findings.joiner").join(page.say(f"memory.kind_{kind}") for kind in missing)
        st.caption(page.say("complete_missing", kinds=names))


def _record(page: Page, facts: list[FactItem], waiting: list[FactItem], tell: Tell, person: str) -> None:
    for fact in waiting:
        _waiting(page, fact)
    if not facts:
        st.caption(page.say("memory_empty"))
    for fact in facts:
        _fact(page, fact)
    _add(page, tell)
    if st.button(page.say("memory_undo"), key="undo", icon=":material/undo:", help=page.say("memory_undo_help")):
        _undo(page)


def _waiting(page: Page, fact: FactItem) -> None:
    st.warning(page.say("memory_waiting", fact=plain(fact.text), quote=plain(fact.quote)))
    if st.button(page.say("memory_confirm"), key=f"confirm-{fact.id}", icon=":material/check:"):
        _do(page, lambda: page.client.memory.confirm(fact.id))


def _fact(page: Page, fact: FactItem) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small", key=f"fact-{fact.id}"):
        with st.container():
            st.markdown(plain(fact.text))
            if fact.quote:
                st.caption(page.say("memory_quote", quote=plain(fact.quote), at=fact.at[:10]))
        with st.popover("⋯", help=page.say("memory_more", fact=fact.text), key=f"change-{fact.id}"):
            _change(page, fact)


def _change(page: Page, fact: FactItem) -> None:
    with st.form(f"edit-{fact.id}", border=False):
        value = st.text_input(page.say("memory_value"), value=fact.value, max_chars=400)
        detail = st.text_input(page.say("memory_detail"), value=fact.detail, max_chars=400)
        if st.form_submit_button(page.say("memory_edit"), icon=":material/edit:"):
            changed = {
                "value": value.strip() if value.strip() != fact.value else None,
                "detail": detail.strip() if detail.strip() != fact.detail else None,
            }
            if any(part is not None for part in changed.values()):
                _do(page, lambda: page.client.memory.edit(fact.id, value=changed["value"], detail=changed["detail"]))
    if st.button(page.say("memory_forget"), key=f"forget-{fact.id}", icon=":material/delete:"):
        _do(page, lambda: page.client.memory.forget(fact.id))


def _add(page: Page, tell: Tell) -> None:
    with st.popover(page.say("memory_add"), icon=":material/add:", key="add"), st.form("add_fact", border=False, clear_on_submit=True):
        kind = st.selectbox(page.say("memory_kind"), _TOLD_BY_SENTENCE, format_func=lambda one: page.say(f"add_{one}"))
        words = st.text_input(page.say("memory_words"), max_chars=200, placeholder=page.say("memory_words_example"))
        if st.form_submit_button(page.say("memory_tell")) and words.strip():
            tell(page.say(f"tell_{kind}", words=words.strip()))
            st.rerun()


def _undo(page: Page) -> None:
    try:
        _do(page, page.client.memory.undo)
    except NotFound:
        st.info(page.say("memory_nothing"))


def _do(page: Page, change: Callable[[], object]) -> None:
    with told(page):
        change()
        st.rerun()


__all__ = ["ASKED_OF_ALL", "SELF", "complete", "show"]
