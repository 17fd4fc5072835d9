"""Several API workers, real processes on ports of their own, over one database: one index, one record, and a ``kill -9``."""

from __future__ import annotations

import asyncio
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import SecretStr

from agent.client import Client
from agent.server.claims import PostgresClaims
from configs.settings import Settings
from tests.agent.server.conftest import ASKED, profile, until
from tests.memory.conftest import new_key
from tests.support.model_ready import honest
from tests.support.model_script import Reply, Request
from tests.support.model_server import ModelServer
from tests.support.postgres import PostgresServer, running_vectors
from tests.support.workers import Worker, workers

GUIDE = "# 蓝光治疗仪\n\n## 怎么办\n\n蓝光治疗仪每{day}由设备科校准一次。\n\n## 何时就医\n\n皮肤发红应立即停用，每{day}复查。\n"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with running_vectors() as running:
        yield running


@pytest.fixture
def database(server: PostgresServer) -> Iterator[str]:
    with server.database() as url:
        yield url


def shared(data: Path, database: str, key: str, model: ModelServer | None = None, *, index: bool = False) -> Settings:
    """Return the settings of a worker that keeps its records in the database, and where it is said its index too."""
    settings = profile(data, model)
    roles = {role: how.model_copy(update={"timeout_s": 150.0}) for role, how in settings.llm.roles.items()}
    settings = settings.model_copy(update={"llm": settings.llm.model_copy(update={"roles": roles})})
    storage = settings.storage.model_copy(update={"url": SecretStr(database), "keys": SecretStr(key), "connections": 4})
    retrieval = settings.retrieval.model_copy(update={"index_url": SecretStr(database if index else "")})
    return settings.model_copy(update={"storage": storage, "retrieval": retrieval})


def passages(client: Client, collection: str = "设备") -> set[str]:
    if collection not in {one.name for one in client.knowledge.collections()}:
        return set()
    return {hit.text for hit in client.knowledge.search("蓝光治疗仪 校准 复查", collections=[collection], k=20, arm="bm25").hits}


def put(client: Client, folder: Path, day: str, collection: str = "设备") -> None:
    path = folder / "蓝光.md"
    path.write_text(GUIDE.format(day=day), encoding="utf-8")
    *_, last = client.knowledge.wait(client.knowledge.upload(collection, path), every_s=0.02)
    assert last.state == "done", last
    assert last.counts["added"] + last.counts["replaced"] == 1


def test_workers_that_start_at_once_on_a_new_database_all_start(server: PostgresServer) -> None:
    async def nobody(name: str, cancelled: bool) -> None:
        raise AssertionError(name)

    async def start(url: str, together: asyncio.Barrier) -> None:
        options = {"autocommit": True, "row_factory": dict_row}
        async with AsyncConnectionPool(url, min_size=1, max_size=1, kwargs=options, open=False) as pool:
            claims = PostgresClaims(pool, 5.0, nobody)
            await together.wait()
            await claims.open()
            assert await claims.take(f"{id(claims)}")
            await claims.close()

    async def start_all(url: str) -> None:
        together = asyncio.Barrier(8)
        await asyncio.gather(*(start(url, together) for _ in range(8)))

    for _ in range(5):
        with server.database() as url:
            asyncio.run(start_all(url))


@pytest.mark.parametrize("where", ["one folder", "the database"])
def test_what_is_uploaded_to_one_worker_is_found_at_the_other_and_never_half(
    where: str, keyword_index: Path, tmp_path: Path, database: str
) -> None:
    key, index = new_key(), where == "the database"
    if not index:
        shutil.copytree(keyword_index, tmp_path / "data")
    homes = [tmp_path / name / "data" for name in "ab"] if index else [tmp_path / "data"] * 2
    with ExitStack() as stack:
        one, other = stack.enter_context(workers(tmp_path, *(shared(home, database, key, index=index) for home in homes)))
        writer, reader = stack.enter_context(Client(one.url)), stack.enter_context(Client(other.url))
        assert {item.name for item in reader.knowledge.collections()} == {"knowledge"}
        put(writer, tmp_path, "周一")
        assert until(lambda: len(passages(reader)) == 2, 120)
        seen: set[frozenset[str]] = set()
        stop = threading.Event()

        def look() -> None:
            while not stop.is_set():
                seen.add(frozenset(passages(reader)))

        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(look)
            days = ("周二", "周三", "周四", "周五")
            for day in days:
                put(writer, tmp_path, day)
                assert until(lambda day=day: all(day in text for text in passages(reader)), 120)  # type: ignore[misc]
            stop.set()
            looking.result()
        assert all(len(texts) == 2 and len({day for day in ("周一", *days) if all(day in text for text in texts)}) == 1 for texts in seen)
        assert writer.knowledge.remove("设备").documents == 1
        assert until(lambda: not passages(reader), 120)


