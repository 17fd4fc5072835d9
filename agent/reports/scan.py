"""One line of a report into values: names, results, units, ranges and marks in whatever order the laboratory prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agent.reports.analytes import analyte_of
from agent.reports.cells import LABEL, PRESSURE_RANGE, PRESSURES, QUALITY, RANGE, RESULT, UNIT, Flag, flag_of, flat, is_flag

_WORD = re.compile(r"[^\s:;,()\[\]。；，↑↓⬆⬇▲▼]+")
_ARROWS = re.compile(r"[↑⬆▲↓⬇▼]{1,3}")
_GROUP = re.compile(r"[(\[][^()\[\]\t]{1,30}[)\]]")
_SPACE = re.compile(r"[ \t:]+")
_GAP = re.compile(r"[ \t:()\[\]]+")
_STOP = re.compile(r"[;,。；，]")
_LETTER = re.compile(r"[A-Za-z\u3400-\u9fffα-ω]")
_ADMIN = re.compile(
    r"年龄|姓名|性别|电话|手机|床号|编号|条码|号码|日期|时间|科室|病历|门诊号|住院号|样本|标本|金额|费用|页"
    r"|\b(?:age|phone|tel|id|date|time|page|room|dob|mrn|specimen|fax|zip|account)\b",
    re.I,
)
_NAME_CHARS = 60


@dataclass(slots=True)
class Found:
    """What a line says of one thing; texts as printed."""

    names: list[str] = field(default_factory=list)
    result: str = ""
    unit: str = ""
    reference: str = ""
    flag: Flag = ""

    @property
    def name(self) -> str:
        """Its name as printed."""
        return " ".join(self.names)

    @property
    def plausible(self) -> bool:
        """Whether this is a measured value, and not an age, a telephone number or a sentence with a number in it."""
        if not self.result or not 0 < len(self.name) <= _NAME_CHARS or not _LETTER.search(self.name) or _ADMIN.search(self.name):
            return False
        return analyte_of(self.name) is not None or bool(self.unit or self.reference)


def scan(cells: Sequence[str]) -> list[Found]:
    """Return the values of a line."""
    return [found for found in _Line("\t".join(map(flat, cells))).read() if found.plausible]


def scan_named(name: str, cells: Sequence[str]) -> Found:
    """Return what cells say of the one thing that they are known to be about."""
    line = _Line("\t".join(map(flat, cells)), Found([flat(name)]))
    return next(line.read(), line.found)


class _Line:
    def __init__(self, text: str, named: Found | None = None) -> None:
        self._text = text
        self._at = 0
        self._one = named is not None
        self.found = named or Found()

    def read(self) -> Iterator[Found]:
        """Yield everything that has a result."""
        while self._at < len(self._text):
            self._take(_SPACE)
            if not self._abbreviated():
                self._take(_GAP)
            if self._at >= len(self._text):
                break
            yield from self._stopped() if self._take(_STOP) else self._next()
        if self.found.result:
            yield self.found

    def _next(self) -> Iterator[Found]:
        if self._take(LABEL):
            return
        taken = self._value() if self.found.result else self._result()
        if not taken:
            yield from self._word()

    def _stopped(self) -> Iterator[Found]:
        if self._one:
            return
        if self.found.result:
            yield self.found
        self.found = Found()

    def _result(self) -> bool:
        """Take a result, once there is a name; a number before it only counts the lines."""
        if self._abbreviated():
            self.found.names[-1] += self._take(_GROUP)
            return True
        for pattern in (PRESSURES, RESULT):
            match = pattern.match(self._text, self._at)
            if match and self._ends(match.end()):
                self._at = match.end()
                if self.found.names:
                    self.found.result = match[0]
                return True
        if self.found.names and (match := QUALITY.match(self._text, self._at)) and self._ends(match.end()):
            self._at = match.end()
            self.found.result = match[0]
            return True
        return False

    def _abbreviated(self) -> bool:
        """Tell whether brackets follow that belong to the name: 白细胞计数(WBC)."""
        group = self._peek(_GROUP) if self.found.names and not self.found.result else ""
        return bool(group) and not QUALITY.fullmatch(group) and not RANGE.fullmatch(group[1:-1].strip())

    def _value(self) -> bool:
        """Take what belongs to a result."""
        if (mark := self._take(_ARROWS)) or ((mark := self._peek(_WORD)) and is_flag(mark) and self._take(_WORD)):
            self.found.flag = self.found.flag or flag_of(mark)
            return True
        for pattern in (PRESSURE_RANGE, RANGE):
            if text := self._take(pattern):
                self.found.reference = self.found.reference or text.strip()
                return True
        if not self.found.unit and (text := self._take(UNIT)):
            self.found.unit = text.strip()
            return True
        match = RESULT.match(self._text, self._at)  # an earlier result beside the new one
        if match and self._ends(match.end()):
            self._at = match.end()
            return True
        word = self._peek(_WORD)
        if word and not self.found.reference and QUALITY.fullmatch(word):
            self.found.reference = self._take(_WORD)
            return True
        return False

    def _word(self) -> Iterator[Found]:
        word = self._take(_WORD)
        if not word:
            self._at += 1
            return
        if self._one:
            return
        if self.found.result:
            yield self.found
            self.found = Found()
        self.found.names.append(word)

    def _ends(self, at: int) -> bool:
        """Tell whether a number ends here, or a unit or a mark follows: 25-羟基维生素D and 45岁 are words."""
        rest = self._text[at : at + 1]
        return (
            not rest
            or rest in " \t()[];,。；，↑↓⬆⬇▲▼*"
            or UNIT.match(self._text, at) is not None
            or self._text[at : at + 2] in ("HH", "LL")
        )

    def _peek(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        return match[0] if match else ""

    def _take(self, pattern: re.Pattern[str]) -> str:
        text = self._peek(pattern)
        self._at += len(text)
        return text
