"""A collection as JSON lines and back: one document a line with everything that is known of it, so that nothing but the path is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from retrieval.manifest import Manifest
from retrieval.readers.exported import FORMAT, OWN


def exported(manifest: Manifest, collection: str) -> Iterator[dict[str, Any]]:
    """Yield the documents of a collection; ``_id``, ``title`` and ``text`` are as in BEIR, so that other programs read them too."""
    for entry in manifest.in_collection(collection):
        record = manifest.record(entry.seq) or _pieced(manifest, entry.seq)
        yield {
            "_id": record["key"] or record["id"],
            "title": record["title"],
            "text": record["body"],
            "format": FORMAT,
            "document": {name: record[name] for name in OWN},
            "version": entry.version,
        }


def _pieced(manifest: Manifest, seq: int) -> dict[str, Any]:
    """Return a document that an older program indexed, whose whole text was not kept: its chunks at their places."""
    chunks = manifest.chunks(seq)
    body = ""
    for chunk in chunks:
        heading = f"## {chunk.section}\n" if chunk.section and chunk.start > len(body) + len(chunk.section) + 3 else ""
        body += "\n" * (chunk.start - len(body) - len(heading)) + heading + chunk.text
    first = chunks[0]
    names = ("title", "language", "publisher", "source", "year", "tier", "reviewed", "key")
    return {name: getattr(first, name) for name in names} | {"id": first.document_id, "body": body, "keywords": [], "pages": []}
