"""The summary as one page of PDF; what does not fit is set smaller."""

from __future__ import annotations

from html import escape
from io import BytesIO
from typing import Any

from agent.visit.fonts import font
from agent.visit.summary import PRODUCER, VisitSummary, aigc

_MARGIN, _FOOT = 50.0, 46.0
_INK, _SOFT = "#1b1b1b", "#444444"


def pdf(summary: VisitSummary, face: str = "") -> bytes:
    """Return the file: its label stands in its metadata, above and below the text.

    Args:
        summary: what to set.
        face: a font that reportlab knows; empty: the best one of this machine.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Frame, KeepInFrame

    face, written = face or font(), BytesIO()
    canvas = Canvas(written, pagesize=A4, lang="zh-CN" if summary.language == "zh" else "en")
    width, height = A4
    _describe(canvas, summary)
    room = (width - 2 * _MARGIN, height - 2 * _MARGIN - _FOOT)
    whole = KeepInFrame(*room, _story(summary, face), mode="shrink")
    Frame(_MARGIN, _MARGIN + _FOOT, *room, 0, 0, 0, 0).addFromList([whole], canvas)
    foot = _paragraph(summary.label, face, 8.5, _SOFT)
    foot.wrapOn(canvas, room[0], _FOOT)
    foot.drawOn(canvas, _MARGIN, _MARGIN)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def _describe(canvas: Any, summary: VisitSummary) -> None:
    """Write title, language and the implicit label into the document's information dictionary."""
    from reportlab.pdfbase.pdfdoc import PDFInfo, PDFString

    class Labelled(PDFInfo):  # type: ignore[misc]
        """reportlab writes only the entries that it knows."""

        def format(self, document: Any) -> bytes:
            body: bytes = super().format(document)
            label: bytes = PDFString(aigc(summary)).format(document)
            return body.rstrip()[:-2] + b"/AIGC " + label + b" >>"

    canvas._doc.info = Labelled()
    canvas.setTitle(f"{summary.title} {summary.made_on}")
    canvas.setAuthor(PRODUCER)
    canvas.setCreator(PRODUCER)
    canvas.setSubject(summary.label)


def _story(summary: VisitSummary, face: str) -> list[Any]:
    from reportlab.platypus import HRFlowable, Spacer

    story = [_paragraph(summary.title, face, 18, _INK), Spacer(1, 4), _paragraph(summary.label, face, 9, _SOFT), Spacer(1, 4)]
    story += [_paragraph(summary.about, face, 10, _SOFT), Spacer(1, 4), HRFlowable(width="100%", color=_SOFT)]
    for heading, words in summary.sections():
        story += [Spacer(1, 8), _paragraph(heading, face, 12.5, _INK), Spacer(1, 2), _paragraph(words, face, 10.5, _INK)]
    return story


def _paragraph(words: str, face: str, size: float, colour: str) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle("plain", fontName=face, fontSize=size, leading=size * 1.45, textColor=HexColor(colour), wordWrap="CJK")
    return Paragraph("<br/>".join(escape(line) for line in words.split("\n")), style)
