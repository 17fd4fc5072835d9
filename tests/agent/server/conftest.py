"""The service with a scripted model behind it, by keywords alone, opened once for the tests of a file."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from agent.client.sse import Frame, Frames
from agent.server.app import create_app
from agent.server.beside import running
from agent.server.runs import Runs
from configs.settings import ROOT, ModelSettings, RetrievalSettings, Settings, StorageSettings
from retrieval.search import Retriever
from tests.support.model_ready import honest
from tests.support.model_server import ModelServer

ASKED = "高血压要注意什么？"
STREAM = {"accept": "text/event-stream"}


@dataclass(frozen=True)
class Served:
    """A service that runs."""

    url: str
    app: FastAPI
    model: ModelServer

    @property
    def runs(self) -> Runs:
        runs: Runs = self.app.state.runs
        return runs

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30.0, headers=headers)

    def thread(self) -> str:
        with self.client() as client:
            return str(client.post("/v1/threads", json={}).json()["id"])


@pytest.fixture(scope="session")
def keyword_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keywords")
    retriever = Retriever.open(RetrievalSettings(embedder="none"), folder)
    retriever.ingest([ROOT / "knowledge" / "documents"])
    retriever.close()
    return folder


def profile(data: Path, model: ModelServer | None = None, **more: Any) -> Settings:
    """Return settings by keywords alone, with short time limits."""
    roles = {role: how.model_copy(update={"timeout_s": 20.0}) for role, how in ModelSettings().roles.items()}
    llm = ModelSettings(base_url=model.base_url, model=model.model, roles=roles, cooldown_s=0.0) if model else ModelSettings()
    return Settings(llm=llm, retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=data), **more)


@pytest.fixture(scope="module")
def talking(keyword_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("talking") / "data"
    shutil.copytree(keyword_index, data)
    with ModelServer(honest()) as model:
        app = create_app(profile(data, model))
        with running(app) as url:
            yield Served(url, app, model)


@pytest.fixture
def served(talking: Served) -> Iterator[Served]:
    """The same with an honest model that has seen nothing yet."""
    talking.model.script = honest()
    talking.model.reset()
    yield talking
    talking.model.script = honest()


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client() as opened:
        yield opened


def frames_of(response: httpx.Response) -> Iterator[Frame]:
    """Yield the events of a stream as they come."""
    reader = Frames()
    for piece in response.iter_raw():
        yield from reader.feed(piece)


def until(said: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Look again and again until something is so; say whether it came to be."""
    deadline = time.monotonic() + seconds
    while not (so := said()) and time.monotonic() < deadline:
        time.sleep(0.005)
    return so
