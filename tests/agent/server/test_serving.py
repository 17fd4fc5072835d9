"""Starting, health, and who is let in where nobody has to prove who they are."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml

from agent.server.floors import FLOORS, Unsafe, check_floors
from agent.server.reader import accepted_language
from configs.settings import ROOT
from tests.agent.server.conftest import Served


def test_the_process_lives_and_says_which_part_is_not_ready(served: Served, client: httpx.Client) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert [part["name"] for part in ready["parts"]] == ["stores", "ledger", "knowledge", "tables", "model", "turns"]
    breaker = served.app.state.service.context.models._breaker
    breaker._open_until = float("inf")
    try:
        part = next(part for part in client.get("/readyz").json()["parts"] if part["name"] == "model")
        assert part["state"] == "degraded" and part["message"]
        assert 'shensi_model_circuit{state="open"} 1.0' in client.get("/metrics").text
    finally:
        breaker._open_until = None


def test_not_ready_is_a_503_that_names_the_part(served: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served.app.state.service.context.retriever, "collections", lambda: [])
    answer = client.get("/readyz", headers={"accept-language": "en"})
    assert answer.status_code == 503 and answer.json()["status"] == "not_ready"
    assert [part["name"] for part in answer.json()["parts"] if part["state"] == "failed"] == ["knowledge"]


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"origin": "https://evil.example"}, {"host": "127.0.0.1.evil.example"}, {"origin": "null"}]
)
def test_a_page_of_a_website_cannot_use_the_open_service_through_a_browser(client: httpx.Client, headers: dict[str, str]) -> None:
    answer = client.get("/v1/threads", headers=headers)
    assert answer.status_code == 403 and answer.json()["error"]["code"] == "local_only"
    assert client.get("/v1/threads", headers={"origin": "http://localhost:8501"}).status_code == 200


def test_an_address_that_is_not_there_is_answered_in_the_same_shape(client: httpx.Client) -> None:
    for answer, status in ((client.get("/v1/nothing"), 404), (client.put("/v1/threads"), 405)):
        assert answer.status_code == status and set(answer.json()["error"]) >= {"code", "message", "request_id"}


def test_the_description_is_complete(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operations = [(path, verb, op) for path, verbs in paths.items() for verb, op in verbs.items() if path.startswith("/v1/threads")]
    assert len({op["operationId"] for _, _, op in operations}) == len(operations)
    for path, verb, operation in operations:
        assert operation["description"] and {"401", "429", "503"} <= operation["responses"].keys(), (path, verb)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN", "zh"),
        ("fr, en;q=0.3, zh;q=0.7", "zh"),
        ("fr", None),
        ("", None),
        ("en;q=0", None),
        (";;;", None),
    ],
)
def test_the_readers_language_is_the_one_they_prefer_of_ours(header: str, language: str | None) -> None:
    assert accepted_language(header) == language


def test_nothing_starts_below_a_floor() -> None:
    check_floors()
    for package, floor in FLOORS.items():
        below = [*floor.split(".")[:-1], str(int(floor.split(".")[-1]) - 1)] if not floor.endswith(".0") else ["0", "1"]
        with pytest.raises(Unsafe, match=package):
            check_floors({**FLOORS, package: ".".join(below)})


def test_nothing_starts_with_checkpoints_that_could_run_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langgraph.checkpoint.serde._msgpack.STRICT_MSGPACK_ENABLED", False)
    with pytest.raises(Unsafe, match="STRICT_MSGPACK"):
        check_floors()


def test_without_authentication_no_other_address_is_listened_on(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(yaml.safe_dump({"storage": {"data_dir": str(tmp_path / "data")}}), encoding="utf-8")
    command = [sys.executable, "-m", "agent", "serve", "--profile", str(path), "--host", "0.0.0.0", "--lang", "en"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 2 and "Without authentication" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_serve_says_where_it_listens_and_stops_when_told(keyword_index: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(keyword_index, tmp_path / "data")
    path = tmp_path / "profile.yaml"
    values = {
        "retrieval": {"embedder": "none"},
        "storage": {"data_dir": str(tmp_path / "data")},
        "server": {"telemetry": {"log_level": "ERROR"}},
    }
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    command = [sys.executable, "-m", "agent", "serve", "--profile", str(path), "--port", "0", "--lang", "en"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = next(word.rstrip(",") for word in said.split() if word.startswith("http://127.0.0.1:"))
        assert httpx.get(f"{address}/livez", timeout=20).json() == {"status": "alive"}
        assert "one person" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)
