"""Who asks. Tenant and owner come from here and from nowhere else: no body, query or header of a request names them.

Without ``auth.required`` the service listens on this machine alone and everybody is the profile's own owner, whatever they send as a key:
programs that speak OpenAI's protocol must send something. Only a key of ours is looked at all the same.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from starlette.datastructures import State
from starlette.requests import HTTPConnection

from agent.server.keys import PREFIX, KeyBook
from configs.settings import Settings

if TYPE_CHECKING:
    from agent.server.oidc import Oidc

log = logging.getLogger(__name__)

SCOPES = ("chat", "memory", "knowledge:write", "admin")


@dataclass(frozen=True)
class Principal:
    """Somebody who has proved who they are."""

    tenant: str
    owner: str
    scopes: frozenset[str]
    key: str = ""
    """The id of the key they came with; empty without one."""


class Authenticator:
    """Keys and tokens, as far as the profile wants them."""

    def __init__(self, settings: Settings, keys: KeyBook) -> None:
        self._settings = settings
        self._keys = keys
        self._oidc: Oidc | None = None
        if settings.server.auth.oidc.issuer:
            from agent.server.oidc import Oidc

            self._oidc = Oidc(settings.server.auth.oidc)

    async def identify(self, credentials: list[str]) -> Principal:
        """Return who asks.

        Args:
            credentials: all ``Authorization`` headers of the request.

        Raises:
            Unauthorized: they have not proved it; the answer does not say why.
            Unavailable: it cannot be found out now.
        """
        from agent.server.errors import Unauthorized

        token = _bearer(credentials)
        if token.startswith(f"{PREFIX}_"):
            if (key := await self._keys.find(token)) is not None:
                return Principal(tenant=key.tenant, owner=key.owner, scopes=frozenset(key.scopes) & frozenset(SCOPES), key=key.id)
        elif not self._settings.server.auth.required:
            consult = self._settings.consult
            return Principal(tenant=consult.tenant, owner=consult.owner, scopes=frozenset(SCOPES))
        elif token and self._oidc is not None:
            from agent.server.oidc import TokenRefused

            try:
                return await self._oidc.principal(token)
            except TokenRefused as refused:
                log.info("token refused: %s", refused)
        raise Unauthorized("unauthorized")


async def authenticate(connection: HTTPConnection) -> Principal:
    """Return who asks.

    Raises:
        Unauthorized: they have not proved it.
    """
    return await authenticator_of(connection.app.state).identify(connection.headers.getlist("authorization"))


def authenticator_of(state: State) -> Authenticator:
    """Return the authenticator of an application, made at the first request."""
    if getattr(state, "authenticator", None) is None:
        settings, stores = cast(Settings, state.settings), state.service.stores
        state.authenticator = Authenticator(settings, KeyBook(stores.store, stores.names, cache_s=settings.server.auth.cache_s))
    return cast(Authenticator, state.authenticator)


def _bearer(credentials: list[str]) -> str:
    """Return the token; nothing where there is none, or more than one to choose from."""
    if len(credentials) != 1:
        return ""
    scheme, _, token = credentials[0].partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
