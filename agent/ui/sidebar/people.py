"""The people in the family, and about whom one asks."""

from __future__ import annotations

import streamlit as st

from agent.client import ClientError
from agent.ui.layout import Page
from agent.ui.sidebar.threads import start_anew

SELF = "self"
_HELD = "person"
_OFTEN = ("mother", "father", "son", "daughter", "wife", "husband", "grandmother", "grandfather", "child", "baby")


def chosen() -> str:
    """Return about whom the reader asks."""
    return str(st.session_state.get(_HELD, SELF))


def show(page: Page) -> str:
    """Let the reader choose, and return whom."""
    try:
        known = [one.person for one in page.client.memory.people()]
    except ClientError:
        known = []  # what stands below needs the service too, and says what is wrong
    people = list(dict.fromkeys([SELF, *known, *_OFTEN]))
    if chosen() not in people:
        people.append(chosen())
    place = people.index(chosen())
    st.selectbox(
        page.say("person"),
        people,
        index=place,
        format_func=lambda one: named(page, one),
        key="choose_person",
        help=page.say("person_help"),
        on_change=_take,
    )
    return chosen()


def named(page: Page, person: str) -> str:
    """Return a person in the reader's words."""
    key = f"memory.subject_{person}" if person != SELF else "person_self"
    try:
        return page.say(key)
    except KeyError:
        return person


def about(page: Page, person: str, words: str) -> str:
    """Return a question as it is asked about a person: the words say so themselves, and the reader sees it."""
    return words if person == SELF else page.say("asked_for", person=named(page, person), words=words)


def _take() -> None:
    """Choose somebody; a conversation is about one person, so another one begins."""
    st.session_state[_HELD] = st.session_state["choose_person"]
    start_anew()
