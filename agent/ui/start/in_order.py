"""Keeps Streamlit from losing what a run of the page has just sent.

A run hands its messages to the event loop and ends. Where the loop has fallen behind, a browser's next request may be handled before
them; Streamlit then starts another run and takes them for those of a run that is no longer wanted. An answer's last state is lost so, and
the page stands still. Its own comment in ``AppSession.request_rerun`` describes this, and mends it for one case only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

Request = Callable[[AppSession, Any], None]


def keep_in_order() -> None:
    """Let every request wait for the messages of a run that has ended."""
    request: Request = AppSession.request_rerun
    if not hasattr(request, "__wrapped__"):
        AppSession.request_rerun = in_order(request)  # type: ignore[assignment, method-assign]


def in_order(request: Request) -> Request:
    """Return what takes a browser's request once everything is handled that a run which has ended had sent."""

    @wraps(request)
    def ordered(session: AppSession, client_state: Any) -> None:
        if _has_ended(session):
            session._event_loop.call_soon(request, session, client_state)  # behind what the run has handed over
        else:
            request(session, client_state)

    return ordered


def _has_ended(session: AppSession) -> bool:
    runner = session._scriptrunner
    return runner is not None and runner._requests._state is ScriptRequestType.STOP
