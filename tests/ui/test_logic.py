"""The page's logic without a browser."""

from __future__ import annotations

import ast
import asyncio
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests

from agent.client import StreamBroken
from agent.schema import Event, SafetyEvent, StatusEvent, TokenEvent
from agent.ui.calls import linked
from agent.ui.live import Live
from agent.ui.options import streamlit_flags
from agent.ui.plain import plain
from agent.ui.preferences import Preferences
from agent.ui.start.in_order import in_order
from configs.locales import Language, catalogue, text
from configs.settings import ROOT

PAGE = sorted((ROOT / "agent" / "ui").rglob("*.py"))


@pytest.mark.parametrize("path", PAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_page_talks_to_the_service_and_imports_nothing_behind_it(path: Path) -> None:
    behind = ("graphs", "retrieval", "memory", "evaluation", "agent.service", "agent.server", "agent.record")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        wrong = [name for name in names for one in behind if name == one or name.startswith(f"{one}.")]
        assert wrong == [] or (path.name == "launch.py" and wrong == ["agent.server.serve"])


@pytest.mark.parametrize("path", PAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_html_is_made_of_words(path: Path) -> None:
    words = path.read_text(encoding="utf-8")
    assert "unsafe_allow_html" not in words and "unsafe_allow_javascript" not in words


def test_scripts_set_words_as_text() -> None:
    for path in (ROOT / "agent" / "ui" / "scripts").glob("*.js"):
        words = path.read_text(encoding="utf-8")
        assert not [word for word in ("innerHTML", "insertAdjacentHTML", "document.write", "eval(", "outerHTML =") if word in words], path


@pytest.mark.parametrize(
    ("language", "line", "number"),
    [
        ("zh", "请立即拨打 120（急救电话）。", "120"),
        ("zh", "同时可以打 1-800-222-1222（美国中毒控制中心）询问。", "18002221222"),
        ("en", "Call 911 now (emergency services).", "911"),
        (
            "en",
            "If there is no immediate danger to life, call 116 123 (Samaritans) now, someone is there to listen; please do not stay alone.",
            "116123",
        ),
        ("zh", text("zh", "ui.emergency_now", number="120").lstrip("⚠ "), "120"),
    ],
)
def test_a_number_to_call_is_a_link_and_the_words_stay_the_same(language: Language, line: str, number: str) -> None:
    shown = linked(f"心跳每分钟 150 次\n{line}")
    assert re.findall(r"\]\(tel:(\d+)\)", shown) == [number]
    bare = re.sub(r"\]\(tel:\d+\)", "", shown).replace("[", "", 1)
    assert bare == f"{plain('心跳每分钟 150 次')}  \n{plain(line)}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_else_becomes_a_number_to_call(language: Language) -> None:
    for words in ("每分钟按压 100 到 120 次。", "拨打 120", "Call 120 [x](http://evil.test) now", "请立即拨打 [1](x)（y）。"):
        assert linked(words) == plain(words)


@pytest.mark.parametrize(
    "words", ["# a", "![x](y)", "<b>", ":red[x]", "$x$", "a_b*c*", "https://evil.test", "www.evil.test", "a@b.c", ":smile:", "1. x"]
)
def test_plain_leaves_no_mark_that_means_something(words: str) -> None:
    shown = plain(words)
    assert shown.replace("\\", "").replace("\u2060", "") == words
    assert "://" not in shown and "www." not in shown.replace("\\", "") and "](" not in shown and "<" not in shown.replace("\\<", "")


def test_plain_drops_what_turns_words_around() -> None:
    assert plain("a\u202eb\u0000c") == "abc"


def test_a_turn_is_read_beside_the_page_and_keeps_its_order() -> None:
    def events() -> Iterator[Event]:
        yield StatusEvent(node="intake", label="一")
        yield StatusEvent(node="intake", label="一")
        yield SafetyEvent(level="emergency", findings=[])
        yield TokenEvent(text="甲")
        yield TokenEvent(text="乙")

    live = Live("?").begin(events)
    _until_over(live)
    assert (live.steps, live.level, live.words, live.error) == (["一"], "emergency", "甲乙", None)


def test_a_broken_stream_is_an_error_of_the_turn_and_not_of_the_page() -> None:
    def events() -> Iterator[Event]:
        yield StatusEvent(node="intake", label="一")
        raise StreamBroken("client_stream_broken")

    live = Live("?").begin(events)
    _until_over(live)
    assert isinstance(live.error, StreamBroken) and live.steps == ["一"]


def test_a_stream_that_nobody_looks_at_is_left() -> None:
    closed = threading.Event()

    def events() -> Iterator[Event]:
        try:
            while True:
                yield StatusEvent(node="intake", label="一")
        finally:
            closed.set()

    live = Live("?")
    live.seen_at -= 3600
    live.begin(events)
    assert closed.wait(5)


def test_where_many_answers_are_on_their_way_they_are_looked_at_in_turn() -> None:
    go_on = threading.Event()

    def events() -> Iterator[Event]:
        while not go_on.wait(0.01):
            yield TokenEvent(text="甲")

    many = [Live("?").begin(events) for _ in range(60)]
    second = threading.Thread(target=many[0].look().wait)
    second.start()
    second.join(0.3)
    assert second.is_alive(), "there is news, and the others have their turn first"
    go_on.set()
    for live in many:
        _until_over(live)
    second.join(0.8)
    assert not second.is_alive(), "the end is shown at once"


def test_the_next_look_is_at_news() -> None:
    ask, tell = threading.Event(), threading.Event()

    def events() -> Iterator[Event]:
        ask.wait(5)
        yield TokenEvent(text="甲")
        tell.wait(5)

    live = Live("?").begin(events).look()
    threading.Timer(0.05, ask.set).start()
    live.wait()
    assert live.words == "甲"
    tell.set()
    _until_over(live)
    live.look()
    waiting = threading.Thread(target=live.wait)
    waiting.start()
    waiting.join(0.3)
    assert not waiting.is_alive(), "of what has ended there is no more news"


def test_what_a_run_has_sent_is_handled_before_the_next_request() -> None:
    handled = []

    class Session:
        def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
            self._event_loop, self._scriptrunner = loop, SimpleNamespace(_requests=ScriptRequests())

    async def talk() -> None:
        session = cast(AppSession, Session(asyncio.get_running_loop()))
        request = in_order(lambda _, asked: handled.append(asked))
        request(session, "while it runs")
        cast(Any, session)._scriptrunner._requests.request_stop()
        asyncio.get_running_loop().call_soon(handled.append, "sent")
        request(session, "when it has ended")
        await asyncio.sleep(0.01)

    with ThreadPoolExecutor(1) as beside:  # the browser's driver keeps a loop running in this thread
        beside.submit(asyncio.run, talk()).result()
    assert handled == ["while it runs", "sent", "when it has ended"]
    assert {"_event_loop", "_scriptrunner"} <= set(AppSession.__init__.__code__.co_names), "Streamlit's own names"
    assert "_requests" in ScriptRunner.__init__.__code__.co_names


def test_choices_survive_a_cookie() -> None:
    assert str(Preferences("en", 175, "contrast", True)) == "en.175.contrast.1"


def test_streamlit_listens_here_alone_and_reports_to_nobody() -> None:
    flags = streamlit_flags("127.0.0.1", 1)
    assert "--server.address=127.0.0.1" in flags and "--browser.gatherUsageStats=false" in flags


def test_every_error_of_the_client_has_words_of_its_own() -> None:
    for language in ("zh", "en"):
        for kind in ("ConnectionFailed", "StreamBroken", "Busy", "Unauthorized", "ServerFailed", "NotFound"):
            assert catalogue(language)[f"ui.error_{kind}"]


def _until_over(live: Live) -> None:
    assert live.ended.wait(5) and live.over
