"""Shared fixtures: the real knowledge, a real index built once, real stores in a temporary folder."""

from __future__ import annotations

import functools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

import agent.opening
from agent.service import ConsultService
from configs.settings import ROOT, ModelSettings, RetrievalSettings, Settings, StorageSettings
from retrieval.search import Retriever
from tests.support.model_ready import honest
from tests.support.model_server import ModelServer
from tests.support.postgres import MISSING
from tools.tables import Tables, load_tables


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the notebooks, the longest tests of all: at the end one process would be at them while the others have nothing to do."""
    items.sort(key=lambda item: "test_notebooks" not in item.nodeid)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LLM_BASE_URL", "LLM_MODEL", "LLM_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)


@pytest.fixture(scope="session", autouse=True)
def _read_tables_once() -> Iterator[None]:
    """Opening a service reads and cross-checks 5,000 rows; the tests open a hundred services on the same ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agent.opening, "load_tables", functools.cache(load_tables))
        yield


@pytest.fixture(scope="session")
def tables() -> Tables:
    return load_tables(ROOT / "knowledge" / "tables")


@pytest.fixture(scope="session")
def index_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter knowledge indexed once, vectors and all; tests copy it."""
    folder = tmp_path_factory.mktemp("template")
    retriever = Retriever.open(RetrievalSettings(), folder)
    retriever.ingest([ROOT / "knowledge" / "documents"])
    retriever.close()
    return folder


@pytest.fixture
def settings(tmp_path: Path, index_template: Path) -> Settings:
    shutil.copytree(index_template, tmp_path / "data")
    return Settings(storage=StorageSettings(data_dir=tmp_path / "data"))


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[ConsultService]:
    async with ConsultService.open(settings) as opened:
        yield opened


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    with ModelServer(honest()) as server:
        yield server


@pytest.fixture
def with_model(settings: Settings, model_server: ModelServer) -> Callable[..., Settings]:
    """Settings whose model is the scripted server, with short time limits."""

    def make(timeout_s: float = 5.0) -> Settings:
        roles = {role: how.model_copy(update={"timeout_s": timeout_s}) for role, how in ModelSettings().roles.items()}
        llm = ModelSettings(base_url=model_server.base_url, model=model_server.model, roles=roles, cooldown_s=0.0)
        return settings.model_copy(update={"llm": llm})

    return make


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in plain words when a part of the tests could not run here: a row of letters would not be noticed."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if MISSING in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests did not run. {MISSING}", yellow=True)
