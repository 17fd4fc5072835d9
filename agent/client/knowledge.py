"""The knowledge: collections, uploads, searches and chunks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from agent.client.calls import Call, part
from agent.wire.common import Language
from agent.wire.knowledge import Arm, ChunkItem, CollectionItem, FileItem, Job, Removed, SearchAnswer, SearchRequest, Tier

_AT = "/v1/knowledge"


def collections() -> Call[list[CollectionItem]]:
    """Return the collections that may be searched."""
    return Call(list[CollectionItem], "GET", f"{_AT}/collections")


def files(collection: str) -> Call[list[FileItem]]:
    """Return the files of a collection."""
    return Call(list[FileItem], "GET", f"{_AT}/collections/{part(collection)}/files")


def upload(collection: str, file: Path, *, name: str = "", tier: Tier = "medium", thread: str = "") -> Call[Job]:
    """Upload a file and return the job that takes it in; one of the same name is replaced, one that belongs to a thread goes with it."""
    path = f"{_AT}/collections/{part(collection)}/files/{part(name or file.name)}"
    return Call(
        Job,
        "PUT",
        path,
        {"tier": tier, **({"thread": thread} if thread else {})},
        content=file,
        headers={"content-type": "application/octet-stream"},
    )


def job(identity: str) -> Call[Job]:
    """Return how far an upload is."""
    return Call(Job, "GET", f"{_AT}/jobs/{part(identity)}")


def jobs() -> Call[list[Job]]:
    """Return what became of the uploads, the newest first."""
    return Call(list[Job], "GET", f"{_AT}/jobs")


def remove_file(collection: str, name: str) -> Call[Removed]:
    """Take an uploaded file out of the index."""
    return Call(Removed, "DELETE", f"{_AT}/collections/{part(collection)}/files/{part(name)}", repeatable=False)


def remove(collection: str) -> Call[Removed]:
    """Take a whole collection out of the index."""
    return Call(Removed, "DELETE", f"{_AT}/collections/{part(collection)}", repeatable=False)


def search(
    query: str, *, k: int = 10, arm: Arm = "answer", language: Language | None = None, collections: Sequence[str] | None = None
) -> Call[SearchAnswer]:
    """Search, and learn what each stage made of it."""
    asked = SearchRequest(query=query, k=k, arm=arm, language=language, collections=None if collections is None else list(collections))
    return Call(SearchAnswer, "POST", f"{_AT}/search", json=asked.model_dump(exclude_none=True))


def chunk(identity: str) -> Call[ChunkItem]:
    """Open what a citation refers to."""
    return Call(ChunkItem, "GET", f"{_AT}/chunks/{part(identity)}")
