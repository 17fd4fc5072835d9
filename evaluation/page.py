"""The service and the page as people run them, for screenshots and measurements: a folder of its own, by keywords alone, no model."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from agent.server.app import create_app
from agent.server.beside import running
from agent.ui.options import streamlit_flags
from configs.settings import ROOT, RetrievalSettings, Settings, StorageSettings

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SERVED = ROOT / "agent" / "ui" / "start" / "served.py"
_START_S = 120.0


@dataclass(frozen=True)
class OpenedPage:
    """The addresses of the page and of the service behind it, which runs in this process, and the number of the page's process."""

    url: str
    api: str
    process: int


@contextmanager
def opened_page(folder: Path) -> Iterator[OpenedPage]:
    """Yield the page, ready for readers."""
    settings = Settings(retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=folder / "data"))
    with running(create_app(settings)) as api, _streamlit(api) as (url, process):
        yield OpenedPage(url, api, process)


@contextmanager
def _streamlit(api: str) -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "SHENSI_API_URL": api, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "streamlit", "run", str(SERVED), *streamlit_flags("127.0.0.1", port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + _START_S
            while not _well(f"http://127.0.0.1:{port}/_stcore/health"):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("the page did not start")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait(20)


def _well(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False).is_success
    except httpx.TransportError:
        return False
