"""The page as people have it: the real service behind a line that can be cut, the real Streamlit, and a browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from agent.client import Client
from agent.ui.options import streamlit_flags
from agent.ui.preferences import COOKIE
from configs.settings import ROOT
from tests.support.model_server import ModelServer

SERVED = ROOT / "agent" / "ui" / "start" / "served.py"
WAIT_MS = 30_000
GROUND = "getComputedStyle(document.querySelector('.stApp') ?? document.body).backgroundColor"
DARK = f"() => ({GROUND}.match(/\\d+/g) ?? [255]).every((part) => part < 99)"


class Line:
    """The line between the page and the service; ``shut`` is the service being away, ``delay_s`` what each piece takes."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.shut = False
        self.delay_s = 0.0
        self._open: list[socket.socket] = []

    def serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.shut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._target))
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                time.sleep(self.delay_s)
                sink.sendall(piece)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Break everything that is open now."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for one in self._open:
            one.close()


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    line = Line(port)
    accepting = threading.Thread(target=line.serve)
    accepting.start()
    try:
        yield line
    finally:
        line.close()
        accepting.join(10)


@contextmanager
def served(api: str, what: Path = SERVED, log: IO[bytes] | int = subprocess.DEVNULL) -> Iterator[str]:
    """Run Streamlit in front of a service and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "SHENSI_API_URL": api, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "streamlit", "run", str(what), *streamlit_flags("127.0.0.1", port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log) as process:
        try:
            until = time.monotonic() + 60
            while not _well(f"http://127.0.0.1:{port}/_stcore/health"):
                assert process.poll() is None and time.monotonic() < until
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _well(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False).is_success
    except httpx.TransportError:
        return False


def darkened(page: Page, last: Locator) -> None:
    """Wait until a browser that sees the dark theme for the first time has read the page once more."""
    page.wait_for_function(DARK, timeout=WAIT_MS)
    expect(last).to_be_visible(timeout=WAIT_MS)
    expect(last).to_be_enabled(timeout=WAIT_MS)


@dataclass
class Site:
    """Everything together; ``open`` gives a page of a reader of their own."""

    url: str
    api: str
    model: ModelServer
    line: Line
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def reader(
        self, language: str = "zh", *, size: int = 100, theme: str = "light", agreed: bool = True, phone: bool = False
    ) -> BrowserContext:
        """Return a browser of somebody, who has or has not been here before."""
        context = self.browser.new_context(
            locale="zh-CN" if language == "zh" else "en-US",
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(WAIT_MS)
        if agreed or size != 100 or theme != "light":
            context.add_cookies([{"name": COOKIE, "value": f"{language}.{size}.{theme}.{int(agreed)}", "url": self.url}])
        self.contexts.append(context)
        return context

    def open(self, language: str = "zh", *, thread: str = "", **how: object) -> Page:
        """Return the conversation page, ready to be used."""
        page = self.reader(language, **how).new_page()  # type: ignore[arg-type]
        page.goto(f"{self.url}/?thread={thread}" if thread else self.url)
        expect(box(page)).to_be_enabled(timeout=WAIT_MS)
        if how.get("theme") == "dark":
            darkened(page, box(page))
        return page

    def client(self) -> Client:
        return Client(self.api, language="zh")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()


def box(page: Page) -> Locator:
    """Return where one writes."""
    return page.get_by_test_id("stChatInputTextArea")


def ask(page: Page, words: str) -> None:
    """Send a question."""
    expect(box(page)).to_be_enabled(timeout=WAIT_MS)
    box(page).fill(words)
    box(page).press("Enter")


def answered(page: Page, number: int = 1) -> Locator:
    """Wait until so many answers are finished, and return the last."""
    expect(page.locator(".entry .tools button[data-do=copy]")).to_have_count(number, timeout=WAIT_MS)
    return page.locator(".entry").last


def thread_of(page: Page) -> str:
    """Return the conversation that the address names."""
    page.wait_for_url(re.compile(r"thread=\w+"))
    return page.url.rpartition("thread=")[2].partition("&")[0]


def picture(page: Page, folder: Path, name: str) -> None:
    """Keep a picture for whoever looks into a failure."""
    page.screenshot(path=folder / f"{name}.png")
