"""The scripted model server, driven over real HTTP by the clients the product uses."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.support import model_server as ms

QUESTION = "发烧怎么办？"
EVIDENCE = """<evidence>
[1] 发热时应多饮水。不要捂汗。
[2] Drink fluids when feverish. Rest.
[3] 体温38.5℃以上可用药
</evidence>"""
BMI = {"type": "function", "function": {"name": "bmi", "parameters": {"type": "object", "properties": {}}}}
ONLY_BMI = {"type": "function", "function": {"name": "bmi"}}


@pytest.fixture
def server() -> Iterator[ms.ModelServer]:
    with ms.ModelServer() as running:
        yield running


@pytest.fixture
def client(server: ms.ModelServer) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.base_url, api_key="none", max_retries=0, timeout=5) as made:
        yield made


def ask(client: OpenAI, question: str = QUESTION, role: str = "draft", **extra: Any) -> Any:
    messages = [{"role": "system", "content": "你是医疗助手。"}, {"role": "user", "content": question}]
    if role != "draft":
        extra["response_format"] = {"type": "json_schema", "json_schema": {"name": role, "schema": {}}}
    create: Callable[..., Any] = client.chat.completions.create
    return create(**{"model": "qwen-medical", "messages": messages} | extra)


def content(client: OpenAI, question: str = QUESTION, role: str = "draft", **extra: Any) -> Any:
    return ask(client, question, role, **extra).choices[0].message.content


def eventually(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 2
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)
    return condition()


def test_an_honest_draft_quotes_the_evidence_in_the_language_of_the_question(client: OpenAI) -> None:
    assert content(client, f"{EVIDENCE}\n{QUESTION}") == "发热时应多饮水。[1]体温38.5℃以上可用药。[3]"
    assert content(client, f"{EVIDENCE}\nWhat helps a fever?") == "Drink fluids when feverish. [2]"
    assert content(client, "What helps a fever?") == "The sources at hand do not answer this question."


def test_a_draft_quotes_at_most_four_lines_and_never_an_earlier_answer(client: OpenAI) -> None:
    lines = "\n".join(f"[{number}] 第{number}条建议。" for number in range(1, 7))
    history = [{"role": "assistant", "content": "[7] 旧回答。"}, {"role": "user", "content": QUESTION}]
    answer = content(client, messages=[{"role": "system", "content": lines}, *history])
    assert re.findall(r"\[(\d)\]", answer) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("critique", {"reasons": [], "findings": [], "verdict": "pass"}),
        ("facts", {"facts": []}),
        ("refine", {"edits": []}),
        ("summary", {"summary": QUESTION}),
    ],
)
def test_each_role_is_recognised_by_its_schema_and_recorded(
    server: ms.ModelServer, client: OpenAI, role: str, expected: dict[str, Any]
) -> None:
    assert json.loads(content(client, role=role)) == expected
    assert (server.calls(role), server.calls("draft"), server.requests[0].role) == (1, 0, role)
    server.reset()
    assert (server.requests, server.aborted) == ([], 0)


@pytest.mark.parametrize(
    ("script", "zh", "en"),
    [
        (ms.dangerous("华法林"), "您可以放心服用华法林，每次两粒。[1]", "You can safely take 华法林"),
        (ms.certain(), "你一定没事", "you definitely don't have cancer"),
        (ms.prescriber(), "每次400毫克", "take 400 mg"),
        (ms.forged_citation(), "[9]", "[9]"),
        (ms.thinking_leak(), "<think>", "</think>"),
        (ms.raw_tool_call(), '<tool_call>{"name": "bmi', "<tool_call>"),
    ],
)
def test_a_bad_draft_is_bad_in_both_languages_and_passes_the_critique(
    server: ms.ModelServer, client: OpenAI, script: ms.Script, zh: str, en: str
) -> None:
    server.script = script
    assert zh in content(client)
    assert en.lower() in content(client, "Do I need a doctor?").lower()
    assert json.loads(content(client, role="critique"))["verdict"] == "pass"


def test_a_dangerous_model_recommends_the_drug_again_when_it_refines(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.dangerous("warfarin", cite=2)
    edit = json.loads(content(client, "Which drug should I take?", "refine"))["edits"][0]
    assert edit["text"] == "You can safely take warfarin, two tablets at a time. [2]"


def test_citations_can_be_left_out_or_forged(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.uncited()
    assert content(client, f"{EVIDENCE}\n{QUESTION}") == "发热时应多饮水。体温38.5℃以上可用药。"
    server.script = ms.forged_citation()
    assert content(client, f"{EVIDENCE}\n{QUESTION}") == "发热时应多饮水。[9]体温38.5℃以上可用药。[9]"


def test_a_role_can_be_overridden_and_can_change_its_mind(server: ms.ModelServer, client: OpenAI) -> None:
    turns = ms.in_turn(ms.Json({"verdict": "revise"}), ms.Json({"verdict": "pass"}))
    server.script = ms.honest().with_role("critique", turns)
    verdicts = [json.loads(content(client, role="critique"))["verdict"] for _ in range(3)]
    assert verdicts == ["revise", "pass", "pass"]


@pytest.mark.parametrize(("truncated", "reason"), [(False, "stop"), (True, "length")])
def test_structured_roles_can_answer_with_broken_json(server: ms.ModelServer, client: OpenAI, truncated: bool, reason: str) -> None:
    server.script = ms.malformed_json(truncated)
    choice = ask(client, role="facts").choices[0]
    with pytest.raises(json.JSONDecodeError):
        json.loads(choice.message.content)
    assert choice.finish_reason == reason


def test_thinking_is_sent_apart_from_the_content_unless_it_is_off(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.honest().with_role("draft", ms.always(ms.Text("多喝水。", reasoning="感冒？")))
    off = {"chat_template_kwargs": {"enable_thinking": False}}
    assert ask(client).choices[0].message.reasoning == "感冒？"
    assert ask(client, extra_body=off).choices[0].message.reasoning is None
    deltas = [chunk.choices[0].delta.model_dump() for chunk in ask(client, stream=True)]
    assert "".join(delta.get("reasoning") or "" for delta in deltas) == "感冒？"
    assert "".join(delta["content"] or "" for delta in deltas) == "多喝水。"


def test_tool_arguments_can_be_null_whole_or_streamed(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.null_tools()
    choice = ask(client, tools=[BMI], tool_choice=ONLY_BMI).choices[0]
    assert (choice.message.tool_calls[0].function.arguments, choice.finish_reason) == ("null", "stop")
    deltas = [chunk.choices[0].delta for chunk in ask(client, tools=[BMI], stream=True)]
    calls = [delta.tool_calls[0].function for delta in deltas if delta.tool_calls]
    assert (calls[0].name, "".join(call.arguments or "" for call in calls)) == ("bmi", "null")


def test_a_stream_ends_with_its_usage_when_that_was_asked_for(client: OpenAI) -> None:
    *chunks, last = ask(client, f"{EVIDENCE}\n{QUESTION}", stream=True, stream_options={"include_usage": True})
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks).endswith("可用药。[3]")
    assert last.choices == [] and last.usage.total_tokens == last.usage.prompt_tokens + last.usage.completion_tokens


def test_requests_that_vllm_refuses_are_refused_in_its_words(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="The model `nope` does not exist"):
        ask(client, model="nope")
    with pytest.raises(openai.BadRequestError, match=re.escape("temperature must be non-negative, got -3.0")):
        ask(client, temperature=-3)
    with pytest.raises(openai.BadRequestError, match="maximum context length is 8192 tokens"):
        ask(client, "烧" * 9000)
    with pytest.raises(openai.BadRequestError, match=re.escape("body.messages")):
        client.post("/chat/completions", body={"model": "qwen-medical"}, cast_to=object)


def test_a_dead_auditor_leaves_the_draft_alive(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.dead_auditor()
    assert content(client)
    with pytest.raises(openai.InternalServerError, match="EngineCore"):
        ask(client, role="critique")


def test_a_handler_that_raises_becomes_a_500_that_names_the_error(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.honest().with_role("draft", lambda request: ms.Text(request.payload["absent"]))
    with pytest.raises(openai.InternalServerError, match="script failed: KeyError"):
        ask(client)


@pytest.mark.parametrize("stream", [False, True])
def test_a_dropped_connection_is_seen_by_the_client(server: ms.ModelServer, client: OpenAI, stream: bool) -> None:
    server.script = ms.dropping(after_chars=8)
    seen = ""
    with pytest.raises(Exception, match=r"(?i)peer closed|connection error|incomplete"):
        for chunk in ask(client, stream=stream):
            seen += chunk.choices[0].delta.content or ""
    assert seen == ("发烧时请多休息、" if stream else "")


def test_garbage_is_a_success_that_does_not_parse(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.honest().with_role("draft", ms.always(ms.Garbage(b"<html>")))
    with pytest.raises((openai.APIStatusError, openai.APIConnectionError, ValueError)):
        ask(client)


def test_a_client_that_times_out_is_counted_as_aborted(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.hanging(60)
    with pytest.raises(openai.APITimeoutError):
        ask(client, timeout=0.1)
    assert eventually(lambda: server.aborted == 1)


def test_a_client_that_leaves_a_stream_is_counted_as_aborted(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.honest().with_role("draft", ms.always(ms.Slow(30, ms.Text("慢" * 4000))))
    stream = ask(client, stream=True)
    assert next(iter(stream)).choices[0].delta.role == "assistant"
    stream.close()
    assert eventually(lambda: server.aborted == 1)


def test_a_slow_answer_arrives_whole_and_late(server: ms.ModelServer, client: OpenAI) -> None:
    server.script = ms.honest().with_role("draft", ms.always(ms.Slow(0.1, ms.Text("慢慢来。"))))
    started = time.monotonic()
    assert content(client) == "慢慢来。"
    assert time.monotonic() - started >= 0.1


def test_leaving_the_context_does_not_wait_for_a_hanging_answer() -> None:
    with ThreadPoolExecutor() as pool:
        with ms.ModelServer(ms.hanging(60)) as server:
            client = OpenAI(base_url=server.base_url, api_key="none", max_retries=0)
            asked = pool.submit(ask, client)
            assert eventually(lambda: server.calls("draft") == 1)
        with client, pytest.raises(openai.APIConnectionError):
            asked.result(timeout=1)
    assert server.aborted == 0


def test_the_module_prints_its_address_and_stops_on_sigint() -> None:
    command = [sys.executable, "-m", "tests.support.model_server", "--script", "dangerous", "--drug", "华法林"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        with OpenAI(base_url=address, api_key="none", max_retries=0) as client:
            assert "华法林" in content(client)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) == 0
