"""A font for Chinese in a PDF: one of this machine, whose used characters are put into the file, or else the one every reader brings.

Adobe's STSong-Light needs no file: readers know it by name and show it with a font of their own. A TrueType font that is there is better,
as the page then looks the same everywhere. Fonts whose outlines are PostScript (Noto Sans CJK) cannot be put in.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILES = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "C:/Windows/Fonts/simhei.ttf",
    "C:/Windows/Fonts/msyh.ttc",
)
_NAME, _CARRIED = "shensi-han", "STSong-Light"


@cache
def font(files: tuple[str, ...] = _FILES) -> str:
    """Return the name of a font that shows both languages, made known to reportlab."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    for file in files:
        if Path(file).is_file():
            try:
                pdfmetrics.registerFont(TTFont(_NAME, file))
            except TTFError:
                continue
            return _NAME
    pdfmetrics.registerFont(UnicodeCIDFont(_CARRIED))
    return _CARRIED
