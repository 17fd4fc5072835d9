"""The clients against the service as it runs, through a network that breaks, and against servers that misbehave."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent.client import (
    AsyncClient,
    Busy,
    Client,
    ClientError,
    ConnectionFailed,
    Invalid,
    NotFound,
    Retries,
    ServerFailed,
    StreamBroken,
    TurnFailed,
)
from agent.client.sse import Frame, Frames
from agent.schema import DoneEvent, Event, StatusEvent, TokenEvent
from agent.server.app import create_app
from agent.server.beside import running
from configs.settings import ModelSettings, RetrievalSettings, Settings, StorageSettings
from tests.support.cutting import Cutter, cutting
from tests.support.model_ready import honest
from tests.support.model_server import ModelServer

QUICK = Retries(attempts=4, first_s=0.01, most_s=0.2)
QUESTION = "高血压要注意什么？"


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ModelServer]]:
    """A service with an honest model."""
    data = tmp_path_factory.mktemp("talking") / "data"
    with ModelServer(honest()) as model:
        llm = ModelSettings(base_url=model.base_url, model=model.model, cooldown_s=0.0)
        settings = Settings(llm=llm, retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=data))
        with running(create_app(settings)) as url:
            yield url, model
    shutil.rmtree(data)


@pytest.fixture
def proxy(talking: tuple[str, ModelServer]) -> Iterator[Cutter]:
    with cutting(int(talking[0].rsplit(":", 1)[1])) as cutter:
        talking[1].reset()
        yield cutter


def told(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TokenEvent))


def test_a_stream_ends_with_the_turn_whose_answer_was_told(talking: tuple[str, ModelServer]) -> None:
    with Client(talking[0]) as client:
        thread = client.threads.create().id
        events = list(client.stream(QUESTION, thread=thread))
        assert isinstance(events[0], StatusEvent) and isinstance(events[-1], DoneEvent)
        assert told(events) == events[-1].turn.answer
        again = list(client.follow(thread, events[-1].turn.turn))
        assert isinstance(again[-1], DoneEvent) and again[-1].turn == events[-1].turn


@pytest.mark.parametrize("cuts", [[150], [700], [2500], [900, 400, 300], [0, 1200]])
def test_a_broken_stream_goes_on_where_it_broke_and_nothing_finished_is_asked_again(
    talking: tuple[str, ModelServer], proxy: Cutter, cuts: list[int]
) -> None:
    with Client(talking[0]) as direct:
        thread = direct.threads.create().id
    with Client(proxy.url, retries=QUICK) as client:
        proxy.cuts = list(cuts)
        events = list(client.stream(QUESTION, thread=thread))
    last = events[-1]
    assert isinstance(last, DoneEvent) and told(events) == last.turn.answer
    assert [isinstance(event, DoneEvent) for event in events].count(True) == 1
    assert proxy.connections > len(cuts) - proxy.cuts.count(0) and not proxy.cuts
    with Client(talking[0]) as direct:
        assert len(direct.threads.get(thread).messages) == 2
    # A cut at the first byte stops the turn wherever it is. Once the auditor was asked, the draft is written: nobody asks for it again.
    asked = {role: [request.time for request in talking[1].requests if request.role == role] for role in ("draft", "critique")}
    assert len(asked["draft"]) <= 1 + len(cuts) and max(asked["draft"]) < min(asked["critique"])


def test_a_stream_cut_among_the_words_goes_on_with_the_next_one(talking: tuple[str, ModelServer], proxy: Cutter) -> None:
    with Client(proxy.url, retries=QUICK) as client:
        first, second = client.threads.create().id, client.threads.create().id
        whole = list(client.stream(QUESTION, thread=first))
    sent = max(proxy.answers, key=len)
    words = [match.start() for match in re.finditer(rb"event: token", sent)]
    threads = sent.index(b"text/event-stream")
    with Client(proxy.url, retries=QUICK) as client:
        proxy.cuts = [words[len(words) // 2] - sent.rindex(b"HTTP/1.1", 0, threads) + 7]
        events = list(client.stream(QUESTION, thread=second))
    assert not proxy.cuts and told(events) == told(whole)
    kinds = [event.event for event in events]
    assert (
        kinds.count("token") == len(words)
        and kinds.count("done") == 1
        and kinds.count("status") == len(re.findall(rb"event: status", sent))
    )


def test_an_answer_that_was_lost_on_the_way_is_the_same_turn(talking: tuple[str, ModelServer], proxy: Cutter) -> None:
    with Client(talking[0]) as direct:
        thread = direct.threads.create().id
    with Client(proxy.url, retries=QUICK) as client:
        proxy.cuts = [20]
        turn = client.ask(QUESTION, thread=thread)
    with Client(talking[0]) as direct:
        assert {message.turn for message in direct.threads.get(thread).messages} == {turn.turn}


async def test_the_asynchronous_client_does_the_same(talking: tuple[str, ModelServer], proxy: Cutter, tmp_path: Path) -> None:
    async with AsyncClient(proxy.url, retries=QUICK, language="en", user="async") as client:
        thread = (await client.threads.create("mine")).id
        proxy.cuts = [800]
        events = [event async for event in client.stream("What helps against a cold?", thread=thread)]
        last = events[-1]
        assert isinstance(last, DoneEvent) and told(events) == last.turn.answer
        turn = await client.ask("I am allergic to penicillin", thread=thread)
        assert turn.remembered and [fact.value for fact in await client.memory.facts()] == ["penicillin"]
        assert (await client.threads.feedback(thread, turn.turn, "up")).thumb == "up"
        file = tmp_path / "guide.md"
        file.write_text("# Guide\n\nThe blue lamp is calibrated every Wednesday.\n", encoding="utf-8")
        job = await client.knowledge.upload("lamps", file)
        states = [one.state async for one in client.knowledge.wait(job, every_s=0.02)]
        assert (states or [job.state])[-1] == "done"
        assert (await client.knowledge.search("blue lamp", collections=["lamps"])).hits
        with pytest.raises(NotFound):
            await client.tools.drug("qqqqqq")


class Scripted:
    """A server that answers as it is told to, one answer a request, the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                outer.seen.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
                self.rfile.read(int(self.headers.get("content-length", 0)))
                status, headers, body = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    made = Scripted()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def refusal(status: int, code: str = "x", **headers: str) -> tuple[int, dict[str, str], bytes]:
    body = {"error": {"code": code, "message": "请稍后再试", "request_id": "r", "details": {"why": "full"}}}
    return status, {"content-type": "application/json", "x-request-id": "r", **headers}, json.dumps(body).encode()


