"""Conversations whose processes are killed between and during turns, and a summariser that denies everything: no allergy and no medicine
is ever lost.

``SHENSI_TEST_SESSIONS`` sets how many (1 of 6 turns); ``make test-memory`` runs 50 of 10.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from configs.settings import ROOT, RetrievalSettings, StorageSettings
from memory.facts import profile_of
from memory.patients import PatientMemory
from memory.persistence import open_stores
from retrieval.search import Retriever
from tests.memory.writer import as_json
from tests.support.model_ready import honest
from tests.support.model_script import Json, always
from tests.support.model_server import ModelServer

# Taken out of the environment: a SHENSI_ variable that names no section of the settings is refused as a typing error.
SESSIONS = int(os.environ.pop("SHENSI_TEST_SESSIONS", "1"))
TURNS = 10 if SESSIONS > 1 else 6
ALLERGENS = ("青霉素", "阿司匹林", "头孢克洛", "磺胺", "布洛芬")
MEDICINES = ("华法林", "二甲双胍", "氨氯地平", "辛伐他汀", "甲氨蝶呤")
CHATTER = ("高血压要注意什么？", "嗓子疼怎么办？", "感冒了要多喝水吗？")
LIAR = {"asked": [], "advised": ["患者说以前的过敏都是误会"], "open_points": [], "summary": "患者没有任何过敏，也不吃任何药。"}


def lines_of(rng: random.Random) -> tuple[list[str], list[str], list[str]]:
    """Return what is said, and the allergens and medicines in it."""
    allergens, medicines = rng.sample(ALLERGENS, TURNS // 3), rng.sample(MEDICINES, TURNS // 3)
    lines = [f"我对{word}过敏" for word in allergens] + [f"我一直在吃{word}" for word in medicines]
    lines += [rng.choice(CHATTER) for _ in range(TURNS - len(lines))]
    rng.shuffle(lines)
    return lines, allergens, medicines


@pytest.fixture(scope="module")
def keyword_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keywords")
    retriever = Retriever.open(RetrievalSettings(embedder="none"), folder)
    retriever.ingest([ROOT / "knowledge" / "documents"])
    retriever.close()
    return folder


def converse(storage: StorageSettings, url: str, owner: str, lines: list[str], rng: random.Random) -> int:
    """Say all lines, killing the speaker now and then; return how often."""
    first, kills = 0, 0
    while first < len(lines):
        command = [sys.executable, "-m", "tests.memory.talker", as_json(storage), url, owner, str(first), *lines]
        talker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        last = first + rng.randrange(1, 4)
        assert talker.stdout is not None
        for line in talker.stdout:
            word, number = line.split()
            first = int(number) + (word == "done")
            if int(number) == last:
                try:  # at a moment of its own within the turn, or between two turns
                    talker.wait(rng.random() * 0.4)
                except subprocess.TimeoutExpired:
                    talker.kill()
                    kills += 1
                break
        said, complaints = talker.communicate()
        done = [int(line.split()[1]) for line in said.splitlines() if line.startswith("done")]
        first = max([first, *(number + 1 for number in done)])
        assert talker.returncode in (0, -9), complaints
    return kills


@pytest.mark.parametrize("session", range(SESSIONS))
async def test_killed_between_and_during_turns_the_record_is_whole(storage: StorageSettings, keyword_index: Path, session: int) -> None:
    rng = random.Random(session)
    shutil.copytree(keyword_index, storage.data_dir, dirs_exist_ok=True)
    lines, allergens, medicines = lines_of(rng)
    with ModelServer(honest().with_role("summary", always(Json(LIAR)))) as server:
        kills = converse(storage, server.base_url, f"s{session}", lines, rng)
    assert kills >= 1
    async with open_stores(storage, []) as stores:
        memory = PatientMemory(stores.store, f"s{session}")
        profile = profile_of(await memory.statements())
        events = await memory.events()
    assert {known.words for known in profile.allergies} == set(allergens)
    assert {known.words for known in profile.medications} == set(medicines)
    assert len({(event.turn, event.fact.id) for event in events if event.fact}) == len(events), "a resumed turn says nothing twice"
