"""Files of all formats into documents: one reader a format, and one place that bounds what any of them may cost.

Markdown, text, CSV and JSONL are read here; PDF, Office and HTML files, whose parsers are large, in a child process with bounded memory
that is killed when it takes too long. Nothing that a file refers to is ever fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from retrieval.documents import Document
from retrieval.errors import DocumentError
from retrieval.readers import csv, jsonl, markdown, text
from retrieval.readers.body import TooLong
from retrieval.readers.child import Child
from retrieval.readers.files import check, file_hash, files_under, signature
from retrieval.readers.parsed import BODY_CHARS, Limits, Parsed
from tools.text import language_of

__all__ = ["Limits", "Reader", "file_hash", "files_under"]
_HERE: dict[str, Callable[[Path, Limits], Iterator[Parsed | DocumentError]]] = {
    "markdown": markdown.read,
    "text": text.read,
    "csv": csv.read,
    "jsonl": jsonl.read,
}
_SAMPLE = 20_000


class Reader:
    """Reads one file after another; a context manager, as it keeps a child process once one was needed."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child = Child(self._limits)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._child.close()

    def read(self, file: Path, root: Path, collection: str, tier: str = "medium") -> Iterator[Document | DocumentError]:
        """Yield the documents of one file, and the error of the file or of each of its lines that cannot be read.

        Args:
            file: what to read.
            root: the folder, or file, that was named: a document without an id of its own is called by its path below it.
            collection: where the documents belong.
            tier: the tier of those that do not name their own.
        """
        name = file.relative_to(root).as_posix() if file != root and file.is_relative_to(root) else file.name
        try:
            before = signature(file) if file.suffix else None
            kind = check(file, self._limits)
            for parsed in self._parsed(file, kind):
                yield parsed if isinstance(parsed, DocumentError) else _document(parsed, file, name, collection, tier)
            if before != signature(file):
                yield DocumentError("document_changed", path=str(file))
        except DocumentError as error:
            yield error
        except TooLong:
            yield DocumentError("document_large", path=str(file), size=file.stat().st_size // 1_000_000, limit=BODY_CHARS // 1_000_000)
        except OSError as error:
            yield DocumentError("document_unreadable", path=str(file), reason=error.strerror or type(error).__name__)
        except MemoryError:
            yield DocumentError("document_memory", path=str(file), limit=self._limits.memory_mb)

    def _parsed(self, file: Path, kind: str) -> Iterator[Parsed | DocumentError]:
        reader = _HERE.get(kind)
        return reader(file, self._limits) if reader else self._child.read(file, kind)


def _document(parsed: Parsed, file: Path, name: str, collection: str, tier: str) -> Document:
    """Return the document; where its source tells nothing, the name of the file stands for it.

    Raises:
        DocumentError: there is no text, or too much.
    """
    if not parsed.body.strip():
        raise DocumentError("document_empty", path=str(file))
    if len(parsed.body) > BODY_CHARS:
        raise TooLong
    stem = name[: len(name) - len(file.suffix)]
    title = parsed.title or file.stem
    return Document(
        id=parsed.id or (f"{stem}-{parsed.within}" if parsed.within else name),
        title=title,
        language=parsed.language or language_of(title + parsed.body[:_SAMPLE]),
        publisher=parsed.publisher or file.name,
        source=parsed.source or file.name,
        year=parsed.year,
        tier=parsed.tier or tier,
        keywords=parsed.keywords,
        reviewed=parsed.reviewed,
        body=parsed.body,
        path=str(file),
        collection=collection,
        key=parsed.key,
        pages=parsed.pages,
    )
