"""One call to an OpenAI-compatible endpoint, read by LangChain, sent as it is.

``ChatOpenAI.ainvoke`` lets the client library check every message of a request against its type hints and build a typed copy of every
answer, which takes longer than anything else in a turn. The endpoint checks the request anyhow, and we check the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_openai import ChatOpenAI


class Call:
    """A role of a model, with what one kind of request to it always says."""

    def __init__(self, chat: ChatOpenAI, **said: Any) -> None:
        self._chat = chat
        self._said = said
        self._offers: dict[tuple[str, str], dict[str, Any]] = {}

    def with_tools(self, tools: Sequence[BaseTool]) -> Call:
        """Return the same with tools on offer."""
        return Call(self._chat, **self._said, tools=[self._offer(tool) for tool in tools]) if tools else self

    def _offer(self, tool: BaseTool) -> dict[str, Any]:
        """Return what is said of a tool; made once, because a class is built for it, and a tool is made anew each turn."""
        what = (tool.name, tool.description)
        if what not in self._offers:
            self._offers[what] = convert_to_openai_tool(tool)
        return self._offers[what]

    def shaped(self, response_format: dict[str, Any]) -> Call:
        """Return the same with an answer of a certain shape."""
        return Call(self._chat, **self._said, response_format=response_format)

    async def __call__(self, messages: Sequence[BaseMessage]) -> AIMessage:
        """Send the request and return the answer.

        Raises:
            openai.OpenAIError: it was not answered.
            Exception: of any kind, where what came back is no answer.
        """
        body = self._chat._get_request_payload(list(messages), **self._said)
        body |= body.pop("extra_body", None) or {}
        answer = await self._chat.root_async_client.post("/chat/completions", cast_to=object, body=body)
        message = self._chat._create_chat_result(answer).generations[0].message
        if not isinstance(message, AIMessage):
            raise ValueError("no message")
        return message
