"""One writer at a time, whichever process it is in."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retrieval.errors import IndexBusy, from_os


@contextmanager
def write_lock(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the right to write the index; the kernel takes it back when the process dies.

    Raises:
        IndexBusy: another process, or another thread, still holds it after ``wait_s`` seconds.
    """
    deadline = time.monotonic() + wait_s
    try:
        file = path.open("w")
    except OSError as error:
        raise from_os(error, path) from error
    with file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise IndexBusy("index_busy", path=str(path)) from None
                time.sleep(0.02)
        yield
