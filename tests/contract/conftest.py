"""The endpoint of the contract: a live one where ``SHENSI_CONTRACT_URL`` names it, the scripted server of the other tests elsewhere.

    SHENSI_CONTRACT_URL=http://127.0.0.1:8000/v1 python -m pytest tests/contract

``SHENSI_CONTRACT_MODEL`` names the model (``qwen-medical``). What passes against both keeps the script from drifting away from reality.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from agent.endpoint.wire import Wire, open_wire
from configs.settings import ModelSettings
from tests.support.model_plain import served
from tests.support.model_ready import honest
from tests.support.model_script import Reply, Request, Slow, Text
from tests.support.model_server import ModelServer

URL = os.environ.pop("SHENSI_CONTRACT_URL", "")  # taken out: a profile would refuse it as a section that does not exist
MODEL = os.environ.pop("SHENSI_CONTRACT_MODEL", "qwen-medical")
LONG = 3000
"""A limit of tokens that stands for an answer which takes its time."""


def _patient(request: Request) -> Reply:
    """Answer honestly, and slowly where a very long answer is asked for."""
    if request.payload.get("max_tokens") == LONG:
        return Slow(60.0, served(request, Text("慢" * LONG)))
    return honest().draft(request)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[ModelSettings]:
    if URL:
        yield ModelSettings(base_url=URL, model=MODEL)
        return
    with ModelServer(honest().with_role("draft", _patient)) as server:
        yield ModelSettings(base_url=server.base_url, model=server.model)


@pytest.fixture
async def wire(endpoint: ModelSettings) -> AsyncIterator[Wire]:
    async with open_wire(endpoint, timeout_s=120.0) as opened:
        yield opened
