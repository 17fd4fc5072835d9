"""What a request must get past, on a real server: no body is read before its sender is known, none is parsed before it is measured."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.server.bodies import too_deep
from configs.guards import LimitSettings
from tests.agent.server.guarded import bearer, made_keys, profile
from tests.support.serving import Serving, serving

LIMITS = LimitSettings(body_bytes=8192, header_bytes=4096, header_s=0.6, body_s=4.0, send_s=0.6, requests_per_tenant=6, running=2)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, keyword_index: Path) -> Iterator[tuple[Serving, str, str]]:
    data = tmp_path_factory.mktemp("guarded") / "data"
    shutil.copytree(keyword_index, data)
    settings = profile(data, limits=LIMITS)
    one, other = made_keys(settings, ("north", "li-si", ("chat", "memory")), ("south", "wang-wu", ("chat",)))
    with serving(settings) as running:
        yield running, one, other


@pytest.fixture
def http(server: tuple[Serving, str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server[0].url, headers=bearer(server[1]), timeout=30) as client:
        yield client


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def talk(server: Serving, sent: bytes, *, seconds: float = 20.0) -> bytes:
    """Send bytes and return everything that comes until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as connection:
        connection.sendall(sent)
        found = b""
        while piece := connection.recv(65536):
            found += piece
        return found


def head(path: str, token: str = "", *lines: str, method: str = "POST") -> bytes:
    known = [f"Authorization: Bearer {token}"] if token else []
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *known, *lines, "", ""]).encode()


TRIAGE = "/v1/tools/triage"


def test_only_who_has_a_key_gets_past_and_the_answer_says_how(server: tuple[Serving, str, str]) -> None:
    url = server[0].url
    for headers in ({}, bearer("nothing"), bearer(server[1][:-1]), {"authorization": server[1]}, {"authorization": f"Basic {server[1]}"}):
        answer = httpx.post(url + TRIAGE, timeout=60, json={"text": "头疼"}, headers=headers)
        assert code(answer) == (401, "unauthorized") and answer.headers["www-authenticate"] == "Bearer"
    both = [("authorization", f"Bearer {server[1]}"), ("authorization", f"Bearer {server[2]}")]
    assert httpx.post(url + TRIAGE, timeout=60, json={"text": "头疼"}, headers=both).status_code == 401
    assert httpx.post(url + TRIAGE, timeout=60, json={"text": "头疼"}, headers=bearer(server[1])).status_code == 200
    assert httpx.get(url + "/livez").status_code == 200


def test_a_key_without_the_scope_is_refused(server: tuple[Serving, str, str]) -> None:
    assert httpx.get(server[0].url + "/v1/memory/facts", headers=bearer(server[1])).status_code == 200
    assert code(httpx.get(server[0].url + "/v1/memory/facts", headers=bearer(server[2]))) == (403, "forbidden")


