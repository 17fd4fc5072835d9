"""What is searched: documents and their chunks as plain data, and the readers that make documents from files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from retrieval.errors import DocumentError
from tools.text import language_of

Tier = Literal["low", "medium", "high"]
FRONT_MATTER = {"id", "title", "language", "publisher", "source", "year", "tier", "keywords", "reviewed"}
SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".txt": "text", ".jsonl": "jsonl"}
# Control characters confuse terminals, databases and native tokenizers; tab and newline carry layout and stay.
_CONTROL = dict.fromkeys([*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xFEFF, *range(0xD800, 0xE000)])


@dataclass(frozen=True, slots=True)
class Document:
    """One source text with everything a citation needs.

    ``version`` is 16 hex characters of the SHA-256 of everything but the path: a moved file is the same document.
    """

    id: str
    title: str
    language: str
    publisher: str
    source: str
    year: int
    tier: str
    keywords: tuple[str, ...]
    reviewed: bool
    body: str
    path: str
    collection: str
    key: str = ""
    """The id that the source itself uses (``_id`` of a JSONL line); search results give it back unchanged."""
    pages: tuple[int, ...] = ()
    """Where each page begins in ``body``, ascending from 0; empty where the source has no pages."""
    version: str = field(init=False, default="")

    def __post_init__(self) -> None:
        fields = {name: value for name, value in asdict(self).items() if name not in ("path", "version")}
        digest = hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
        object.__setattr__(self, "version", digest[:16])


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one document: ``body[start:end] == text``."""

    id: str
    document_id: str
    version: str
    ordinal: int
    title: str
    section: str
    kind: str
    text: str
    start: int
    end: int
    language: str
    publisher: str
    source: str
    year: int
    tier: str
    reviewed: bool
    collection: str = "knowledge"
    key: str = ""
    page: int = 0
    """The page on which it begins, counted from 1; 0 where the source has no pages."""


def read_documents(path: Path, collection: str = "knowledge") -> Iterator[Document | DocumentError]:
    """Yield every document in a file or under a folder; what cannot be read is yielded as its error, so the rest goes on.

    Files of other kinds and hidden files are passed over inside a folder, and are an error when named themselves.
    """
    if path.is_dir():
        found = (file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        files = sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts))
    else:
        files = [path]
    for file in files:
        try:
            yield from _read_file(file, collection)
        except DocumentError as error:
            yield error


def _read_file(path: Path, collection: str) -> Iterator[Document | DocumentError]:
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise DocumentError("document_kind", path=str(path))
    text = _decode(path)
    if kind == "jsonl":
        yield from _jsonl(text, path, collection)
    elif kind == "markdown" and text.startswith("---\n"):
        yield _with_front_matter(text, path, collection)
    else:
        yield _plain(text, path, collection)


def _decode(path: Path) -> str:
    """Return the text of a file: UTF-8 or, as many Chinese files are, GB 18030."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise DocumentError("document_missing", path=str(path)) from error
    except OSError as error:
        raise DocumentError("document_unreadable", path=str(path), reason=error.strerror or type(error).__name__) from error
    if b"\0" in raw:
        raise DocumentError("document_binary", path=str(path))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = plain(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
        if not text.strip():
            raise DocumentError("document_empty", path=str(path))
        return text
    raise DocumentError("document_encoding", path=str(path))


def plain(text: str) -> str:
    """Return ``text`` with one kind of newline and without control characters; unlike ``clean`` it keeps Chinese punctuation as written."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)


def _with_front_matter(text: str, path: Path, collection: str) -> Document:
    head, mark, body = text[4:].partition("\n---")
    try:
        values = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise DocumentError("document_front_matter", path=str(path), reason=str(error).splitlines()[0]) from error
    if not mark or not isinstance(values, dict):
        raise DocumentError("document_front_matter", path=str(path), reason="no closing ---")
    if set(values) != FRONT_MATTER:
        odd = ", ".join(sorted(str(key) for key in set(values) ^ FRONT_MATTER))
        raise DocumentError("document_front_matter", path=str(path), reason=odd)
    _check_types(values, path)
    if not body.strip():
        raise DocumentError("document_empty", path=str(path))
    values["keywords"] = tuple(str(word) for word in values["keywords"])
    return Document(**values, body=body.partition("\n")[2].strip(), path=str(path), collection=collection)


def _check_types(values: dict[str, Any], path: Path) -> None:
    texts = all(isinstance(values[key], str) and values[key].strip() for key in ("id", "title", "publisher", "source"))
    rest = isinstance(values["keywords"], list) and type(values["year"]) is int and isinstance(values["reviewed"], bool)
    if not texts or not rest:
        raise DocumentError("document_front_matter", path=str(path), reason="wrong type of a value")
    if values["language"] not in ("zh", "en") or values["tier"] not in get_args(Tier):
        raise DocumentError("document_front_matter", path=str(path), reason="language or tier")


def _plain(text: str, path: Path, collection: str) -> Document:
    heading = next((line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")), "")
    return _bare(path.name, heading or path.stem, text.strip(), path, collection)


def _bare(identity: str, title: str, body: str, path: Path, collection: str, keywords: tuple[str, ...] = ()) -> Document:
    """Return a document about whose source nothing is known but the name of its file."""
    language = language_of(title + body)
    return Document(identity, title, language, path.name, path.name, 0, "medium", keywords, False, body, str(path), collection)


def _jsonl(text: str, path: Path, collection: str) -> Iterator[Document | DocumentError]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise TypeError("not an object")
            yield _row(row, number, path, collection)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            yield DocumentError("document_line", path=str(path), line=number, reason=f"{type(error).__name__}: {error}")


def _row(row: dict[str, Any], number: int, path: Path, collection: str) -> Document:
    """Return the document of one JSON line.

    Raises:
        ValueError, TypeError, KeyError, IndexError: the line is of neither known shape, or empty.
    """
    keywords: tuple[str, ...] = ()
    identity = f"{path.stem}-{row.get('_id', row.get('id', number))}"
    if "text" in row:
        title, body = str(row.get("title") or "").strip(), row["text"]
    else:
        questions = _texts(row["question"] if "question" in row else row["questions"])
        title, keywords = questions[0], tuple(questions[1:])
        body = "\n".join(_texts(row["answer"] if "answer" in row else row["answers"]))
    if not isinstance(body, str) or not plain(body).strip():
        raise ValueError("no text")
    body = plain(body).strip()
    return _bare(identity, plain(title) or body[:40], body, path, collection, keywords)


def _texts(value: Any) -> list[str]:
    """Flatten a text, a list of texts or (as in HuatuoGPT's files) a list of lists of texts."""
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, str) and value.strip():
        return [plain(value).strip()]
    raise ValueError("a question or an answer is not a text")
