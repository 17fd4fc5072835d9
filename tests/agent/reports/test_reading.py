"""Reports of all kinds and layouts, read without a model."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.reports.reading import read_file, read_report
from agent.wire.reports import ReportRead
from retrieval.errors import DocumentError
from retrieval.readers.parsed import Limits
from tests.support.reports import (
    CHECK_UP,
    CHECK_UP_READ,
    EN,
    EN_HEAD,
    EN_READ,
    TWO,
    TWO_READ,
    ZH,
    ZH_HEAD,
    ZH_READ,
    lines_pdf,
    table_csv,
    table_docx,
    table_pdf,
    table_xlsx,
)


def plain_pdf(path: Path, rows: object, head: object) -> Path:
    return table_pdf(path, rows, head, ruled=False)  # type: ignore[arg-type]


def said(*lines: str) -> ReportRead:
    return read_report(lines, "report.csv", "zh")


@pytest.mark.parametrize(
    ("make", "ending"), [(table_pdf, "pdf"), (plain_pdf, "pdf"), (table_docx, "docx"), (table_xlsx, "xlsx"), (table_csv, "csv")]
)
@pytest.mark.parametrize(
    ("rows", "head", "read", "day"),
    [(ZH, ZH_HEAD, ZH_READ, "2026-03-14"), (TWO, ZH_HEAD, TWO_READ, "2026-03-14"), (EN, EN_HEAD, EN_READ, "2026-03-14")],
    ids=["one table", "two tables side by side", "English"],
)
def test_every_value_comes_with_its_mark_from_every_kind_of_file(
    tmp_path: Path, make: Callable[..., Path], ending: str, rows: object, head: object, read: dict[str, str], day: str
) -> None:
    found = read_report(read_file(make(tmp_path / f"report.{ending}", rows, head)), "report", "zh")
    assert {value.known_as: value.mark for value in found.values} == read
    assert all(value.reference for value in found.values) and not any(value.doubtful for value in found.values)
    assert (found.date, found.left_out) == (day, 0)


def test_the_name_on_a_report_is_told_and_so_are_units(tmp_path: Path) -> None:
    found = read_report(read_file(table_pdf(tmp_path / "r.pdf", ZH, ZH_HEAD)), "r.pdf", "zh")
    assert found.named == "张某某"
    assert [value.unit for value in found.values] == ["U/L", "U/L", "mmol/L", "mmol/L", "mmol/L", ""]


def test_a_check_up_in_running_lines_gives_its_values_and_no_sentence(tmp_path: Path) -> None:
    found = read_report(read_file(lines_pdf(tmp_path / "r.pdf", CHECK_UP)), "r.pdf", "zh")
    assert {value.known_as: value.result for value in found.values} == CHECK_UP_READ
    assert found.date == "2025-11-02"
    assert {value.known_as: value.mark for value in found.values}["血压"] == "high"


@pytest.mark.parametrize(
    ("line", "name", "result", "unit", "reference", "mark"),
    [
        ("25-羟基维生素D\t18.2\tng/mL\t30-100\t↓", "25-羟基维生素D", "18.2", "ng/mL", "30-100", "low"),
        ("糖类抗原19-9(CA19-9)\t12.4\t0-37\tU/mL", "糖类抗原19-9(CA19-9)", "12.4", "U/mL", "0-37", "normal"),
        ("γ-谷氨酰转移酶 GGT 88↑ U/L 10～60", "γ-谷氨酰转移酶 GGT", "88", "U/L", "10~60", "high"),
        ("血红蛋白\t98\tg/L\t115—150\tL", "血红蛋白", "98", "g/L", "115—150", "low"),
        ("白细胞 5.6×10⁹/L （3.5-9.5）", "白细胞", "5.6", "×10^9/L", "3.5-9.5", "normal"),
        ("乙肝表面抗原(HBsAg)\t阳性(+)\t阴性", "乙肝表面抗原(HBsAg)", "阳性(+)", "", "阴性", "abnormal"),
        ("甲胎蛋白 AFP\t<1.3\tng/mL\t<7", "甲胎蛋白 AFP", "<1.3", "ng/mL", "<7", "normal"),
        ("D-Dimer\t0.9\tmg/L\t<0.5\tH", "D-Dimer", "0.9", "mg/L", "<0.5", "high"),
        ("★尿酸\t462\t428\tμmol/L", "★尿酸", "462", "μmol/L", "", "unknown"),
    ],
)
def test_a_line_is_read_in_whatever_order_it_is_printed(line: str, name: str, result: str, unit: str, reference: str, mark: str) -> None:
    (value,) = said(line).values
    assert (value.name, value.result, value.unit, value.reference, value.mark) == (name, result, unit, reference, mark)


@pytest.mark.parametrize(
    "line",
    [
        "姓名：张三 年龄：45岁 床号：12 电话：13800000000",
        "建议 3 个月后复查，每日食盐不超过 5 克。",
        "Page 1 of 2",
        "报告时间：2026-03-14 08:12:33",
        "标本编号\t20260314-0012",
        "第 3 页 共 5 页",
        "医师建议：每周运动 3-5 次，每次 30 分钟。",
    ],
)
def test_numbers_that_are_no_results_are_none(line: str) -> None:
    assert said(line).values == []


def test_a_mark_that_its_own_range_contradicts_is_doubtful() -> None:
    (value,) = said("钾\t4.1\tmmol/L\t3.5-5.3\t↑").values
    assert value.mark == "high" and value.doubtful


def test_a_result_of_last_time_beside_the_new_one_is_not_taken_for_it() -> None:
    found = said("项目\t上次结果\t结果\t单位\t参考范围", "肌酐\t121\t88\tμmol/L\t57-97")
    assert [(value.result, value.mark) for value in found.values] == [("88", "normal")]


def test_lines_that_look_like_values_and_were_not_read_are_counted() -> None:
    assert said("↑ 3.5-9.5").left_out == 1


def test_the_day_of_sampling_goes_before_that_of_printing_and_a_birthday_is_none() -> None:
    assert said("出生日期：1980-05-06", "打印时间：2026-03-20", "采样时间：2026-03-14").date == "2026-03-14"
    assert said("出生日期：1980-05-06").date == ""
    assert said("采样时间：2199-01-01").date == ""


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("r.png", b"\x89PNG\r\n", "report_kind"),
        ("r.pdf", b"hello", "document_mismatch"),
        ("r.pdf", b"%PDF-1.4\nrubbish\n%%EOF", "document_damaged"),
        ("r.xlsx", b"PK\x03\x04rubbish", "document_damaged"),
        ("r.csv", b"", "document_empty"),
        ("r.csv", b"a,1\n" * 5_001, "report_long"),
    ],
)
def test_a_file_that_is_no_report_is_refused_with_its_reason(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        read_file(tmp_path / name)
    assert caught.value.code == code or (code == "document_mismatch" and caught.value.code == "document_damaged")
    assert caught.value.message("zh") and caught.value.message("en")


def test_a_page_without_text_is_said_to_be_a_scan(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_file(lines_pdf(tmp_path / "r.pdf", []))
    assert caught.value.code == "document_scanned"


def test_a_reader_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    path = table_pdf(tmp_path / "r.pdf", [ZH[0], *list(ZH[1:]) * 200])
    with pytest.raises(DocumentError) as caught:
        read_file(path, Limits(20, 0.05, 1024))
    assert caught.value.code == "document_slow"


@pytest.mark.parametrize("piece", ["9" * 7, "a", "(", "↑", "1-", "阴性", ":", "\t", "10^9/L", "1.1.1.", " ", "<"])
def test_hostile_lines_cost_little(piece: str) -> None:
    begun = time.perf_counter()
    said(*[piece * 2_000] * 5)
    assert time.perf_counter() - begun < 5