def test_without_a_key_not_a_byte_of_the_body_is_awaited(server: tuple[Serving, str, str]) -> None:
    """The body never comes; the answer does."""
    with socket.create_connection(("127.0.0.1", server[0].port), timeout=20) as connection:
        connection.sendall(head("/v1/memory/import", "", "Content-Length: 4000000", "Content-Type: application/json"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 401")


def test_a_body_that_says_it_is_too_large_is_not_read(server: tuple[Serving, str, str]) -> None:
    said = talk(server[0], head(TRIAGE, server[1], "Content-Length: 8193", "Content-Type: application/json"))
    assert said.startswith(b"HTTP/1.1 413") and b"connection: close" in said and b"body_large" in said


def test_a_body_that_does_not_say_how_large_it_is_is_read_no_further_than_allowed(server: tuple[Serving, str, str]) -> None:
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    said = talk(server[0], head(TRIAGE, server[1], "Transfer-Encoding: chunked", "Content-Type: application/json") + chunk * 3)
    assert said.startswith(b"HTTP/1.1 413")


def test_a_body_where_none_belongs_is_refused(http: httpx.Client) -> None:
    assert code(http.request("GET", "/v1/memory/facts", content=b"x")) == (413, "body_large")


def test_a_body_that_does_not_come_is_not_waited_for(server: tuple[Serving, str, str]) -> None:
    said = talk(server[0], head(TRIAGE, server[1], "Content-Length: 100", "Content-Type: application/json") + b"{")
    assert said.startswith(b"HTTP/1.1 408") and b"body_late" in said


def test_a_head_that_does_not_end_is_not_waited_for(server: tuple[Serving, str, str]) -> None:
    assert talk(server[0], b"POST /v1/tools/triage HTTP/1.1\r\nHost: x\r\n").startswith(b"HTTP/1.1 408")
    assert talk(server[0], b"").startswith(b"HTTP/1.1 408")


def test_a_head_that_is_too_large_before_it_ends_is_refused_for_its_size_and_not_for_its_time(server: tuple[Serving, str, str]) -> None:
    endless = b"POST /v1/tools/triage HTTP/1.1\r\nHost: x\r\nx-long: " + b"y" * (3 * LIMITS.header_bytes)
    assert talk(server[0], endless).startswith(b"HTTP/1.1 431")


def test_a_head_that_grows_without_end_is_cut_off(server: tuple[Serving, str, str]) -> None:
    with socket.create_connection(("127.0.0.1", server[0].port), timeout=20) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises(OSError):
            for number in range(100_000):
                connection.sendall(b"X-%d: " % number + b"y" * 1000 + b"\r\n")


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [({"x-long": "y" * 5000}, TRIAGE, 431), ({f"x-{n}": "y" for n in range(70)}, TRIAGE, 431), ({}, f"{TRIAGE}?{'y' * 5000}", 414)],
    ids=["long", "many", "address"],
)
def test_large_heads_are_refused(http: httpx.Client, headers: dict[str, str], path: str, status: int) -> None:
    assert code(http.post(path, headers=headers, json={"text": "头疼"})) == (status, "headers_large")


def test_a_compressed_body_is_refused(http: httpx.Client) -> None:
    assert code(http.post(TRIAGE, headers={"content-encoding": "gzip"}, content=b"\x1f\x8b")) == (415, "encoding_refused")


def nested(depth: int) -> Any:
    value: Any = "头疼"
    for _ in range(depth):
        value = [value]
    return value


def test_json_is_measured_before_it_is_parsed(http: httpx.Client) -> None:
    assert code(http.post(TRIAGE, content=b"[" * 8000)) == (400, "json_deep")
    assert code(http.post(TRIAGE, json={"text": nested(40)})) == (400, "json_deep")
    assert http.post(TRIAGE, json={"text": "头疼 " + "[" * 100 + '\\"{{'}).status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refusal_speaks_the_readers_language(http: httpx.Client, language: str) -> None:
    said = http.post(TRIAGE, content=b"[" * 8000, headers={"accept-language": language}).json()["error"]
    assert ("嵌套" in said["message"]) == (language == "zh") and said["request_id"]


def test_who_asks_for_too_much_at_once_is_told_when_to_come_back_and_nobody_else_notices(server: tuple[Serving, str, str]) -> None:
    """Six requests of one tenant hang on bodies that do not come."""
    running, one, other = server
    hanging = [socket.create_connection(("127.0.0.1", running.port), timeout=20) for _ in range(6)]
    try:
        for connection in hanging:
            connection.sendall(head(TRIAGE, one, "Content-Length: 100"))
        until = time.monotonic() + 10
        while running.app.state.gates.requests.inside < 6 and time.monotonic() < until:
            threading.Event().wait(0.005)
        refused = httpx.post(running.url + TRIAGE, timeout=60, json={"text": "头疼"}, headers=bearer(one))
        served = httpx.post(running.url + TRIAGE, timeout=60, json={"text": "头疼"}, headers=bearer(other))
    finally:
        for connection in hanging:
            connection.close()
    assert code(refused) == (429, "busy_tenant") and int(refused.headers["retry-after"]) >= 1
    assert served.status_code == 200


def test_a_client_that_does_not_read_is_let_go(server: tuple[Serving, str, str]) -> None:
    """It asks for the description of the interface again and again and reads nothing of it."""
    running = server[0]
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", running.port))
        with pytest.raises(ConnectionError):  # the server ends it; that this side gave up would be a TimeoutError
            while True:
                connection.sendall(head("/openapi.json", method="GET") * 20)
    until = time.monotonic() + 20
    while (running.server_state.connections or running.app.state.gates.requests.inside) and time.monotonic() < until:
        threading.Event().wait(0.01)
    assert not running.server_state.connections and not running.app.state.gates.requests.inside


def test_depth_is_that_of_brackets_outside_of_strings() -> None:
    good = [b"", b"[]", b'{"a": [1, {"b": []}]}', b'"[[[[[[[["', b'["\\"[[[[[[", "\\\\"]', b"[][][][][][][][]", b'"' + b"[" * 99]
    assert [body for body in good if too_deep(body, 4)] == []
    bad = [b"[[[[[", b'{"a":{"a":{"a":{"a":{"a":1}}}}}', b'["\\\\",[[[[1]]]]]', b'"a"[[[[[']
    assert [body for body in bad if not too_deep(body, 4)] == []
    assert json.loads(good[4]) == ['"[[[[[[', "\\"]


def test_measuring_takes_time_in_proportion_to_the_length() -> None:
    for body in (b'"\\' * 60_000, b'"' * 120_001, b"[]" * 60_000, b'"a",' * 30_000):
        assert not too_deep(body, 16)
