"""OpenAI's own client and LangChain's speak to the service as they speak to OpenAI."""

from __future__ import annotations

import json
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_openai import ChatOpenAI
from openai.types.chat import ChatCompletion

from agent.client import Client
from agent.server.app import create_app
from agent.server.beside import running
from configs.locales import text
from configs.settings import ModelSettings, RetrievalSettings, Settings, StorageSettings
from tests.support.model_ready import hanging
from tests.support.model_server import ModelServer

QUESTION = "感冒要吃抗生素吗？"
LINK = re.compile(r"\[\[(\d+)\]\]\((http[^)\s]+)\)")


@pytest.fixture
def api(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def ask(api: openai.OpenAI, *messages: Any, **more: Any) -> ChatCompletion:
    said: Any = [user(one) if isinstance(one, str) else one for one in messages]
    return api.chat.completions.create(model="shensi", messages=said, **more)


def beside(answer: ChatCompletion) -> dict[str, Any]:
    found: dict[str, Any] = (answer.model_extra or {})["shensi"]
    return found


def test_there_is_one_model(api: openai.OpenAI) -> None:
    assert [model.id for model in api.models.list()] == ["shensi"]
    assert api.models.retrieve("shensi").owned_by == "shensi"
    with pytest.raises(openai.NotFoundError) as caught:
        api.models.retrieve("gpt-4")
    assert caught.value.code == "model_unknown" and caught.value.type == "invalid_request_error"


def test_citations_are_links_in_the_text_and_metadata_beside_it(api: openai.OpenAI, caller: Client) -> None:
    answer = ask(api, QUESTION, user="links")
    message = answer.choices[0].message
    assert answer.choices[0].finish_reason == "stop" and message.content and text("zh", "label.disclaimer") in message.content
    assert message.annotations and len(message.annotations) == len(LINK.findall(message.content))
    for note in message.annotations:
        found = LINK.fullmatch(message.content[note.url_citation.start_index : note.url_citation.end_index])
        assert found and found[2] == note.url_citation.url and note.url_citation.title
    cited = {one["n"]: one for one in beside(answer)["citations"]}
    number, url = LINK.findall(message.content)[0]
    passage = httpx.get(url).json()
    assert passage["id"] == cited[int(number)]["id"] and cited[int(number)]["snippet"] == passage["text"]
    assert beside(answer)["label"] == text("zh", "label.disclaimer") and beside(answer)["outcome"] == "answer"


def test_a_stream_joins_to_the_same_answer_and_tells_its_usage(api: openai.OpenAI) -> None:
    whole = ask(api, QUESTION, user="whole")
    chunks = list(
        api.chat.completions.create(
            model="shensi", messages=[user(QUESTION)], user="stream", stream=True, stream_options={"include_usage": True}
        )
    )
    *pieces, last, usage = chunks
    assert "".join(chunk.choices[0].delta.content or "" for chunk in pieces) == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in pieces] == [None] * len(pieces) and last.choices[0].finish_reason == "stop"
    assert pieces[0].choices[0].delta.role == "assistant" and len(pieces) > 10
    assert usage.choices == [] and usage.usage == whole.usage and usage.usage
    assert usage.usage.total_tokens == usage.usage.prompt_tokens + usage.usage.completion_tokens > 100
    assert len({chunk.id for chunk in chunks}) == 1 and (last.model_extra or {})["shensi"]["citations"]
    without = list(api.chat.completions.create(model="shensi", messages=[user(QUESTION)], user="plain", stream=True))
    assert without[-1].choices and without[-1].usage is None


def test_a_transcript_goes_on_in_its_thread_and_another_one_does_not(api: openai.OpenAI) -> None:
    first = ask(api, "我对青霉素过敏", user="goes-on")
    said = [user("我对青霉素过敏"), {"role": "assistant", "content": first.choices[0].message.content}]
    second = ask(api, *said, "嗓子疼能吃阿莫西林吗？", user="goes-on")
    assert beside(second)["thread"] == beside(first)["thread"]
    assert "allergy" in {finding["kind"] for finding in beside(second)["findings"]}
    again = ask(api, "我对青霉素过敏", user="goes-on")
    assert beside(again)["thread"] != beside(first)["thread"]
    branched = ask(api, *said, "膝盖疼怎么办？", user="goes-on")
    assert beside(branched)["thread"] != beside(first)["thread"]  # there another question followed


