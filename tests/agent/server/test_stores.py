"""A database that takes nothing any more: nothing is answered that could not be kept, and it is said."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from agent.server.app import create_app
from agent.server.beside import running
from tests.agent.server.conftest import ASKED, Served, profile, until
from tests.memory.conftest import new_key
from tests.support.model_ready import honest
from tests.support.model_script import Slow
from tests.support.model_server import ModelServer
from tests.support.postgres import PostgresServer, running_vectors


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with running_vectors() as running:
        yield running


@pytest.fixture
def kept(server: PostgresServer, keyword_index: Path, tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """A service whose records are in a database, and the address of that."""
    data = tmp_path / "data"
    shutil.copytree(keyword_index, data)
    with server.database() as url, ModelServer(honest()) as model:
        settings = profile(data, model)
        storage = settings.storage.model_copy(update={"url": SecretStr(url), "keys": SecretStr(new_key()), "connections": 4})
        app = create_app(settings.model_copy(update={"storage": storage}))
        with running(app) as address:
            yield Served(address, app, model), url


def switch(server: PostgresServer, url: str, writing: str) -> None:
    """Let a database be written or not, for all who connect from now on, and make them connect anew."""
    name = url.split("?")[0].rsplit("/", 1)[1]
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {writing}".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


def test_a_database_that_takes_nothing_is_said_and_nothing_is_half_done(server: PostgresServer, kept: tuple[Served, str]) -> None:
    served, url = kept
    thread = served.thread()
    with served.client() as client:
        switch(server, url, "on")
        assert until(lambda: client.post("/v1/threads", json={}).json().get("error", {}).get("code") == "storage_full")
        refused = client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED})
        assert refused.status_code == 503 and refused.json()["error"]["code"] == "storage_full"
        assert served.model.requests == [], "a question that cannot be kept is put to nobody"
        (stores,) = [part for part in client.get("/readyz").json()["parts"] if part["name"] == "stores"]
        assert stores["state"] == "failed"
        switch(server, url, "off")
        assert until(lambda: client.post("/v1/threads", json={}).status_code == 201)
        answered = client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED})
        assert answered.status_code == 200 and len(client.get(f"/v1/threads/{thread}").json()["messages"]) == 2


def test_a_turn_whose_database_goes_away_is_told_so_and_goes_on_later(server: PostgresServer, kept: tuple[Served, str]) -> None:
    served, url = kept
    thread, script = served.thread(), honest()
    served.model.script = script.with_role("draft", lambda request: Slow(2.0, script.draft(request)))
    with served.client() as client, ThreadPoolExecutor(1) as beside:
        asked = beside.submit(client.post, f"/v1/threads/{thread}/messages", json={"content": ASKED}, headers={"idempotency-key": "one"})
        assert until(lambda: any(request.role == "draft" for request in served.model.requests))
        switch(server, url, "on")
        broken = asked.result(25)
        assert broken.status_code == 503, "who waits is told, and does not wait for ever"
        switch(server, url, "off")
        again = {"idempotency-key": "one"}
        assert until(
            lambda: client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}, headers=again).status_code == 200, seconds=25
        )
        assert len(client.get(f"/v1/threads/{thread}").json()["messages"]) == 2
