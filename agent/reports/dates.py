"""When a report was measured, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

_DATE = re.compile(
    r"(?P<y>(?:19|20)\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)"
    r"|(?<!\d)(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y2>(?:19|20)\d\d)(?!\d)"
)
_LABELS = (
    re.compile(r"采样|采集|采血|抽血|取样|collect|drawn|sampl", re.I),
    re.compile(r"体检日期|检查日期|检查时间|检验日期|检验时间|送检|接收|receiv|exam|tested", re.I),
    re.compile(r"报告|审核|打印|report|print|issued", re.I),
)
_NO_DATE = re.compile(r"出生|生日|birth|dob", re.I)
_NAMED = re.compile(
    r"姓\s{0,4}名\s{0,4}[:：]\s{0,4}([\u4e00-\u9fff·]{2,8})|(?:patient(?: name)?|\bname)\s{0,4}:\s{0,4}([A-Za-z][A-Za-z.,' -]{1,40})", re.I
)
_BEFORE = 24


def measured_on(lines: Iterable[str], today: date) -> str:
    """Return when it was measured: the sampling before the examination before the printing; empty where no date is given."""
    found: list[tuple[int, int, str]] = []
    for number, line in enumerate(lines):
        for label, day in _dated(line, today):
            found.append((label, number, day))
    return min(found)[2] if found else ""


def named_on(lines: Iterable[str]) -> str:
    """Return whose name stands on a report."""
    match = next(filter(None, map(_NAMED.search, lines)), None)
    return re.split(r"\s{2,}|\t", (match[1] or match[2]).strip())[0] if match else ""


def without_dates(line: str) -> str:
    """Return a line without its dates, which are no results."""
    return _DATE.sub(" ", line)


def _dated(line: str, today: date) -> Iterator[tuple[int, str]]:
    for match in _DATE.finditer(line):
        before = line[max(0, match.start() - _BEFORE) : match.start()]
        day = _day(match)
        if day is None or not date(1980, 1, 1) <= day <= today or _NO_DATE.search(before):
            continue
        rank = max(((m.start(), -n) for n, label in enumerate(_LABELS) for m in label.finditer(before)), default=(-1, -len(_LABELS)))
        yield -rank[1], day.isoformat()


def _day(match: re.Match[str]) -> date | None:
    try:
        if match["y"]:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
        first, second = int(match["a"]), int(match["b"])
        month, day = (second, first) if first > 12 else (first, second)
        return date(int(match["y2"]), month, day)
    except ValueError:
        return None
