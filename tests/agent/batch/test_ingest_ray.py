"""``ingest --engine ray``: a local cluster of two workers makes the same index, and a killed ingest goes on where it was.

Ray is not part of what the tests install; with it (requirements-ray.txt) everything here runs, without it only that it is named.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.cli import _parser
from agent.errors import BadCall
from agent.indexing import ingest
from configs.settings import ROOT, RetrievalSettings, Settings
from retrieval.index import Index
from tests.agent.server.conftest import until
from tests.support.provider_server import DIMENSION, Answer, ProviderServer, embeddings

PASSAGES = 700
needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="pip install -r requirements-ray.txt -c constraints.txt")


def written(folder: Path) -> Path:
    path = folder / "corpus.jsonl"
    lines = (
        {"_id": f"p{number}", "title": f"第{number}条", "text": f"第{number}条说的是第{number * 7}件事。"} for number in range(PASSAGES)
    )
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def started(corpus: Path, index: Path, server: ProviderServer, *engine: str) -> subprocess.Popen[bytes]:
    settings = {"EMBEDDER": "http", "EMBEDDER_URL": server.url, "EMBEDDER_DIMENSION": str(DIMENSION), "PROVIDER_TIMEOUT_S": "60"}
    environment = {
        **os.environ,
        "RAY_raylet_start_wait_time_s": "300",
        **{f"SHENSI_RETRIEVAL__{name}": value for name, value in settings.items()},
    }
    command = [sys.executable, "-m", "agent", "ingest", str(corpus), "--index", str(index), *engine]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finished(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate(timeout=600)
    assert process.returncode == 0, said.decode("utf-8", "replace")


def contents(folder: Path, server: ProviderServer) -> tuple[list[Any], dict[str, bytes]]:
    """Return the chunks of an index and the vector of each."""
    index = Index(RetrievalSettings(embedder="http", embedder_url=server.url, embedder_dimension=DIMENSION), folder)
    try:
        assert index.recovered == 0 and index.store is not None
        chunks = [chunk for chunk, _ in index.manifest.ready()]
        vectors = index.embedder.embed_passages([]) if index.embedder else None
        assert vectors is not None and len(index.store.ids()) == len(chunks)
        matrix = next(part.matrix for part in index.store._parts.values())  # type: ignore[attr-defined]
        rows = matrix._rows
        return chunks, {identity: np.ascontiguousarray(rows.vectors[n]).tobytes() for n, identity in enumerate(rows.ids[: rows.count])}
    finally:
        index.close()


def asked(server: ProviderServer) -> Counter[str]:
    return Counter(text for request in list(server.requests) for text in request["input"])


@needs_ray
def test_the_index_that_ray_makes_is_that_of_the_local_engine(tmp_path: Path) -> None:
    corpus = written(tmp_path)
    with ProviderServer() as server:
        finished(started(corpus, tmp_path / "local", server))
        assert len(asked(server)) == PASSAGES
        finished(started(corpus, tmp_path / "ray", server, "--engine", "ray", "--ray-workers", "2"))
        assert set(asked(server).values()) == {2}, "each engine asks for each passage once"
        assert contents(tmp_path / "ray", server) == contents(tmp_path / "local", server)


@needs_ray
def test_a_killed_ingest_over_ray_goes_on_where_it_was(tmp_path: Path) -> None:
    corpus = written(tmp_path)

    def waiting(server: ProviderServer, body: dict[str, Any]) -> Answer:
        if len(asked(server)) > PASSAGES // 2:  # the first pieces are answered, the rest hang until the ingest is dead
            server.over.wait(30)
        return embeddings(server, body)

    with ProviderServer(waiting) as server:
        process = started(corpus, tmp_path / "index", server, "--engine", "ray", "--ray-workers", "2")
        try:
            assert until(lambda: len(asked(server)) > PASSAGES // 2, 400)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        before = asked(server)
        server.over.set()
        server.behaviour = embeddings
        server.requests.clear()
        finished(started(corpus, tmp_path / "index", server, "--engine", "ray", "--ray-workers", "2"))
        again = asked(server)
        assert len(set(before) | set(again)) == PASSAGES
        assert len(set(before) & set(again)) < len(before), "what was kept before the kill is not computed again"
        assert len(contents(tmp_path / "index", server)[0]) == PASSAGES


@pytest.mark.skipif("ray" in sys.modules, reason="only where Ray is absent")
async def test_without_ray_an_ingest_says_how_to_get_it(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    for arguments, words in ((("--engine", "ray"), "requirements-ray"), (("--ray-workers", "0"), "--ray-workers")):
        with pytest.raises(BadCall, match=words):
            await ingest(_parser().parse_args(["ingest", str(written(tmp_path)), *arguments]), settings, "en")
