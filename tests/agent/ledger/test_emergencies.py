"""Who must call an ambulance is told so even while the audit ledger cannot be written; everybody is told that, and the entry follows."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.ledger.ledger import Ledger
from agent.server.app import create_app
from agent.server.beside import running
from agent.service import ConsultService
from configs.settings import Settings
from memory.errors import StorageError
from tests.agent.ledger.conftest import intruder
from tests.agent.server.conftest import keyword_index as keyword_index
from tests.agent.server.conftest import profile as by_keywords
from tests.agent.server.conftest import until

EMERGENCY, ROUTINE = "我胸口压着疼，左胳膊发麻，出冷汗", "感冒了要多喝水吗？"


@pytest.fixture
def profile(tmp_path: Path, keyword_index: Path) -> Settings:
    shutil.copytree(keyword_index, tmp_path / "data")
    return by_keywords(tmp_path / "data")


def ledger_in(service: ConsultService) -> Ledger:
    assert isinstance(service.context.ledger, Ledger)
    return service.context.ledger


@contextmanager
def read_only(ledger: Ledger) -> Iterator[None]:
    """Let the ledger's connection write nothing, as on a disk that is full."""
    book: Any = ledger._book
    ledger._thread.submit(book._connection.execute, "PRAGMA query_only = ON").result()
    try:
        yield
    finally:
        ledger._thread.submit(book._connection.execute, "PRAGMA query_only = OFF").result()


def count(settings: Settings) -> int:
    with intruder(settings.storage) as run:
        return int(run("SELECT count(*) FROM ledger")[0][0])


async def test_an_emergency_is_answered_says_that_it_is_not_recorded_and_is_entered_once_later(
    profile: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with ConsultService.open(profile) as service:
        ledger = ledger_in(service)
        with read_only(ledger):
            turn = await service.ask(EMERGENCY, thread="a")
            assert turn.outcome == "emergency" and "120" in turn.answer and turn.recorded is False
            assert len(ledger.late.waiting) == 1 and count(profile) == 0
            assert [record for record in caplog.records if record.levelno == logging.ERROR and "not in the audit ledger" in record.message]
            with pytest.raises(StorageError):
                await service.ask(ROUTINE, thread="b")
        while ledger.late.waiting:
            await asyncio.sleep(0.02)
        assert (await service.ask(ROUTINE, thread="b")).recorded is True
        assert count(profile) == 2 and (await ledger.verify()).whole
    async with ConsultService.open(profile) as service:
        assert not ledger_in(service).late.waiting, "what is written is not owed any more"


async def test_what_is_owed_outlives_the_process(profile: Settings) -> None:
    async with ConsultService.open(profile) as service:
        with read_only(ledger_in(service)):
            await service.ask(EMERGENCY, thread="a")
            ledger_in(service).late._append = refused  # to the very end of this process
    assert count(profile) == 0
    async with ConsultService.open(profile) as service:
        while ledger_in(service).late.waiting:
            await asyncio.sleep(0.02)
        assert count(profile) == 1 and (await ledger_in(service).verify()).whole


async def refused(key: str, body: bytes) -> None:
    raise StorageError("storage_failed", path="ledger", reason="full")


async def test_an_emergency_does_not_wait_for_a_ledger_that_somebody_else_holds(profile: Settings) -> None:
    async with ConsultService.open(profile) as service:
        with intruder(profile.storage) as run:
            run("BEGIN IMMEDIATE")
            turn = await service.ask(EMERGENCY, thread="a")
            assert turn.outcome == "emergency" and not turn.recorded
            run("ROLLBACK")
        while ledger_in(service).late.waiting:
            await asyncio.sleep(0.02)
    assert count(profile) == 1


def test_the_service_answers_it_says_so_in_readyz_and_metrics_and_mends_itself(profile: Settings) -> None:
    app = create_app(profile)
    with running(app) as url, httpx.Client(base_url=url, timeout=60.0, headers={"accept-language": "en"}) as client:
        ledger = ledger_in(app.state.service)

        def part() -> dict[str, str]:
            return next(part for part in client.get("/readyz").json()["parts"] if part["name"] == "ledger")

        def asked(content: str) -> httpx.Response:
            thread = client.post("/v1/threads", json={}).json()["id"]
            return client.post(f"/v1/threads/{thread}/messages", json={"content": content})

        assert part()["state"] == "ok"
        with read_only(ledger):
            answer = asked(EMERGENCY)
            assert answer.status_code == 200 and answer.json()["outcome"] == "emergency" and answer.json()["recorded"] is False
            said = client.post("/v1/chat/completions", json={"model": "shensi", "messages": [{"role": "user", "content": EMERGENCY}]})
            assert said.status_code == 200 and said.json()["shensi"]["recorded"] is False
            assert asked(ROUTINE).status_code == 503
            ready = client.get("/readyz")
            assert ready.status_code == 503 and part()["state"] == "failed" and "emergencies are" in part()["message"]
            told = client.get("/metrics").text
            assert "shensi_ledger_late 2.0" in told and "shensi_unrecorded_emergencies_total 2.0" in told
        assert until(lambda: not ledger.late.waiting, 60)
        assert part()["state"] == "ok" and "shensi_ledger_late 0.0" in client.get("/metrics").text
        assert asked(ROUTINE).json()["recorded"] is True
    assert count(profile) == 3
