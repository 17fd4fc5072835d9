"""Threads over HTTP, as their owner uses them."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from pathlib import Path

import httpx
import pytest

from agent.server.app import create_app
from agent.server.beside import running
from agent.service import ConsultService
from configs.settings import ConsultSettings
from tests.agent.server.conftest import ASKED, Served, profile, until
from tests.support.model_ready import honest
from tests.support.model_script import Json, Request
from tests.support.model_server import ModelServer

ALLERGIC = "我对青霉素过敏，嗓子疼能吃阿莫西林吗？"


@pytest.fixture(scope="module")
def told(talking: Served) -> str:
    """A thread with one turn."""
    thread = talking.thread()
    with talking.client() as client:
        assert client.post(f"/v1/threads/{thread}/messages", json={"content": ALLERGIC}).status_code == 200
    return thread


def test_a_thread_is_made_empty_and_takes_its_name_from_the_first_question(client: httpx.Client) -> None:
    made = client.post("/v1/threads").json()
    assert made["turns"] == 0 and made["title"] == ""
    client.post(f"/v1/threads/{made['id']}/messages", json={"content": ASKED})
    read = client.get(f"/v1/threads/{made['id']}").json()
    assert read["title"] == ASKED and read["turns"] == 1 and read["updated_at"] > made["created_at"]


def test_a_thread_reads_with_its_citations_after_a_reload(client: httpx.Client, told: str) -> None:
    read = client.get(f"/v1/threads/{told}").json()
    asked, answered = read["messages"]
    assert asked["role"] == "user" and asked["content"] == ALLERGIC
    assert answered["role"] == "assistant" and answered["citations"] and "AI" in answered["label"]
    assert {cite for sentence in answered["body"] for cite in sentence["cites"]} <= {source["n"] for source in answered["citations"]}
    assert answered["findings"][0]["with"] == "青霉素"


def test_threads_are_listed_by_their_last_use_a_page_at_a_time(client: httpx.Client) -> None:
    made = [client.post("/v1/threads", json={"title": f"第 {n} 段"}).json()["id"] for n in range(5)]
    client.post(f"/v1/threads/{made[1]}/messages", json={"content": ASKED})
    seen, after = [], None
    while True:
        page = client.get("/v1/threads", params={"limit": 2, **({"after": after} if after else {})}).json()
        seen += [thread["id"] for thread in page["threads"]]
        if (after := page["next"]) is None:
            break
    assert [thread for thread in seen if thread in made] == [made[1], *reversed([t for t in made if t != made[1]])]
    assert len(seen) == len(set(seen))


def test_a_name_that_was_given_stays(client: httpx.Client) -> None:
    thread = client.post("/v1/threads", json={"title": "妈妈的血压"}).json()["id"]
    client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED})
    assert client.get(f"/v1/threads/{thread}").json()["title"] == "妈妈的血压"
    assert client.patch(f"/v1/threads/{thread}", json={"title": " 血压 "}).json()["title"] == "血压"
    assert client.patch(f"/v1/threads/{thread}", json={"title": ""}).status_code == 422


def test_an_export_says_that_a_machine_wrote_it_in_both_forms(client: httpx.Client, told: str) -> None:
    exported = client.get(f"/v1/threads/{told}/export").json()
    assert exported["ai_generated"] is True and "AI 生成" in exported["label"] and exported["thread"]["messages"][1]["citations"]
    page = client.get(f"/v1/threads/{told}/export", params={"format": "markdown"}, headers={"accept-language": "en"})
    assert page.headers["content-type"].startswith("text/markdown")
    assert page.text.count("AI-generated") >= 2 and ALLERGIC in page.text and "[1]" in page.text


def test_a_deleted_thread_is_gone_and_what_was_told_in_it_stays_told_without_a_link_to_it(served: Served) -> None:
    thread = served.thread()
    with served.client() as client:
        asked = {"content": "我对磺胺过敏，感冒了怎么办？"}
        turn = client.post(f"/v1/threads/{thread}/messages", json=asked, headers={"idempotency-key": "gone"}).json()["turn"]
        facts = client.get("/v1/memory/facts").json()
        assert thread in json.dumps(facts)
        assert client.delete(f"/v1/threads/{thread}").status_code == 204
        facts = client.get("/v1/memory/facts").json()
        assert thread not in json.dumps(facts) and "磺胺" in json.dumps(facts, ensure_ascii=False)
        absent = client.get("/v1/threads/0000000000000000")
        for path in (f"/v1/threads/{thread}", f"/v1/threads/{thread}/export", f"/v1/threads/{thread}/turns/{turn}"):
            gone = client.get(path)
            assert gone.status_code == 404 and gone.json()["error"]["code"] == absent.json()["error"]["code"]
        assert client.delete(f"/v1/threads/{thread}").status_code == 404
        again = client.post(f"/v1/threads/{thread}/messages", json=asked, headers={"idempotency-key": "gone"})
        assert again.status_code == 404, "no stored reply outlives its thread"
        assert thread not in {one["id"] for one in client.get("/v1/threads", params={"limit": 200}).json()["threads"]}


async def test_what_the_model_was_still_writing_about_a_deleted_thread_is_never_written_down(keyword_index: Path, tmp_path: Path) -> None:
    shutil.copytree(keyword_index, tmp_path / "data")
    go_on = threading.Event()

    def summary(request: Request) -> Json:
        assert go_on.wait(60)
        return Json({"summary": "canary"})

    with ModelServer(honest().with_role("summary", summary)) as model:
        settings = profile(tmp_path / "data", model, consult=ConsultSettings(recent_turns=2))
        app = create_app(settings)
        with running(app) as url, httpx.Client(base_url=url, timeout=60.0) as client:
            thread = client.post("/v1/threads", json={}).json()["id"]
            while not model.calls("summary"):
                assert client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}).status_code == 200
                await asyncio.sleep(0.05)
            assert client.delete(f"/v1/threads/{thread}").status_code == 204
            go_on.set()
            assert until(lambda: not app.state.service.summaries._running)
    async with ConsultService.open(settings) as service:
        assert await service.record.threads.prose(thread) == ""


def test_a_thread_that_was_never_there_is_answered_in_the_readers_language(client: httpx.Client) -> None:
    for language, words in (("en", "no such thread"), ("zh", "没有这段对话")):
        answer = client.get("/v1/threads/nobodys", headers={"accept-language": language, "x-request-id": "r-1"})
        body = answer.json()["error"]
        assert answer.status_code == 404 and words in body["message"] and body["request_id"] == "r-1" == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("body", "where"), [({}, "body.content"), ({"content": "头疼", "langauge": "zh"}, "langauge"), ({"content": 7}, "body.content")]
)
def test_a_body_with_a_mistake_is_named_and_changes_nothing(client: httpx.Client, body: dict[str, object], where: str) -> None:
    thread = client.post("/v1/threads").json()["id"]
    answer = client.post(f"/v1/threads/{thread}/messages", json=body, headers={"accept-language": "en"})
    assert answer.status_code == 422 and where in answer.json()["error"]["message"]
    assert client.get(f"/v1/threads/{thread}").json()["messages"] == []


def test_a_question_that_cannot_be_taken_is_refused_in_the_language_of_the_body(client: httpx.Client) -> None:
    thread = client.post("/v1/threads").json()["id"]
    answer = client.post(f"/v1/threads/{thread}/messages", json={"content": "？" * 3001, "language": "en"})
    assert answer.status_code == 422 and answer.json()["error"]["code"] == "question_long" and "long" in answer.json()["error"]["message"]
    assert client.post(f"/v1/threads/{thread}/messages", json={"content": "  "}).json()["error"]["code"] == "question_empty"
    assert client.get(f"/v1/threads/{thread}").json()["turns"] == 0


def test_a_sick_request_leaves_other_requests_alone(client: httpx.Client) -> None:
    begun = time.monotonic()
    broken = client.post("/v1/threads", content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 422 and client.get("/livez").status_code == 200 and time.monotonic() - begun < 10
