"""``python -m agent extract``: JSON lines of messages in, the memory after the last one out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from agent.extracting import extract_lines
from agent.models.opening import open_models
from configs.settings import Settings
from tests.agent.test_scripts import execute, lines_of, results_of
from tests.support.model_server import ModelServer
from tools.tables import Tables

LINES: list[dict[str, Any] | str | bytes] = [
    {"id": "a", "lang": "zh", "turns": ["我妈对青霉素过敏", "说错了，不是青霉素，是头孢过敏", "她在吃芬必得，一天两次"]},
    "broken",
    {"id": 2, "turns": "x"},
    {"id": 3, "turns": ["I take warfarin"]},
    {"id": 4, "turns": []},
    {"id": 5, "lang": "en", "turns": ["我对青霉素过敏，70公斤，3岁"]},
]


@pytest.fixture(scope="module")
def answered() -> tuple[int, list[dict[str, Any]]]:
    done = execute("extract", "--lang", "en", stdin=lines_of(LINES))
    return done.returncode, results_of(done)


def test_facts_stand_as_after_the_last_turn(answered: tuple[int, list[dict[str, Any]]]) -> None:
    result = answered[1][0]
    shown = {(f["subject"], f["kind"], f["value"], f["status"], f["turn"]) for f in result["facts"]}
    assert result["id"] == "a" and shown == {
        ("mother", "allergy", "青霉素", "refuted", 1),
        ("mother", "allergy", "头孢", "active", 1),
        ("mother", "medication", "布洛芬", "active", 2),
    }
    (medicine,) = [f for f in result["facts"] if f["kind"] == "medication"]
    assert medicine["detail"] == "一天两次" and set(medicine) == {"subject", "kind", "value", "status", "detail", "quote", "turn"}


def test_a_bad_line_is_an_error_and_stops_nothing(answered: tuple[int, list[dict[str, Any]]]) -> None:
    code, results = answered
    assert code == 1
    assert [("error" in r, r["id"]) for r in results] == [(False, "a"), (True, None), (True, 2), (False, 3), (False, 4), (False, 5)]
    assert results[1]["error"].startswith("Line 2") and results[4]["facts"] == []


def test_values_are_in_the_language_asked_for(answered: tuple[int, list[dict[str, Any]]]) -> None:
    assert {f["value"] for f in answered[1][5]["facts"]} == {"penicillin", "70 kg", "3 years"}


async def test_a_model_that_lies_or_fails_takes_nothing_away(
    tables: Tables, with_model: Callable[..., Settings], model_server: ModelServer
) -> None:
    lines = [json.dumps({"id": 1, "lang": "zh", "turns": ["我对青霉素过敏，在吃华法林"]})]
    alone = [result async for result in extract_lines(lines, tables)]
    async with open_models(with_model().llm) as models:
        beside = [result async for result in extract_lines(lines, tables, models)]
    wanted = {(f["kind"], f["value"]) for f in alone[0]["facts"]}
    assert wanted == {("allergy", "青霉素"), ("medication", "华法林")}
    assert wanted <= {(f["kind"], f["value"]) for f in beside[0]["facts"]}
