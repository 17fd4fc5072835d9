"""What goes wrong, and what a reader sees then: slow lines, huge answers, hostile sources, two tabs, a model or a service that is away."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pdfplumber
import pytest
from playwright.sync_api import Page, expect

from configs.locales import text
from tests.support.model_ready import hanging, honest, quoted
from tests.support.model_script import Reply, Request, Slow, Status, Text, always
from tests.ui.seen import wide
from tests.ui.site import WAIT_MS, Site, answered, ask, box, thread_of

QUESTION = "高血压要注意什么？"


def step(page: Page) -> None:
    """Wait until the answer is on its way."""
    expect(page.locator(".entry .steps li").first).to_be_visible()


def repeated(request: Request) -> Reply:
    """Quote the evidence over and over."""
    lines = quoted(request)
    return Text("".join(f"{words}[{number}]" for _ in range(15) for number, words in lines) or "没有资料。")


def test_on_a_slow_line_steps_are_seen_while_the_answer_is_long_in_coming(site: Site) -> None:
    site.model.script = honest().with_role("draft", lambda request: Slow(2.0, honest().draft(request)))
    site.line.delay_s = 0.05
    page = site.open()
    ask(page, QUESTION)
    step(page)
    expect(page.get_by_role("button", name="停止", exact=True)).to_be_visible()
    expect(page.locator(".entry .body").last).to_be_hidden()
    expect(answered(page).locator(".body p")).not_to_be_empty()


def test_a_huge_answer_stays_on_the_page_and_the_next_question_can_be_asked(site: Site) -> None:
    site.model.script = honest().with_role("draft", repeated)
    page = site.open(phone=True)
    ask(page, QUESTION)
    entry = answered(page)
    assert len(entry.locator(".body").inner_text()) > 2_000 and not wide(page)
    expect(box(page)).to_be_in_viewport()
    site.model.script = honest()
    ask(page, "糖尿病要注意什么？")
    answered(page, 2)


def test_hostile_words_in_a_source_are_shown_as_words(site: Site) -> None:
    page = site.open()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ask(page, "石胆草综合征要注意什么？")
    entry = answered(page)
    entry.locator("button.cite").first.click()
    shown = entry.locator(".sources").text_content() or ""
    assert "点我" in shown and ":material/home:" in shown and "$x$" in shown
    assert entry.locator("img, a, h1, script, iframe, [onerror]").count() == 0
    titles = {text("zh", f"ui.words_{name}") for name in ("next_steps", "sources", "asked_back")}
    assert set(entry.locator("h2, h3").all_inner_texts()) <= titles
    assert not [url for url in asked if "evil.test" in url]


def test_a_second_tab_follows_the_answer_that_the_first_has_asked_for(site: Site) -> None:
    first = site.open()
    ask(first, QUESTION)
    answered(first)
    second = first.context.new_page()
    second.goto(f"{site.url}/?thread={thread_of(first)}")
    answered(second)
    site.model.script = hanging(8.0)
    ask(first, "糖尿病要注意什么？")
    expect(second.get_by_role("button", name="停止", exact=True)).to_be_visible(timeout=WAIT_MS)
    expect(box(second)).to_be_disabled()
    answered(first, 2)
    answered(second, 2)
    with site.client() as client:
        assert client.threads.get(thread_of(first)).turns == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_with_the_model_down_the_answer_is_quoted_from_the_sources_and_says_so(site: Site, language: str) -> None:
    site.model.script = honest().with_every_role(always(Status(500, "EngineCore encountered an issue.")))
    page = site.open(language)
    ask(page, QUESTION if language == "zh" else "What should I watch out for with high blood pressure?")
    entry = answered(page)
    expect(entry.locator(".lead")).to_have_text(text(language, "answer.fallback"))
    expect(entry.locator("button.cite").first).to_be_visible()


def test_a_service_that_goes_and_comes_back_goes_on_with_the_same_answer(site: Site) -> None:
    site.model.script = hanging(3.0)
    page = site.open()
    ask(page, QUESTION)
    step(page)
    site.line.shut = True
    site.line.cut()
    expect(page.get_by_role("button", name="再试一次")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text(QUESTION).first).to_be_visible()
    site.line.shut = False
    page.get_by_role("button", name="再试一次").click()
    answered(page)
    with site.client() as client:
        assert client.threads.get(thread_of(page)).turns == 1


def test_a_reload_in_the_middle_takes_up_the_same_answer(site: Site) -> None:
    site.model.script = hanging(4.0)
    page = site.open()
    ask(page, QUESTION)
    step(page)
    thread = thread_of(page)
    page.reload()
    expect(page.get_by_text(QUESTION).first).to_be_visible(timeout=WAIT_MS)
    answered(page)
    with site.client() as client:
        assert thread_of(page) == thread and client.threads.get(thread).turns == 1


def test_what_is_printed_is_the_conversation_alone_black_on_white_with_its_sources_open(site: Site) -> None:
    page = site.open(theme="dark")
    ask(page, QUESTION)
    entry = answered(page)
    expect(page.get_by_test_id("stFeedback")).to_be_visible()
    page.emulate_media(media="print")
    assert entry.locator(".body p").evaluate("node => getComputedStyle(node).color") == "rgb(0, 0, 0)"
    with pdfplumber.open(io.BytesIO(page.pdf())) as printed:
        words = "".join(sheet.extract_text() for sheet in printed.pages).replace("\n", "")
    exact = entry.locator(".sources mark").first.text_content() or "-"
    for expected in (QUESTION, text("zh", "ui.words_sources"), "AI 生成", exact[:12]):
        assert expected in words
    for left_out in ("新的对话", text("zh", "ui.ask"), text("zh", "ui.words_copy"), text("zh", "ui.feedback_ask")):
        assert left_out not in words


def test_whom_to_call_can_be_read_on_paper(site: Site) -> None:
    page = site.open()
    ask(page, "我爸爸突然胸口压榨样疼痛，出冷汗，左胳膊麻")
    answered(page)
    page.emulate_media(media="print")
    assert page.locator(".st-key-emergency p").evaluate("node => getComputedStyle(node).color") == "rgb(0, 0, 0)"


def test_the_print_button_prints_one_answer_with_its_label(site: Site) -> None:
    context = site.reader()
    context.add_init_script("window.print = () => { parent.printed = document.body.innerText }")
    page = context.new_page()
    page.goto(site.url)
    ask(page, QUESTION)
    answered(page).locator("[data-do=print]").click()
    printed = page.evaluate("window.printed")
    assert printed.startswith(text("zh", "label.disclaimer")[:6]) and re.search(r"\[1\]", printed)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_that_is_too_large_is_refused_in_the_readers_language(site: Site, tmp_path: Path, language: str) -> None:
    (tmp_path / "r.pdf").write_bytes(b"%PDF-1.4\n" + b"0" * 21_000_000)
    page = site.reader(language).new_page()
    page.goto(f"{site.url}/reports")
    page.locator("input[type=file]").set_input_files(tmp_path / "r.pdf")
    said = {"zh": "文件太大", "en": "File must be 20.0MB or smaller."}[language]
    expect(page.get_by_test_id("stFileUploader")).to_contain_text(said, timeout=WAIT_MS)
