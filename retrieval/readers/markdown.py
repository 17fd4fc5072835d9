"""Markdown, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import yaml

from retrieval.documents import FRONT_MATTER, Tier
from retrieval.errors import DocumentError
from retrieval.readers.encoding import decode
from retrieval.readers.parsed import Limits, Parsed
from retrieval.readers.years import year_of

_IMAGE = re.compile(r"!\[[^\[\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)|\[[^\[\]\n]*\])")
_LINK = re.compile(r"(?<!\\)\[(?P<text>[^\[\]\n]+)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_\n]+?)(?<=\S)\1")
_TAG = re.compile(r"</?(?:br|p|div|span|a|img|b|i|u|strong|em|sub|sup|font|center|details|summary)\b[^<>\n]*>", re.I)
_RULER = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$")
_OPENING = re.compile(r"---\n\s*[\w\"'-]+\s*:")


def read(path: Path, limits: Limits) -> Iterator[Parsed]:
    """Yield the one document of a file.

    Front matter with the project's own keys must be complete; that of other programs gives title, author and date where it has them.

    Raises:
        DocumentError: no text, or front matter that cannot be understood.
    """
    text = decode(path.read_bytes(), path)
    if not _OPENING.match(text):
        body = tidy(text)
        yield Parsed(body, _heading(body))
        return
    head, mark, rest = text[4:].partition("\n---")
    values = _values(head, path) if mark else None
    if not isinstance(values, dict):
        raise DocumentError("document_front_matter", path=str(path), reason="no closing ---")
    body = tidy(rest.partition("\n")[2])
    yield _own(values, body, path) if _is_own(values) else _foreign(values, body)


def _values(head: str, path: Path) -> Any:
    try:
        return yaml.safe_load(head)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise DocumentError("document_front_matter", path=str(path), reason=str(error).splitlines()[0]) from error


def _is_own(values: dict[str, Any]) -> bool:
    return len(FRONT_MATTER & set(values)) > len(FRONT_MATTER) // 2


def _own(values: dict[str, Any], body: str, path: Path) -> Parsed:
    if set(values) != FRONT_MATTER:
        odd = ", ".join(sorted(str(key) for key in set(values) ^ FRONT_MATTER))
        raise DocumentError("document_front_matter", path=str(path), reason=odd)
    texts = all(isinstance(values[key], str) and values[key].strip() for key in ("id", "title", "publisher", "source"))
    words = values["keywords"]
    # A list within the list could, by YAML's references, be of any depth.
    words_fit = isinstance(words, list) and all(isinstance(word, str | int | float) for word in words)
    rest = words_fit and type(values["year"]) is int and isinstance(values["reviewed"], bool)
    if not texts or not rest:
        raise DocumentError("document_front_matter", path=str(path), reason="wrong type of a value")
    if values["language"] not in ("zh", "en") or values["tier"] not in get_args(Tier):
        raise DocumentError("document_front_matter", path=str(path), reason="language or tier")
    return Parsed(**values | {"body": body, "keywords": tuple(map(str, words))})


def _foreign(values: dict[str, Any], body: str) -> Parsed:
    """Take from the front matter of other programs what is of use, and nothing that is not a plain value."""
    words = values.get("keywords", values.get("tags", []))
    words = words.split(",") if isinstance(words, str) else words if isinstance(words, list) else []
    when = values.get("year", values.get("date"))
    tier, language = _text(values.get("tier")), _text(values.get("language", values.get("lang")))[:2].lower()
    return Parsed(
        body,
        title=_text(values.get("title")) or _heading(body),
        keywords=tuple(word.strip() for word in words if isinstance(word, str) and word.strip()),
        language=language if language in ("zh", "en") else "",
        publisher=_text(values.get("publisher", values.get("author"))),
        source=_text(values.get("source")),
        year=year_of(str(when)) if isinstance(when, str | int | date) else 0,
        tier=tier if tier in get_args(Tier) else "",
    )


def _text(value: object) -> str:
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


def _heading(body: str) -> str:
    return next((line.lstrip("#").strip() for line in body.split("\n") if line.startswith("#")), "")


def tidy(text: str) -> str:
    """Return Markdown without comments, images, addresses of links and bold marks, with ``#`` headings and ``| a | b |`` tables only."""
    text = _IMAGE.sub("", "".join(_visible(text)))
    text = _TAG.sub(" ", _LINK.sub(lambda link: link["text"], text))
    return "\n".join(_lines(_BOLD.sub(r"\2", text).strip().split("\n")))


def _visible(text: str) -> Iterator[str]:
    """Yield what stands outside comments; one that never ends hides nothing."""
    position = 0
    while (start := text.find("<!--", position)) >= 0 and (end := text.find("-->", start)) >= 0:
        yield text[position:start]
        position = end + 3
    yield text[position:]


def _lines(lines: list[str]) -> Iterator[str]:
    held: str | None = None
    in_table = in_fence = False
    for line in lines:
        in_fence ^= line.startswith(("```", "~~~"))
        mark = "" if in_fence or held is None or not held.strip() else _mark_under(held, line)
        if mark:
            yield f"{mark} {held.strip()}" if held and mark != "|" else _row(held or "")
            held, in_table = None, mark == "|"
            continue
        if held is not None:
            yield held
        in_table = in_table and "|" in line
        held = _row(line) if in_table else line
    if held is not None:
        yield held


def _mark_under(above: str, line: str) -> str:
    """Return what a line makes of the one above it: ``#`` or ``##`` (a heading underlined), ``|`` (the header of a table) or nothing."""
    if "|" in above and "|" in line and _RULER.match(line):
        return "|"
    if above.lstrip().startswith(("#", "|", ">", "-", "*", "+")) or line[:1] not in ("=", "-"):
        return ""
    bare = line.strip()
    return "#" if len(bare) > 1 and set(bare) == {"="} else "##" if len(bare) > 1 and set(bare) == {"-"} else ""


def _row(line: str) -> str:
    return "| " + " | ".join(cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")) + " |"
