"""The summary as Markdown; what people wrote is shown as they wrote it and makes no markup."""

from __future__ import annotations

import re

from agent.visit.summary import VisitSummary, aigc

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LINE_START = re.compile(r"^(\s*\d{0,9})([-+=.)])(?=\s|$|[-=])", re.M)


def markdown(summary: VisitSummary) -> str:
    """Return the file: its label stands in the metadata, above and below the text."""
    parts = [
        "---",
        f"AIGC: {aigc(summary)}",
        "---",
        "",
        f"# {_plain(summary.title)}",
        "",
        f"> {summary.label}",
        "",
        _plain(summary.about),
        "",
    ]
    for heading, words in summary.sections():
        parts += [f"## {_plain(heading)}", "", *(f"{_plain(line)}  " if line else "" for line in words.split("\n")), ""]
    return "\n".join([*parts, f"> {summary.label}", ""])


def _plain(words: str) -> str:
    return _LINE_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", words.strip()))
