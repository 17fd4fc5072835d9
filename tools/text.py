"""Text hygiene that every door of the program shares: cleaning, folding, splitting, telling the language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
# Each alternative begins with the character that it needs, so that the engine skips to it instead of trying every place.
_SENTENCE_END = re.compile(
    r"[。！？!?…]+[”」』）)\"']*(?:\s*\[\d+\])*|"
    r"\.(?<!\d\.)(?<!\bSt\.)(?<!\bst\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bvs\.)(?<!e\.g\.)(?<!i\.e\.)"
    r"(?:\s*\[\d+\])*(?=\s|$)|"
    r"\.(?<=\d\.)(?:\s*\[\d+\])*(?=\s+[A-Z]|\s*$)|\n+"
)
_CLAUSE = re.compile(r"[，,。．；;！!？?\n…]+|\.(?<!\d\.)(?=\s|$)|\s(?<=[a-z]\s)\s*(?=but\b)|(?=[但可]是)|(?=不过)(?<![喘透呼吸缓换])")
_NO_CHARACTER = re.compile("[\ufffc\ufffd]")
_REMEMBERED = 1024
"""Stretches of text whose parts are kept: the checks ask for those of one message again and again."""
_PUNCTUATION = "，。！？；：（）、《》【】“”‘’…—～"
_COMPATIBLE = re.compile(f"[^{_PUNCTUATION}]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def clean(text: str) -> str:
    """Return ``text`` that every library below can take.

    Lone surrogates, NUL, control, invisible and tag characters go; compatibility forms are unified (NFKC), so that full-width digits and
    U+FDFA cannot surprise a native library later. Chinese punctuation stays as the patient wrote it.
    """
    if text.isprintable() and unicodedata.is_normalized("NFKC", text) and not _NO_CHARACTER.search(text):
        return text.strip()  # nothing below would change it
    text = text.encode("utf-8", "ignore").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return _INVISIBLE.sub("", _COMPATIBLE.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)).strip()


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """Return cleaned text in lower case and simplified characters, one for one, so that offsets in it are offsets in the original."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_simplified()) if not lowered.isascii() and _traditional().search(lowered) else lowered


@cache
def _simplified() -> dict[int, str]:
    """Return the simplified form of every traditional character that has one."""
    from opencc import OpenCC

    traditional = [chr(point) for point in range(0x3400, 0xA000)]
    simplified = OpenCC("t2s").convert("\n".join(traditional)).split("\n")
    table = {ord(old): new for old, new in zip(traditional, simplified, strict=True) if old != new and len(new) == 1}
    return table | {ord("醯"): "酰"}  # the dictionary keeps it; drug names do not


@cache
def _traditional() -> re.Pattern[str]:
    """Return what finds a character that ``fold`` simplifies: most texts have none, and looking costs less than translating."""
    return re.compile(f"[{''.join(map(re.escape, map(chr, _simplified())))}]")


def clauses(text: str) -> Iterator[tuple[int, str]]:
    """Yield ``(offset, clause)`` for the stretches of text between punctuation marks."""
    return iter(_clauses(text))


@lru_cache(maxsize=_REMEMBERED)
def _clauses(text: str) -> tuple[tuple[int, str], ...]:
    parts, start = [], 0
    for mark in _CLAUSE.finditer(text):
        if part := text[start : mark.start()]:
            parts.append((start, part))
        start = mark.end()
    parts.append((start, text[start:]))
    return tuple(part for part in parts if part[1].strip())


def sentences(text: str) -> list[str]:
    """Split into sentences; a citation such as ``[1]`` after the full stop stays with its sentence."""
    return [sentence for _, sentence in spans(text)]


def spans(text: str) -> Iterator[tuple[int, str]]:
    """Yield ``(offset, sentence)`` for the sentences of ``sentences``."""
    return iter(_spans(text))


@lru_cache(maxsize=_REMEMBERED)
def _spans(text: str) -> tuple[tuple[int, str], ...]:
    found, start = [], 0
    for end in (*(mark.end() for mark in _SENTENCE_END.finditer(text)), len(text)):
        if stripped := text[start:end].strip():
            found.append((text.index(stripped, start), stripped))
        start = end
    return tuple(found)


def language_of(text: str, default: str = "zh") -> str:
    """Return ``zh`` or ``en`` by the script of most letters; ``default`` when there are none."""
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if not han and not latin:
        return default
    # One Chinese character carries about as much as one English word of five letters.
    return "zh" if han * 5 >= latin else "en"
