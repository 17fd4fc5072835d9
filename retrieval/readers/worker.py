"""What runs in the child process, ``python -m retrieval.readers.worker MEMORY_MB``.

A request is one JSON line; the answers are JSON lines, the last of them ``null`` or a fatal error.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from retrieval.errors import DocumentError
from retrieval.readers.body import TooLong
from retrieval.readers.parsed import BODY_CHARS, Limits, Parsed

FORMATS = ("html", "pdf", "docx", "xlsx", "grid")


def answers(path: Path, kind: str, memory_mb: int) -> Iterator[dict[str, Any] | None]:
    """Yield the answers to one request.

    Whatever a parser raises on a hostile file is the error of that file: parsers document few of their exceptions, and none may end the
    reading of the other files.
    """
    try:
        reader = import_module(f"retrieval.readers.{kind}")
        for found in reader.read(path, Limits(memory_mb=memory_mb)):
            yield asdict(found) if isinstance(found, Parsed) else _error(found, fatal=False)
        yield None
    except DocumentError as error:
        yield _error(error)
    except TooLong:
        size = path.stat().st_size // 1_000_000
        yield _error(DocumentError("document_large", size=size, limit=BODY_CHARS // 1_000_000))
    except MemoryError:
        yield _error(DocumentError("document_memory", limit=memory_mb))
    except Exception as error:
        yield _error(DocumentError("document_damaged", reason=type(error).__name__))


def _error(error: DocumentError, fatal: bool = True) -> dict[str, Any]:
    return {"error": error.code, "values": error.values, "fatal": fatal}


def main() -> None:
    """Answer requests until standard input ends."""
    memory_mb = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Answers go out by a descriptor of their own, so that nothing a library prints can be taken for one.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    out.write(b"null\n")  # ready: the time of a file does not count the start
    out.flush()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        assert request["kind"] in FORMATS
        for answer in answers(Path(request["path"]), request["kind"], memory_mb):
            out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            out.flush()


if __name__ == "__main__":
    main()
