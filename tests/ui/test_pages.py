"""The pages beside the conversation, in a real browser: quick tools, reports, visit summary."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pdfplumber
import pytest
from playwright.sync_api import Locator, Page, expect

from agent.wire.reports import ConfirmedValue
from tests.support.reports import CHECK_UP, ZH, ZH_HEAD, lines_pdf, table_docx
from tests.ui.seen import violations, wide
from tests.ui.site import WAIT_MS, Site, answered, box, darkened

WORDS = {
    "zh": {
        "medicines": "华法林\n芬必得\n仙丹九号",
        "chest": "突然胸口压着疼，出冷汗",
        "unknown": "未能核查",
        "serious": "严重",
        "call": "120",
        "confirm": "确认无误",
        "kept": "已记住",
        "explain": "请慎思解释",
        "label": "AI 生成",
        "out": "超出参考范围",
    },
    "en": {
        "medicines": "warfarin, ibuprofen, wonderpill",
        "chest": "sudden crushing chest pain and sweating",
        "unknown": "not verified",
        "serious": "serious",
        "call": "Call 120",
        "confirm": "All correct",
        "kept": "Remembered:",
        "explain": "Explain with sources",
        "label": "AI-generated",
        "out": "Outside the reference range",
    },
}


def visit(site: Site, path: str, language: str = "zh", **how: object) -> Page:
    page = site.reader(language, **how).new_page()  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site.url}/{path}")
    expect(page.locator("h1")).to_be_visible(timeout=WAIT_MS)
    if how.get("theme") == "dark":
        darkened(page, page.locator("h1"))
    return page


def send(page: Page) -> None:
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()


def give(page: Page, file: Path, words: dict[str, str]) -> Locator:
    """Upload a report and return the button that confirms it."""
    page.locator("input[type=file]").set_input_files(file)
    button = page.get_by_role("button", name=words["confirm"])
    expect(button).to_be_enabled(timeout=WAIT_MS)
    return button


def filled(site: Site, path: str, language: str, folder: Path, **how: object) -> Page:
    """Return a page with something on it."""
    page, words = visit(site, path, language, **how), WORDS[language]
    expect(page.get_by_test_id("stMain").locator("input, textarea").last).to_be_attached(timeout=WAIT_MS)
    expect(page.get_by_test_id("stSidebar").get_by_test_id("stExpander").last).to_be_attached(timeout=WAIT_MS)  # the last thing of a run
    if path == "tools":
        page.locator("textarea").fill(words["medicines"])
        send(page)
        expect(page.locator("table:visible")).to_be_visible(timeout=WAIT_MS)
    elif path == "tools?tool=triage":
        page.locator("textarea").fill(words["chest"])
        send(page)
        expect(page.locator(".st-key-urgent")).to_contain_text(words["call"], timeout=WAIT_MS)
    elif path == "tools?tool=bmi":
        expect(page.locator("input[type=number]").first).to_be_visible(timeout=WAIT_MS)
        send(page)
        expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible(timeout=WAIT_MS)
    elif path == "reports":
        give(page, lines_pdf(folder / "r.pdf", CHECK_UP), words).click()
        expect(page.get_by_text(words["out"])).to_be_visible(timeout=WAIT_MS)
    return page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_list_of_medicines_becomes_a_matrix_in_which_nothing_unknown_looks_safe(site: Site, language: str, tmp_path: Path) -> None:
    page, words = filled(site, "tools", language, tmp_path), WORDS[language]
    cells = page.locator(".st-key-matrix td")
    expect(cells.filter(has_text=words["serious"])).to_have_count(2)
    expect(cells.filter(has_text=words["unknown"])).to_have_count(4)
    expect(page.get_by_text("FDA label: warfarin").first).to_be_visible()
    expect(page.get_by_text(words["label"]).first).to_be_visible()


def test_the_allergies_of_the_chosen_person_count_and_not_those_of_another(site: Site) -> None:
    with site.client() as client:
        client.ask("我妈妈对青霉素过敏", thread=client.threads.create().id)
    page = visit(site, "tools")
    page.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").locator("input").click()
    page.get_by_role("option", name="母亲").click()
    expect(page.get_by_text("一并核对已记下的")).to_contain_text("青霉素", timeout=WAIT_MS)
    page.locator("textarea").fill("阿莫西林")
    send(page)
    expect(page.get_by_text("不要用阿莫西林")).to_be_visible(timeout=WAIT_MS)


def test_a_red_flag_is_red_and_says_whom_to_call(site: Site, tmp_path: Path) -> None:
    page = filled(site, "tools?tool=triage", "zh", tmp_path)
    assert page.locator(".st-key-urgent").evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(163, 0, 27)"


def test_the_body_mass_index_comes_with_both_standards_drawn_and_in_words(site: Site, tmp_path: Path) -> None:
    page = filled(site, "tools?tool=bmi", "zh", tmp_path)
    expect(page.get_by_text("WS/T 428").first).to_be_visible()
    page.get_by_text("用表格看分级").click()
    expect(page.locator("table:visible tr")).to_have_count(11)


def test_a_drug_is_looked_up_and_an_unknown_one_is_not_called_safe(site: Site) -> None:
    page = visit(site, "tools?tool=drug")
    for name, words in (("芬必得", "布洛芬"), ("仙丹九号", "未能核查")):
        page.get_by_role("textbox", name="药名").fill(name)
        send(page)
        expect(page.get_by_test_id("stMain").get_by_text(words).first).to_be_visible(timeout=WAIT_MS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_only_what_was_confirmed_of_a_report_is_kept_and_then_explained_with_sources(site: Site, language: str, tmp_path: Path) -> None:
    page, words = visit(site, "reports", language), WORDS[language]
    button = give(page, table_docx(tmp_path / "r.docx", ZH, ZH_HEAD), words)
    with site.client() as client:
        assert client.memory.facts() == []
        button.click()
        expect(page.get_by_text(words["kept"])).to_be_visible(timeout=WAIT_MS)
        assert {fact.speaker for fact in client.memory.facts()} == {"document"} and len(client.memory.facts()) == 6
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name=words["explain"]).click()
    expect(box(page)).to_be_visible(timeout=WAIT_MS)
    entry = answered(page)
    expect(entry.locator("button.cite").first).to_be_visible()
    assert "ALT 56 U/L" in page.get_by_test_id("stMain").inner_text()


def test_values_of_several_reports_are_drawn_over_time(site: Site) -> None:
    with site.client() as client:
        for day, result in (("2025-01-02", "35"), ("2025-06-02", "48"), ("2026-03-14", "56")):
            value = ConfirmedValue(name="ALT", result=result, unit="U/L", reference="9-50")
            client.reports.confirm([value], measured=date.fromisoformat(day))
    page = visit(site, "reports")
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible(timeout=WAIT_MS)
    page.get_by_text("ALT：用表格看").click()
    expect(page.locator("table:visible tr")).to_have_count(4)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.pdf", b"hello", "r.pdf"),
        ("r.csv", b"", "没有内容"),
        ("r.xlsx", b"PK\x03\x04", "r.xlsx"),
        ("r.csv", b"a,b\nx,y\n", "没有从这份文件里读出数值"),
    ],
    ids=["no PDF", "empty", "no workbook", "no values"],
)
def test_a_wrong_file_is_told_in_plain_words_and_the_page_goes_on(
    site: Site, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    page = visit(site, "reports")
    (tmp_path / name).write_bytes(content)
    page.locator("input[type=file]").set_input_files(tmp_path / name)
    expect(page.get_by_test_id("stAlert").get_by_text(words).first).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text("可以在“问一问”里直接写出数值").first).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_visit_summary_is_downloaded_with_what_is_known_and_its_label(site: Site, language: str, tmp_path: Path) -> None:
    with site.client() as client:
        client.ask("我对青霉素过敏，在吃华法林，头痛三天", thread=client.threads.create().id)
    page = visit(site, "visit", language)
    for kind in ("PDF", "Markdown"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind).click()
        download.value.save_as(tmp_path / kind)
    with pdfplumber.open(tmp_path / "PDF") as file:
        text = file.pages[0].extract_text()
        assert json.loads(file.metadata["AIGC"])["Label"] == "1" and len(file.pages) == 1
    for words in ("青霉素", "华法林", "头痛三天", WORDS[language]["label"]):
        assert words in text and words in (tmp_path / "Markdown").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "how"),
    [("zh", {}), ("en", {"theme": "dark"}), ("zh", {"phone": True, "size": 200}), ("en", {"theme": "contrast", "phone": True})],
    ids=["zh", "en dark", "zh phone 200 %", "en phone contrast"],
)
def test_axe_finds_nothing_serious_on_any_page(site: Site, language: str, how: dict[str, object], tmp_path: Path) -> None:
    for path in ("tools", "tools?tool=triage", "tools?tool=bmi", "tools?tool=drug", "reports", "visit", ""):
        page = filled(site, path, language, tmp_path, **how) if path else site.open(language, **how)
        assert violations(page) == [], path
        assert not wide(page), f"{path} is wider than the screen"
        page.context.close()
        site.contexts.remove(page.context)
