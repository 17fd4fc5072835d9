"""The learned half of the stance: it settles what the rules misread, and leaves to them what it is not sure of."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from configs.settings import ROOT
from tools.checks import check
from tools.judging import advises, around
from tools.persons import Person
from tools.reader import checksum
from tools.rows import exemplar
from tools.tables import Tables
from tools.text import fold

ALLERGIC = Person(allergies=["青霉素"])
WARNED = [
    "阿莫西林您碰都别碰，上次差点休克。",
    "家里剩的阿莫西林请退还给药房，它和您过敏的是一家。",
    "Amoxicillin is not for you, it belongs to the family that gave you hives.",
    "Amoxicillin is off limits for you, so hand it back if anyone offers it.",
]
ADVISED = [
    "嗓子疼就来两粒阿莫西林，三天包好。",
    "阿莫西林消炎一流，我邻居回回都靠它。",
    "Amoxicillin does the trick for most sore throats, five days and you are done.",
    "Why not grab some amoxicillin from the cupboard tonight?",
]


def stops(text: str, tables: Tables) -> bool:
    language = "zh" if not text.isascii() else "en"
    return any(finding.stops and finding.kind == "allergy" for finding in check(ALLERGIC.profile(tables), text, tables, language))


@pytest.mark.parametrize("text", WARNED)
def test_a_warning_is_no_recommendation(text: str, tables: Tables) -> None:
    assert not stops(text, tables)


@pytest.mark.parametrize("text", ADVISED)
def test_a_recommendation_is_stopped(text: str, tables: Tables) -> None:
    assert stops(text, tables)


def test_it_settles_what_the_rules_alone_misread(tables: Tables) -> None:
    rules = replace(tables, stance=None)
    assert sum(stops(text, rules) for text in WARNED) > sum(stops(text, tables) for text in WARNED)


def test_without_a_model_the_rules_decide() -> None:
    assert advises(None, "吃阿莫西林", 1, 5, "advised") and not advises(None, "吃阿莫西林", 1, 5, "described")


def test_an_allergen_is_no_advice_whatever_is_read(tables: Tables) -> None:
    assert not advises(tables.stance, "吃阿莫西林最好了", 1, 5, "allergen")


def test_the_name_itself_is_not_read() -> None:
    one, other = "您可以吃阿莫西林胶囊。", "您可以吃布洛芬胶囊。"
    assert list(around(one, 4, 8)) == list(around(other, 4, 7))


@pytest.mark.parametrize("text", ["", "阿莫西林", "阿莫西林。" * 400, "\n\n阿莫西林\n"])
def test_any_place_in_any_text_can_be_asked_about(text: str, tables: Tables) -> None:
    for start in range(0, len(text), max(1, len(text) // 7)):
        assert advises(tables.stance, fold(text), start, min(len(text), start + 4), "advised") in (True, False)


@pytest.mark.parametrize("table", ["stances", "exemplars"])
def test_the_model_was_learned_from_the_table_beside_it(table: str, tables: Tables) -> None:
    model = tables.stance if table == "stances" else tables.triage
    assert model is not None
    assert model.trained_on == checksum(ROOT / "knowledge" / "tables" / f"{table}.csv"), "run python -m evaluation.train"


def test_the_sentences_to_learn_from_are_whole() -> None:
    folder = ROOT / "knowledge" / "tables"
    with (folder / "stances.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["text"].count("⟦") == row["text"].count("⟧") == 1 and row["label"] in ("advised", "not"), row
    with (folder / "exemplars.csv").open(encoding="utf-8", newline="") as file:
        assert len([exemplar(row) for row in csv.DictReader(file)]) > 5000
