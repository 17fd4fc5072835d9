"""A damaged knowledge table: the program goes on, concludes nothing from it and says so; emergencies are still recognised."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agent.service import ConsultService
from configs.settings import ROOT, Settings
from tests.graphs.oracle import advising
from tools.reader import seal


def _last_row_gone(path: Path) -> None:
    """Leave a table that reads well and is not the one in the manifest."""
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(rows[:-1]), encoding="utf-8")


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _half_gone(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 20)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "interactions.csv without its last row": ("interactions.csv", _last_row_gone),
    "interactions.csv missing": ("interactions.csv", Path.unlink),
    "allergy_groups.csv cut off": ("allergy_groups.csv", _cut_off),
    "contraindications.csv half gone": ("contraindications.csv", _half_gone),
    "contraindications.csv binary": ("contraindications.csv", _binary),
    "drug_names.csv emptied": ("drug_names.csv", _emptied),
    "red_flags.csv without its last row": ("red_flags.csv", _last_row_gone),
    "red_flags.csv missing": ("red_flags.csv", Path.unlink),
}
SAYS = {"zh": "未能核查", "en": "could not be verified"}
QUESTIONS = [
    ("zh", "头疼能吃布洛芬吗？", ("布洛芬",)),
    ("zh", "我对青霉素过敏，嗓子疼能吃阿莫西林吗？", ("阿莫西林",)),
    ("zh", "我在吃华法林，发烧能吃对乙酰氨基酚吗？", ("对乙酰氨基酚",)),
    ("en", "Can I take ibuprofen for a headache?", ("ibuprofen",)),
    ("en", "I take warfarin. Can I take aspirin for a headache?", ("aspirin",)),
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a folder of tables for each damage: one path each, because the tables are read once for each path."""
    made = {}
    for name, (table, damage) in DAMAGES.items():
        made[name] = tmp_path_factory.mktemp("knowledge")
        shutil.copytree(ROOT / "knowledge" / "tables", made[name] / "tables")
        seal(made[name] / "tables")
        damage(made[name] / "tables" / table)
    return made


@pytest.fixture(params=DAMAGES)
async def damaged(
    request: pytest.FixtureRequest, settings: Settings, folders: dict[str, Path]
) -> AsyncIterator[tuple[ConsultService, str]]:
    """A service that has started on a damaged table, and the table's name."""
    storage = settings.storage.model_copy(update={"knowledge_dir": folders[request.param]})
    async with ConsultService.open(settings.model_copy(update={"storage": storage})) as opened:
        yield opened, DAMAGES[request.param][0]


async def test_the_service_starts_and_every_answer_about_a_drug_says_what_was_not_verified(damaged: tuple[ConsultService, str]) -> None:
    service, table = damaged
    assert list(service.context.tables.problems) == [table.removesuffix(".csv")]
    for number, (language, question, drugs) in enumerate(QUESTIONS):
        turn = await service.ask(question, thread=f"t{number}")
        said = [notice for notice in turn.notices if SAYS[language] in notice and table.removesuffix(".csv") in notice]
        assert said, (question, turn.answer)
        shown = turn.answer.split("\n来源：")[0].split("\nSources:")[0]
        assert advising(shown, drugs) == [], question
        assert [sentence for sentence in turn.body if advising(sentence.text, drugs)] == []


async def test_what_the_other_tables_know_is_still_said(damaged: tuple[ConsultService, str]) -> None:
    service, table = damaged
    if table in ("allergy_groups.csv", "drug_names.csv"):
        turn = await service.ask("我怀孕30周了，头疼能吃布洛芬吗？", thread="t")
        assert any("怀孕" in notice and notice.startswith("⛔") for notice in turn.notices)
    else:
        turn = await service.ask("我对青霉素过敏，嗓子疼能吃阿莫西林吗？", thread="t")
        assert any("青霉素类" in notice and notice.startswith("⛔") for notice in turn.notices)


async def test_an_emergency_is_still_answered_at_once(damaged: tuple[ConsultService, str]) -> None:
    service, table = damaged
    zh = await service.ask("胸口压着疼，出冷汗，左胳膊麻", thread="zh")
    en = await service.ask("I have crushing chest pain and I am sweating", thread="en")
    if table == "red_flags.csv" and zh.outcome != "emergency":
        assert "未能核查" in zh.answer and "could not be verified" in en.answer, "a triage that cannot be relied on says so"
        return
    for turn in (zh, en):
        assert turn.outcome == "emergency" and turn.level == "emergency"
        assert "120" in "\n".join(turn.answer.splitlines()[:3])


async def test_a_question_about_no_drug_is_answered_as_ever(damaged: tuple[ConsultService, str]) -> None:
    service, _ = damaged
    turn = await service.ask("高血压平时要注意什么？", thread="t")
    assert turn.outcome in ("answer", "safe_reply")
    if turn.outcome == "answer":
        assert turn.body and turn.citations
