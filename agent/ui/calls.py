"""Numbers to call as links: a telephone dials them at a touch, and the keyboard reaches them."""

from __future__ import annotations

import re
from functools import cache

from agent.ui.plain import plain
from configs.locales import LANGUAGES, catalogue

_SAYING = ("emergency.call_ambulance", "emergency.call_crisis", "emergency.call_poison", "ui.emergency_now")
"""The texts that say a number; digits anywhere else, as of a rate or a dose, are none to call."""
_BLANK = re.compile(r"\\\{(\w+)\\\}")


def linked(words: str) -> str:
    """Return Markdown that shows exactly these words; the numbers to call are links."""
    return "  \n".join(_line(line.strip()) for line in words.split("\n"))


def _line(line: str) -> str:
    found = next(filter(None, (pattern.fullmatch(line) for pattern in _patterns())), None)
    if found is None:
        return plain(line)
    before, number, after = line[: found.start("number")], found["number"], line[found.end("number") :]
    space, later = (" " if before.endswith(" ") else ""), (" " if after.startswith(" ") else "")
    return f"{plain(before)}{space}[{plain(number)}](tel:{re.sub('[^0-9]', '', number)}){later}{plain(after)}"


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    blanks = {"number": r"(?P<number>[0-9](?:[0-9 -]*[0-9])?)"}
    said = [
        catalogue(language)[key].lstrip("⚠ ") for language in LANGUAGES for key in _SAYING
    ]  # an answer keeps the language it was given in
    return tuple(re.compile(_BLANK.sub(lambda found: blanks.get(found[1], ".+?"), re.escape(words))) for words in said)
