"""Input and output of a batch: what a line asks, which lines are done, and an output file that survives ``kill -9``."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import BadCall

_MAX_TURNS = 50


class Asked(BaseModel):
    """One line of input: a question, or the turns of a consult in their order."""

    model_config = ConfigDict(extra="ignore")

    id: str | int | None = None
    lang: str | None = Field(None, pattern="^(zh|en)$")
    question: str | None = None
    turns: list[str] = Field(default_factory=list, max_length=_MAX_TURNS)

    @property
    def said(self) -> list[str]:
        """What is asked, one turn after the other."""
        return [*self.turns, *([self.question] if self.question is not None else [])]


@dataclass(frozen=True, slots=True)
class Pending:
    """A line that has no result yet; ``number`` counts from 1."""

    number: int
    text: str

    @property
    def sha(self) -> str:
        """Stands for the words of the line in the output, so that another input is noticed."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def asked(self) -> Asked:
        """Return what the line asks.

        Raises:
            ValueError: it is neither an object with a question or turns, nor a string, nor plain text.
        """
        if not self.text.lstrip().startswith(("{", "[", '"')):
            return Asked(question=self.text)
        given = json.loads(self.text)
        asked = Asked(question=given) if isinstance(given, str) else Asked.model_validate(given)
        if not asked.said:
            raise ValueError("neither question nor turns")
        return asked


def read_input(path: Path) -> Iterator[Pending]:
    """Yield the lines of a file that hold anything.

    Raises:
        BadCall: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                text = raw.decode("utf-8", "replace").strip()
                if text:
                    yield Pending(number, text)
    except OSError as error:
        raise BadCall("batch_input", path=str(path), reason=error.strerror or type(error).__name__) from error


def reason_of(error: Exception) -> str:
    """Return why a line cannot be read, without quoting it."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}".lstrip(": ")
    return "not JSON" if isinstance(error, json.JSONDecodeError) else str(error)


class Output:
    """The output file: appended to, one line in one write, by one process at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(f"{path}.lock")
        self._file = -1

    def __enter__(self) -> Self:
        try:
            self._lock.acquire(timeout=0)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except Timeout as error:
            raise BadCall("batch_busy", path=str(self._path)) from error
        except OSError as error:
            raise BadCall("batch_output", path=str(self._path), reason=error.strerror or type(error).__name__) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file >= 0:
            os.fsync(self._file)
            os.close(self._file)
        self._lock.release()

    def done(self) -> dict[int, str]:
        """Return the numbers of the lines that have a result, with what stands for their words; a half-written last line is cut off.

        Raises:
            BadCall: the file holds something else.
        """
        found: dict[int, str] = {}
        kept = 0
        with self._path.open("rb") as file:
            for raw in file:
                if not raw.endswith(b"\n"):
                    break
                try:
                    given = json.loads(raw)
                    found[int(given["line"])] = str(given["sha"])
                except (ValueError, KeyError, TypeError) as error:
                    raise BadCall("batch_foreign", path=str(self._path)) from error
                kept += len(raw)
        os.ftruncate(self._file, kept)
        return found

    def write(self, result: dict[str, Any]) -> None:
        """Append one result, whole."""
        data = f"{json.dumps(result, ensure_ascii=False)}\n".encode()
        while data:
            data = data[os.write(self._file, data) :]


def pending(lines: Iterator[Pending], done: dict[int, str], path: Path) -> list[Pending]:
    """Return the lines without a result.

    Raises:
        BadCall: a result is of another line than the one with its number now: the input was changed or is another.
    """
    left = []
    for line in lines:
        if line.number not in done:
            left.append(line)
        elif done[line.number] != line.sha:
            raise BadCall("batch_changed", path=str(path), line=line.number)
    return left
