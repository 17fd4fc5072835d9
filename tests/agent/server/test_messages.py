"""Questions over HTTP: whole answers and streams, the same answer twice, a stream that breaks."""

from __future__ import annotations

import threading

import httpx
import pytest

from agent.schema import Turn
from tests.agent.server.conftest import ASKED, STREAM, Served, frames_of, until
from tests.support.model_ready import honest
from tests.support.model_script import Script, Slow, Text


def slow(seconds: float) -> Script:
    script = honest()
    return script.with_role("draft", lambda request: Slow(seconds, script.draft(request)))


def stream(client: httpx.Client, thread: str, content: str, **headers: str) -> list[tuple[str, str, str]]:
    with client.stream("POST", f"/v1/threads/{thread}/messages", json={"content": content}, headers={**STREAM, **headers}) as response:
        assert response.status_code == 200 and response.headers["content-type"].startswith("text/event-stream")
        return [(frame.event, frame.id, frame.data) for frame in frames_of(response)]


def test_an_answer_is_the_turn_with_its_sources_and_label(served: Served, client: httpx.Client) -> None:
    answer = client.post(f"/v1/threads/{served.thread()}/messages", json={"content": ASKED})
    turn = Turn.model_validate(answer.json())
    assert turn.citations and turn.writer == "model" and "AI" in turn.label and turn.answer.endswith(turn.label)


def test_a_stream_tells_progress_first_and_the_answer_only_when_it_was_audited(served: Served, client: httpx.Client) -> None:
    events = stream(client, served.thread(), ASKED)
    names = [event for event, _, _ in events]
    assert names[0] == "status" and names[-1] == "done" and names.index("safety") < names.index("sources") < names.index("token")
    turn = Turn.model_validate_json(events[-1][2][len('{"event":"done","turn":') : -1])
    told = "".join(httpx.Response(200, content=data).json()["text"] for event, _, data in events if event == "token")
    assert told == turn.answer
    assert all(number for _, number, _ in events) and len({number for _, number, _ in events}) == len(events)


def test_the_same_key_is_the_same_reply_byte_by_byte_and_no_second_turn(served: Served, client: httpx.Client) -> None:
    thread = served.thread()
    first, second = (
        client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}, headers={"idempotency-key": "k-1"}) for _ in range(2)
    )
    assert first.content == second.content and served.model.calls("draft") == 1
    assert client.get(f"/v1/threads/{thread}").json()["turns"] == 1
    streamed = stream(client, thread, ASKED, **{"idempotency-key": "k-1"})
    assert streamed[-1][0] == "done" and first.text in streamed[-1][2] and served.model.calls("draft") == 1


def test_the_same_key_asked_at_the_same_time_is_answered_once(served: Served) -> None:
    thread, answers = served.thread(), []
    served.model.script = slow(0.4)

    def ask() -> None:
        with served.client() as client:
            answers.append(client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}, headers={"idempotency-key": "k"}))

    askers = [threading.Thread(target=ask) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert {answer.status_code for answer in answers} == {200} and len({answer.content for answer in answers}) == 1
    assert served.model.calls("draft") == 1


def test_the_same_key_for_something_else_is_refused_and_another_thread_has_keys_of_its_own(served: Served, client: httpx.Client) -> None:
    thread, other = served.thread(), served.thread()
    key = {"idempotency-key": "k"}
    assert client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}, headers=key).status_code == 200
    refused = client.post(f"/v1/threads/{thread}/messages", json={"content": "感冒了怎么办？"}, headers=key)
    assert refused.status_code == 422 and refused.json()["error"]["code"] == "idempotency_mismatch"
    assert client.post(f"/v1/threads/{other}/messages", json={"content": "感冒了怎么办？"}, headers=key).status_code == 200
    assert client.post(f"/v1/threads/{other}/messages", json={"content": "a"}, headers={"idempotency-key": "k k"}).status_code == 422


