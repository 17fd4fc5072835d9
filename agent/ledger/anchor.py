"""The anchor: how long the chain was, kept apart from it. A database that was set back as a whole, head and all, does not reach to it."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from agent.errors import LedgerBroken
from agent.ledger.chain import Chain, Head

FILE = "ledger.anchor"


def read_anchor(path: Path, chain: Chain) -> Head | None:
    """Return the anchor; ``None`` where there is none.

    Raises:
        LedgerBroken: it cannot be read or is not ours.
    """
    try:
        told = json.loads(path.read_text("ascii"))
        head = Head(int(told["count"]), bytes.fromhex(told["code"]), bytes.fromhex(told["seal"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerBroken("ledger_anchor_unreadable", path=str(path)) from error
    if not chain.genuine(head):
        raise LedgerBroken("ledger_anchor_unreadable", path=str(path))
    return head


def write_anchor(path: Path, chain: Chain, head: Head) -> None:
    """Move the anchor forward, never back; only after the database has the entries, so that it never says too much."""
    known = read_anchor(path, chain)
    if known is not None and known.count >= head.count:
        return
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        json.dump({"count": head.count, "code": head.code.hex(), "seal": head.seal.hex()}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
