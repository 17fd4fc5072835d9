"""What is put right on the shelves of uploaded files when a process starts."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from agent.server.shelves import Owners, shelves_in
from memory.persistence import Stores
from retrieval.search import Retriever
from retrieval.tenants import named

LEFT_S = 3600
"""No file is being read for so long."""


def seal_left(uploads: Path, stores: Stores, retriever: Retriever) -> None:
    """Seal what the index knows and a crash, or a version before the sealing, has left as it came; the rest was never acknowledged."""
    alone = not stores.many
    for shelf in shelves_in(uploads, stores):
        known = retriever.files(named(shelf.collection, shelf.tenant))
        for left in list(shelf.plain()):
            if alone or _old(left):  # another process may be reading it just now
                shelf.put_away(left, known=str(left) in known)


async def drop_deleted(uploads: Path, stores: Stores, owners: Owners) -> None:
    """Delete the files that were deleted at another host while they lay only here."""
    for shelf in shelves_in(uploads, stores):
        for name, when in (await owners.gone(shelf)).items():
            path = shelf.folder / name
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < when:  # else it was uploaded again
                    path.unlink()


def _old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > LEFT_S
