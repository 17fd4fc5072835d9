"""Reports as laboratories and check-up centres print them, made with the same libraries that read them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

Rows = Sequence[Sequence[str]]
ZH_HEAD = [
    "某某市人民医院检验报告单",
    "姓名：张某某  性别：男  年龄：45岁",
    "标本：血清  采样时间：2026-03-14 08:12  报告时间：2026-03-15 11:30",
]
ZH: Rows = [
    ["序号", "项目名称", "英文缩写", "结果", "单位", "参考范围", "提示"],
    ["1", "丙氨酸氨基转移酶", "ALT", "56", "U/L", "9-50", "↑"],
    ["2", "天门冬氨酸氨基转移酶", "AST", "31", "U/L", "15-40", ""],
    ["3", "葡萄糖", "GLU", "6.8", "mmol/L", "3.9-6.1", "↑"],
    ["4", "总胆固醇", "TC", "5.1", "mmol/L", "<5.2", ""],
    ["5", "高密度脂蛋白胆固醇", "HDL-C", "0.95", "mmol/L", "≥1.04", "↓"],
    ["6", "尿蛋白", "PRO", "阴性(-)", "", "阴性", ""],
]
ZH_READ = {"ALT": "high", "AST": "normal", "血糖": "high", "胆固醇": "normal", "高密度脂蛋白": "low", "尿蛋白": "normal"}
TWO: Rows = [
    ["项目", "结果", "参考值", "单位", "项目", "结果", "参考值", "单位"],
    ["白细胞计数(WBC)", "11.2 ↑", "3.5-9.5", "10^9/L", "平均血小板体积(MPV)", "10.1", "7.4-12.5", "fL"],
    ["红细胞计数(RBC)", "4.5", "4.3-5.8", "10^12/L", "血小板计数(PLT)", "98 ↓", "125-350", "10^9/L"],
    ["血红蛋白(HGB)", "138", "130-175", "g/L", "中性粒细胞百分比(NEUT%)", "78.3 H", "40-75", "%"],
    ["红细胞压积(HCT)", "0.41", "0.40-0.50", "L/L", "C反应蛋白(CRP)", "<0.5", "0-10", "mg/L"],
]
TWO_READ = {
    "白细胞": "high",
    "平均血小板体积": "normal",
    "红细胞": "normal",
    "血小板": "low",
    "血红蛋白": "normal",
    "中性粒细胞百分比": "high",
    "红细胞压积": "normal",
    "C反应蛋白": "normal",
}
EN_HEAD = ["Comprehensive Metabolic Panel", "Date Collected: 03/14/2026   Patient: Jane Doe"]
EN: Rows = [
    ["Test", "Result", "Flag", "Reference Interval", "Units"],
    ["Glucose", "112", "High", "65 - 99", "mg/dL"],
    ["Creatinine", "0.9", "", "0.57 - 1.00", "mg/dL"],
    ["eGFR", "88", "", ">59", "mL/min/1.73"],
    ["Potassium", "3.3", "Low", "3.5 - 5.2", "mmol/L"],
    ["Hemoglobin A1c", "6.1", "H", "4.8 - 5.6", "%"],
    ["LDL Chol Calc (NIH)", "131", "High", "0 - 99", "mg/dL"],
]
EN_READ = {"血糖": "high", "肌酐": "normal", "eGFR": "normal", "血钾": "low", "糖化血红蛋白": "high", "低密度脂蛋白": "high"}
CHECK_UP = [
    "健康体检报告",
    "体检日期：2025年11月02日",
    "身高：172 cm　体重：78.5 kg",
    "血压：142/91 mmHg（参考值 90-139/60-89）↑",
    "心率：76 次/分",
    "空腹血糖（GLU） 6.4 mmol/L （3.9-6.1） ↑",
    "甘油三酯：2.31mmol/L 参考范围：0.45～1.70 偏高",
    "谷丙转氨酶(ALT)：35 U/L (9~50)",
    "小结：血压偏高，建议 3 个月后复查。每日食盐不超过 5 克。",
]
CHECK_UP_READ = {"身高": "172", "体重": "78.5", "血压": "142/91", "心率": "76", "血糖": "6.4", "甘油三酯": "2.31", "ALT": "35"}


def table_pdf(path: Path, rows: Rows, head: Sequence[str] = (), *, ruled: bool = True) -> Path:
    """Write a table as a PDF, with rules or by places alone."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = [("FONT", (0, 0), (-1, -1), "STSong-Light", 9), *([("GRID", (0, 0), (-1, -1), 0.5, "black")] if ruled else [])]
    plain = ParagraphStyle("plain", fontName="STSong-Light")
    SimpleDocTemplate(str(path), pagesize=A4).build([*(Paragraph(line, plain) for line in head), Spacer(1, 10), Table(rows, style=style)])
    return path


def lines_pdf(path: Path, lines: Sequence[str]) -> Path:
    """Write lines as a PDF."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path))
    canvas.setFont("STSong-Light", 11)
    for number, line in enumerate(lines):
        canvas.drawString(60, 800 - 22 * number, line)
    canvas.save()
    return path


def table_docx(path: Path, rows: Rows, head: Sequence[str] = ()) -> Path:
    """Write a table as DOCX."""
    import docx

    document = docx.Document()
    for line in head:
        document.add_paragraph(line)
    table = document.add_table(len(rows), len(rows[0]))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            table.cell(number, column).text = cell
    document.save(str(path))
    return path


def table_xlsx(path: Path, rows: Rows, head: Sequence[str] = ()) -> Path:
    """Write a table as XLSX, its numbers as numbers."""
    import openpyxl

    book = openpyxl.Workbook()
    for line in head:
        book.active.append([line])
    for row in rows:
        book.active.append([float(cell) if cell.replace(".", "", 1).isdigit() else cell for cell in row])
    book.save(path)
    return path


def table_csv(path: Path, rows: Rows, head: Sequence[str] = (), encoding: str = "gb18030") -> Path:
    """Write a table as CSV."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([*([line] for line in head), *rows])
    return path
