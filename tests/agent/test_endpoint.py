"""The doctor's probes of a live endpoint: what a good server gets, and what each kind of wrong one is told to change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.doctor import examine
from agent.endpoint.probes import Seen, probe_all
from configs.settings import ModelSettings, Settings
from tests.support.model_ready import dropping, honest
from tests.support.model_script import Garbage, Handler, RawText, Reply, Request, Script, Status, Text, ToolCall, always
from tests.support.model_server import ModelServer


async def probed(script: Script, max_model_len: int = 8192) -> dict[str, Seen]:
    with ModelServer(script, max_model_len=max_model_len) as server:
        return {seen.probe: seen for seen in await probe_all(ModelSettings(base_url=server.base_url, model=server.model))}


def speaking(**wrong: Handler) -> Script:
    """An honest server that answers one kind of request in another way."""

    def draft(request: Request) -> Reply:
        kind = (
            "schema"
            if request.payload.get("response_format")
            else "tools"
            if request.tools
            else "thinking"
            if request.thinking
            else "plain"
        )
        return wrong[kind](request) if kind in wrong else honest().draft(request)

    return honest().with_role("draft", draft)


async def test_a_good_server_has_nothing_to_mend() -> None:
    seen = await probed(honest())
    assert {name: (s.state, s.key) for name, s in seen.items() if s.state != "OK"} == {}
    assert set(seen) == {"chat", "streaming", "json_schema", "tool_call", "thinking_switch", "long_prompt", "prefix_cache", "cards"}
    assert seen["cards"].values == {"parts": "?", "tokens": 65536, "count": 8} and seen["thinking_switch"].key == "thinking_good"


@pytest.mark.parametrize(
    ("probe", "key", "script"),
    [
        ("chat", "chat_refused", honest().with_every_role(always(Status(500, "EngineCore encountered an issue.")))),
        ("chat", "chat_empty", speaking(plain=always(Text(None)))),
        ("chat", "broken", dropping()),
        ("chat", "chat_empty", honest().with_every_role(always(Garbage()))),
        ("json_schema", "json_broken", speaking(schema=always(RawText("\n" * 90)))),
        ("json_schema", "json_free", speaking(schema=always(Text('{"answer":"yes"}')))),
        ("json_schema", "json_spaced", speaking(schema=always(Text('{ "verdict": "pass",\n "sentence": 1 }')))),
        ("json_schema", "json_refused", speaking(schema=always(Status(400, "structured output is off")))),
        ("tool_call", "tools_refused", speaking(tools=always(Status(400, '"auto" tool choice requires --enable-auto-tool-choice')))),
        ("tool_call", "tools_raw", speaking(tools=always(Text('<tool_call>\n{"name": "bmi"}\n</tool_call>')))),
        ("tool_call", "tools_cut", speaking(tools=always(RawText('<tool_call>\n{"name": "bmi", "arguments": 1402022')))),
        ("tool_call", "tools_null", speaking(tools=always(ToolCall("bmi", "null")))),
        ("tool_call", "tools_none", speaking(tools=always(Text("22.5")))),
        ("thinking_switch", "thinking_in_content", speaking(thinking=always(Text("<think>\n先想想\n</think>\n多喝水。")))),
        ("thinking_switch", "thinking_never", speaking(thinking=always(Text("多喝水。")))),
    ],
)
async def test_what_is_wrong_is_found(probe: str, key: str, script: Script) -> None:
    assert (await probed(script))[probe].key == key


async def test_a_short_context_is_told_with_what_it_means() -> None:
    seen = await probed(honest(), max_model_len=2048)
    assert (seen["context"].state, seen["context"].values) == ("WARN", {"tokens": 2048, "needed": 8192})
    assert seen["long_prompt"].key == "long_good"


async def test_a_server_without_a_prefix_cache_is_found_by_its_own_count() -> None:
    with ModelServer(honest(), caching=False) as server:
        seen = {s.probe: s for s in await probe_all(ModelSettings(base_url=server.base_url, model=server.model))}
    assert (seen["prefix_cache"].state, seen["prefix_cache"].key) == ("WARN", "prefix_none")


async def test_a_dead_model_is_not_asked_eight_times() -> None:
    assert set(await probed(honest().with_every_role(always(Status(500, "no"))))) == {"chat"}


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_doctor_says_what_to_change_in_the_readers_language(
    with_model: Callable[..., Settings], model_server: ModelServer, language: str
) -> None:
    model_server.script = speaking(schema=always(RawText("\n" * 90)), tools=always(ToolCall("bmi", "null")))
    checks = {check.name: check for check in await examine(with_model(), language)}
    wrong = {name: check for name, check in checks.items() if check.mend}
    structured, tools = (
        ("模型 · 结构化回答", "模型 · 工具调用") if language == "zh" else ("model · structured answers", "model · tool calls")
    )
    assert set(wrong) == {structured, tools}
    assert wrong[structured].state == "FAIL" and '{"backend":"xgrammar","disable_any_whitespace":true}' in wrong[structured].mend
