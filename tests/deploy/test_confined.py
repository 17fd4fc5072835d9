"""The service and the page as ``compose.yaml`` runs them: another user, no capabilities, nothing to write but the data folder and scratch.

Real processes in a mount namespace of their own, where the root file system is read-only for everybody.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from agent.client import Client
from configs.settings import ROOT
from tests.support.confined import Confinement, confinement

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
AUTH = {"SHENSI_SERVER__AUTH__REQUIRED": "true"}


@pytest.fixture
def confined() -> Iterator[Confinement]:
    with confinement() as made:
        yield made


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    """Run until the end of the block; yield the address that the first line names."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stderr is not None
        said = re.search(r"http://[0-9.]+:\d+", process.stdout.readline())
        assert said, process.stderr.read()
        yield said.group()
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=40)
    assert "Traceback" not in errors, errors


def test_the_confinement_is_one(confined: Confinement) -> None:
    """What the other tests rest on: the code cannot be written, nor anything else, and no capability is left."""
    tried = " ; ".join(f"touch {place}/x" for place in (ROOT, ROOT / "knowledge", "/tmp", "/var/tmp"))
    script = f"{tried} ; touch $SHENSI_STORAGE__DATA_DIR/x $HOME/x && id -u && grep -E 'Cap(Prm|Eff|Bnd)|NoNewPrivs' /proc/self/status"
    done = subprocess.run(confined.wrapped("sh", "-c", script), env=confined.environment(), capture_output=True, text=True, check=True)
    assert done.stderr.count("Read-only file system") == 4
    assert [line.split()[-1] for line in done.stdout.splitlines()][1:] == ["0" * 16] * 3 + ["1"]
    assert sorted(path.name for path in (*confined.data.iterdir(), *confined.scratch.iterdir())) == ["x", "x"]


def test_the_service_answers_remembers_and_takes_in_files(confined: Confinement, tmp_path: Path) -> None:
    environment = confined.environment(**AUTH)
    scopes = ("--scope", "chat", "--scope", "memory", "--scope", "knowledge:write")
    made = subprocess.run(
        confined.command("keys", "create", "--owner", "anna", *scopes, "--json"),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    key = json.loads(made.stdout)["key"]
    guide = tmp_path / "guide.md"
    guide.write_text("# 院内规定\n\n住院病人的轮椅在一楼服务台借用。\n", encoding="utf-8")
    with started(confined.command("serve", "--port", "0", "--lang", "zh"), environment) as url:
        assert httpx.get(f"{url}/livez", trust_env=False).json() == {"status": "alive"}
        assert httpx.get(f"{url}/v1/threads", trust_env=False).status_code == 401
        with Client(url, key=key) as client:
            turn = client.ask("我对青霉素过敏，嗓子疼能吃阿莫西林吗？", thread=client.threads.create("咽痛").id)
            assert any(finding.kind == "allergy" for finding in turn.findings) and turn.citations
            assert [fact.kind for fact in client.memory.facts()] == ["allergy"]
            *_, done = client.knowledge.wait(client.knowledge.upload("hospital", guide))
            assert done.state == "done", done
            assert client.knowledge.search("轮椅在哪里借", collections=["hospital"]).hits
    assert (confined.data / "store.sqlite").stat().st_size > 0


def test_the_page_is_served(confined: Confinement) -> None:
    environment = confined.environment(SHENSI_API_URL="http://api:8000")
    with started(confined.command("ui", "--host", "0.0.0.0", "--port", "8507", "--lang", "zh"), environment) as url:
        assert httpx.get(f"{url}/_stcore/health", trust_env=False).text == "ok"
        assert "<!doctype html>" in httpx.get(url, trust_env=False).text.lower()
    assert not list(confined.data.iterdir())


@pytest.mark.parametrize(
    "environment", [{"SHENSI_API_URL": "http://127.0.0.1:8000"}, {"SHENSI_API_URL": "http://api:8000", "SHENSI_API_KEY": "shensi_x"}]
)
def test_a_page_for_others_does_not_make_them_all_one_person(confined: Confinement, environment: dict[str, str]) -> None:
    command = confined.command("ui", "--host", "0.0.0.0", "--port", "8508", "--lang", "en")
    done = subprocess.run(command, env=confined.environment(**environment), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and "one and the same person" in done.stderr
