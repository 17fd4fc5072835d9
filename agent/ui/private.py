"""Private conversations: asked in the name of somebody who exists only for so long, and everything of whom is erased at the end.

The service keeps a turn, sealed, while it is being answered, so that a lost connection can be taken up; there is no answer without that.
What a private conversation leaves is erased when it is ended, when the page is closed, and, after a crash, at the page's next start: a file
in the temporary folder names, without a word of what was said, who is still to be erased.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from agent.client import Client, ClientError
from agent.ui import service

_GRACE_S = 150.0


@dataclass(frozen=True)
class Guest:
    """Somebody who is forgotten."""

    name: str
    note: Path

    def erase(self) -> None:
        """Erase everything that is kept of them; where the service cannot be reached, the note stays for the next start."""
        try:
            _client(self.name).memory.erase_everything()
        except ClientError:
            return
        self.note.unlink(missing_ok=True)


def begin() -> None:
    """Ask as a new guest from now on."""
    folder = _folder()
    name = f"private-{os.getpid()}-{secrets.token_hex(12)}"
    note = folder / name
    note.touch(mode=0o600)
    _guests().add(Guest(name, note))
    service.ask_as(name)


def end() -> None:
    """Erase what the guest leaves, and ask as oneself again."""
    _guests().erase()
    service.ask_as("")


@st.cache_resource(show_spinner=False)
def erase_left_over() -> None:
    """Erase, once for each start, what a crash has kept from being erased."""
    for note in _folder().glob("private-*"):
        owner = int(note.name.split("-")[1])
        if owner != os.getpid() and not _alive(owner):
            Guest(note.name, note).erase()


class _Guests:
    """The guests of one session. A session that has lost its connection for a moment may come back: they are erased a while later."""

    def __init__(self, session: str) -> None:
        self._session = session
        self._held: list[Guest] = []

    def add(self, guest: Guest) -> None:
        """Take one in."""
        self._held.append(guest)

    def erase(self) -> None:
        """Erase what all of them leave."""
        while self._held:
            self._held.pop().erase()

    def let_go(self) -> None:
        """Erase them unless the session comes back."""
        timer = threading.Timer(_GRACE_S, self._gone)
        timer.daemon = True  # a stopped page leaves notes, and its next start reads them
        timer.start()

    def _gone(self) -> None:
        if exists() and get_instance().is_active_session(self._session):
            self.let_go()
        else:
            self.erase()


@st.cache_resource(scope="session", show_spinner=False, on_release=_Guests.let_go)
def _guests_of(session: str) -> _Guests:
    return _Guests(session)


def _guests() -> _Guests:
    """Return the guests of this session; the session's state knows them too, so that they outlive a lost connection."""
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    held: _Guests = st.session_state.setdefault("guests", _guests_of(session))
    return held


def _client(name: str) -> Client:
    return service.client_for(os.environ.get(service.URL, service.DEFAULT_URL), os.environ.get(service.KEY, ""), "zh", name)


def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"shensi-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
