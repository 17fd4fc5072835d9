"""API workers as they are run: processes of their own, started by the command, found by the address they print."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from configs.section import in_the_clear
from configs.settings import ROOT, Settings


class Worker:
    """One ``python -m agent serve``."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """Start it with settings that are written to a profile in a folder, which exists."""
        profile, self._log = folder / "profile.yaml", folder / "log"
        profile.write_text(in_the_clear(settings), encoding="utf-8")  # JSON is YAML
        profile.chmod(0o600)
        command = [sys.executable, "-m", "agent", "serve", "--profile", str(profile), "--port", "0"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "LANG": "C.UTF-8"}
            )
        self.url = ""

    def listen(self) -> str:
        """Wait until it listens and return its address."""
        assert self.process.stdout is not None
        while not self.url:
            line = self.process.stdout.readline()
            assert line, self._log.read_text("utf-8", "replace")
            found = re.search(r"http://[0-9.:]+", line)
            self.url = found.group() if found else ""
        return self.url

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def workers(folder: Path, *settings: Settings) -> Iterator[list[Worker]]:
    """Run a worker for each of the settings, started at the same moment, until the end of the block."""
    running: list[Worker] = []
    try:
        for number, one in enumerate(settings):
            home = folder / f"worker-{number}"
            home.mkdir(parents=True, exist_ok=True)
            running.append(Worker(one, home))
        for worker in running:
            worker.listen()
        yield running
    finally:
        for worker in running:
            worker.close()