FINE = (200, {"content-type": "application/json"}, b"[]")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again(scripted: Scripted, status: int) -> None:
    scripted.answers = [refusal(status), refusal(status), FINE]
    with Client(scripted.url, retries=QUICK, key="k", language="en") as client:
        assert client.memory.facts() == []
    assert len(scripted.seen) == 3
    assert scripted.seen[0][2]["authorization"] == "Bearer k" and scripted.seen[0][2]["accept-language"] == "en"


def test_what_would_happen_twice_is_not_tried_again(scripted: Scripted) -> None:
    scripted.answers = [refusal(503)]
    with Client(scripted.url, retries=QUICK) as client:
        with pytest.raises(Busy):
            client.memory.undo()
        assert len(scripted.seen) == 1
        scripted.answers = [refusal(429), FINE]
        assert client.memory.undo() == []  # refused before anything was done


def test_a_question_is_asked_again_under_the_same_key(scripted: Scripted) -> None:
    scripted.answers = [refusal(503)]
    with Client(scripted.url, retries=QUICK) as client, pytest.raises(Busy):
        client.ask("感冒", thread="t")
    keys = {headers["idempotency-key"] for _, _, headers in scripted.seen}
    assert len(scripted.seen) == QUICK.attempts and len(keys) == 1


def test_a_wait_longer_than_allowed_is_left_to_the_caller(scripted: Scripted) -> None:
    scripted.answers = [refusal(429, "busy", **{"retry-after": "30"})]
    with Client(scripted.url, retries=QUICK) as client, pytest.raises(Busy) as caught:
        client.memory.facts()
    error = caught.value
    assert (error.retry_after, error.code, error.status, error.request_id, error.details) == (30.0, "busy", 429, "r", {"why": "full"})
    assert str(error) == error.message("zh") == "请稍后再试" and len(scripted.seen) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(404), NotFound),
        (refusal(422), Invalid),
        (refusal(500), ServerFailed),
        ((200, {}, b"<html>welcome</html>"), ServerFailed),
        ((200, {}, b'[{"kind": "colour"}]'), ServerFailed),
        ((302, {"location": "http://example.org/"}, b""), ClientError),
        ((418, {}, b"\xff\xfe"), Invalid),
        ((500, {}, b'{"error": "plain"}'), ServerFailed),
    ],
)
def test_every_failure_is_a_typed_error_with_a_sentence(
    scripted: Scripted, answer: tuple[int, dict[str, str], bytes], kind: type[ClientError]
) -> None:
    scripted.answers = [answer]
    with Client(scripted.url, retries=QUICK) as client, pytest.raises(kind) as caught:
        client.memory.facts()
    assert caught.value.message("zh") and caught.value.message("en") and len(scripted.seen) == 1


