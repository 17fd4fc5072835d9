"""Running the tools that the model asked for; what they say becomes evidence that the answer can cite."""

from __future__ import annotations

import json
from typing import Any

from langchain_core.tools import BaseTool
from langgraph.runtime import Runtime
from pydantic import ValidationError

from configs.errors import ShensiError
from configs.locales import text
from graphs.context import Context
from graphs.evidence import numbered
from graphs.state import ComposeState, EvidenceRef, ToolResult
from tools.catalogue import SOURCES, make_tools


async def tools(state: ComposeState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Answer every open tool call; an error is an answer too, in the reader's language."""
    language = state["language"]
    available = {tool.name: tool for tool in make_tools(runtime.context.tables, language)}
    results: list[ToolResult] = []
    evidence = list(state["evidence"])
    for call in state["tool_results"]:
        if call.text:
            results.append(call)
            continue
        said, good = _run(available.get(call.name), call, state["question"], language)
        if good:
            source, year = SOURCES.get(call.name, ("", 0))
            name = f"{call.name}:{len(results) + 1}"  # never the arguments: a model wrote them, and the id is shown
            evidence.append(EvidenceRef(n=0, kind="tool", id=name, text=said, source=source, year=year))
            said = f"[{len(evidence)}] {said}"
        results.append(call.model_copy(update={"text": said}))
    return {"tool_results": results, "evidence": numbered(evidence)}


def _run(tool: BaseTool | None, call: ToolResult, question: str, language: str) -> tuple[str, bool]:
    if tool is None:
        return text(language, "errors.unknown_tool", name=call.name), False
    try:
        arguments = json.loads(call.arguments)
        if call.name == "triage":  # the model may add complaints, never leave out the patient's own
            arguments["symptoms"] = f"{question[:1500]}\n{arguments.get('symptoms', '')}"[:2000]
        return str(tool.invoke(arguments)), True
    except ShensiError as error:
        return error.message(language), False
    except (ValidationError, TypeError, ValueError):
        return text(language, "errors.tool_arguments", name=call.name), False