def test_two_questions_at_once_on_a_thread_are_not_mixed(served: Served) -> None:
    thread = served.thread()
    served.model.script = slow(0.6)
    answers: list[httpx.Response] = []

    def ask() -> None:
        with served.client() as client:
            answers.append(client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}))

    asker = threading.Thread(target=ask)
    asker.start()
    assert until(lambda: served.model.calls("draft") == 1)
    with served.client() as client:
        refused = client.post(f"/v1/threads/{thread}/messages", json={"content": "感冒了怎么办？"})
        assert refused.status_code == 409 and refused.json()["error"]["code"] == "turn_running"
        assert client.get(f"/v1/threads/{thread}").json()["open"]["state"] == "running"
    asker.join()
    assert answers[0].status_code == 200


ALLERGENS = {"status": "头孢", "sources": "磺胺", "token": "花生", "memory": "芒果"}
"""One each, so that every turn has something new to remember."""


@pytest.mark.parametrize("place", ALLERGENS)
def test_a_stream_that_breaks_goes_on_after_the_last_event_without_running_the_turn_again(
    served: Served, client: httpx.Client, place: str
) -> None:
    thread, asked = served.thread(), f"我对{ALLERGENS[place]}过敏，高血压要注意什么？"
    served.model.script = slow(0.2)
    seen: list[tuple[str, str, str]] = []
    with client.stream("POST", f"/v1/threads/{thread}/messages", json={"content": asked}, headers=STREAM) as response:
        for frame in frames_of(response):
            seen.append((frame.event, frame.id, frame.data))
            if frame.event == place:
                break
    before = len(served.model.requests)
    again = stream(client, thread, asked, **{"last-event-id": seen[-1][1]})
    assert again[-1][0] == "done"
    if place in ("token", "memory"):
        assert len(served.model.requests) == before, "the model had done its part"
    assert served.model.calls("draft") <= 1 + served.model.aborted
    told = "".join(httpx.Response(200, content=data).json()["text"] for event, _, data in [*seen, *again] if event == "token")
    turn = httpx.Response(200, content=again[-1][2]).json()["turn"]
    assert told == turn["answer"], "nothing twice and nothing missing"
    assert len({number for _, number, _ in [*seen, *again]}) == len([*seen, *again])
    assert client.get(f"/v1/threads/{thread}").json()["turns"] == 1


def test_a_turn_is_read_again_by_its_id_as_json_and_as_events(served: Served, client: httpx.Client) -> None:
    thread = served.thread()
    first = client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED})
    path = f"/v1/threads/{thread}/turns/{first.json()['turn']}"
    assert client.get(path).content == first.content
    with client.stream("GET", path, headers=STREAM) as response:
        assert [frame.event for frame in frames_of(response)][-1] == "done"
    assert client.get(f"/v1/threads/{thread}/turns/0000000000000000").status_code == 404
    assert client.get(f"/v1/threads/{served.thread()}/turns/{first.json()['turn']}").status_code == 404


def test_a_quiet_stream_is_kept_open_by_comments(served: Served, client: httpx.Client) -> None:
    served.model.script = slow(0.5)
    server = served.app.state.settings.server
    served.app.state.settings = served.app.state.settings.model_copy(update={"server": server.model_copy(update={"heartbeat_s": 0.05})})
    try:
        with client.stream("POST", f"/v1/threads/{served.thread()}/messages", json={"content": ASKED}, headers=STREAM) as response:
            assert b"\n: \n\n" in b"".join(response.iter_raw())
    finally:
        served.app.state.settings = served.app.state.settings.model_copy(update={"server": server})


def test_an_emergency_is_answered_without_the_model(served: Served, client: httpx.Client) -> None:
    served.model.script = served.model.script.with_every_role(lambda request: Text(""))
    events = stream(client, served.thread(), "我爸突然胸口剧痛，出冷汗，喘不上气")
    assert events[-1][0] == "done" and "120" in events[-1][2] and not served.model.requests
