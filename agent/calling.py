"""One call to an OpenAI-compatible endpoint: written and read by LangChain, sent as it is.

``ChatOpenAI.ainvoke`` lets the client library check every message of a request against its type hints and build a typed copy of every
answer, and builds each request anew, header by header, above a transport that is aiohttp's in the end. Together that takes longer than
anything else in a turn. The endpoint checks the request anyhow, we check the answer, and the connections are aiohttp's without more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
import openai
import orjson
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_openai import ChatOpenAI

_CONNECTIONS = 1000
_KEPT_S = 4.0
"""Less than the five seconds after which servers of the usual kind close a quiet connection."""


class Endpoint:
    """The connections to one endpoint. Use ``open_endpoint``."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, key: str) -> None:
        self._session = session
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json", "accept": "application/json"}
        self._proxy = _proxy_for(self._url)

    async def post(self, body: dict[str, Any]) -> Any:
        """Send a request and return the JSON that came back.

        Raises:
            openai.APITimeoutError: no connection was accepted in time.
            openai.APIConnectionError: there was no answer, or only the beginning of one.
            openai.APIStatusError: it was refused.
            ValueError: what came back is no JSON.
        """
        try:
            async with self._session.post(self._url, data=orjson.dumps(body), headers=self._headers, proxy=self._proxy) as answer:
                read = await answer.read()
        except aiohttp.ServerTimeoutError as error:
            raise openai.APITimeoutError(request=httpx2.Request("POST", self._url)) from error
        except aiohttp.ClientError as error:
            raise openai.APIConnectionError(request=httpx2.Request("POST", self._url)) from error
        if answer.status >= 400:
            raise _refusal(answer.status, self._url)
        return orjson.loads(read)


@asynccontextmanager
async def open_endpoint(base_url: str, key: str, connect_s: float) -> AsyncIterator[Endpoint]:
    """Open the connections to an endpoint, and close them at the end; how long an answer may take is for whoever asks to say."""
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEPT_S)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_s)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Endpoint(session, base_url, key)


def _refusal(status: int, url: str) -> openai.APIStatusError:
    kinds: dict[int, type[openai.APIStatusError]] = {400: openai.BadRequestError, 429: openai.RateLimitError}
    kind = openai.InternalServerError if status >= 500 else kinds.get(status, openai.APIStatusError)
    # Not what the server says beside it: that may quote the patient.
    return kind(f"status {status}", response=httpx2.Response(status, request=httpx2.Request("POST", url)), body=None)


def _proxy_for(url: str) -> str | None:
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


class Call:
    """A role of a model, with what one kind of request to it always says."""

    def __init__(self, chat: ChatOpenAI, endpoint: Endpoint, **said: Any) -> None:
        self._chat = chat
        self._endpoint = endpoint
        self._said = said
        self._offers: dict[tuple[str, str], dict[str, Any]] = {}

    def with_tools(self, tools: Sequence[BaseTool], *, callable_: bool = True) -> Call:
        """Return the same with tools on offer, or, where they may not be called, only told of."""
        if not tools:
            return self
        choice = {} if callable_ else {"tool_choice": "none"}
        return Call(self._chat, self._endpoint, **self._said, **choice, tools=[self._offer(tool) for tool in tools])

    def _offer(self, tool: BaseTool) -> dict[str, Any]:
        """Return what is said of a tool; made once, because a class is built for it, and a tool is made anew each turn."""
        what = (tool.name, tool.description)
        if what not in self._offers:
            self._offers[what] = convert_to_openai_tool(tool)
        return self._offers[what]

    def shaped(self, response_format: dict[str, Any]) -> Call:
        """Return the same with an answer of a certain shape."""
        return Call(self._chat, self._endpoint, **self._said, response_format=response_format)

    async def __call__(self, messages: Sequence[BaseMessage]) -> AIMessage:
        """Send the request and return the answer.

        Raises:
            openai.OpenAIError: it was not answered.
            Exception: of any kind, where what came back is no answer.
        """
        body = self._chat._get_request_payload(list(messages), **self._said)
        body |= body.pop("extra_body", None) or {}
        answer = await self._endpoint.post(body)
        message = self._chat._create_chat_result(answer).generations[0].message
        if not isinstance(message, AIMessage):
            raise ValueError("no message")
        return message
