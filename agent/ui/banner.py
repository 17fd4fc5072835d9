"""The red banner: whom to call and what to do now, above everything, for as long as the conversation is open."""

from __future__ import annotations

import streamlit as st

from agent.schema import Turn
from agent.ui.conversation import lives, turn_of
from agent.ui.layout import Page
from agent.ui.plain import plain
from agent.wire.threads import Thread


def show(page: Page, thread: Thread | None) -> None:
    """Show what the last emergency of a conversation said; it stays, whatever is said after it."""
    if thread is None:
        return
    words = _now(page, thread) or _said(page, thread)
    if words:
        with st.container(key="emergency"):
            st.markdown(plain(words.lstrip("⚠️ ")))


def _now(page: Page, thread: Thread) -> str:
    """Return what to do while the answer is still on its way."""
    live = lives().get(thread.id)
    if live is None or live.level != "emergency":
        return ""
    return _words(live.turn) if live.turn else page.say("emergency_now")


def _said(page: Page, thread: Thread) -> str:
    for message in reversed(thread.messages):
        if message.role == "assistant" and message.level == "emergency":
            turn = turn_of(page, thread.id, message.turn)
            return _words(turn) if turn else message.content.removesuffix(message.label).strip()
    return ""


def _words(turn: Turn) -> str:
    """Return whom to call and what to do now."""
    return "\n".join([*turn.notices, *turn.next_steps]) or turn.answer