def test_what_was_told_in_a_transcript_from_elsewhere_counts(api: openai.OpenAI) -> None:
    elsewhere = [user("我对青霉素过敏"), {"role": "assistant", "content": "好的。"}]
    answer = ask(api, {"role": "system", "content": "You are a pirate."}, *elsewhere, "嗓子疼能吃阿莫西林吗？", user="elsewhere")
    assert "allergy" in {finding["kind"] for finding in beside(answer)["findings"]}
    said = [*elsewhere, user("嗓子疼能吃阿莫西林吗？"), {"role": "assistant", "content": answer.choices[0].message.content}]
    assert beside(ask(api, *said, "那要不要去医院？", user="elsewhere"))["thread"] == beside(answer)["thread"]


def test_words_of_other_roles_are_no_patients_words(api: openai.OpenAI, address: str) -> None:
    others = [
        {"role": "system", "content": "病人对青霉素过敏。"},
        {"role": "developer", "content": "病人对头孢过敏。"},
        {"role": "assistant", "content": "您说过您对磺胺过敏。"},
    ]
    ask(api, *others, QUESTION, user="quoted")
    with Client(address, user="quoted") as client:
        assert client.memory.facts() == []


def test_every_user_has_a_record_and_threads_of_their_own(api: openai.OpenAI, address: str) -> None:
    answer = ask(api, "我对青霉素过敏", user="张 三")
    with Client(address, user="张 三") as zhang, Client(address, user="李四") as li, Client(address) as nobody:
        assert [fact.value for fact in zhang.memory.facts()] == ["青霉素"]
        assert [one.id for one in zhang.threads.page().threads] == [beside(answer)["thread"]]
        for other in (li, nobody):
            assert "青霉素" not in {fact.value for fact in other.memory.facts()}
            assert beside(answer)["thread"] not in {one.id for one in other.threads.page().threads}
    answer = ask(api, "能吃阿莫西林吗？", user="李四", extra_headers={"X-Shensi-Thread": beside(answer)["thread"]})
    assert "allergy" not in {finding["kind"] for finding in beside(answer)["findings"]}  # the thread of that name is another one


def test_a_header_names_the_thread(api: openai.OpenAI, caller: Client) -> None:
    thread = caller.threads.create("from the page").id
    raw = api.chat.completions.with_raw_response.create(
        model="shensi", messages=[user(QUESTION)], extra_headers={"X-Shensi-Thread": thread}
    )
    assert raw.headers["x-shensi-thread"] == thread == beside(raw.parse())["thread"]
    assert caller.threads.get(thread).messages[0].content == QUESTION
    with pytest.raises(openai.BadRequestError):
        ask(api, QUESTION, extra_headers={"X-Shensi-Thread": "local:other/../x"})


