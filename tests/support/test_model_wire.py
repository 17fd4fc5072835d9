"""The wire shapes of the scripted model server, compared with those of a real vLLM server, and LangChain on top."""

import asyncio
import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError

import httpx2
import pytest
from langchain_core.messages import AIMessage
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI
from pydantic import SecretStr

from tests.support import model_server as ms

QUESTION = "发烧怎么办？"
EVIDENCE = """<evidence>
[1] 发热时应多饮水。不要捂汗。
[2] Drink fluids when feverish. Rest.
[3] 体温38.5℃以上可用药
</evidence>"""
BMI = {"type": "function", "function": {"name": "bmi", "parameters": {"type": "object", "properties": {}}}}
ONLY_BMI = {"type": "function", "function": {"name": "bmi"}}
SHAPES: dict[str, str] = {
    "body": "id object created model choices service_tier system_fingerprint usage prompt_logprobs prompt_token_ids "
    "prompt_text kv_transfer_params ec_transfer_params metrics",
    "choice": "index message logprobs finish_reason stop_reason token_ids routed_experts",
    "message": "role content refusal annotations audio function_call reasoning",
    "usage": "prompt_tokens total_tokens completion_tokens prompt_tokens_details completion_tokens_details",
    "model": "id object created owned_by root parent max_model_len permission",
    "permission": "id object created allow_create_engine allow_sampling allow_logprobs allow_search_indices "
    "allow_view allow_fine_tuning organization group is_blocking",
    "error": "message type param code",
    "opening": "id object created model choices prompt_token_ids prompt_text",
    "chunk": "id object created model choices",
    "closing": "id object created model choices system_fingerprint",
    "usage chunk": "id object created model choices usage system_fingerprint",
    "opening choice": "index delta logprobs finish_reason",
    "chunk choice": "index delta logprobs finish_reason token_ids",
    "closing choice": "index delta logprobs finish_reason stop_reason token_ids",
}


@pytest.fixture
def server() -> Iterator[ms.ModelServer]:
    with ms.ModelServer() as running:
        yield running


@contextmanager
def langchain(server: ms.ModelServer) -> Iterator[ChatOpenAI]:
    with httpx2.Client() as http:
        yield ChatOpenAI(model=server.model, base_url=server.base_url, api_key=SecretStr("none"), http_client=http, stream_usage=True)


def post(server: ms.ModelServer, **extra: Any) -> tuple[str, str]:
    payload = {"model": "qwen-medical", "messages": [{"role": "user", "content": QUESTION}]} | extra
    request = urllib.request.Request(f"{server.base_url}/chat/completions", json.dumps(payload).encode())
    with urllib.request.urlopen(request, timeout=5) as response:
        return response.headers["Content-Type"], response.read().decode()


def get(server: ms.ModelServer, path: str) -> tuple[str | None, str]:
    with urllib.request.urlopen(server.root_url + path, timeout=5) as response:
        return response.headers.get("Content-Type"), response.read().decode()


def keys(name: str) -> set[str]:
    return set(SHAPES[name].split())


def test_concurrent_requests_are_all_answered_and_recorded(server: ms.ModelServer) -> None:
    async def scenario() -> list[Any]:
        async with AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0) as client:
            messages: Any = [{"role": "user", "content": QUESTION}]
            create = client.chat.completions.create
            return await asyncio.gather(*(create(model=server.model, messages=messages) for _ in range(24)))

    assert len({answer.id for answer in asyncio.run(scenario())}) == server.calls("draft") == 24


def test_langchain_invokes_streams_and_counts_tokens(server: ms.ModelServer) -> None:
    with langchain(server) as chat:
        assert chat.invoke(f"{EVIDENCE}\n{QUESTION}").content == "发热时应多饮水。[1]体温38.5℃以上可用药。[3]"
        chunks = list(chat.stream(f"{EVIDENCE}\n{QUESTION}"))
    assert "".join(str(chunk.content) for chunk in chunks) == "发热时应多饮水。[1]体温38.5℃以上可用药。[3]"
    assert sum(chunk.usage_metadata["output_tokens"] for chunk in chunks if chunk.usage_metadata) > 0


