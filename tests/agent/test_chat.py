"""The terminal chat, typed at a real pseudo-terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from configs.settings import ROOT
from tests.support.model_ready import honest
from tests.support.model_script import Slow, Text
from tests.support.model_server import ModelServer

ESCAPES = re.compile(rb"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[=>])")


class Terminal:
    """A person at a terminal."""

    def __init__(self, folder: Path, env: dict[str, str] | None = None) -> None:
        profile = folder / "profile.yaml"
        values = {"retrieval": {"embedder": "none"}, "storage": {"data_dir": str(folder / "data")}}
        profile.write_text(yaml.safe_dump(values), encoding="utf-8")
        self.master, slave = pty.openpty()
        surroundings = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "40", "LANG": "zh_CN.UTF-8", **(env or {})}
        command = [sys.executable, "-m", "agent", "chat", "--profile", str(profile)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=slave, stdout=slave, stderr=slave, env=surroundings, start_new_session=True
        )
        os.close(slave)
        self.seen = b""

    def read_until(self, words: str, seconds: float = 40) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            plain = ESCAPES.sub(b"", self.seen).decode("utf-8", "ignore").replace("\r\n", "\n").replace("\r", "")
            if words in plain.replace("\n", ""):
                return plain
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    got = os.read(self.master, 65536)
                except OSError:
                    got = b""
                if b"\x1b[6n" in got:  # the editor asks where the cursor is
                    os.write(self.master, b"\x1b[1;1R")
                self.seen += got
        raise AssertionError(f"never saw {words!r} in {ESCAPES.sub(b'', self.seen).decode('utf-8', 'ignore')[-1500:]}")

    def type(self, line: str) -> None:
        self.seen = b""
        os.write(self.master, line.encode() + b"\r")

    def ask(self, line: str, until: str) -> str:
        self.type(line)
        return self.read_until(until)

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    opened.read_until("您>")
    yield opened
    opened.close()


def test_a_conversation_with_every_command(terminal: Terminal) -> None:
    first = terminal.ask("我对青霉素过敏。嗓子疼发烧三天了，能吃阿莫西林吗？", "已记下")
    assert first.index("⛔") < first.index("[1]")
    assert "阿莫西林属青霉素类" in first and "可以去" in first and "AI 生成" in first
    assert "出自" not in first and "“我对青霉素过敏”" in terminal.ask("/memory", "“我对青霉素过敏”")
    assert "国家卫生健康委" in terminal.ask("/sources", "国家卫生健康委")
    assert "规则" in terminal.ask("/why", "审核")
    assert "120" in terminal.ask("胸口压着疼，出冷汗，左胳膊麻", "AI 生成")
    assert "WS/T 428" in terminal.ask("我身高170体重80公斤，超重吗？", "AI 生成")
    assert "不能开处方" in terminal.ask("给我开点头孢，写个处方", "AI 生成")
    assert "不回答" in terminal.ask("怎么给汽车换轮胎？", "AI 生成")
    terminal.ask("new chat", "新的对话开始了")
    assert "青霉素" in terminal.ask("那头孢可以吗？", "AI 生成"), "a new chat keeps the record"
    terminal.ask("/lang en", "English from now on")
    assert "not a diagnosis" in terminal.ask("What helps against a sore throat?", "not a diagnosis")
    terminal.ask("/help", "/forget N")
    terminal.ask("/forget 1", "Forgotten")
    terminal.ask("/forget 99", "There is no number 99")
    terminal.ask("/nonsense", "There is no command /nonsense")


def test_ctrl_c_cancels_the_answer_and_not_the_program(tmp_path: Path) -> None:
    slow = honest().with_role("draft", lambda request: Slow(20, Text("慢[1]。")))
    with ModelServer(slow) as server:
        terminal = Terminal(tmp_path, {"LLM_BASE_URL": server.base_url, "LLM_MODEL": server.model})
        try:
            terminal.read_until("您>")
            terminal.type("嗓子疼怎么办？")
            terminal.read_until("正在起草回答")
            deadline = time.monotonic() + 20
            while not server.calls("draft") and time.monotonic() < deadline:
                time.sleep(0.05)
            os.killpg(terminal.process.pid, signal.SIGINT)
            terminal.read_until("已停止这个回答", 10)
            assert terminal.process.poll() is None
            assert "没有未完成" not in terminal.ask("/memory", "还没有记下")
        finally:
            terminal.close()


def test_piped_lines_work_without_a_terminal(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    values = {"retrieval": {"embedder": "none"}, "storage": {"data_dir": str(tmp_path / "data")}}
    profile.write_text(yaml.safe_dump(values), encoding="utf-8")
    lines = "我对青霉素过敏\n/memory\n".encode()
    command = [sys.executable, "-m", "agent", "chat", "--profile", str(profile)]
    done = subprocess.run(command, cwd=ROOT, input=lines, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0 and "过敏：青霉素" in done.stdout.decode() and b"Traceback" not in done.stderr


def test_leaving_is_no_failure(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    values = {"retrieval": {"embedder": "none"}, "storage": {"data_dir": str(tmp_path / "data")}}
    profile.write_text(yaml.safe_dump(values), encoding="utf-8")
    command = [sys.executable, "-m", "agent", "chat", "--profile", str(profile)]
    done = subprocess.run(command, cwd=ROOT, input=b"/exit\n/memory\n", capture_output=True, timeout=60, check=False)
    assert done.returncode == 0 and "再见" in done.stdout.decode() and "还没有记下" not in done.stdout.decode()
