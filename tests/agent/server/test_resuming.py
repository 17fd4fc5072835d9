"""Turns that wait for the reader, and turns that a stop, a crash or another worker has left."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph.types import interrupt
from pydantic import BaseModel, SecretStr

from agent.server.app import create_app
from agent.server.beside import running
from agent.server.endings import conversations, opened
from agent.server.errors import ApiError, Conflict
from agent.server.runs import Runs
from agent.service import ConsultService
from configs.server import ServerSettings
from configs.settings import Settings
from graphs import consult
from memory.conversations import open_turns
from memory.errors import StorageError
from tests.agent.server.conftest import ASKED, STREAM, frames_of, profile
from tests.memory.conftest import new_key
from tests.support.model_ready import honest
from tests.support.model_script import Slow
from tests.support.model_server import ModelServer
from tests.support.postgres import MISSING, NEEDED, binaries, running_postgres

CHILD = "孩子发烧怎么办？"


class Age(BaseModel):
    years: int


@pytest.fixture(scope="module")
def asking(keyword_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service whose intake asks how old a child is before it does anything."""
    data = tmp_path_factory.mktemp("asking") / "data"
    shutil.copytree(keyword_index, data)
    runnable: Any = consult.builder.nodes["intake"].runnable
    original = runnable.afunc

    async def intake(state: Any, runtime: Any) -> Any:
        if state["question"].startswith("孩子"):
            age = interrupt({"ask": "孩子几岁了？"}, response_schema=Age)
            return {**await original(state, runtime), "question": f"{age.years}岁的{state['question']}"}
        return await original(state, runtime)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runnable, "afunc", intake)
        with running(create_app(profile(data))) as url:
            yield url


@pytest.fixture
def client(asking: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=asking, timeout=30.0) as opened_client:
        yield opened_client


def begun(client: httpx.Client) -> str:
    return str(client.post("/v1/threads").json()["id"])


def test_a_turn_that_asks_back_goes_on_with_the_answer(client: httpx.Client) -> None:
    thread = begun(client)
    waiting = client.post(f"/v1/threads/{thread}/messages", json={"content": CHILD}, headers={"idempotency-key": "a"})
    assert waiting.status_code == 202 and waiting.json()["question"] == {"ask": "孩子几岁了？"} and waiting.json()["state"] == "waiting"
    assert client.get(f"/v1/threads/{thread}").json()["open"]["question"] == {"ask": "孩子几岁了？"}
    refused = client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED})
    assert refused.status_code == 409 and refused.json()["error"]["code"] == "turn_waits"
    answer = client.post(f"/v1/threads/{thread}/resume", json={"answer": {"years": 3}})
    assert answer.status_code == 200 and answer.json()["turn"] == waiting.json()["turn"]
    assert client.get(f"/v1/threads/{thread}").json()["messages"][0]["content"] == f"3岁的{CHILD}"
    replayed = client.post(f"/v1/threads/{thread}/messages", json={"content": CHILD}, headers={"idempotency-key": "a"})
    assert replayed.content == answer.content


def test_an_answer_that_does_not_fit_is_refused_and_can_be_given_again(client: httpx.Client) -> None:
    thread = begun(client)
    with client.stream("POST", f"/v1/threads/{thread}/messages", json={"content": CHILD}, headers=STREAM) as response:
        assert list(frames_of(response))[-1].event == "ask"
    assert client.post(f"/v1/threads/{thread}/resume").status_code == 422
    refused = client.post(f"/v1/threads/{thread}/resume", json={"answer": {"years": "三"}, "language": "en"})
    assert refused.status_code == 422 and refused.json()["error"]["code"] == "resume_invalid"
    assert "again" in refused.json()["error"]["message"]
    with client.stream("POST", f"/v1/threads/{thread}/resume", json={"answer": {"years": 4}}, headers=STREAM) as response:
        assert list(frames_of(response))[-1].event == "done"
    assert client.post(f"/v1/threads/{thread}/resume", json={"answer": {"years": 4}}).json()["error"]["code"] == "nothing_to_resume"


def test_a_question_to_the_reader_can_be_left_by_cancelling(client: httpx.Client) -> None:
    thread = begun(client)
    assert client.post(f"/v1/threads/{thread}/messages", json={"content": CHILD}).status_code == 202
    assert client.post(f"/v1/threads/{thread}/cancel").json()["state"] == "cancelled"
    assert client.post(f"/v1/threads/{thread}/messages", json={"content": ASKED}).status_code == 200


@asynccontextmanager
async def worker(settings: Settings, **server: Any) -> AsyncIterator[tuple[ConsultService, Runs]]:
    """A worker without its HTTP side."""
    async with ConsultService.open(settings) as service, Runs.open(service, ServerSettings(**{"lease_s": 2.0, **server})) as runs:
        yield service, runs


async def thread_of(service: ConsultService) -> str:
    at = datetime.now(UTC).isoformat()
    thread = service.new_thread()
    await conversations(service).write(thread, {"title": "", "named": False, "created_at": at, "updated_at": at, "turns": 0})
    return thread


def late(seconds: float) -> Any:
    script = honest()
    return script.with_role("draft", lambda request: Slow(seconds, script.draft(request)))


