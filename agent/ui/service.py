"""Where the service is and as whom this session asks it."""

from __future__ import annotations

import os
from typing import cast

import httpx
import streamlit as st

from agent.client import Client, Retries
from configs.locales import Language

URL, KEY = "SHENSI_API_URL", "SHENSI_API_KEY"
"""Names in the environment."""
DEFAULT_URL = "http://127.0.0.1:8000"
_USER = "x-shensi-user"
_SILENT_S = 180.0
_KEY_HELD, _USER_HELD = "access_key", "private_user"


def client(language: Language) -> Client:
    """Return the client of this session; in private mode it asks as somebody who exists only for so long."""
    key = st.session_state.get(_KEY_HELD) or os.environ.get(KEY, "")
    return client_for(os.environ.get(URL, DEFAULT_URL), key, language, private_user())


def probe(language: Language) -> Client:
    """Return a client that tries once: whoever looks whether the service is there does not want to wait."""
    key = st.session_state.get(_KEY_HELD) or os.environ.get(KEY, "")
    return client_for(os.environ.get(URL, DEFAULT_URL), key, language, "", attempts=1)


def private_user() -> str:
    """Return the name under which a private session asks; empty: it is none."""
    return cast(str, st.session_state.get(_USER_HELD, ""))


def ask_as(user: str) -> None:
    """From now on ask as somebody else, or with ``""`` as oneself again."""
    st.session_state[_USER_HELD] = user


def use_key(key: str) -> None:
    """From now on ask with this key; it is held for this session only."""
    st.session_state[_KEY_HELD] = key


@st.cache_resource(max_entries=256, show_spinner=False, on_release=Client.close)
def client_for(url: str, key: str, language: Language, user: str, attempts: int = 5) -> Client:
    """Return a client; it may be used by several sessions and threads."""
    transport = _As(user) if user else None
    return Client(url, key=key, language=language, timeout_s=_SILENT_S, retries=Retries(attempts=attempts), transport=transport)


class _As(httpx.HTTPTransport):
    """Names the one of our people for whom a request is sent: a record and threads of their own."""

    def __init__(self, user: str) -> None:
        super().__init__(trust_env=False)
        self._user = user

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it in their name."""
        request.headers[_USER] = self._user
        return super().handle_request(request)
