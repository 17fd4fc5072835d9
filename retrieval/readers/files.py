"""Files before anything in them is understood: which there are, whether they may be read, and what they really hold."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from retrieval.errors import DocumentError
from retrieval.readers.parsed import TEXT_MB, Limits

KINDS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".jsonl": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
}
_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
)
_CONTENT = {"pdf": "PDF", "docx": "ZIP", "xlsx": "ZIP"}
Signature = tuple[int, int, int]


def files_under(path: Path) -> Iterator[Path | DocumentError]:
    """Yield the files of known kinds in a folder, in order, or the file itself; what cannot be looked into is yielded as its error.

    Hidden files and folders are passed over. Links to folders are followed, each real folder once, so that a loop of links ends.
    """
    if not path.is_dir():
        yield path
        return
    failed: list[OSError] = []
    seen: set[tuple[int, int]] = set()
    _is_new(path, seen)
    for folder, names, files in os.walk(path, onerror=failed.append, followlinks=True):
        names[:] = sorted(name for name in names if not name.startswith(".") and _is_new(Path(folder, name), seen))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith(".") and Path(name).suffix.lower() in KINDS)
    for error in failed:
        yield DocumentError("document_unreadable", path=str(error.filename), reason=_reason(error))


def _is_new(folder: Path, seen: set[tuple[int, int]]) -> bool:
    try:
        found = folder.stat()
    except OSError:
        return True  # os.walk meets the same error and reports it
    identity = (found.st_dev, found.st_ino)
    if identity in seen:
        return False
    seen.add(identity)
    return True


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read in pieces: the identity by which an unchanged file is known.

    Raises:
        DocumentError: the file cannot be read.
    """
    signature(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def signature(path: Path) -> Signature:
    """Return inode, size and time of change.

    Raises:
        DocumentError: the file is absent, cannot be looked at, or is a pipe or a device, which would block or never end.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        raise DocumentError("document_unreadable", path=str(path), reason="not a regular file")
    return found.st_ino, found.st_size, found.st_mtime_ns


def check(path: Path, limits: Limits) -> str:
    """Return the kind of a file whose size and first bytes agree with its name.

    Raises:
        DocumentError: absent, unreadable, of an unknown kind, empty, too large, or not what its name says.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None and not path.exists():
        raise DocumentError("document_missing", path=str(path))
    if kind is None:
        raise DocumentError("document_kind", path=str(path))
    size = signature(path)[1]
    limit = limits.file_mb if kind in _CONTENT else min(limits.file_mb, TEXT_MB)
    if kind != "jsonl" and size > limit * 1_000_000:
        raise DocumentError("document_large", path=str(path), size=size // 1_000_000, limit=limit)
    if size == 0:
        raise DocumentError("document_empty", path=str(path))
    found = _content(path)
    if found == "OLE" and kind in ("docx", "xlsx"):
        raise DocumentError("document_encrypted" if _is_encrypted(path) else "document_old_office", path=str(path))
    if not found and kind in _CONTENT:
        raise DocumentError("document_damaged", path=str(path), reason=f"no {_CONTENT[kind]} inside")
    if found != _CONTENT.get(kind, "") and not (kind == "html" and found == "HTML"):
        raise DocumentError("document_mismatch", path=str(path), found=found)
    return kind


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(2048)
    except OSError as error:
        raise _unreadable(path, error) from error
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if b"%PDF-" in head[:1024] and path.suffix.lower() == ".pdf":
        return "PDF"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    return "HTML" if start.startswith((b"<!doctype html", b"<html")) else ""


def _is_encrypted(path: Path) -> bool:
    mark = "EncryptedPackage".encode("utf-16-le")
    before = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            if mark in before + piece:
                return True
            before = piece[-len(mark) :]
    return False


def _unreadable(path: Path, error: OSError) -> DocumentError:
    if isinstance(error, FileNotFoundError):
        return DocumentError("document_missing", path=str(path))
    return DocumentError("document_unreadable", path=str(path), reason=_reason(error))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
