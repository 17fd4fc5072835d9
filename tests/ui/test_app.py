"""The page's script run by Streamlit's own test harness against the real service."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from agent.server.app import create_app
from agent.server.beside import running
from agent.ui.preferences import Preferences
from configs.locales import text
from configs.settings import ROOT, RetrievalSettings, Settings, StorageSettings

APP = ROOT / "agent" / "ui" / "start" / "app.py"
LONG_S = 60


@pytest.fixture(scope="module")
def api(page_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = shutil.copytree(page_data, tmp_path_factory.mktemp("app") / "data")
    settings = Settings(retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=folder))
    with running(create_app(settings)) as url:
        yield url


def opened(monkeypatch: pytest.MonkeyPatch, url: str, **chosen: Any) -> AppTest:
    monkeypatch.setenv("SHENSI_API_URL", url)
    app = AppTest.from_file(str(APP), default_timeout=LONG_S)
    app.session_state["preferences"] = Preferences(**{"agreed": True, **chosen})
    return app.run()


def said(app: AppTest) -> str:
    return "\n".join(str(one.value) for kind in (app.header, app.markdown, app.caption, app.info, app.error) for one in kind)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_of_an_empty_page_is_in_the_chosen_language(monkeypatch: pytest.MonkeyPatch, api: str, language: str) -> None:
    app = opened(monkeypatch, api, language=language)
    assert not app.exception
    for key in ("welcome", "welcome_can", "welcome_cannot"):
        assert text(language, f"ui.{key}") in said(app)
    assert text(language, "ui.example_child") in [button.label for button in app.button]


def test_consent_is_asked_for_until_it_is_given(monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    app = opened(monkeypatch, api, agreed=False)
    assert app.session_state["private_user"].startswith("private-")
    next(button for button in app.button if button.key == "agree").click().run()
    assert not app.exception and app.session_state["private_user"] == ""
    assert "agree" not in [button.key for button in app.button]


def test_a_conversation_that_is_not_there_is_said_and_nothing_else_breaks(monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    monkeypatch.setenv("SHENSI_API_URL", api)
    app = AppTest.from_file(str(APP), default_timeout=LONG_S)
    app.session_state["preferences"] = Preferences(agreed=True)
    app.query_params["thread"] = "0123456789abcdef"
    app.run()
    assert not app.exception and text("zh", "ui.thread_absent") in said(app)


def test_without_a_service_the_page_says_so_and_whom_to_call(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(monkeypatch, "http://127.0.0.1:9")
    assert not app.exception
    assert text("zh", "ui.starting") in said(app) and "120" in said(app)
