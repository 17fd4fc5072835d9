"""``python -m agent keys``: make, list and revoke API keys, while the service runs, too."""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from agent.errors import BadCall
from configs.locales import environment_language, text
from configs.settings import Settings

if TYPE_CHECKING:
    from agent.server.keys import ApiKey, KeyBook

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    one = commands.add_parser("keys", parents=[common], help="API 密钥：新建、列出、撤销 / make, list and revoke API keys")
    one.add_argument("action", choices=("create", "list", "revoke"))
    one.add_argument("id", nargs="?", default="", help="要撤销的密钥编号 / the id of the key to revoke")
    one.add_argument("--owner", default="", help="谁的记录和对话 / whose record and threads")
    one.add_argument("--tenant", default=None, help="哪个机构 / of which installation")
    one.add_argument("--scope", action="append", default=[], help="chat | memory | knowledge:write | admin")
    one.add_argument("--label", default="", help="备注 / a note")
    one.add_argument("--days", type=int, default=None, help="多少天后失效 / valid for so many days")
    one.add_argument("--json", action="store_true")


async def keys(options: argparse.Namespace, settings: Settings, language: str | None) -> int:
    """Run one action on the keys of the profile's stores."""
    from agent.server.keys import KeyBook
    from memory.persistence import open_stores

    reader = language or environment_language()
    _check(options, settings)
    async with open_stores(settings.storage, (), exclusive=False) as stores:
        book = KeyBook(stores.store, stores.names)
        if options.action == "create":
            return await _create(options, settings, book, reader)
        if options.action == "revoke":
            key = await book.revoke(options.id)
            print(text(reader, "keys.revoked", id=key.id))
            return 0
        for key in await book.all():
            print(key.model_dump_json() if options.json else _line(key, reader))
    return 0


def _check(options: argparse.Namespace, settings: Settings) -> None:
    """Refuse what would make a key that opens nothing or something else than meant."""
    from agent.server.identity import SCOPES

    if options.action == "create":
        tenant = settings.consult.tenant if options.tenant is None else options.tenant
        if not _NAME.fullmatch(options.owner) or (tenant and not _NAME.fullmatch(tenant)):
            raise BadCall("key_owner")
        wrong = sorted(set(options.scope) - set(SCOPES))
        if wrong or not options.scope:
            raise BadCall("key_scope", scopes=", ".join(SCOPES))
        if options.days is not None and not 1 <= options.days <= 3660:
            raise BadCall("key_days")
    if options.action == "revoke" and not options.id:
        raise BadCall("key_which")


async def _create(options: argparse.Namespace, settings: Settings, book: KeyBook, reader: str) -> int:
    tenant = settings.consult.tenant if options.tenant is None else options.tenant
    key, token = await book.create(options.owner, options.scope, tenant=tenant, label=options.label[:80], days=options.days)
    if options.json:
        print(json.dumps({**key.model_dump(mode="json"), "key": token}, ensure_ascii=False))
    else:
        print(f"{token}\n{text(reader, 'keys.created', id=key.id, scopes=', '.join(key.scopes))}")
    return 0


def _line(key: ApiKey, reader: str) -> str:
    state = text(reader, f"keys.state_{key.state(datetime.now(UTC))}")
    account = f"{key.tenant}/{key.owner}" if key.tenant else key.owner
    return "  ".join(part for part in (key.id, state, account, ",".join(key.scopes), key.created_at, key.expires_at, key.label) if part)