def frames(*events: object, last: str = "0123456789abcdef.0000.1") -> tuple[int, dict[str, str], bytes]:
    body = "".join(f"event: e\nid: {last}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events)
    return 200, {"content-type": "text/event-stream"}, body.encode()


STATUS = {"event": "status", "node": "intake", "label": "正在读"}


def test_a_stream_that_never_ends_well_is_broken_and_was_followed_by_its_last_event(scripted: Scripted) -> None:
    scripted.answers = [frames(STATUS), frames()]
    with Client(scripted.url, retries=QUICK) as client, pytest.raises(StreamBroken) as caught:
        list(client.stream("感冒", thread="t"))
    assert caught.value.message("en")
    assert [(method, path) for method, path, _ in scripted.seen[:2]] == [
        ("POST", "/v1/threads/t/messages"),
        ("GET", "/v1/threads/t/turns/0123456789abcdef"),
    ]
    assert {headers.get("last-event-id") for _, _, headers in scripted.seen[1:]} == {"0123456789abcdef.0000.1"}


def test_an_error_event_is_raised_and_a_stopping_worker_is_left(scripted: Scripted) -> None:
    scripted.answers = [frames(STATUS, {"event": "error", "code": "turn_failed", "message": "没有写完"})]
    with Client(scripted.url, retries=QUICK) as client:
        with pytest.raises(TurnFailed) as caught:
            list(client.stream("感冒", thread="t"))
        assert (caught.value.code, caught.value.message("zh")) == ("turn_failed", "没有写完")
        scripted.answers = [frames(STATUS, {"event": "error", "code": "stopping", "message": "x"}), refusal(404, "turn_missing")]
        with pytest.raises(NotFound):
            list(client.stream("感冒", thread="t"))
        scripted.answers = [(200, {"content-type": "text/event-stream"}, b"data: {not json\n\n")]
        with pytest.raises(ServerFailed):
            list(client.stream("感冒", thread="t"))


def test_nobody_listening_is_a_failed_connection(scripted: Scripted) -> None:
    with Client("http://127.0.0.1:9", retries=QUICK) as client:
        for act in (client.memory.facts, lambda: list(client.stream("x", thread="t"))):
            with pytest.raises(ConnectionFailed) as caught:
                act()
            assert caught.value.code == "client_unreachable" and caught.value.message("en")


def test_pauses_grow_within_bounds_and_heed_the_server() -> None:
    retries = Retries(attempts=6, first_s=1.0, most_s=4.0)
    pauses = [retries.pause(attempt) or 0.0 for attempt in range(5)]
    assert all(low <= pause <= high for pause, (low, high) in zip(pauses, [(0.5, 1), (1, 2), (2, 4), (2, 4), (2, 4)], strict=True))
    assert retries.pause(5) is None and retries.pause(0, 5.0) is None and (retries.pause(0, 3.0) or 0) >= 3.0


STREAM = 'id: 1\nevent: token\ndata: {"text": "a\u2028b\u0085c"}\n\n: \n\nid: 2\r\ndata: first\r\ndata: second\r\n\r\nid\ndata:x\n\n'
FRAMES = [Frame("1", "token", '{"text": "a\u2028b\u0085c"}'), Frame("2", "message", "first\nsecond"), Frame("", "message", "x")]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_frames_are_the_same_however_the_bytes_are_cut(size: int) -> None:
    data, reader = STREAM.encode(), Frames()
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    assert list(itertools.chain.from_iterable(map(reader.feed, pieces))) == FRAMES


def test_a_frame_that_was_cut_off_is_forgotten_and_its_id_kept() -> None:
    reader = Frames()
    assert [frame.id for frame in reader.feed(b"id: 7\ndata: whole\n\nid: 8\ndata: ha")] == ["7"]
    reader.again()
    assert [(frame.id, frame.data) for frame in reader.feed(b"data: next\n\n")] == [("7", "next")]


def test_every_call_has_its_words_and_both_clients_have_the_same_ones() -> None:
    one, other = Client("http://127.0.0.1:9"), AsyncClient("http://127.0.0.1:9")
    for part in ("threads", "memory", "knowledge", "tools"):
        mine, theirs = vars(type(getattr(one, part))), vars(type(getattr(other, part)))
        names = {name for name in mine if not name.startswith("_")}
        assert names == {name for name in theirs if not name.startswith("_")} and names
        assert all(mine[name].__doc__ for name in names)
