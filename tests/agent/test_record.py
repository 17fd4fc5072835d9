"""What a person may do with their record, through the service and at the terminal."""

from __future__ import annotations

import io
import json
import logging
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from agent.chat import Chat
from agent.errors import AgentError, UnknownItem
from agent.remembered import remembered_line
from agent.schema import MemoryEvent
from agent.service import ConsultService
from configs.settings import ROOT, Settings
from memory.errors import BadRecord, EditRefused

CANARY = "佛手瓜QZXJW"


@pytest.fixture
async def talked(settings: Settings) -> AsyncIterator[ConsultService]:
    """A service whose owner has said something about two people."""
    words = settings.model_copy(update={"retrieval": settings.retrieval.model_copy(update={"embedder": "none"})})
    async with ConsultService.open(words) as service:
        await service.ask("我对青霉素过敏，体重70公斤", thread="mine")
        await service.ask("我女儿对头孢克洛过敏", thread="hers")
        yield service


async def number_of(service: ConsultService, value: str) -> int:
    return next(n for n, fact in enumerate(await service.record.facts(), start=1) if value in fact.value)


async def test_the_family_and_what_is_known_of_each(talked: ConsultService) -> None:
    assert [(person.subject, person.allergies) for person in await talked.record.family()] == [("self", 1), ("daughter", 1)]
    assert [fact.value for fact in await talked.record.facts("daughter")] == ["头孢克洛"]


async def test_editing_looks_up_what_the_new_value_stands_for(talked: ConsultService) -> None:
    await talked.record.edit(await number_of(talked, "青霉素"), value="布洛芬")
    assert (await talked.ask("我能吃芬必得吗？", thread="n")).notices
    assert not (await talked.ask("我能吃阿莫西林吗？", thread="m")).notices
    history = await talked.record.history(await number_of(talked, "布洛芬"))
    assert [event.type for event in history] == ["edited"] and history[0].by == "hand"
    weight = await talked.record.edit(await number_of(talked, "70"), value="136斤")
    assert (weight.value, weight.amount) == ("68 kg", 68.0)


@pytest.mark.parametrize("value", ["", "   ", "*", "重" * 81])
async def test_a_value_that_is_none_is_refused(talked: ConsultService, value: str) -> None:
    before = await talked.record.facts()
    with pytest.raises(EditRefused):
        await talked.record.edit(1, value=value)
    with pytest.raises(EditRefused):
        await talked.record.edit(await number_of(talked, "70"), value="很重")
    assert await talked.record.facts() == before


async def test_undo_takes_back_what_the_last_turn_said(talked: ConsultService) -> None:
    (gone,) = await talked.record.undo()
    assert gone.subject == "daughter" and [person.subject for person in await talked.record.family()] == ["self"]
    await talked.record.undo()
    with pytest.raises(UnknownItem):
        await talked.record.undo()


async def test_only_what_is_new_is_told(talked: ConsultService) -> None:
    assert (await talked.ask("我对青霉素过敏", thread="again")).memory_line == ""
    events = [event async for event in talked.stream("我对磺胺过敏", thread="again")]
    (told,) = [event for event in events if isinstance(event, MemoryEvent)]
    assert [fact.value for fact in told.facts] == ["磺胺"]
    turn = await talked.ask("I am allergic to aspirin", thread="en")
    assert turn.memory_line.startswith("Remembered: ") and "\n" not in turn.memory_line and "aspirin" in turn.memory_line


async def test_everything_goes_out_and_comes_back(talked: ConsultService) -> None:
    record = talked.record
    await record.forget(await number_of(talked, "青霉素"))
    before, events, turns = await record.facts(), await record.memory.events(), await record.threads.all()
    document = (await record.export()).model_dump_json()
    assert "我女儿对头孢克洛过敏" in document
    await record.erase_all()
    assert not await record.facts() and not await talked.turns("mine")
    await record.restore(document)
    assert (await record.facts(), await record.memory.events(), await record.threads.all()) == (before, events, turns)
    with pytest.raises(BadRecord):
        await record.restore(document[:-40])
    assert await record.facts() == before