def test_langchain_binds_a_schema_and_receives_tool_calls(server: ms.ModelServer) -> None:
    server.script = ms.honest().with_role("draft", ms.always(ms.ToolCall("bmi", '{"height_cm":170}')))
    schema = {"type": "json_schema", "json_schema": {"name": "critique", "schema": {"type": "object"}}}
    with langchain(server) as chat:
        critique = chat.bind(response_format=schema).invoke(QUESTION)
        called = chat.bind_tools([BMI]).invoke(QUESTION)
    assert json.loads(str(critique.content))["verdict"] == "pass" and server.calls("critique") == 1
    assert isinstance(called, AIMessage)
    assert [(call["name"], call["args"]) for call in called.tool_calls] == [("bmi", {"height_cm": 170})]


def test_langchain_reads_null_arguments_as_a_call_without_any(server: ms.ModelServer) -> None:
    server.script = ms.null_tools()
    with langchain(server) as chat:
        called = chat.bind_tools([BMI]).invoke(QUESTION)
    assert isinstance(called, AIMessage)
    assert [(call["name"], call["args"]) for call in called.tool_calls] == [("bmi", {})]


def test_whole_answers_have_the_keys_of_a_real_vllm_server(server: ms.ModelServer) -> None:
    content_type, text = post(server, chat_template_kwargs={"enable_thinking": False})
    body = json.loads(text)
    choice = body["choices"][0]
    assert (content_type, set(body), set(choice)) == ("application/json", keys("body"), keys("choice"))
    assert (set(choice["message"]), set(body["usage"])) == (keys("message"), keys("usage"))
    server.script = ms.null_tools()
    message = json.loads(post(server, tools=[BMI], tool_choice=ONLY_BMI)[1])["choices"][0]["message"]
    assert set(message) == keys("message") | {"tool_calls"}
    assert set(message["tool_calls"][0]) == {"id", "type", "function"}


@pytest.mark.parametrize("with_usage", [False, True])
def test_streams_have_the_keys_of_a_real_vllm_server(server: ms.ModelServer, with_usage: bool) -> None:
    content_type, text = post(server, stream=True, stream_options={"include_usage": with_usage})
    *events, done, end = text.split("\n\n")
    assert (content_type, done, end) == ("text/event-stream; charset=utf-8", "data: [DONE]", "")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    if with_usage:
        assert set(chunks[-1]) == keys("usage chunk") and "prompt_tokens_details" not in chunks.pop()["usage"]
    opening, *middle, closing = chunks
    assert (set(opening), set(opening["choices"][0])) == (keys("opening"), keys("opening choice"))
    assert set(closing["choices"][0]) == keys("closing choice")
    assert set(closing) == (keys("chunk") if with_usage else keys("closing"))
    assert all((set(c), set(c["choices"][0])) == (keys("chunk"), keys("chunk choice")) for c in middle) and middle


def test_streamed_tool_calls_have_the_deltas_of_a_real_vllm_server(server: ms.ModelServer) -> None:
    server.script = ms.honest().with_role("draft", ms.always(ms.ToolCall("bmi", "null")))
    events = post(server, tools=[BMI], tool_choice=ONLY_BMI, stream=True)[1].split("\n\n")[:-2]
    _, name, arguments, last = [json.loads(event.removeprefix("data: "))["choices"][0] for event in events]
    assert set(name["delta"]) == {"content", "tool_calls"}
    assert set(name["delta"]["tool_calls"][0]) == {"id", "type", "index", "function"}
    assert arguments["delta"] == {"content": None, "tool_calls": [{"index": 0, "function": {"arguments": "null"}}]}
    assert (last["delta"], last["finish_reason"], last["stop_reason"]) == ({}, "stop", 151643)


def test_errors_and_pages_have_the_keys_of_a_real_vllm_server(server: ms.ModelServer) -> None:
    with pytest.raises(HTTPError) as refused:
        post(server, model="nope")
    with refused.value as error:
        assert set(json.loads(error.read())["error"]) == keys("error")
    card = json.loads(get(server, "/v1/models")[1])["data"][0]
    assert (set(card), set(card["permission"][0])) == (keys("model"), keys("permission"))
    assert get(server, "/health") == (None, "")
    assert set(json.loads(get(server, "/version")[1])) == {"version"}
    post(server)
    page = get(server, "/metrics")[1]
    assert re.search(r'(?m)^vllm:prompt_tokens_total{engine="0",model_name="qwen-medical"} [1-9]', page)
