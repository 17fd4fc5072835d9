"""The year of a source, where a file tells one that can be true."""

from __future__ import annotations

import re
from datetime import date

_YEAR = re.compile(r"(?<!\d)(?:19[5-9]\d|20\d\d)(?!\d{1,3}(?!\d))")


def year_of(text: str) -> int:
    """Return the first year in ``text`` that is neither before 1950 nor in the future; 0 where there is none.

    ``D:20240131`` and ``2024-01-31`` are read too.
    """
    return next((year for found in _YEAR.findall(text) if (year := int(found)) <= date.today().year), 0)
