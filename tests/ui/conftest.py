"""One service, one Streamlit and one browser for all tests of the page that run in a process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from agent.server.app import create_app
from agent.server.beside import running
from configs.settings import ROOT, ModelSettings, RetrievalSettings, Settings, StorageSettings
from retrieval.search import Retriever
from tests.support.model_ready import honest
from tests.support.model_server import ModelServer
from tests.ui.site import WAIT_MS, Site, line_to, served

HOSTILE = """# 石胆草综合征 <img src=x onerror=alert(1)>

石胆草综合征要注意休息，少吃盐 <b onerror=alert(2)>加粗</b> **星号** :material/home: $x$ [点我](javascript:alert(3))。
石胆草综合征要注意多喝水 ![图](http://evil.test/x.png) [链接](http://evil.test/)。
# 石胆草综合征的饮食

石胆草综合征要注意饮食清淡 <script>alert(4)</script>，不要喝酒。
"""
"""A source with everything in it that a careless page would make pictures, links and scripts of."""
NEEDED = os.environ.pop("SHENSI_TEST_BROWSER", "") == "needed"  # no key of a profile: programs that are started must not see it
os.environ.pop("SHENSI_TEST_POSTGRES", None)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        missing = "Debian's chromium is not installed (apt-get install chromium)"
        pytest.fail(missing) if NEEDED else pytest.skip(missing)
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def page_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter knowledge, by keywords alone; each service has a copy of its own, for no two may stand on one folder."""
    folder = tmp_path_factory.mktemp("page") / "data"
    hostile = tmp_path_factory.mktemp("hostile") / "石胆草综合征.md"
    hostile.write_text(HOSTILE, encoding="utf-8")
    retriever = Retriever.open(RetrievalSettings(embedder="none"), folder)
    retriever.ingest([ROOT / "knowledge" / "documents", hostile])
    retriever.close()
    return folder


@pytest.fixture(scope="session")
def standing_site(browser: Browser, page_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = shutil.copytree(page_data, tmp_path_factory.mktemp("site") / "data")
    with ModelServer(honest()) as model:
        roles = {role: how.model_copy(update={"timeout_s": 20.0}) for role, how in ModelSettings().roles.items()}
        llm = ModelSettings(base_url=model.base_url, model=model.model, roles=roles, cooldown_s=0.0)
        settings = Settings(llm=llm, retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=folder))
        with running(create_app(settings)) as api, line_to(int(api.rpartition(":")[2])) as line, served(line.url) as url:
            yield Site(url, api, model, line, browser)


@pytest.fixture
def site(standing_site: Site) -> Iterator[Site]:
    """The same with an honest model, an open line, and nothing remembered of anybody."""
    standing_site.model.script = honest()
    standing_site.line.shut, standing_site.line.delay_s = False, 0.0
    with standing_site.client() as client:
        client.memory.erase_everything()
    yield standing_site
    standing_site.line.shut, standing_site.line.delay_s = False, 0.0
    standing_site.close()