async def test_one_person_goes_out_alone(talked: ConsultService) -> None:
    hers = await talked.record.export("daughter")
    assert {fact.subject for fact in hers.facts} == {"daughter"} and list(hers.threads) == ["hers"]
    assert "我对青霉素过敏" not in hers.model_dump_json() and "70" not in {fact.value for fact in hers.facts}


async def test_an_erased_person_is_gone_and_the_others_are_not(talked: ConsultService) -> None:
    erased = await talked.record.erase("daughter")
    assert (erased.events, erased.turns, erased.threads) == (1, 1, 1)
    assert [person.subject for person in await talked.record.family()] == ["self"]
    assert not await talked.turns("hers") and await talked.turns("mine")
    assert not (await talked.graph.aget_state({"configurable": {"thread_id": "local:hers"}})).values
    assert (await talked.graph.aget_state({"configurable": {"thread_id": "local:mine"}})).values


async def sealed_rows(service: ConsultService) -> set[bytes]:
    """Return the beginning of everything sealed, of records and of checkpoints."""
    stores = service.record._stores
    rows = {str(item.value["sealed"]).encode()[:60] for item in await stores.backend.store.asearch((), limit=10_000)}
    async for found in stores.backend.saver.alist(None):
        rows |= {bytes(value)[:40] for value in found.checkpoint["channel_values"].values()}
        rows |= {bytes(value)[:40] for _, _, value in found.pending_writes or []}
    return rows


