"""Bytes of a text file into text: by its byte order mark, as UTF-8, or, as many Chinese files are, as GB 18030."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from retrieval.documents import plain
from retrieval.errors import DocumentError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PIECE = 1 << 20
_COMMON = 0.6
"""Least share of common characters; other encodings read as GB 18030 give rare ones."""
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_TWISTED = re.compile(r"[\x80-\xff][\x20-\xff]*[\x80-\xff]")


def decode(raw: bytes, path: Path, encoding: str = "") -> str:
    """Return the text of a whole file, with one kind of newline and without control characters.

    Args:
        raw: its bytes.
        path: named in errors.
        encoding: what the file itself declares; tried first.

    Raises:
        DocumentError: the bytes are not text, or of an encoding that is not recognised.
    """
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), "")
    if not marked and b"\0" in raw:
        raise DocumentError("document_binary", path=str(path))
    for name in (marked,) if marked else (encoding, "utf-8", "gb18030"):
        text = _decoded(raw, name) if name else None
        if text is not None:
            if len(_CONTROLS.findall(text[:_PIECE])) * 20 > len(text[:_PIECE]) + 20:
                raise DocumentError("document_binary", path=str(path))
            return plain(text)
    raise DocumentError("document_encoding", path=str(path))


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        text = raw.decode(encoding)
    except (UnicodeError, LookupError):
        return None
    # A GB label on a page usually means the larger GB 18030, so that a label is no proof of being right either.
    return text if not encoding.lower().startswith("gb") or is_chinese(text) else None


def is_chinese(text: str) -> bool:
    """Return whether text that was read as GB 18030 looks like Chinese, not like another encoding misread."""
    foreign = "".join(char for char in text[:_PIECE] if not char.isascii())
    common = len(foreign.encode("gb2312", "ignore").decode("gb2312"))
    return common >= _COMMON * len(foreign)


def encoding_of(path: Path) -> str:
    """Return the encoding of a file that is too long to be read at once.

    Raises:
        DocumentError: as `decode`.
    """
    with path.open("rb") as file:
        head = file.read(_PIECE)
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
        if marked:
            return marked
        if b"\0" in head:
            raise DocumentError("document_binary", path=str(path))
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while head:
                decoder.decode(head)
                head = file.read(_PIECE)
            decoder.decode(b"", final=True)
            return "utf-8"
        except UnicodeDecodeError:
            pass
        file.seek(0)
        sample = codecs.getincrementaldecoder("gb18030")("replace").decode(file.read(_PIECE))
    if "\ufffd" in sample or not is_chinese(sample):
        raise DocumentError("document_encoding", path=str(path))
    return "gb18030"


def mended(text: str) -> str:
    """Return ``text`` with GB 18030 that somebody read as Latin-1 (``¸ÐÃ°``) turned back into Chinese."""
    return _TWISTED.sub(_mend, text) if _TWISTED.search(text) else text


def _mend(run: re.Match[str]) -> str:
    high = sum(char > "\x7f" for char in run[0])
    if high < 8 or high * 2 < len(run[0]):
        return run[0]
    text = run[0].encode("latin-1").decode("gb18030", "replace")
    lost = text.count("\ufffd")
    return text.replace("\ufffd", "") if lost <= 1 + len(text) // 50 and is_chinese(text.replace("\ufffd", "")) else run[0]
