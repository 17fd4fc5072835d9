"""Everything that retrieval raises on purpose.

    RetrievalError
    ├── DocumentError          one file or one line that cannot become a document; the others go on
    ├── IndexCorrupt           the manifest or the vector store cannot be read; ``Retriever.rebuild`` mends it
    ├── IndexBusy              another process is writing the index
    ├── IndexAway              the database that holds the index does not answer
    ├── StorageFull            no room left where the index lives
    ├── EmbedderUnavailable    the dense model cannot run here; keyword search goes on without it
    └── RerankerUnavailable    the cross-encoder cannot run here; the fused order stays

Codes are texts in ``configs/locales`` under ``errors.``.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from configs.errors import ShensiError


class RetrievalError(ShensiError):
    """Any expected failure of retrieval."""


class DocumentError(RetrievalError):
    """A file, or a line of one, that cannot become a document."""


class IndexCorrupt(RetrievalError):
    """A part of the index that cannot be read."""


class IndexBusy(RetrievalError):
    """Somebody else is writing the index now."""


class IndexAway(RetrievalError):
    """The database server of the index cannot be reached."""


class StorageFull(RetrievalError):
    """The disk, or the quota, is spent."""


class EmbedderUnavailable(RetrievalError):
    """The dense model cannot run on this machine."""


class RerankerUnavailable(RetrievalError):
    """The cross-encoder cannot run on this machine."""


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Translate what SQLite and the file system raise about the file ``path``.

    Raises:
        StorageFull: no room left.
        IndexBusy: locked by another process for longer than the timeout.
        IndexCorrupt: anything else SQLite says about the file.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_FULL"):
            raise StorageFull("storage_full", path=str(path)) from error
        if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise IndexBusy("index_busy", path=str(path)) from error
        raise IndexCorrupt("index_corrupt", path=str(path), reason=str(error)) from error
    except sqlite3.DatabaseError as error:
        raise IndexCorrupt("index_corrupt", path=str(path), reason=str(error)) from error
    except OSError as error:
        raise from_os(error, path) from error


def from_os(error: OSError, path: Path) -> RetrievalError:
    """Return the retrieval error for a failed file operation."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull("storage_full", path=str(path))
    return IndexCorrupt("index_corrupt", path=str(path), reason=str(error))