async def test_what_a_stop_has_cut_off_is_finished_at_the_next_start_for_the_same_key(keyword_index: Path, tmp_path: Path) -> None:
    shutil.copytree(keyword_index, tmp_path / "data")
    with ModelServer(late(5.0)) as model:
        settings = profile(tmp_path / "data", model)
        async with worker(settings) as (service, runs):
            thread = await thread_of(service)
            reading = await runs.submit(service, thread, ASKED, key="k")
            while not model.calls("draft"):
                await asyncio.sleep(0.01)
        with pytest.raises(ApiError) as stopped:
            await reading.result()
        assert stopped.value.code == "stopping"
        model.script = honest()
        async with worker(settings) as (service, runs):
            again = await runs.submit(service, thread, ASKED, key="k")
            turn = await again.result()
            assert turn.turn == reading.run.start["turn"] and len(await service.turns(thread)) == 1
            assert await open_turns(service.stores.store) == []


@pytest.mark.parametrize("step", [0, 1, 2, 3, 4, 5])
async def test_a_turn_broken_off_between_a_result_and_the_next_checkpoint_goes_on(keyword_index: Path, tmp_path: Path, step: int) -> None:
    shutil.copytree(keyword_index, tmp_path / "data")
    with ModelServer(honest()) as model:
        async with worker(profile(tmp_path / "data", model)) as (service, runs):
            saver: Any = service.graph.checkpointer
            thread = await thread_of(service)
            whole = saver.aput

            async def broken(config: Any, checkpoint: Any, metadata: Any, versions: Any) -> Any:
                if metadata["step"] == step and not config["configurable"].get("checkpoint_ns"):
                    raise OSError("disk i/o error")
                return await whole(config, checkpoint, metadata, versions)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(saver, "aput", broken)
                with pytest.raises(StorageError):
                    await (await runs.submit(service, thread, ASKED, key="k")).result()
            turn = await (await runs.submit(service, thread, ASKED, key="k")).result()
            assert turn.writer == "model" and len(await service.turns(thread)) == 1
            assert model.calls("draft") == model.calls("critique") == 1, "what had its result written is not asked again"


async def test_a_turn_to_which_nobody_comes_back_is_closed_and_says_so(keyword_index: Path, tmp_path: Path) -> None:
    shutil.copytree(keyword_index, tmp_path / "data")
    settings = profile(tmp_path / "data")
    async with worker(settings) as (service, _):
        thread = await thread_of(service)
        start = service.prepare("我对磺胺过敏，高血压要注意什么？", thread=thread)
        record = opened(start, "x", "zh") | {"state": "paused", "at": (datetime.now(UTC) - timedelta(hours=2)).isoformat()}
        await conversations(service).open(thread, start["turn"], record)
    async with worker(settings) as (service, runs):
        while await open_turns(service.stores.store):
            await asyncio.sleep(0.01)
        with pytest.raises(Conflict, match="asked went away"):
            await (await runs.find(service, thread, start["turn"])).result()


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    if binaries() is None:
        if NEEDED:
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with running_postgres() as server, server.database() as url:
        yield url


async def test_two_workers_share_a_database_and_a_turn_has_one_of_them(keyword_index: Path, tmp_path: Path, database: str) -> None:
    key = SecretStr(new_key())
    with ModelServer(late(0.8)) as model:
        async with AsyncExitStack() as stack:
            workers = []
            for name in ("a", "b"):
                shutil.copytree(keyword_index, tmp_path / name)
                settings = profile(tmp_path / name, model)
                storage = settings.storage.model_copy(update={"url": SecretStr(database), "keys": key, "connections": 4})
                workers.append(await stack.enter_async_context(worker(settings.model_copy(update={"storage": storage}))))
            (one, runs_of_one), (other, runs_of_other) = workers
            thread = await thread_of(one)
            first = await runs_of_one.submit(one, thread, ASKED, key="k")
            with pytest.raises(Conflict, match="being answered"):
                await runs_of_other.submit(other, thread, "感冒了怎么办？")
            second = await runs_of_other.submit(other, thread, ASKED, key="k")
            turns = await asyncio.gather(first.result(), second.result())
            assert turns[0].model_dump_json() == turns[1].model_dump_json() and model.calls("draft") == 1

            # Cancelled at the other one, it ends at the one that works on it.
            model.script = late(20.0)
            third = await runs_of_one.submit(one, thread, "感冒了怎么办？")
            while model.calls("draft") < 2:
                await asyncio.sleep(0.01)
            assert await runs_of_other.cancel(other, thread) == third.run.start["turn"]
            with pytest.raises(Conflict, match="cancelled"):
                await third.result()

            # A worker that says nothing any more loses its turn to the other one.
            fourth = await runs_of_one.submit(one, thread, "流感要吃药吗？", key="d")
            keeper = runs_of_one.claims._keeper  # type: ignore[attr-defined]
            keeper.cancel()
            while model.calls("draft") < 3:
                await asyncio.sleep(0.01)
            model.script = honest()
            taken = await runs_of_other.submit(other, thread, "流感要吃药吗？", key="d")
            assert (await taken.result()).turn == fourth.run.start["turn"]
            assert len([turn for turn in await other.turns(thread) if turn["turn"] == fourth.run.start["turn"]]) == 1