@pytest.mark.parametrize(
    ("wrong", "status", "param"),
    [
        ({"model": "gpt-4"}, 404, None),
        ({"n": 2}, 400, "n"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, 400, "tools"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format"),
        ({"max_tokens": 16}, 400, "max_tokens"),
        ({"max_completion_tokens": 4095, "stream": True}, 400, "max_completion_tokens"),
        ({"stop": "。"}, 400, "stop"),
        ({"stop": ["120"]}, 400, "stop"),
        ({"messages": []}, 400, "messages"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, 400, "messages"),
        ({"messages": [user("   ")]}, 400, "messages"),
        ({"messages": [user([{"type": "image_url", "image_url": {"url": "http://x/y.png"}}])]}, 400, "messages"),
        ({"messages": [user("长" * 5000)]}, 400, None),
        ({"messages": [{"role": "patient", "content": "x"}]}, 400, "messages.0.role"),
    ],
)
def test_errors_have_openais_shape(api: openai.OpenAI, wrong: dict[str, Any], status: int, param: str | None) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        api.chat.completions.create(**{"model": "shensi", "messages": [user(QUESTION)], **wrong})
    error = caught.value
    assert error.status_code == status and error.param == param and error.code and error.type == "invalid_request_error"
    body: Any = error.body
    assert body["message"] and "长长长" not in body["message"]


def test_what_would_cut_an_answer_short_is_refused_before_anything_is_asked(api: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match=r"safety|warning|安全提示") as caught:
        ask(api, "我胸口压着疼，左胳膊发麻，出冷汗", user="cut", max_tokens=5)
    assert caught.value.code == "parameter_cuts" and "4096" in str(caught.value)
    whole = ask(api, "我胸口压着疼，左胳膊发麻，出冷汗", user="cut", max_completion_tokens=4096, stop=[])
    assert "120" in str(whole.choices[0].message.content) and whole.choices[0].finish_reason == "stop"


def test_parts_of_text_are_one_message_and_sampling_changes_nothing(api: openai.OpenAI) -> None:
    parts = [{"type": "text", "text": "感冒要吃"}, {"type": "text", "text": "抗生素吗？"}]
    answer = ask(api, user(parts), user="parts", temperature=2, max_tokens=4096, seed=7, top_p=0.1)
    assert text("zh", "label.disclaimer") in str(answer.choices[0].message.content)


def test_a_long_transcript_is_read_and_an_endless_one_is_not(api: openai.OpenAI) -> None:
    turn = [user("膝盖疼怎么办？"), {"role": "assistant", "content": "多休息。" * 1000}]
    assert ask(api, *turn * 15, QUESTION, user="long").choices[0].message.content
    with pytest.raises(openai.APIStatusError) as caught:
        ask(api, *turn * 100, QUESTION, user="long")
    assert caught.value.status_code == 413 and caught.value.code == "body_large"


def test_langchain_asks_streams_and_goes_on(address: str) -> None:
    model = ChatOpenAI(model="shensi", base_url=f"{address}/v1", api_key="none", model_kwargs={"user": "langchain"})  # type: ignore[arg-type]
    answer = model.invoke([HumanMessage(QUESTION)])
    assert text("zh", "label.disclaimer") in answer.text and answer.usage_metadata and answer.usage_metadata["output_tokens"] > 50
    streamed = list(model.stream([HumanMessage(QUESTION), AIMessage(answer.text), HumanMessage("那要多久好？")], stream_usage=True))
    assert "".join(piece.text for piece in streamed) and any(piece.usage_metadata for piece in streamed)


async def test_the_asynchronous_client_is_answered_too(address: str) -> None:
    async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        answer = await client.chat.completions.create(model="shensi", messages=[{"role": "user", "content": QUESTION}], user="async")
        assert answer.choices[0].message.annotations


@pytest.fixture
def slow(address: str, tmp_path: Path) -> Iterator[tuple[str, ModelServer]]:
    """A service whose model never comes to an end."""
    with ModelServer(hanging(60.0)) as model:
        llm = ModelSettings(base_url=model.base_url, model=model.model, cooldown_s=0.0)
        settings = Settings(llm=llm, retrieval=RetrievalSettings(embedder="none"), storage=StorageSettings(data_dir=tmp_path / "data"))
        with running(create_app(settings)) as url:
            yield url, model
    shutil.rmtree(tmp_path / "data")


def until(said: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (so := said()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return so


def test_a_client_that_goes_away_stops_the_model_streaming_or_not(slow: tuple[str, ModelServer]) -> None:
    url, model = slow
    host, port = url.removeprefix("http://").split(":")
    for stream in (True, False):
        model.reset()
        body = json.dumps({"model": "shensi", "stream": stream, "messages": [user("高血压要注意什么？")]}).encode()
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head.encode() + body)
            assert until(lambda: model.calls("draft") > 0)
        begun = time.monotonic()
        assert until(lambda: model.left_alone(0)), stream
        assert time.monotonic() - begun < 5.0  # the bound itself is half a second; this machine is shared
