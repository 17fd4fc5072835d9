"""The first draft: by the model over the evidence, or a digest of the evidence itself."""

from __future__ import annotations

import json
import re
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.tools import BaseTool
from langgraph.runtime import Runtime

from graphs.budget import TOOL, left
from graphs.calls import broken_call, calls_in, cut_off, without_calls, without_thinking
from graphs.context import ChatModels, Context, patient
from graphs.errors import UNREADABLE, ModelFailed
from graphs.evidence import Evidence, resolve
from graphs.leaks import recites
from graphs.prompts import case_messages, task
from graphs.state import ComposeState, Draft, Sentence, ToolResult
from graphs.writer import write
from retrieval.citations import parse_citations, strip_citations
from retrieval.untrusted import inert, marked, visible
from tools.catalogue import make_tools
from tools.text import sentences

_ENDS = ("。", "！", "？", ".", "!", "?", "；", ";")
_MARKUP = re.compile(r"^\s*(?:[-*•]\s+|#+\s*|\d+[.、)]\s*)|\*\*|__|`", re.M)


async def draft(state: ComposeState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Write the answer's first version; without evidence there is nothing to write."""
    evidence = resolve(state["evidence"], runtime.context.retriever)
    models = runtime.context.models
    if not evidence:
        return {"draft": Draft()}
    if models is None:
        return {"draft": await digest(state, runtime, evidence)}
    if not models.ready():
        return {"draft": await digest(state, runtime, evidence, "unreachable")}
    try:
        return await _by_model(state, runtime, models, evidence)
    except ModelFailed as error:
        return {"draft": await digest(state, runtime, evidence, str(error.values.get("reason", "failed")))}


async def digest(state: ComposeState, runtime: Runtime[Context], evidence: list[Evidence], fallback: str = "") -> Draft:
    """Return a draft made of the evidence's own sentences; ``fallback`` says why no model wrote it."""
    question = runtime.context.retriever.expanded(state["query"])
    written = write(question, evidence, state["language"], await patient(state, runtime))
    return Draft(sentences=written, writer="evidence", fallback=fallback)


async def _by_model(state: ComposeState, runtime: Runtime[Context], models: ChatModels, evidence: list[Evidence]) -> dict[str, Any]:
    language = state["language"]
    messages = [*case_messages(state, evidence, await patient(state, runtime)), task("draft", language), *_tool_messages(state)]
    settings, made = runtime.context.settings, state.get("calls", 0) + 1
    allowed = state["tool_rounds"] < settings.max_tool_rounds and left(state, settings) >= TOOL
    tools = make_tools(runtime.context.tables, language) if allowed else []
    message, tries = await _first(models, messages, tools)
    made += tries - 1
    calls = calls_in(message, {tool.name for tool in tools}) if allowed else []
    if calls:
        asked = [
            ToolResult(call_id=c["id"], name=c["name"], arguments=json.dumps(_plain(c["args"]), ensure_ascii=False), text="")
            for c in calls[:4]
        ]
        return {"tool_results": [*state["tool_results"], *asked], "tool_rounds": state["tool_rounds"] + 1, "draft": Draft(), "calls": made}
    if broken_call(message):
        message, made = await models.reply("draft", messages), made + 1  # a broken call is answered without the tool
    written = read_draft(message.text, state["marker"])
    if cut_off(message):
        written = _finished(written)
    if not written:
        raise ModelFailed("model_failed", reason="empty answer")
    return {"draft": Draft(sentences=written, writer="model"), "calls": made}


async def _first(models: ChatModels, messages: list[BaseMessage], tools: list[BaseTool]) -> tuple[AIMessage, int]:
    """Return the answer with tools on offer, and how often was asked: where its call cannot even be read, once more without them."""
    try:
        return await models.reply("draft", messages, tools), 1
    except ModelFailed as error:
        if not tools or error.values.get("reason") != UNREADABLE:
            raise
        return await models.reply("draft", messages), 2


def _finished(sentences_: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Leave out the half sentence at the end of an answer that was cut off: half a warning may read as its opposite."""
    return sentences_ if sentences_ and sentences_[-1].text.endswith(_ENDS) else sentences_[:-1]


def _plain(arguments: Any) -> Any:
    """Return the arguments of a tool call with their texts inert."""
    if isinstance(arguments, dict):
        return {inert(str(name)): _plain(value) for name, value in arguments.items()}
    return inert(arguments) if isinstance(arguments, str) else arguments


def read_draft(content: str, marker: str) -> tuple[Sentence, ...]:
    """Return the model's text as sentences with their citations.

    Thinking, markup, links, raw tool calls and what recites the prompt are taken out.
    """
    plain = _MARKUP.sub("", inert(without_calls(without_thinking(visible(content)))))
    found: list[Sentence] = []
    for sentence in sentences(plain):
        words, cites = strip_citations(sentence).strip(), parse_citations(sentence)
        if not words and found:  # "… 休息。\n[1]": the mark belongs to the sentence before
            found[-1] = found[-1].model_copy(update={"cites": tuple(dict.fromkeys((*found[-1].cites, *cites)))})
        elif words and not recites(words, marker):
            found.append(Sentence(text=words, cites=cites))
    return tuple(found)


def _tool_messages(state: ComposeState) -> list[BaseMessage]:
    messages: list[BaseMessage] = []
    for result in state["tool_results"]:
        call = {"id": result.call_id, "name": result.name, "args": json.loads(result.arguments), "type": "tool_call"}
        messages.append(AIMessage("", tool_calls=[call]))
        messages.append(ToolMessage(marked([result.text], state["marker"]), tool_call_id=result.call_id))
    return messages