async def test_no_byte_of_an_erased_owner_is_left_in_the_data_folder(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """Real turns with vectors; every file of the folder is read: records, checkpoints, what is written ahead, index, caches, locks."""
    caplog.set_level(logging.DEBUG)
    folder = settings.storage.data_dir

    def containing(parts: set[bytes]) -> list[tuple[Path, bytes]]:
        files = [path for path in folder.rglob("*") if path.is_file()]
        return [(path, part) for path in files for data in [path.read_bytes()] for part in parts if part in data]

    clear = {CANARY.encode(), CANARY.encode("unicode_escape"), b"QZXJW", CANARY.encode("utf-16-le")}
    async with ConsultService.open(settings) as service:
        before = await sealed_rows(service)
        await service.ask(f"我对{CANARY}过敏，{CANARY}会让我起疹子。嗓子疼怎么办？", thread=CANARY)
        await service.ask("那我能吃阿莫西林吗？", thread=CANARY)
        assert CANARY in str(await service.facts())
        hers = await sealed_rows(service) - before
        assert len(hers) > 20 and containing(hers)
        assert containing(clear) == []
        assert (await service.record.erase_all()).turns == 2
        assert containing(hers | clear) == []
        assert not await service.facts() and not await service.turns(CANARY)
    assert containing(hers | clear) == []
    assert not [record for record in caplog.records if CANARY in record.getMessage()]


def chat_of(service: ConsultService, language: str = "zh") -> tuple[Chat, io.StringIO]:
    said = io.StringIO()
    return Chat(service, Console(file=said, width=200, force_terminal=False), "mine", language), said


async def test_the_commands_of_the_chat(talked: ConsultService, tmp_path: Path) -> None:
    chat, said = chat_of(talked)

    async def run(line: str) -> str:
        said.seek(0)
        said.truncate()
        assert await chat.command(line)
        return said.getvalue()

    assert "青霉素" in await run("/memory") and "女儿" in await run("/family")
    hers = await run("/memory 女儿")
    assert "头孢克洛" in hers and "青霉素" not in hers
    number = await number_of(talked, "青霉素")
    assert "“我对青霉素过敏" in await run(f"/history {number}")
    assert "已改为" in await run(f"/edit {number} 布洛芬")
    assert "已撤销" in await run("/undo") and "青霉素" in await run("/memory")
    assert "没有待确认" in await run("/confirm")
    file = tmp_path / "record.json"
    assert "没有加密" in await run(f"/export {file}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "已忘记" in await run(f"/forget {await number_of(talked, '青霉素')}")
    assert "已彻底清除 女儿" in await run("/erase 女儿 确认")
    assert "头孢克洛" not in await run("/memory") and "已导入" not in await run("/family")
    await run("/erase all yes")
    assert "还没有记下" in await run("/memory")
    assert "导入" in await run(f"/import {file}") and "头孢克洛" in await run("/memory")
    for wrong in ("/forget", "/forget x", "/erase 女儿", "/erase", "/edit 1", "/export", "/import", f"/export {file}", "/history"):
        with pytest.raises(AgentError):
            await chat.command(wrong)
    with pytest.raises(BadRecord):
        await chat.command(f"/import {tmp_path / 'nothing'}")
    assert "头孢克洛" in await run("/memory")


async def test_the_commands_speak_english_and_take_english_relations(talked: ConsultService) -> None:
    chat, said = chat_of(talked, "en")
    for line in ("/memory daughter", "/family", "/erase daughter yes", "/undo"):
        assert await chat.command(line)
    assert "Erased for good, daughter: 1 events" in said.getvalue() and "Undone" in said.getvalue()


async def test_what_waits_is_told_and_confirmed(talked: ConsultService) -> None:
    chat, said = chat_of(talked)
    await chat.answer("我对磺胺严重过敏，会休克")
    said.truncate(0)
    await chat.answer("我对磺胺不过敏")
    assert "待您确认" in said.getvalue()
    assert any(fact.value == "磺胺" and fact.holds for fact in await talked.record.facts())
    await chat.command("/confirm")
    assert not any(fact.value == "磺胺" and fact.holds for fact in await talked.record.facts())


def test_the_command_line_lists_exports_rotates_and_erases(tmp_path: Path) -> None:
    profile, data = tmp_path / "p.yaml", tmp_path / "data"
    profile.write_text(yaml.safe_dump({"retrieval": {"embedder": "none"}, "storage": {"data_dir": str(data)}}), encoding="utf-8")

    def agent(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "agent", *words, "--profile", str(profile)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert "已记下：过敏：青霉素" in agent("ask", "我对青霉素过敏").stdout
    (listed,) = [json.loads(line) for line in agent("memory", "list", "--json").stdout.splitlines()]
    assert listed["value"] == "青霉素"
    assert "新密钥" in agent("memory", "rotate").stdout
    out = agent("memory", "export", str(tmp_path / "out.json"))
    assert out.returncode == 0 and "青霉素" in (tmp_path / "out.json").read_text(encoding="utf-8")
    assert agent("memory", "erase", "all").returncode == 2
    assert agent("memory", "erase", "all", "--yes").returncode == 0
    assert agent("memory", "import", str(tmp_path / "out.json")).returncode == 0
    assert "青霉素" in agent("memory", "list").stdout
    kept = (data / "keys").read_text()
    (data / "keys").unlink()
    shut = agent("memory", "list")
    assert shut.returncode == 1 and "找不到密钥" in shut.stderr and "Traceback" not in shut.stderr
    (data / "keys").write_text(kept)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_an_answer_says_of_the_record_names_no_commands_but_the_terminal_does(talked: ConsultService, language: str) -> None:
    facts = (await talked.record.facts())[:2]
    for given in ((facts, (), ()), (facts, facts, ()), (facts, facts[:1], facts[1:])):
        news, waiting, contradicted = given
        plain = remembered_line(news, waiting, language, contradicted)
        assert plain and "/" not in plain and "\n" not in plain
        assert "/" in remembered_line(news, waiting, language, contradicted, terminal=True)
