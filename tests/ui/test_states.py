"""Every state of the conversation as axe-core sees it, and whether a Chinese reader meets English words of the framework's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.model_ready import hanging, honest
from tests.support.reports import CHECK_UP, lines_pdf
from tests.ui.seen import foreign, violations, wide
from tests.ui.site import WAIT_MS, Site, answered, ask, box

WORDS = {
    "zh": {
        "ask": "我对青霉素过敏，嗓子疼能吃阿莫西林吗？",
        "red": "我爸爸突然胸口压榨样疼痛，出冷汗，左胳膊麻",
        "stop": "停止",
        "again": "再试一次",
    },
    "en": {
        "ask": "I am allergic to penicillin. Can I take amoxicillin for a sore throat?",
        "red": "Sudden crushing chest pain, sweating, my left arm is numb",
        "stop": "Stop",
        "again": "Try again",
    },
}
LOOKS = [
    ("zh", {}),
    ("en", {"theme": "dark"}),
    ("zh", {"theme": "contrast", "phone": True}),
    ("en", {"phone": True, "size": 200}),
]
NAMES = {"PDF", "• PDF, DOCX, XLSX, CSV, TSV", "Markdown", "BMI (kg/m²)", "kg/m²", "English", "语言 / Language"}
"""What stands in Latin letters on a Chinese page too."""


def fine(page: Page, state: str) -> None:
    assert violations(page) == [], state
    assert not wide(page), f"{state}: wider than the screen"


@pytest.mark.parametrize(("language", "how"), LOOKS, ids=["zh", "en dark", "zh contrast phone", "en 200 % phone"])
def test_axe_finds_nothing_serious_in_any_state_of_a_conversation(site: Site, language: str, how: dict[str, object]) -> None:
    words = WORDS[language]
    page = site.open(language, agreed=False, **how)
    fine(page, "first visit")
    site.model.script = hanging(20.0)
    ask(page, words["ask"])
    expect(page.get_by_role("button", name=words["stop"], exact=True)).to_be_visible()
    assert violations(page, running=True) == [], "answering"
    page.get_by_role("button", name=words["stop"], exact=True).click()
    expect(page.get_by_role("button", name=words["again"])).to_be_visible()
    fine(page, "stopped")
    site.model.script = honest()
    page.get_by_role("button", name=words["again"]).click()
    entry = answered(page)
    entry.locator("button.cite").first.click()
    entry.locator(".checked summary").click()
    page.get_by_test_id("stFeedback").locator("button").last.click()
    expect(page.get_by_test_id("stPopover").last).to_be_visible()
    fine(page, "answered, source and checks open, thumb given")
    ask(page, words["red"])
    answered(page, 2)
    expect(page.locator(".st-key-emergency")).to_be_visible()
    fine(page, "emergency")
    site.line.shut = True
    site.line.cut()
    ask(page, words["ask"])
    expect(page.get_by_role("button", name=words["again"])).to_be_visible(timeout=WAIT_MS)
    fine(page, "service away")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_serious_beside_the_conversation(site: Site, language: str) -> None:
    page = site.open(language)
    ask(page, WORDS[language]["ask"])
    answered(page)
    sidebar = page.get_by_test_id("stSidebar")
    for fold in sidebar.get_by_test_id("stExpander").locator("summary").all():
        fold.click()
    expect(sidebar.locator("[class*=st-key-fact-]").first).to_be_visible()
    fine(page, "everything in the sidebar open")
    sidebar.locator("[class*=st-key-fact-]").first.get_by_role("button").click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    fine(page, "a fact being changed")


def test_a_chinese_page_says_nothing_in_english(site: Site, tmp_path: Path) -> None:
    page = site.open()
    ask(page, WORDS["zh"]["ask"])
    answered(page)
    assert {one.partition(": ")[2] for one in foreign(page)} - NAMES == set()
    for path in ("reports", "visit", "tools?tool=bmi", "tools?tool=medicines"):
        page.goto(f"{site.url}/{path}")
        expect(page.locator("h1")).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_test_id("stSidebar").get_by_test_id("stExpander").last).to_be_attached(timeout=WAIT_MS)
        found = {one.partition(": ")[2] for one in foreign(page)} - NAMES
        assert found == set(), path
    page.goto(f"{site.url}/reports")
    page.locator("input[type=file]").set_input_files(lines_pdf(tmp_path / "r.pdf", CHECK_UP))
    expect(page.get_by_role("button", name="确认无误")).to_be_enabled(timeout=WAIT_MS)
    found = {one.partition(": ")[2] for one in foreign(page)} - NAMES
    assert {one for one in found if not one.startswith("r.pdf")} == set()


def test_a_change_of_language_changes_the_words_of_widgets_too(site: Site) -> None:
    page = site.reader().new_page()
    page.goto(f"{site.url}/reports")
    expect(page.get_by_test_id("stFileUploaderDropzone").get_by_role("button").last).to_contain_text("选择文件", timeout=WAIT_MS)
    page.get_by_test_id("stSidebar").get_by_test_id("stExpander").last.locator("summary").click()
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_test_id("stFileUploaderDropzone").get_by_role("button").last).to_contain_text("Upload", timeout=WAIT_MS)


def test_where_one_writes_stays_the_very_same_when_the_banner_comes(site: Site) -> None:
    page = site.open()
    box(page).evaluate("node => { node.dataset.mark = 'same' }")
    ask(page, WORDS["zh"]["red"])
    answered(page)
    expect(page.locator(".st-key-emergency")).to_be_visible()
    assert box(page).evaluate("node => node.dataset.mark") == "same"
