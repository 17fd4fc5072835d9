"""The red banner: whom to call and what to do now, above everything, for as long as the conversation is open."""

from __future__ import annotations

import streamlit as st

from agent.schema import Turn
from agent.ui.calls import linked
from agent.ui.conversation import last_emergency, lives, turn_of
from agent.ui.layout import Page
from agent.wire.threads import Thread


def show(page: Page, thread: Thread | None) -> None:
    """Show, in the place that is for it, what the last emergency of a conversation said; it stays, whatever is said after it."""
    if thread is None:
        return
    words = _now(page, thread) or _said(page, thread)
    if words:
        st.markdown(linked(words.lstrip("⚠️ ")))


def _now(page: Page, thread: Thread) -> str:
    """Return what to do while the answer is still on its way."""
    live = lives().get(thread.id)
    if live is None or live.level != "emergency":
        return ""
    return _words(live.turn) if live.turn else page.say("emergency_now", number="120")


def _said(page: Page, thread: Thread) -> str:
    message = last_emergency(thread)
    if message is None:
        return ""
    turn = turn_of(page, thread.id, message.turn)
    return _words(turn) if turn else message.content.removesuffix(message.label).strip()


def _words(turn: Turn) -> str:
    """Return whom to call and what to do now."""
    return "\n".join([*turn.notices, *turn.next_steps]) or turn.answer
