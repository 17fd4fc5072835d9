"""``python -m agent run``: one command, two servers, and nothing left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from agent.errors import BadCall
from agent.ui import launch
from configs.settings import ROOT


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def start(data: Path, page: int, api: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "SHENSI_STORAGE__DATA_DIR": str(data), "SHENSI_RETRIEVAL__EMBEDDER": "none"}
    command = [sys.executable, "-m", "agent", "run", "--port", str(page), "--api-port", str(api)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def heard(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def silent(*ports: int) -> bool:
    until = time.monotonic() + 20
    while any(map(heard, ports)) and time.monotonic() < until:
        time.sleep(0.1)
    return not any(map(heard, ports))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_both_are_served_and_end_together(page_data: Path, tmp_path: Path, number: signal.Signals) -> None:
    shutil.copytree(page_data, tmp_path / "data")
    page, api = free(), free()
    with start(tmp_path / "data", page, api) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any(f"http://127.0.0.1:{page}" in line for line in lines)
        assert httpx.get(f"http://127.0.0.1:{api}/readyz", trust_env=False).is_success
        assert httpx.get(f"http://127.0.0.1:{page}/_stcore/health", trust_env=False).is_success
        process.send_signal(number)
        process.wait(30)
        assert silent(page, api)


def test_a_taken_port_is_said_in_plain_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(BadCall) as raised:
        launch._bound("127.0.0.1", taken.getsockname()[1])
    assert "已被占用" in raised.value.message("zh") and "taken" in raised.value.message("en")
