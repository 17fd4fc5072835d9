"""PDF files made by reportlab, in Chinese and English, read back as a reader would see them."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, FrameBreak, PageTemplate, Paragraph, SimpleDocTemplate, Spacer, Table

from retrieval.readers.pdf import mended

from .reading import chunks_of, read, read_one

FONT = "STSong-Light"
PARAGRAPH = (
    "发热的人应当多喝水，注意休息，并且观察精神、面色和尿量。体温高于38.5℃并且不舒服时，可以用退热药，目的是让人舒服，不是追求正常。"
)


def _style(size: float, indent: float = 0, **more: object) -> ParagraphStyle:
    return ParagraphStyle(str(size), fontName=FONT, fontSize=size, leading=size * 1.5, firstLineIndent=indent, wordWrap="CJK", **more)


TEXT, LARGE, MIDDLE, SMALL = _style(10.5, 21), _style(18), _style(14), _style(12)


def _head_and_foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawString(60, 810, "中国儿童发热诊疗指南")
    canvas.drawCentredString(297, 30, f"第 {document.page} 页")


def guideline(path: Path) -> Path:
    """Write a guideline with nested headings, a list, a table over two pages and running heads."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    bullets = _style(10.5, leftIndent=20, bulletIndent=8)
    rows = [["药物", "最小年龄"], *([f"药物{n}", f"{n}月龄"] for n in range(40))]
    table = Table(rows, repeatRows=1, style=[("FONT", (0, 0), (-1, -1), FONT, 10), ("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
    story: list[Flowable] = [Paragraph("儿童发热诊疗指南（2021年版）", LARGE), Paragraph("1 概述", MIDDLE), Paragraph(PARAGRAPH * 2, TEXT)]
    story += [Paragraph("2 用药", MIDDLE), Paragraph("2.1 儿童", SMALL), Paragraph("可用的药如下：", TEXT)]
    story += [Paragraph(text, bullets, bulletText="•") for text in ("对乙酰氨基酚：用于2月龄以上。" + PARAGRAPH, "布洛芬：用于6月龄以上。")]
    story += [Paragraph("表1 最小年龄", TEXT), table, Paragraph("3 何时就医", MIDDLE), *(Paragraph(PARAGRAPH, TEXT) for _ in range(12))]
    document = SimpleDocTemplate(str(path), pagesize=A4, title="儿童发热诊疗指南（2021年版）", author="某医学会")
    document.build(story, onFirstPage=_head_and_foot, onLaterPages=_head_and_foot)
    return path


def test_a_guideline_keeps_its_headings_list_table_and_pages(tmp_path: Path) -> None:
    document = read_one(guideline(tmp_path / "a.pdf"))
    assert (document.title, document.publisher, document.year) == ("儿童发热诊疗指南（2021年版）", "某医学会", 2021)
    parts = document.body.split("\n\n")
    assert parts[:3] == ["# 儿童发热诊疗指南（2021年版）", "## 1 概述", PARAGRAPH * 2]
    assert parts[3:6] == ["## 2 用药", "### 2.1 儿童", "可用的药如下："]
    assert parts[6] == f"- 对乙酰氨基酚：用于2月龄以上。{PARAGRAPH}\n- 布洛芬：用于6月龄以上。"
    assert parts[7] == "表1 最小年龄"
    assert parts[8].split("\n") == ["| 药物 | 最小年龄 |", *(f"| 药物{n} | {n}月龄 |" for n in range(40))]
    assert parts[9] == "## 3 何时就医" and "".join(parts[10:]) == PARAGRAPH * 12
    assert "第 1 页" not in document.body and "中国儿童" not in document.body
    assert len(document.pages) >= 2 and document.pages[0] == 0


def test_its_chunks_carry_path_page_and_columns(tmp_path: Path) -> None:
    chunks = chunks_of(guideline(tmp_path / "a.pdf"), 200)
    sections = list(dict.fromkeys(chunk.section for chunk in chunks))
    assert sections == ["1 概述", "2 用药 › 2.1 儿童", "2 用药 › 2.1 儿童 › 药物 | 最小年龄", "3 何时就医"]
    pages = [chunk.page for chunk in chunks]
    assert pages == sorted(pages) and pages[0] == 1 and pages[-1] >= 2
    assert next(chunk.page for chunk in chunks if "药物39" in chunk.text) == 2


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    width = (A4[0] - 140) / 2
    frames = [Frame(60, 740, A4[0] - 120, 60), Frame(60, 50, width, 680), Frame(80 + width, 50, width, 680)]
    document = BaseDocTemplate(str(tmp_path / "a.pdf"), pagesize=A4)
    document.addPageTemplates([PageTemplate("two", frames)])
    text = ParagraphStyle("t", fontName="Times-Roman", fontSize=10, leading=12, alignment=4)
    bold = ParagraphStyle("h", fontName="Times-Bold", fontSize=10, leading=14)
    title = ParagraphStyle("title", fontName="Times-Bold", fontSize=16, leading=20)
    sentences = [f"Sentence number {n} tells the reader to rest and to drink enough water." for n in range(120)]
    story: list[Flowable] = [Paragraph("Sore Throat in Adults", title), FrameBreak()]
    for n, name in enumerate(["Introduction", "Treatment", "Contraindications"]):
        story += [Paragraph(name, bold), Paragraph(" ".join(sentences[n * 40 : n * 40 + 40]), text), Spacer(1, 6)]
    document.build(story)
    found = read_one(tmp_path / "a.pdf")
    assert " ".join(part for part in found.body.split("\n\n") if not part.startswith("#")) == " ".join(sentences)
    assert [part for part in found.body.split("\n\n") if part.startswith("#")] == [
        "# Sore Throat in Adults",
        "## Introduction",
        "## Treatment",
        "## Contraindications",
    ]


def test_the_characters_of_pdf_fonts_are_those_that_people_type() -> None:
    assert mended("服\u2f64须知，\ufb01bre，①㎎") == "服用须知，fibre，①㎎"


def test_a_scan_without_text_is_an_error_that_names_the_remedy(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.rect(10, 10, 100, 100)
    canvas.save()
    assert read(tmp_path) == ([], ["document_scanned"])
