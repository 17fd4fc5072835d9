"""Clients that go away, and turns that are cancelled: the model is left alone, nothing is left running, nothing is written by halves.

``SHENSI_TEST_CANCELS`` sets how many clients go away at random moments (8); ``make test-durability`` lets 200 go.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest

from tests.agent.server.conftest import ASKED, STREAM, Served, frames_of, until
from tests.support.model_ready import honest
from tests.support.model_script import Script, Slow

# Taken out of the environment: a SHENSI_ variable that names no section of the settings is refused as a typing error.
TRIALS = int(os.environ.pop("SHENSI_TEST_CANCELS", "8"))
BOUND_S = 0.5
_RUNNING = re.compile(r"num_requests_running\S* (\d+)")


def slow_everywhere(seconds: float) -> Script:
    script = honest()
    for role in ("draft", "critique", "facts", "look"):
        script = script.with_role(role, lambda request, role=role, plain=script: Slow(seconds, getattr(plain, role)(request)))
    return script


def answering(served: Served) -> int:
    """Return how many requests the model is working on."""
    found = _RUNNING.search(served.model.metrics())
    assert found is not None
    return int(float(found[1]))


def pending() -> list[str]:
    """Return what the service is still doing for a turn."""
    names = [task.get_coro().__qualname__ for task in list(asyncio.tasks._all_tasks) if not task.done()]  # type: ignore[attr-defined]
    return [name for name in names if name.startswith(("Carrier.", "until_gone", "Pregel", "arun", "AsyncPregel", "EventStream"))]


def asking(served: Served, thread: str, *, stream: bool) -> socket.socket:
    """Ask over a connection of its own, which the caller closes."""
    where, body = urlsplit(served.url), json.dumps({"content": ASKED}).encode()
    accept = "text/event-stream" if stream else "application/json"
    head = f"POST /v1/threads/{thread}/messages HTTP/1.1\r\nhost: {where.netloc}\r\naccept: {accept}\r\ncontent-type: application/json\r\n"
    connection = socket.create_connection((where.hostname or "", where.port or 0))
    connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    return connection


def go_away(served: Served, thread: str, after_s: float, *, stream: bool) -> float:
    """Ask, close the connection after a while, and return when."""
    with asking(served, thread, stream=stream):
        time.sleep(after_s)
    return time.monotonic()


def at_rest(client: httpx.Client, thread: str) -> bool:
    """Tell whether nothing goes on in a thread: its last turn has ended, or waits for somebody to come back to it."""
    left = client.get(f"/v1/threads/{thread}").json()["open"]
    return left is None or left["state"] == "paused"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_client_that_goes_away_stops_the_model_within_half_a_second(served: Served, client: httpx.Client, stream: bool) -> None:
    served.model.script = slow_everywhere(5.0)
    thread = served.thread()
    with asking(served, thread, stream=stream):
        assert until(lambda: served.model.calls("draft") == 1)
    gone = time.monotonic()
    assert until(lambda: answering(served) == 0)
    assert time.monotonic() - gone <= BOUND_S
    assert until(lambda: not pending()), pending()
    read = client.get(f"/v1/threads/{thread}").json()
    assert read["messages"] == [] and read["open"]["state"] == "paused"


def test_clients_that_go_away_at_random_moments_leave_nothing_behind(served: Served, client: httpx.Client) -> None:
    rng, late = random.Random(6), []
    served.model.script = slow_everywhere(0.12)
    threads = [served.thread() for _ in range(TRIALS)]
    for trial, thread in enumerate(threads):
        gone = go_away(served, thread, rng.random() * 0.6, stream=bool(trial % 2))
        assert until(lambda: answering(served) == 0)
        late.append(time.monotonic() - gone)
        assert until(lambda thread=thread: not pending() and not served.runs.running and at_rest(client, thread)), pending()
        assert len(client.get(f"/v1/threads/{thread}").json()["messages"]) in (0, 2)
    # Who is gone at once may have left before the service has even seen the question, which begins after it was looked at.
    assert until(lambda: not pending() and all(at_rest(client, thread) for thread in threads)), pending()
    assert answering(served) == 0 and not served.runs.running
    assert max(late) <= BOUND_S, sorted(late)[-5:]
    served.model.script = honest()
    for thread in threads[:20]:
        assert client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}).status_code == 200
        assert until(lambda thread=thread: client.get(f"/v1/threads/{thread}").json()["turns"] >= 1)
        turns = {message["turn"] for message in client.get(f"/v1/threads/{thread}").json()["messages"]}
        assert len(turns) in (1, 2)


def test_cancelling_ends_the_turn_for_everybody_who_reads_it_and_for_good(served: Served, client: httpx.Client) -> None:
    served.model.script = slow_everywhere(5.0)
    thread, asked = served.thread(), {"content": "我对磺胺过敏，高血压要注意什么？"}
    with served.client() as reader:
        with reader.stream("POST", f"/v1/threads/{thread}/messages", json=asked, headers={**STREAM, "idempotency-key": "c"}) as response:
            assert until(lambda: served.model.calls("draft") == 1)
            begun = time.monotonic()
            said = client.post(f"/v1/threads/{thread}/cancel").json()
            assert said["state"] == "cancelled" and until(lambda: answering(served) == 0) and time.monotonic() - begun < 2
            last = list(frames_of(response))[-1]
        assert last.event == "error" and "turn_cancelled" in last.data
    again = client.post(f"/v1/threads/{thread}/messages", json=asked, headers={"idempotency-key": "c", "accept-language": "en"})
    assert (
        again.status_code == 409 and again.json()["error"]["code"] == "turn_cancelled" and "cancelled" in again.json()["error"]["message"]
    )
    assert client.post(f"/v1/threads/{thread}/cancel").json() == {"thread": thread, "turn": "", "state": "idle"}
    assert client.get(f"/v1/threads/{thread}").json()["messages"] == []
    assert "磺胺" in client.get("/v1/memory/facts").text, "what the patient said stays said"
    served.model.script = honest()
    assert client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}).status_code == 200


def test_another_question_closes_the_turn_whose_reader_has_gone(served: Served, client: httpx.Client) -> None:
    served.model.script = slow_everywhere(5.0)
    thread = served.thread()
    go_away(served, thread, 0.5, stream=True)
    assert until(lambda: (client.get(f"/v1/threads/{thread}").json()["open"] or {}).get("state") == "paused")
    left = client.get(f"/v1/threads/{thread}").json()["open"]["turn"]
    served.model.script = honest()
    assert client.post(f"/v1/threads/{thread}/messages", json={"content": "感冒了要多喝水吗？"}).status_code == 200
    ended = client.get(f"/v1/threads/{thread}/turns/{left}")
    assert ended.status_code == 409 and ended.json()["error"]["code"] == "turn_abandoned"
    read = client.get(f"/v1/threads/{thread}").json()
    assert read["open"] is None and read["turns"] == 1


def test_a_thread_can_be_deleted_while_it_is_being_answered(served: Served, client: httpx.Client) -> None:
    served.model.script = slow_everywhere(5.0)
    thread = served.thread()
    with (
        served.client() as reader,
        reader.stream("POST", f"/v1/threads/{thread}/messages", json={"content": ASKED}, headers=STREAM) as response,
    ):
        assert until(lambda: served.model.calls("draft") == 1)
        assert client.delete(f"/v1/threads/{thread}").status_code == 204
        assert list(frames_of(response))[-1].event == "error"
    assert client.get(f"/v1/threads/{thread}").status_code == 404
    assert until(lambda: not served.runs.running) and answering(served) == 0
