"""The interface does what its description says, for whatever may be sent: no failure of ours, and no answer of another shape."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from agent.server.app import create_app
from agent.server.beside import running
from agent.server.keys import KeyBook
from configs.server import AuthSettings, ServerSettings
from configs.settings import RetrievalSettings, Settings, StorageSettings
from memory.persistence import open_stores

if TYPE_CHECKING:  # it takes seconds to import, which only the worker that runs these tests should spend
    from schemathesis import APIOperation, Case

    Operation = APIOperation[Any, Any, Any, Any]


# Taken out of the environment: a SHENSI_ variable that names no section of the settings is refused as a typing error.
EXAMPLES = int(os.environ.pop("SHENSI_TEST_EXAMPLES", "3"))
"""Requests to each operation, once with what its description allows and once with what it does not."""
TAGS = ("threads", "messages", "feedback", "memory", "knowledge", "tools", "openai", "health", "reports")


@dataclass(frozen=True)
class Described:
    """A service, a key that opens everything, and what the service says of itself."""

    url: str
    key: str
    description: dict[str, Any]
    operations: list[Operation]

    def tagged(self, tag: str) -> list[Operation]:
        return [operation for operation in self.operations if operation.tags == [tag]]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, keyword_index: Any) -> Iterator[Described]:
    import schemathesis

    data = tmp_path_factory.mktemp("described") / "data"
    shutil.copytree(keyword_index, data)
    profile = Settings(
        storage=StorageSettings(data_dir=data),
        retrieval=RetrievalSettings(embedder="none"),
        server=ServerSettings(auth=AuthSettings(required=True)),
    )

    async def key() -> str:
        async with open_stores(profile.storage, ()) as stores:
            return (await KeyBook(stores.store, stores.names).create("tester", ("chat", "memory", "knowledge:write", "admin")))[1]

    made, app = asyncio.run(key()), create_app(profile)
    description = app.openapi()
    tried = json.loads(json.dumps(description))
    for operation in (operation for operations in tried["paths"].values() for operation in operations.values()):
        operation.pop("security", None)  # or it would leave out the key on purpose; that is a test of its own
    operations = [result.ok() for result in schemathesis.openapi.from_dict(tried).get_all_operations()]
    with running(app) as url:
        yield Described(url, made, description, operations)


def try_all(operation: Operation, mode: str, url: str, key: str) -> set[int]:
    """Send requests made from the description and return the statuses that came back."""
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    seen: set[int] = set()
    wanted: list[Any] = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]

    @seed(20261121)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
    def attempt(case: Case) -> None:
        response = case.call(base_url=url, headers={"authorization": f"Bearer {key}"} if key else {}, timeout=60)
        seen.add(response.status_code)
        case.validate_response(response, checks=wanted)

    attempt()
    return seen


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("tag", TAGS)
def test_whatever_is_sent_the_answer_is_as_described(described: Described, tag: str, mode: str) -> None:
    for operation in described.tagged(tag):
        if mode == "positive" or operation.body or operation.query or operation.path_parameters:
            assert not try_all(operation, mode, described.url, described.key) & {401, 403}, operation.label


def test_without_a_key_nothing_but_its_health_is_told(described: Described) -> None:
    assert {tag for operation in described.operations for tag in operation.tags or []} == set(TAGS)
    for operation in described.operations:
        seen = try_all(operation, "positive", described.url, "")
        assert seen <= ({200} if operation.path in ("/livez", "/readyz") else {401}), operation.label


def test_every_operation_is_described_completely(described: Described) -> None:
    names = []
    for path, operations in described.description["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            names.append(operation["operationId"])
            assert operation["summary"] and operation["description"] and operation["tags"], where
            if not path.startswith("/v1/"):
                continue
            assert operation["security"] == [{"key": []}], where
            failures = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
            assert {"401", "403", "413", "429", "500", "503", "504"} <= failures.keys(), where
            said = [answer["content"]["application/json"]["example"]["error"]["message"] for answer in failures.values()]
            assert all(said) and "{" not in "".join(said), where
    assert len(names) == len(set(names))


def test_the_interactive_page_and_the_description_are_served_to_everybody(described: Described) -> None:
    assert httpx.get(f"{described.url}/openapi.json").json()["paths"].keys() == described.description["paths"].keys()
    assert httpx.get(f"{described.url}/docs").status_code == 200
