"""DOCX and XLSX made by the libraries that people's files pass through, read back."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest

from .reading import chunks_of, read, read_one


def leaflet(path: Path) -> Path:
    """Write a package insert with headings, lists and a table with a merged cell."""
    source = docx.Document()
    source.core_properties.author = "某药厂"
    source.add_heading("某胶囊说明书（2019年）", 0)
    source.add_heading("用药", 1)
    source.add_heading("儿童", 2)
    source.add_paragraph("注意：")
    for text in ("过敏者禁用", "出现皮疹立即停药"):
        source.add_paragraph(text, style="List Bullet")
    for text in ("先做皮试", "再给药"):
        source.add_paragraph(text, style="List Number")
    table = source.add_table(rows=3, cols=2)
    for row, cells in enumerate([("年龄", "频次"), ("婴儿", "两次"), ("", "三次")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    source.add_paragraph("【禁忌】对青霉素过敏者禁用。")
    last = source.add_paragraph("看得见")
    last.add_run("看不见").font.hidden = True
    source.save(path)
    return path


def test_headings_lists_and_tables_of_a_docx_stay_what_they_are(tmp_path: Path) -> None:
    document = read_one(leaflet(tmp_path / "a.docx"))
    assert (document.title, document.publisher, document.source, document.year) == ("某胶囊说明书（2019年）", "某药厂", "a.docx", 2019)
    assert document.body.split("\n\n") == [
        "# 用药",
        "## 儿童",
        "注意：",
        "- 过敏者禁用\n- 出现皮疹立即停药\n1. 先做皮试\n2. 再给药",
        "| 年龄 | 频次 |\n| 婴儿 | 两次 |\n| 婴儿 | 三次 |",
        "## 禁忌",
        "对青霉素过敏者禁用。",
        "看得见",
    ]
    assert [(chunk.section, chunk.kind) for chunk in chunks_of(tmp_path / "a.docx")] == [
        ("用药 › 儿童", "medicines"),
        ("用药 › 禁忌", "caution"),
    ]


def test_short_bold_lines_are_headings_where_a_docx_has_no_styles(tmp_path: Path) -> None:
    source = docx.Document()
    for heading, text in (("一、概述", "高血压是常见病。"), ("饮食建议", "少吃盐。")):
        source.add_paragraph().add_run(heading).bold = True
        source.add_paragraph(text)
    source.save(tmp_path / "a.docx")
    assert [(chunk.section, chunk.kind) for chunk in chunks_of(tmp_path / "a.docx")] == [("一、概述", "overview"), ("饮食建议", "passage")]


def test_inserted_text_is_read_and_deleted_text_is_not(tmp_path: Path) -> None:
    path = leaflet(tmp_path / "a.docx")
    _rewrite(
        path,
        "word/document.xml",
        lambda xml: xml.replace("看得见", "看得见</w:t></w:r><w:ins><w:r><w:t>新增</w:t></w:r></w:ins><w:r><w:t>"),
    )
    _rewrite(path, "word/document.xml", lambda xml: xml.replace("过敏者禁用</w:t>", "禁用</w:t><w:delText>删去</w:delText>", 1))
    body = read_one(path).body
    assert "看得见新增" in body and "删去" not in body


def _rewrite(path: Path, member: str, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[member] = change(parts[member].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def catalogue(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "药品"
    rows = [["某院药品目录"], ["类别", "药名", "自付", "更新"]]
    rows += [["抗生素", "阿莫西林", 0.1, datetime.datetime(2024, 1, 31)], [None, "头孢克肟", 0.05, None], ["止痛", "布洛芬", 0, "=1/0"]]
    for row in rows:
        sheet.append(row)
    for row in range(3, 6):
        sheet.cell(row, 3).number_format = "0%"
    sheet.merge_cells("A3:A4")
    second = book.create_sheet("科室")
    for row in [["科室", "电话"], ["内科", 8001]]:
        second.append(row)
    book.create_sheet("内部").append(["不", "读"])
    book["内部"].sheet_state = "hidden"
    book.save(path)
    return path


def test_every_row_of_a_workbook_is_a_passage_that_carries_its_header(tmp_path: Path) -> None:
    assert [(chunk.section, chunk.text) for chunk in chunks_of(catalogue(tmp_path / "a.xlsx"))] == [
        ("药品", "某院药品目录"),
        ("药品 › 阿莫西林", "类别：抗生素；药名：阿莫西林；自付：10%；更新：2024-01-31"),
        ("药品 › 头孢克肟", "类别：抗生素；药名：头孢克肟；自付：5%"),
        ("药品 › 布洛芬", "类别：止痛；药名：布洛芬；自付：0%"),
        ("科室 › 内科", "科室：内科；电话：8001"),
    ]


def test_a_workbook_of_questions_and_answers_is_one_document_a_row(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [["问题", "答案"], ["感冒怎么办", "多休息。"], ["头痛怎么办", None]]:
        book.active.append(row)
    book.save(tmp_path / "qa.xlsx")
    documents, errors = read(tmp_path)
    assert [(d.id, d.title, d.body) for d in documents] == [("qa-2", "感冒怎么办", "多休息。")]
    assert errors == ["document_line"]


def test_a_cell_at_the_far_end_of_a_sheet_costs_no_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"], book.active["XFD1048576"] = "首", "尾"
    book.save(tmp_path / "a.xlsx")
    assert read_one(tmp_path).body == "首\n\n尾"


@pytest.mark.parametrize(("name", "member"), [("a.docx", "word/document.xml"), ("a.xlsx", "xl/workbook.xml")])
def test_xml_entities_in_office_files_are_refused(tmp_path: Path, name: str, member: str) -> None:
    path = leaflet(tmp_path / name) if name == "a.docx" else catalogue(tmp_path / name)
    declaration = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    _rewrite(
        path,
        member,
        lambda xml: xml[: xml.index("?>") + 2] + declaration + xml[xml.index("?>") + 2 :] if "?>" in xml else declaration + xml,
    )
    assert read(path) == ([], ["document_entities"])
