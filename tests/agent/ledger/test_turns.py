"""Every turn leaves one entry, without a word of it, before its answer counts."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent.cli import main
from agent.errors import LedgerBroken
from agent.ledger.entry import prompts_digest
from agent.ledger.ledger import Ledger
from agent.service import ConsultService
from configs.settings import ROOT, RetrievalSettings, Settings, StorageSettings
from memory.errors import StorageFull
from retrieval.search import Retriever
from tests.agent.ledger.conftest import intruder

QUESTION = "我对青霉素过敏，嗓子疼能吃阿莫西林吗？"


@pytest.fixture(scope="module")
def keywords(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keywords")
    retriever = Retriever.open(RetrievalSettings(embedder="none"), folder)
    retriever.ingest([ROOT / "knowledge" / "documents"])
    retriever.close()
    return folder


@pytest.fixture
def profile(tmp_path: Path, keywords: Path) -> Settings:
    shutil.copytree(keywords, tmp_path / "data")
    return Settings(storage=StorageSettings(data_dir=tmp_path / "data"), retrieval=RetrievalSettings(embedder="none"))


@pytest.fixture
async def opened(profile: Settings) -> AsyncIterator[ConsultService]:
    async with ConsultService.open(profile) as service:
        yield service


def ledger_in(service: ConsultService) -> Ledger:
    assert isinstance(service.context.ledger, Ledger)
    return service.context.ledger


def entries(service: ConsultService) -> list[dict[str, Any]]:
    with intruder(service.settings.storage) as run:
        return [json.loads(body) for (body,) in run("SELECT body FROM ledger ORDER BY seq")]


async def test_a_turn_leaves_who_when_what_was_found_and_what_came_of_it(opened: ConsultService) -> None:
    turn = await opened.ask(QUESTION, thread="a")
    (entry,) = entries(opened)
    codes = ledger_in(opened).codes
    assert entry["owner"] == codes.owner("local", "") and entry["thread"] == codes.thread("local", "", "a")
    assert (entry["question"], entry["answer"]) == (codes.text(QUESTION), codes.text(turn.answer))
    assert (entry["outcome"], entry["verdict"], entry["writer"], entry["model"]) == (turn.outcome, "pass", "evidence", "")
    assert entry["prompts"] == prompts_digest("zh") != prompts_digest("en")
    assert entry["findings"] == [{"by": "rules", "kind": "allergy", "rule": "allergy.penicillins", "severity": "contraindicated"}]
    assert [f"{cited.id}@{cited.version}" for cited in turn.citations] == entry["cited"]
    assert entry["cited"] and {f"chunk:{cited}" for cited in entry["cited"]} <= set(entry["evidence"])


async def test_no_word_of_question_or_answer_and_no_name_is_in_the_file(opened: ConsultService) -> None:
    await opened.of("zhang-san", "hospital").ask("我对canaryomycin过敏，头疼怎么办？", thread="my-thread")
    files = opened.settings.storage.data_dir.glob("ledger*")
    held = b"".join(path.read_bytes() for path in files)
    assert b'"kind":"turn"' in held
    assert not [word for word in ("canary", "zhang", "hospital", "my-thread", "头疼") if word.encode() in held]


async def test_an_answer_is_not_there_when_its_entry_could_not_be_written(opened: ConsultService) -> None:
    """The file is made read-only for the ledger's connection, as a full disk would be; asked again, the same turn is finished."""
    ledger = ledger_in(opened)
    run: Any = ledger._book
    run._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageFull):
        await opened.ask(QUESTION, thread="a")
    assert await opened.turns("a") == [] and entries(opened) == []
    run._connection.execute("PRAGMA query_only = OFF")
    turn = await opened.ask(QUESTION, thread="a")
    assert [kept["turn"] for kept in await opened.turns("a")] == [turn.turn]
    assert len(entries(opened)) == 1


async def test_a_turn_that_was_given_up_leaves_an_entry_too(opened: ConsultService) -> None:
    run: Any = ledger_in(opened)._book
    run._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageFull):
        await opened.ask(QUESTION, thread="a")
    run._connection.execute("PRAGMA query_only = OFF")
    await opened.close_turn("a")
    await opened.ask("头疼怎么办？", thread="a")
    closed, answered = entries(opened)
    assert closed["kind"] == "closed" and closed["question"] == ledger_in(opened).codes.text(QUESTION)
    assert answered["kind"] == "turn" and (await ledger_in(opened).verify()).whole


async def test_erasing_a_person_leaves_the_chain_whole(opened: ConsultService) -> None:
    await opened.ask(QUESTION, thread="a")
    await opened.record.erase_all()
    report = await ledger_in(opened).verify()
    assert report.whole and report.entries == 1


async def test_a_service_whose_ledger_was_cut_off_does_not_open(profile: Settings) -> None:
    async with ConsultService.open(profile) as service:
        await service.ask(QUESTION, thread="a")
    for path in profile.storage.data_dir.glob("ledger.sqlite*"):
        path.unlink()
    with pytest.raises(LedgerBroken):
        async with ConsultService.open(profile):
            pass


async def test_the_command_line_tells_in_both_languages_and_by_its_exit_code(
    profile: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import asyncio

    async with ConsultService.open(profile) as service:
        await service.ask(QUESTION, thread="a")
    chosen = tmp_path / "profile.yaml"
    chosen.write_text(f"storage: {{data_dir: '{profile.storage.data_dir}'}}\n")

    async def run(*words: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, ["audit", *words, "--profile", str(chosen)])
        return code, capsys.readouterr().out

    assert await run("verify") == (0, "审计账本完整：1 条，没有改动、缺失、换位或截断。\n")
    code, head = await run("head", "--json")
    assert (code, (await run("verify", "--expect", head.strip(), "--lang", "en"))[0]) == (0, 0)
    with intruder(profile.storage) as statement:
        statement("UPDATE ledger SET key = 'x'")
    code, said = await run("verify", "--lang", "en")
    assert code == 1 and "entry 1 was changed, moved or forged" in said
    assert json.loads((await run("verify", "--json"))[1])["problems"] == [{"fault": "changed", "entry": 1}]
    assert (await run("verify", "--expect", "nonsense"))[0] == 2
