"""Text of a model, a document or a person, shown as the text it is: no picture, link, heading, formula, colour or HTML comes of it."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$=^\"'&%])")
_HIDDEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MADE_LATER = re.compile(r"(?i)(?<=:)(?=[a-z/+\-_])|(?<=www)(?=\.)|(?=@)")
"""Where links, icons and emoji are made out of text after backslashes have been read; an invisible joiner there keeps text text."""
_JOINER = "\u2060"


def plain(words: str) -> str:
    """Return Markdown that shows exactly these words; lines stay lines."""
    lines = _MADE_LATER.sub(_JOINER, _HIDDEN.sub("", words)).split("\n")
    return "  \n".join(_SPECIAL.sub(r"\\\1", line.strip()) for line in lines)
