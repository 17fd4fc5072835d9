"""The conversation: what was said, what is being answered, and what has gone wrong on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import streamlit as st

from agent.client import ClientError, NotFound, TurnFailed
from agent.schema import DoneEvent, Event, Turn
from agent.ui import browser, feedback
from agent.ui.entry import entry_of, entry_of_live, entry_of_message
from agent.ui.layout import Page, say_error
from agent.ui.live import Live
from agent.ui.plain import plain
from agent.wire.threads import Message, Thread

_EVERY_S = 0.25
_SHOWN = 12
_FIRST_S, _STALE_S = 0.15, 1.0


def lives() -> dict[str, Live]:
    """Return the turns on their way in this session, by thread."""
    return cast(dict[str, Live], st.session_state.setdefault("lives", {}))


def watched() -> dict[str, Live]:
    """Return how answers came about that were watched in this session, by turn."""
    return cast(dict[str, Live], st.session_state.setdefault("watched", {}))


def load(page: Page, thread: str) -> Thread | None:
    """Return a thread of the reader's; somebody else's is as absent as one that never was."""
    try:
        found = page.client.threads.get(thread) if thread else None
    except NotFound:
        st.info(page.say("thread_absent"), icon=":material/search_off:")
    except ClientError as error:
        say_error(page, error)
        kept = st.session_state.get("loaded")  # what was read before stays in sight while the service is away
        return kept if isinstance(kept, Thread) and kept.id == thread else None
    else:
        st.session_state["loaded"] = found
        return found
    return None


def last_emergency(thread: Thread) -> Message | None:
    """Return the answer that the banner repeats: the last that spoke of an emergency."""
    told = (message for message in reversed(thread.messages) if message.role == "assistant" and message.level == "emergency")
    return next(told, None)


def ask(page: Page, thread: str, words: str) -> None:
    """Put a question; what comes is read in the background."""
    running = lives().get(thread)
    if running is not None and running.asked is not None:
        lives()[thread] = Live(words).begin(lambda: page.client.resume_stream(thread, words))
        return
    lives()[thread] = Live(words).begin(lambda: page.client.stream(words, thread=thread, language=page.language))


def show(page: Page, thread: Thread) -> None:
    """Show everything that was said, and follow what is being answered."""
    live = _taken_up(page, thread)
    pairs = _pairs(thread)
    begin = 0 if st.session_state.get(f"all-{thread.id}") else max(0, len(pairs) - _SHOWN)
    if begin and st.button(page.say("earlier", count=begin), key="earlier"):
        st.session_state[f"all-{thread.id}"] = True
        st.rerun()
    above = last_emergency(thread)
    for number, (asked, answered) in enumerate(pairs[begin:], start=begin):
        kind = _Kind(last=live is None and number == len(pairs) - 1, above=above is not None and answered is above)
        _show_pair(page, thread.id, number, asked, answered, kind)
    if live is not None:
        _asked(page, live.question)
        with st.chat_message("assistant", avatar=":material/health_and_safety:"):
            # The same fragment as of a finished answer, so that the browser keeps the very element when the answer is finished.
            st.fragment(_answer, run_every=_EVERY_S)(page, thread.id, len(pairs), None, _Kind())


@dataclass
class _Kind:
    """How an answer is shown: as the last one, below which there is room; as the one that the banner above repeats."""

    last: bool = False
    above: bool = False
    shown: bool = False


def _taken_up(page: Page, thread: Thread) -> Live | None:
    """Return the turn on its way: the one of this session, or the one that another tab or an earlier visit has begun."""
    live, begun = lives().get(thread.id), thread.open
    if live is not None and live.turn is not None and any(live.turn.turn == message.turn for message in thread.messages):
        watched()[live.turn.turn] = lives().pop(thread.id)
        live = None
    elif live is not None and live.unseen and begun is None:  # it went on without this page, and has ended
        del lives()[thread.id]
        live = None
    if begun is not None and (live is None or (live.over and live.asked is None)):
        turn = begun.turn
        live = lives()[thread.id] = Live(begun.content).begin(lambda: page.client.follow(thread.id, turn))
    return live


def _answer(page: Page, thread: str, number: int, answered: Message | None, kind: _Kind) -> None:
    """Show an answer: a finished one, or, several times a second, what has come of the one on its way."""
    if answered is None:
        _follow(page, thread, number, kind)
        return
    if kind.shown:  # the browser's timer has not heard yet that the answer is finished: the page is behind and must not get more to do
        time.sleep(_STALE_S)
    kind.shown = True
    turn = turn_of(page, thread, answered.turn)
    entry = entry_of(page, turn, watched().get(answered.turn), above=kind.above) if turn else entry_of_message(page, answered)
    browser.show("entry", entry | {"last": kind.last}, key=f"entry-{thread}-{number}")


def _follow(page: Page, thread: str, number: int, kind: _Kind) -> None:
    held = lives().get(thread)
    if held is None:
        return  # a last look of a timer whose turn has been settled meanwhile
    if kind.shown:  # not while the whole page is made anew
        held.wait()
    live, kind.shown = held.look(), True
    if not live.steps and not live.over:
        live.news.wait(_FIRST_S)
    over = live.over  # before what it ended with is read
    entry = entry_of_live(page, live)
    if not live.steps and not live.over:
        entry["steps"] = [page.say("sending")]
    browser.show("entry", entry | {"last": True, "fresh": True}, key=f"entry-{thread}-{number}")
    if live.level == "emergency" and st.session_state.get("warned") != (thread, number):
        st.session_state["warned"] = (thread, number)
        st.rerun()
    if not over:
        st.button(page.say("stop"), key="stop", icon=":material/stop_circle:", on_click=_stop, args=(page, thread))
    elif live.error is None and live.asked is None:
        if live.due():
            st.rerun()
    else:
        _ended(page, thread, live)


def _ended(page: Page, thread: str, live: Live) -> None:
    if not live.settled_at and live.due():
        st.rerun()
    if live.asked is not None:
        st.info(plain(_question(live.asked)), icon=":material/help:")
    elif live.error is not None:
        cancelled = isinstance(live.error, TurnFailed) and live.error.code == "turn_cancelled"
        if cancelled:
            st.info(page.say("stopped"), icon=":material/stop_circle:")
        else:
            say_error(page, live.error)
        st.button(page.say("again"), key="again", on_click=_again, args=(page, thread, live.question), icon=":material/refresh:")


def _stop(page: Page, thread: str) -> None:
    try:
        page.client.threads.cancel(thread)
    except ClientError as error:
        lives()[thread].error, lives()[thread].over = error, True


def _again(page: Page, thread: str, words: str) -> None:
    """Go on with the turn where it was, or put the question again."""
    try:
        begun = page.client.threads.get(thread).open
    except ClientError as error:
        lives()[thread].error = error
        return
    lives().pop(thread, None)
    if begun is None:
        ask(page, thread, words)


def _show_pair(page: Page, thread: str, number: int, asked: Message, answered: Message | None, kind: _Kind) -> None:
    _asked(page, asked.content)
    if answered is None:
        return
    with st.chat_message("assistant", avatar=":material/health_and_safety:"):
        st.fragment(_answer)(page, thread, number, answered, kind)
        feedback.show(page, thread, answered.turn)


def _asked(page: Page, words: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.markdown(plain(words))


def turn_of(page: Page, thread: str, turn: str) -> Turn | None:
    """Return a finished turn with everything about it, asked for once in a session; ``None`` where only the thread's copy is left."""
    known = cast(dict[str, Turn | None], st.session_state.setdefault("turns", {}))
    if turn not in known:
        try:
            known[turn] = _last(page.client.follow(thread, turn))
        except (NotFound, TurnFailed):
            known[turn] = None
        except ClientError:
            return None
    return known[turn]


def _last(events: Iterator[Event]) -> Turn | None:
    return next((event.turn for event in events if isinstance(event, DoneEvent)), None)


def _pairs(thread: Thread) -> list[tuple[Message, Message | None]]:
    answers = {message.turn: message for message in thread.messages if message.role == "assistant"}
    return [(message, answers.get(message.turn)) for message in thread.messages if message.role == "user"]


def _question(asked: Any) -> str:
    return str(asked.get("question", asked)) if isinstance(asked, dict) else str(asked)
