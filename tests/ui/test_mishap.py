"""What nobody expected: an exception on the page, in a part of it, in a click."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.ui import mishap
from configs.locales import text
from configs.settings import ROOT
from tests.ui.seen import violations
from tests.ui.site import WAIT_MS, served

SECRET = "王小明有艾滋病"
SCRIPT = f"""
import streamlit as st

def fail():
    raise ValueError("{SECRET}")

st.button("click", on_click=fail)
if st.button("page"):
    fail()

@st.fragment
def part():
    if st.button("part"):
        fail()

part()
"""
APP = """
from streamlit import App
from agent.ui import mishap

mishap.keep_words_out()
app = App("broken.py", on_script_error=mishap.say)
"""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A page that fails wherever a page can fail, served as ours is, and the log of its process."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "broken.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "serves_broken.py").write_text(APP, encoding="utf-8")
    with (folder / "log").open("wb") as log, served("http://127.0.0.1:9", folder / "serves_broken.py", log) as url:
        yield url, folder / "log"


@pytest.mark.parametrize("where", ["click", "page", "part"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mishap_is_said_in_the_readers_language_and_logged_without_words(
    browser: Browser, broken: tuple[str, Path], where: str, language: str
) -> None:
    url, log = broken
    context = browser.new_context(locale="zh-CN" if language == "zh" else "en-US")
    page: Page = context.new_page()
    page.goto(url)
    page.get_by_role("button", name=where, exact=True).click(timeout=WAIT_MS)
    expect(page.get_by_test_id("stAlert")).to_contain_text(text(language, "ui.mishap"), timeout=WAIT_MS)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert violations(page) == []
    context.close()
    logged = log.read_text(encoding="utf-8")
    assert "ValueError at broken.py" in logged and SECRET not in logged


def test_the_page_is_served_with_it() -> None:
    command = "from agent.ui.start import served; print(served.app._on_script_error.__qualname__, served.app.script_path)"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["say", "app.py"]


def test_a_mishap_of_the_preferences_is_said_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr(mishap, "preferences", fail)
    assert mishap._language() == "zh"
