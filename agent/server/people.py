"""The people behind one key: an application that serves many keeps their records and threads apart by naming each of them.

A name only ever narrows: whoever is named becomes an owner of their own below the key's, whose name is made of the key's owner and theirs
with a secret, so that it can be nobody else's.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from fastapi import Request

from agent.server.errors import Unprocessable
from agent.server.identity import Principal
from memory.cipher import Names
from tools.text import clean

_HEADER = "x-shensi-user"
_LONGEST = 512


def user_of(request: Request) -> str:
    """Return whom of their people the caller speaks for, by the header ``X-Shensi-User`` (percent-encoded UTF-8); empty: themselves."""
    return unquote(request.headers.get(_HEADER, ""))


def narrowed(who: Principal, user: str, names: Names) -> Principal:
    """Return whoever asks as one of the people they serve; as themselves without a name.

    Raises:
        Unprocessable: the name is none.
    """
    if not user:
        return who
    named = clean(user)
    if not named or len(user) > _LONGEST:
        raise Unprocessable("user_invalid")
    return replace(who, owner=f"u-{names.name('people', who.tenant, who.owner, named)}")
