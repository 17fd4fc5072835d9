"""The child process in which large parsers run: bounded memory, killed when late, started once for many files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Timer
from typing import Any

from retrieval.errors import DocumentError
from retrieval.readers.parsed import Limits, Parsed

ROOT = Path(__file__).resolve().parent.parent.parent
_START_S = 120.0
_LISTS = ("pages", "keywords")


class Child:
    """Starts the process when it is first needed, and again after it died."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, path: Path, kind: str) -> Iterator[Parsed | DocumentError]:
        """Yield what the child finds in one file.

        Raises:
            DocumentError: the file cannot be read, or not within the limits.
        """
        process = self._running(path)
        finished = False
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps({"path": str(path.absolute()), "kind": kind}).encode() + b"\n")
            process.stdin.flush()
            while (answer := self._answer(process, path, self._limits.seconds)) is not None:
                if "error" in answer:
                    error = DocumentError(answer["error"], **answer["values"] | {"path": str(path)})
                    if answer["fatal"]:
                        finished = answer["error"] != "document_memory"
                        raise error
                    yield error
                else:
                    yield Parsed(**answer | {name: tuple(answer[name]) for name in _LISTS})
            finished = True
        except BrokenPipeError as error:
            raise DocumentError("document_damaged", path=str(path), reason="the reader died") from error
        finally:
            if not finished:
                # It may still be at work on this file, or short of memory: the next file gets a fresh one.
                self.close()

    def _answer(self, process: subprocess.Popen[bytes], path: Path, seconds: float) -> dict[str, Any] | None:
        """Return the next answer, None at the end; only the time that the child takes counts, not that of whoever uses the answers."""
        late = Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = Timer(seconds, give_up)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
        finally:
            timer.cancel()
        if late.is_set():
            raise DocumentError("document_slow", path=str(path), seconds=round(seconds))
        if not line.endswith(b"\n"):
            raise DocumentError("document_damaged", path=str(path), reason="the reader died")
        answer: dict[str, Any] | None = json.loads(line)
        return answer

    def _running(self, path: Path) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            # Secrets of the environment stay here; what its libraries print could quote a document, so it goes nowhere.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "retrieval.readers.worker", str(self._limits.memory_mb)],
                cwd=ROOT,
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._answer(self._process, path, _START_S)
        return self._process

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout):
                if stream:
                    with suppress(BrokenPipeError):
                        stream.close()
            self._process.wait()
            self._process = None
