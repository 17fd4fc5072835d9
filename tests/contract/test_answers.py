"""Whole and streamed answers, thinking, schemas and tools: what the graph builds on, whatever the model says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from agent.endpoint.probes import FORMAT, TOOL
from agent.endpoint.wire import Wire, message_of, thinking
from agent.llm import OpenAIModels
from agent.models.opening import open_models
from configs.settings import ModelSettings
from graphs.errors import ModelFailed
from graphs.nodes.look import Urgency
from graphs.prompts import task
from graphs.state import Edits, Review, Rewrite, Summary
from memory.merge import ProposedFacts

ASK = "发烧怎么办？"
NAMED = {"type": "function", "function": {"name": "bmi"}}
BODY = "id object created model choices service_tier system_fingerprint usage prompt_logprobs prompt_token_ids prompt_text"
MESSAGE = {"role", "content", "refusal", "annotations", "audio", "function_call", "reasoning"}
SCHEMAS: dict[str, type[BaseModel]] = {
    "critique": Review,
    "facts": ProposedFacts,
    "refine": Edits,
    "look": Urgency,
    "rewrite": Rewrite,
    "summary": Summary,
}


async def test_a_whole_answer_has_its_keys_and_counts(wire: Wire) -> None:
    status, body = await wire.chat(ASK, **thinking(False))
    message, usage = message_of(body), body["usage"]
    assert status == 200 and set(BODY.split()) <= body.keys() and message.keys() == MESSAGE
    assert isinstance(message["content"], str) and message["reasoning"] is None
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert body["choices"][0]["finish_reason"] in ("stop", "length") and usage["completion_tokens"] <= 32


async def test_thinking_comes_apart_from_the_answer_and_may_leave_it_empty(wire: Wire) -> None:
    _, body = await wire.chat(ASK, max_tokens=8, **thinking(True))
    message = message_of(body)
    assert message["content"] is None and message["reasoning"] and body["choices"][0]["finish_reason"] == "length"


async def test_a_stream_opens_with_the_role_and_closes_with_reason_counts_and_done(wire: Wire) -> None:
    status, events, done = await wire.stream(ASK, **thinking(False))
    opening, *pieces, closing, counted = events
    assert status == 200 and done and opening["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert all(set(piece["choices"][0]["delta"]) <= {"content"} for piece in [*pieces, closing])
    assert closing["choices"][0]["finish_reason"] in ("stop", "length")
    assert counted["choices"] == [] and counted["usage"]["completion_tokens"] > 0


async def test_streamed_thinking_has_deltas_of_its_own(wire: Wire) -> None:
    _, events, _ = await wire.stream(ASK, max_tokens=8, **thinking(True))
    deltas = [choice["delta"] for event in events[1:] for choice in event["choices"]]
    assert any(delta.get("reasoning") for delta in deltas) and not any(delta.get("content") for delta in deltas)


async def test_a_schema_is_held_without_free_whitespace(wire: Wire) -> None:
    _, body = await wire.chat(ASK, max_tokens=200, **FORMAT, **thinking(False))
    said = message_of(body)["content"]
    assert json.loads(said).keys() == {"verdict", "sentence"} and not any(c.isspace() for c in said)


@pytest.mark.parametrize("name", SCHEMAS)
async def test_every_schema_of_ours_is_taken_and_its_answer_fits(wire: Wire, name: str) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": SCHEMAS[name].model_json_schema()}}
    status, body = await wire.chat(ASK, max_tokens=600, response_format=wanted, **thinking(False))
    assert status == 200, body
    if body["choices"][0]["finish_reason"] == "stop":  # a model that says nonsense may run into the limit
        SCHEMAS[name].model_validate_json(message_of(body)["content"])


async def test_tools_may_be_offered_and_a_named_one_arrives_parsed(wire: Wire) -> None:
    status, _ = await wire.chat(ASK, tools=[TOOL], tool_choice="auto", **thinking(False))
    assert status == 200
    _, body = await wire.chat(ASK, tools=[TOOL], tool_choice=NAMED, max_tokens=120, **thinking(False))
    message, reason = message_of(body), body["choices"][0]["finish_reason"]
    if reason == "length":  # a model that says nonsense may write arguments without end; they then stay in the text
        assert not message.get("tool_calls") and message["content"].startswith("<tool_call>")
        return
    (call,) = message["tool_calls"]
    assert call.keys() == {"id", "type", "function"} and call["function"]["name"] == "bmi"
    assert isinstance(call["function"]["arguments"], str)


async def test_a_call_that_is_cut_off_is_no_server_error(wire: Wire) -> None:
    status, body = await wire.chat(ASK, tools=[TOOL], tool_choice="required", max_tokens=8, **thinking(False))
    message: dict[str, Any] = message_of(body)
    assert status == 200 and (message.get("tool_calls") or "<tool_call>" in message["content"])


@pytest.mark.parametrize("name", ["critique", "look"])
async def test_our_client_gets_a_type_or_says_that_it_failed(endpoint: ModelSettings, name: str) -> None:
    async with open_models(endpoint) as models:
        assert isinstance(models, OpenAIModels)
        try:
            answer = await models.parse("critique", [task("look", "zh", ASK)], SCHEMAS[name], name)
            assert isinstance(answer, SCHEMAS[name])
        except ModelFailed as error:
            assert error.values["reason"] == "answer does not fit the schema"
