"""Server-sent events as the HTML standard has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream."""

    id: str
    event: str
    data: str


@dataclass
class Frames:
    """Puts frames together from bytes as they come; comments, which only keep the connection open, are passed over.

    Lines end at LF alone: ``httpx`` would also end them at U+2028 and its like, which may stand in an answer.
    """

    last_id: str = ""
    """Of the last frame that was whole."""
    _id: str | None = None
    _rest: bytes = b""
    _event: str = ""
    _data: list[str] = field(default_factory=list)

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """Take what has come and yield the frames that it completes."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            frame = self._line(line.removesuffix(b"\r").decode("utf-8", "replace"))
            if frame is not None:
                yield frame

    def again(self) -> None:
        """Forget what a broken connection left half-said; the last id stays."""
        self._rest, self._id, self._event, self._data = b"", None, "", []

    def _line(self, line: str) -> Frame | None:
        if not line:
            self.last_id = self.last_id if self._id is None else self._id
            frame = Frame(self.last_id, self._event or "message", "\n".join(self._data)) if self._data else None
            self._id, self._event, self._data = None, "", []
            return frame
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        return None
