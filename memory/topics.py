"""What the assistant has just asked about, so that a bare "no" or "青霉素" is understood; its words themselves never make a fact."""

from __future__ import annotations

import re
from typing import Literal

from tools.text import fold, sentences

Topic = Literal["", "allergy", "medication"]

_ALLERGY = re.compile(r"过敏|\ballerg\w+|\b(?:adverse|bad) reactions?\b|\bintoleran\w+")
_MEDICATION = re.compile(
    r"(?:吃|用|服)(?:着|了)?(?:什么|哪些|别的|其他)[^,，。]{0,4}药|在(?:吃|用|服)[^,，。]{0,6}药|用药情况|"
    r"\b(?:taking|take|on|using|use|prescribed)\b[^.?!]{0,30}\b(?:medications?|medicines?|meds|drugs?|pills?|anything)\b|"
    r"\b(?:medications?|medicines?|meds)\b[^.?!]{0,40}\b(?:taking|take|on|using|use|now|currently)\b|\bwhat (?:medications?|"
    r"medicines?|meds)\b"
)


def topic_of(words: str) -> Topic:
    """Return what the last question in the assistant's cleaned words asks about."""
    for sentence in reversed(sentences(fold(words))):
        if sentence.rstrip(" 」”\"'").endswith(("?", "？")) or re.search(r"吗|请先?告诉|tell me", sentence):
            if _ALLERGY.search(sentence):
                return "allergy"
            return "medication" if _MEDICATION.search(sentence) else ""
    return ""
