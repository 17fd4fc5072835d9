"""The visit summary: one page, its label in sight and in the file."""

from __future__ import annotations

import io
import json

import pdfplumber
import pytest
from markdown_it import MarkdownIt

from agent.visit.fonts import font
from agent.visit.markdown import markdown
from agent.visit.pdf import pdf
from agent.visit.summary import VisitSummary

HOSTILE = "# 标题\n- 列表\n1. 一\n[链接](javascript:alert(1)) ![图](http://x/y.png) <script>alert(1)</script> & **粗**\n---\n===\n```\n"


def summary(language: str = "zh", **parts: str) -> VisitSummary:
    given = {
        "complaint": "头痛三天",
        "history": "高血压十年",
        "allergies": "青霉素（皮疹）",
        "medicines": "缬沙坦 80 mg",
        "measured": "",
        "questions": "要做什么检查？",
    }
    return VisitSummary(language, "本人" if language == "zh" else "myself", "2026-11-21", **(given | parts))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("face", ["", "STSong-Light"], ids=["a font of this machine", "the font that every reader brings"])
def test_the_page_holds_everything_and_its_text_can_be_taken_out(language: str, face: str) -> None:
    one = summary(language)
    with pdfplumber.open(io.BytesIO(pdf(one, face and font(())))) as file:
        (page,) = file.pages
        text = page.extract_text()
    for heading, words in one.sections():
        assert heading in text and words in text
    assert text.count(one.label[:20]) == 2


def test_the_label_stands_in_the_files_own_metadata() -> None:
    one = summary()
    with pdfplumber.open(io.BytesIO(pdf(one))) as file:
        told = json.loads(file.metadata["AIGC"])
        assert one.label in file.metadata["Subject"]
    assert (told["Label"], told["ProduceID"]) == ("1", one.id)
    head = markdown(one).split("---")[1]
    assert json.loads(head.strip().removeprefix("AIGC: ")) == told


def test_what_is_not_known_is_said_and_never_left_out() -> None:
    assert ("过敏史", "不清楚") in summary(allergies=" ").sections()
    assert "不清楚" in markdown(summary(allergies=""))


def test_however_much_is_told_it_stays_one_page() -> None:
    long = "很长的病史，每一句都要紧。" * 100
    with pdfplumber.open(io.BytesIO(pdf(summary(history=long, medicines=long, questions=long)))) as file:
        (page,) = file.pages
        assert page.extract_text().replace("\n", "").count("每一句都要紧") == 300


def test_words_make_no_markup_in_either_file() -> None:
    html = MarkdownIt("commonmark").render(markdown(summary(complaint=HOSTILE)).split("---\n", 2)[2])
    assert html.count("<h1>") == 1 and html.count("<h2>") == 6
    assert not any(tag in html for tag in ("<script", "<a ", "<img", "<li>", "<strong>", "<hr", "<code"))
    with pdfplumber.open(io.BytesIO(pdf(summary(complaint=HOSTILE)))) as file:
        assert "<script>alert(1)</script> & **粗**" in file.pages[0].extract_text()
        assert not file.annots
