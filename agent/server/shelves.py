"""Where uploaded files lie, sealed, and whose they are."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from langgraph.store.base import GetOp, Item, PutOp
from pydantic import BaseModel

from memory.cipher import Cipher, Names
from memory.persistence import Stores
from memory.sealed import SealedStore, listed
from memory.sealed_files import ENDING, PIECE, SealedWriter, read_sealed


class Owned(BaseModel):
    """To whom, and to which of their threads, an uploaded file belongs."""

    collection: str
    file: str
    owner: str
    thread: str = ""
    job: str
    """What has brought it; an older job finds that it has been overtaken."""


@dataclass(frozen=True)
class Shelf:
    """Where the files of one collection lie: sealed, under names that tell nothing."""

    tenant: str
    collection: str
    folder: Path
    cipher: Cipher
    names: Names

    @classmethod
    def of(cls, data_dir: Path, tenant: str, collection: str, stores: Stores) -> Shelf:
        """Return the shelf of a tenant's collection."""
        folder = data_dir.resolve() / "uploads" / (f"tenant-{tenant}" if tenant else "shared") / collection
        return cls(tenant, collection, folder, stores.cipher, stores.names)

    def path(self, file: str) -> Path:
        """Return where a file stands as it came, for as long as it is being read; the index knows it by this path."""
        return self.folder / file

    def sealed(self, file: str) -> Path:
        """Return where a file lies for good."""
        return self.folder / f"{self._place(file)}{ENDING}"

    def writer(self, file: str, content: Path) -> SealedWriter:
        """Return what seals a file that is coming in."""
        return SealedWriter(content, self.cipher, self._place(file))

    def unseal(self, file: str, content: Path) -> Path:
        """Put a file as it came in its place, to be read; whoever asks for it takes it away again."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.path(file)
        with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as plain:
            for piece in read_sealed(content, self.cipher, self._place(file)):
                plain.write(piece)
        return path

    def plain(self) -> Iterator[Path]:
        """Yield the files that lie here as they came: a crash, or a version before the sealing, has left them."""
        yield from (path for path in self.folder.iterdir() if path.is_file() and path.suffix not in (ENDING, ".fresh"))

    def put_away(self, left: Path, *, known: bool) -> None:
        """Seal a file that lies here as it came, unless nobody knows it or it is sealed already, and take it away."""
        if known and not self.sealed(left.name).exists():
            fresh = self.sealed(left.name).with_suffix(".fresh")
            with self.writer(left.name, fresh) as writing, left.open("rb") as plain:
                while piece := plain.read(PIECE):
                    writing.write(piece)
            os.replace(fresh, self.sealed(left.name))
        left.unlink()

    def _place(self, file: str) -> str:
        return self.names.name("upload", self.tenant, self.collection, file)


def shelves_in(uploads: Path, stores: Stores) -> Iterator[Shelf]:
    """Yield all shelves of a folder."""
    for folder in uploads.glob("*/*"):
        tenant = folder.parent.name
        if folder.is_dir() and not tenant.startswith("."):
            yield Shelf(tenant.removeprefix("tenant-") if tenant != "shared" else "", folder.name, folder, stores.cipher, stores.names)


@dataclass(frozen=True)
class Owners:
    """Whose the uploaded files are, sealed in the store."""

    store: SealedStore

    async def note(self, tenant: str, owned: Owned) -> None:
        """Write down whose a file is; whoever had one of this name before has it no longer."""
        await self.store.abatch([PutOp(("uploads", tenant), _key(owned.collection, owned.file), owned.model_dump())])

    async def of(self, tenant: str, collection: str, file: str) -> Owned | None:
        """Return whose a file is."""
        (item,) = await self.store.abatch([GetOp(("uploads", tenant), _key(collection, file))])
        return Owned.model_validate(item.value) if isinstance(item, Item) else None

    async def back(self, tenant: str, collection: str, file: str, before: Owned | None) -> None:
        """Give a file back to whom it belonged before, if to anybody."""
        await (self.note(tenant, before) if before is not None else self.forget(tenant, collection, file))

    async def all(self, tenant: str) -> list[Owned]:
        """Return all files of a tenant."""
        return [Owned.model_validate(item.value) for item in await listed(self.store, ("uploads", tenant))]

    async def note_gone(self, shelf: Shelf, file: str) -> None:
        """Let the host on whose disk a file lies know that it was deleted; the name tells nothing."""
        await self.store.abatch(
            [PutOp(("uploads_gone", shelf.tenant), f"{shelf.collection}/{shelf.sealed(file).name}", {"at": time.time()})]
        )

    async def gone(self, shelf: Shelf) -> dict[str, float]:
        """Return the sealed names of the files of a shelf that were deleted at a host that did not have them, each with when."""
        noted = {item.key.partition("/"): item for item in await listed(self.store, ("uploads_gone", shelf.tenant))}
        return {name: float(item.value["at"]) for (collection, _, name), item in noted.items() if collection == shelf.collection}

    async def forget(self, tenant: str, collection: str, file: str) -> None:
        """Forget whose a file was."""
        await self.store.abatch([PutOp(("uploads", tenant), _key(collection, file), None)])


def _key(collection: str, file: str) -> str:
    return f"{collection}/{file}"
