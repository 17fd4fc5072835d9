"""One service, one Streamlit and one browser for all tests of the page that run in a process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from agent.server.app import create_app
from configs.settings import ROOT, ModelSettings, RetrievalSettings, Settings, StorageSettings
from retrieval.search import Retriever
from tests.support.model_ready import honest
from tests.support.model_server import ModelServer
from tests.support.running import running
from tests.ui.site import WAIT_MS, Site, line_to, page_for

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        missing = "Debian's chromium is not installed (apt-get install chromium)"
        pytest.fail(missing) if os.environ.get("SHENSI_TEST_BROWSER") == "needed" else pytest.skip(missing)
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def page_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter knowledge, by keywords alone."""
    folder = tmp_path_factory.mktemp("page") / "data"
    retriever = Retriever.open(RetrievalSettings(embedder="none"), folder)
    retriever.ingest([ROOT / "knowledge" / "documents"])
    retriever.close()
    return folder


@pytest.fixture(scope="session")
def standing_site(browser: Browser, page_data: Path) -> Iterator[Site]:
    with ModelServer(honest()) as model:
        roles = {role: how.model_copy(update={"timeout_s": 20.0}) for role, how in ModelSettings().roles.items()}
        llm = ModelSettings(base_url=model.base_url, model=model.model, roles=roles, cooldown_s=0.0)
        settings = Settings(llm=llm, retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=page_data))
        with running(create_app(settings)) as api, line_to(int(api.rpartition(":")[2])) as line, page_for(line.url) as url:
            yield Site(url, api, model, line, browser)


@pytest.fixture
def site(standing_site: Site) -> Iterator[Site]:
    """The same with an honest model, an open line, and nothing remembered of anybody."""
    standing_site.model.script = honest()
    standing_site.line.shut = False
    with standing_site.client() as client:
        client.memory.erase_everything()
    yield standing_site
    standing_site.line.shut = False
    standing_site.close()