def test_two_workers_that_take_in_files_at_once_both_succeed(tmp_path: Path, database: str) -> None:
    key = new_key()
    with workers(tmp_path, *(shared(tmp_path / name / "data", database, key, index=True) for name in "ab")) as running:
        clients = [Client(worker.url) for worker in running]
        for name in "ab":
            (tmp_path / name).mkdir(exist_ok=True)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda n: [put(clients[n], tmp_path / "ab"[n], f"{n}{turn}", "甲乙"[n]) for turn in range(4)], range(2)))
        for client in clients:
            assert until(lambda client=client: all("3" in text for name in "甲乙" for text in passages(client, name)), 120)  # type: ignore[misc]
            assert [len(passages(client, name)) for name in "甲乙"] == [2, 2]
            client.close()


class Auditor:
    """A model whose audits wait until they are let go: time to stop whoever waits for one."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.script = honest().with_role("critique", self._late)

    def _late(self, request: Request) -> Reply:
        self.go.wait(180)
        return honest().critique(request)


@dataclass
class Pair:
    """Two workers over one folder and one database, and a question at the first of them whose audit has begun."""

    first: Worker
    other: httpx.Client
    thread: str
    answer: Future[httpx.Response]
    ask: Callable[[], httpx.Response]

    def ended(self) -> bool:
        return self.other.get(f"/v1/threads/{self.thread}").json()["open"] is None

    def check_ended_once(self) -> bytes:
        told = self.other.get(f"/v1/threads/{self.thread}").json()
        assert told["turns"] == 1 and len(told["messages"]) == 2 and told["open"] is None
        again, once_more = self.ask(), self.ask()
        assert again.status_code == 200 and again.content == once_more.content, "the same reply, whenever it is asked for"
        return again.content


@contextmanager
def auditing(folder: Path, index: Path, database: str, model: ModelServer) -> Iterator[Pair]:
    shutil.copytree(index, folder / "data")
    settings = shared(folder / "data", database, new_key(), model)
    with ExitStack() as stack:
        first, second = stack.enter_context(workers(folder, settings, settings))
        other = stack.enter_context(httpx.Client(base_url=second.url, timeout=180))
        pool = stack.enter_context(ThreadPoolExecutor(1))
        thread = httpx.post(f"{first.url}/v1/threads", json={}, timeout=60).json()["id"]
        asked = {"json": {"content": ASKED}, "headers": {"idempotency-key": "key"}}
        path = f"/v1/threads/{thread}/messages"
        answer = pool.submit(httpx.post, f"{first.url}{path}", **asked, timeout=180)  # type: ignore[arg-type]
        assert until(lambda: model.calls("critique") > 0, 120), [request.role for request in model.requests]
        yield Pair(first, other, thread, answer, lambda: other.post(path, **asked))  # type: ignore[arg-type]


def test_the_turn_of_a_killed_worker_is_ended_once_by_the_other(keyword_index: Path, tmp_path: Path, database: str) -> None:
    auditor = Auditor()
    with ModelServer(auditor.script) as model, auditing(tmp_path, keyword_index, database, model) as pair:
        pair.first.send(signal.SIGKILL)
        auditor.go.set()
        assert isinstance(pair.answer.exception(120), httpx.TransportError), "nobody was told anything before the kill"
        assert until(pair.ended, 120), "nobody has to ask for it"
        pair.check_ended_once()
        assert model.calls("draft") == 1, "what the dead worker had finished is not asked for again"
        assert model.calls("critique") == 2


def test_a_worker_that_slept_through_its_lease_does_not_answer_a_second_time(keyword_index: Path, tmp_path: Path, database: str) -> None:
    auditor = Auditor()
    with ModelServer(auditor.script) as model, auditing(tmp_path, keyword_index, database, model) as pair:
        pair.first.send(signal.SIGSTOP)
        auditor.go.set()
        assert until(pair.ended, 120)
        pair.first.send(signal.SIGCONT)
        late = pair.answer.result(180)
        reply = pair.check_ended_once()
        assert late.status_code == 503 or (late.status_code, late.content) == (200, reply)
        assert model.calls("draft") == 1 and model.calls("critique") == 2
