"""SIGKILL at the boundaries of nodes, inside them and anywhere else, under load: every accepted turn ends once.

``SHENSI_TEST_DEATHS`` sets how often the service dies (2); ``make test-durability`` lets it die 200 times.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from agent.ledger.ledger import Ledger
from agent.service import ConsultService
from configs.settings import ROOT, Settings
from memory.conversations import open_turns
from tests.agent.server.conftest import profile
from tests.support.model_ready import honest
from tests.support.model_script import Request, Script, Slow
from tests.support.model_server import ModelServer

# Taken out of the environment: a SHENSI_ variable that names no section of the settings is refused as a typing error.
DEATHS = int(os.environ.pop("SHENSI_TEST_DEATHS", "2"))
NODES = ("intake", "extract", "retrieve", "draft", "critique", "answer", "remember")
_NUMBER = re.compile(r"第(\d+)个人问")


class Mortal:
    """The process that gives birth to services."""

    def __init__(self, settings: Settings) -> None:
        self.child = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.agent.server.mortal", settings.model_dump_json()],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def born(self, plan: dict[str, Any]) -> tuple[str, int]:
        """Return address and process of a service with a plan; empty where it died while it opened."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(plan) + "\n")
        self.process.stdin.flush()
        pid = self.child = int(self._line("pid"))
        kind, _, value = self._read().partition(" ")
        return (f"http://127.0.0.1:{value}", pid) if kind == "port" else ("", pid)

    def dead(self) -> int:
        return int(self._line("dead"))

    def close(self) -> None:
        kill(self.child)
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _line(self, wanted: str) -> str:
        kind, _, value = self._read().partition(" ")
        assert kind == wanted, (kind, value)
        return value

    def _read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


class Clients:
    """People who ask under a key until they have their answer."""

    def __init__(self) -> None:
        self.waiting: dict[str, tuple[str, str]] = {}
        self.replies: dict[str, list[bytes]] = defaultdict(list)
        self.threads: dict[str, str] = {}
        self._count = 0

    def come(self, url: str, how_many: int) -> None:
        """Let new people ask, everybody in a thread of their own, and those who wait ask again."""
        for _ in range(how_many):
            try:
                thread = httpx.post(f"{url}/v1/threads", json={}, timeout=20).json()["id"]
            except (httpx.TransportError, ValueError):
                break
            self._count += 1
            key = f"key-{self._count}"
            self.waiting[key] = (thread, f"我对头孢过敏。高血压要注意什么？第{self._count}个人问")
            self.threads[key] = thread
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: self._ask(url, key), list(self.waiting)))

    def _ask(self, url: str, key: str) -> None:
        thread, question = self.waiting[key]
        try:
            answer = httpx.post(
                f"{url}/v1/threads/{thread}/messages", json={"content": question}, headers={"idempotency-key": key}, timeout=30
            )
        except httpx.TransportError:
            return
        assert answer.status_code in (200, 503), answer.text
        if answer.status_code == 200:
            self.replies[key].append(answer.content)
            self.waiting.pop(key, None)


def taking_time(rng: random.Random) -> Script:
    script, lock = honest(), threading.Lock()

    def late(role: str) -> Any:
        def handler(request: Request) -> Slow:
            with lock:
                seconds = rng.random() * 0.15
            return Slow(seconds, getattr(script, role)(request))

        return handler

    return script.with_role("draft", late("draft")).with_role("critique", late("critique")).with_role("facts", late("facts"))


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        if pid:
            os.kill(pid, signal.SIGKILL)


def plan_of(rng: random.Random, number: int) -> dict[str, Any]:
    """Return where to die: a boundary, inside, or at any moment at all."""
    if number % 4 == 3:
        return {"node": "", "after_s": rng.random() * 0.8}
    return {"node": rng.choice(NODES), "phase": rng.choice(["before", "inside"]), "count": rng.randint(1, 4)}


async def look(settings: Settings, clients: Clients) -> None:
    """See that each turn has one entry in the ledger and one reply in the store, and that nothing is open."""
    async with ConsultService.open(settings) as service:
        assert await open_turns(service.stores.store) == []
        assert isinstance(service.context.ledger, Ledger)
        report = await service.context.ledger.verify()
        assert report.whole, report
        assert report.entries == len(clients.threads), "one entry for each turn"
        facts = await service.facts()
        assert len({fact.id for fact in facts}) == len(facts)


def test_killed_again_and_again_every_turn_ends_once(keyword_index: Path, tmp_path: Path) -> None:
    rng = random.Random(13)
    shutil.copytree(keyword_index, tmp_path / "data")
    clients = Clients()
    with ModelServer(taking_time(rng)) as model:
        settings = profile(tmp_path / "data", model)
        mortal = Mortal(settings)
        try:
            for number in range(DEATHS):
                plan = plan_of(rng, number)
                url, pid = mortal.born(plan)
                killer = threading.Timer(plan.get("after_s", 6.0), kill, (pid,))
                killer.start()
                if url:
                    clients.come(url, 3)
                    killer.cancel()
                    killer.join()
                    kill(pid)
                    assert mortal.dead() == -9
                killer.cancel()
            url, pid = mortal.born({})
            clients.come(url, 1)
            assert not clients.waiting
            for key, thread in clients.threads.items():
                read = httpx.get(f"{url}/v1/threads/{thread}", timeout=20).json()
                assert read["turns"] == 1 and len(read["messages"]) == 2 and read["open"] is None, key
                question = read["messages"][0]["content"]
                again = httpx.post(
                    f"{url}/v1/threads/{thread}/messages", json={"content": question}, headers={"idempotency-key": key}, timeout=20
                )
                assert {again.content, *clients.replies[key]} == {again.content}, "the same reply, whenever it is asked for"
            os.kill(pid, signal.SIGTERM)
            assert mortal.dead() in (0, -signal.SIGTERM)
        finally:
            mortal.close()
        check_that_nothing_finished_was_asked_again(model)
    asyncio.run(look(settings, clients))


def check_that_nothing_finished_was_asked_again(model: ModelServer) -> None:
    """Once the auditor of a turn was asked, what came before it is written: nobody may ask for it a second time."""
    asked: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for request in model.requests:
        asked[question_in(request.payload)][request.role].append(request.time)
    for question, roles in asked.items():
        audited = min(roles["critique"], default=float("inf"))
        for role in ("draft", "facts", "look"):
            assert all(time < audited for time in roles[role]), (question, role)


def question_in(payload: Any) -> str:
    found = _NUMBER.findall(json.dumps(payload, ensure_ascii=False))
    assert found, "every call of a turn carries its question"
    return str(found[-1])
