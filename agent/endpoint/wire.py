"""The endpoint without a client library in between: what it really sends, also where libraries drop it (``reasoning``)."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from configs.settings import ModelSettings

_LOCAL = ("127.0.0.1", "localhost", "::1")
_SAMPLE = re.compile(r"^(vllm:\w+)(?:{([^}]*)})?\s+(\S+)$", re.M)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Wire:
    """One endpoint; every answer is its status and its parsed body."""

    def __init__(self, settings: ModelSettings, http: httpx.AsyncClient) -> None:
        self.model, self._url, self._http = settings.model, settings.base_url.rstrip("/"), http

    async def get(self, path: str) -> tuple[int, Any]:
        """Return what stands under the API's address (``/models``)."""
        return _parsed(await self._http.get(self._url + path))

    async def page(self, path: str) -> tuple[int, str]:
        """Return a page of the server itself (``/metrics``), beside its API."""
        answer = await self._http.get(self._url.removesuffix("/v1") + path)
        return answer.status_code, answer.text

    async def chat(self, content: str, **extra: Any) -> tuple[int, Any]:
        """Ask one question."""
        return _parsed(await self._http.post(f"{self._url}/chat/completions", json=self._body(content, extra)))

    async def stream(self, content: str, **extra: Any) -> tuple[int, list[Any], bool]:
        """Ask one question; return the status, the events and whether the stream said that it ended."""
        body = self._body(content, extra | {"stream": True, "stream_options": {"include_usage": True}})
        events, done = [], False
        async with self._http.stream("POST", f"{self._url}/chat/completions", json=body) as answer:
            async for line in answer.aiter_lines():
                if line == "data: [DONE]":
                    done = True
                elif line.startswith("data: "):
                    events.append(json.loads(line.removeprefix("data: ")))
        return answer.status_code, events, done

    async def metrics(self) -> dict[str, float]:
        """Return the numbers of vLLM's metrics by name, summed over engines; empty where there is no such page."""
        status, page = await self.page("/metrics")
        found: dict[str, float] = {}
        for name, _, value in _SAMPLE.findall(page) if status == httpx.codes.OK else []:
            found[name] = found.get(name, 0.0) + float(value)
        return found

    async def cache_facts(self) -> dict[str, str]:
        """Return what vLLM tells of its cache's configuration."""
        status, page = await self.page("/metrics")
        labels = (
            [labels for name, labels, _ in _SAMPLE.findall(page) if name == "vllm:cache_config_info"] if status == httpx.codes.OK else []
        )
        return dict(_LABEL.findall(labels[0])) if labels else {}

    def _body(self, content: str, extra: dict[str, Any]) -> dict[str, Any]:
        return {"model": self.model, "messages": [{"role": "user", "content": content}], "temperature": 0.0, "max_tokens": 32} | extra


@asynccontextmanager
async def open_wire(settings: ModelSettings, timeout_s: float = 60.0) -> AsyncIterator[Wire]:
    """Yield the configured endpoint and close its connections."""
    key = settings.api_key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    local = urlsplit(settings.base_url).hostname in _LOCAL  # a proxy of the environment is for the world outside
    timeout = httpx.Timeout(timeout_s, connect=5.0)
    async with httpx.AsyncClient(headers=headers, timeout=timeout, trust_env=not local) as http:
        yield Wire(settings, http)


def message_of(body: Any) -> dict[str, Any]:
    """Return the message of a whole answer; empty where there is none."""
    try:
        return dict(body["choices"][0]["message"])
    except (KeyError, IndexError, TypeError, ValueError):
        return {}


def thinking(on: bool) -> dict[str, Any]:
    """Return the thinking switch as it is sent."""
    return {"chat_template_kwargs": {"enable_thinking": on}}


def _parsed(answer: httpx.Response) -> tuple[int, Any]:
    try:
        return answer.status_code, answer.json()
    except ValueError:
        return answer.status_code, None
