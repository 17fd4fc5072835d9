"""The tools as a model calls them."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.tools import BaseTool
from pydantic import ValidationError

from tools.catalogue import SOURCES, make_tools, triage_sentence
from tools.errors import InvalidArgument, UnknownDrug
from tools.tables import Tables


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def named(tables: Tables, language: str) -> dict[str, BaseTool]:
    return {tool.name: tool for tool in make_tools(tables, language)}


def test_there_are_three_tools_each_described_and_sourced(named: dict[str, BaseTool]) -> None:
    assert set(named) == {"bmi", "drug_lookup", "triage"} == set(SOURCES)
    assert all(tool.description for tool in named.values())


def test_bmi_answers_with_the_number(named: dict[str, BaseTool]) -> None:
    assert "22.5" in named["bmi"].invoke({"height_cm": 170, "weight_kg": 65})
    assert "22.5" in named["bmi"].invoke({"height_cm": "170", "weight_kg": "65"})


def test_drug_lookup_answers_with_the_card(named: dict[str, BaseTool], language: str) -> None:
    said = named["drug_lookup"].invoke({"name": "芬必得"})
    assert ("布洛芬" if language == "zh" else "Ibuprofen") in said


def test_triage_answers_with_level_and_department(named: dict[str, BaseTool], language: str) -> None:
    grave = named["triage"].invoke({"symptoms": "胸口像压了块大石头，还出冷汗"})
    light = named["triage"].invoke({"symptoms": "嗓子有点疼"})
    assert ("120" in grave or "急" in grave) if language == "zh" else "emergency, get help now" in grave
    assert grave != light and "{" not in grave + light


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("bmi", {}),
        ("bmi", {"height_cm": 170}),
        ("bmi", {"height_cm": "tall", "weight_kg": 65}),
        ("bmi", {"height_cm": None, "weight_kg": 65}),
        ("bmi", {"height_cm": [170], "weight_kg": 65}),
        ("drug_lookup", {}),
        ("drug_lookup", {"name": None}),
        ("drug_lookup", {"name": "x" * 81}),
        ("drug_lookup", {"name": 7}),
        ("triage", {}),
        ("triage", {"symptoms": "x" * 2001}),
        ("triage", {"symptoms": "a\ud800b"}),
        ("triage", {"symptoms": "cough", "age_years": -1}),
        ("triage", {"symptoms": "cough", "age_years": 121}),
        ("triage", {"symptoms": "cough", "age_years": "old"}),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused(named: dict[str, BaseTool], tool: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        named[tool].invoke(arguments)


@pytest.mark.parametrize("arguments", [{"height_cm": 1.7, "weight_kg": 65}, {"height_cm": 170, "weight_kg": 65000}])
def test_another_unit_is_refused(named: dict[str, BaseTool], arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        named["bmi"].invoke(arguments)


def test_an_unknown_drug_is_refused(named: dict[str, BaseTool]) -> None:
    with pytest.raises(UnknownDrug):
        named["drug_lookup"].invoke({"name": "qwertycillin"})


def test_nonsense_does_not_break_triage(named: dict[str, BaseTool]) -> None:
    for symptoms in ("", "\x00", "((((", "🤒" * 100):
        assert named["triage"].invoke({"symptoms": symptoms})


def test_the_age_decides_about_a_feverish_infant(tables: Tables) -> None:
    infant = triage_sentence("fever of 38.5", tables, "en", age_years=0.1)
    adult = triage_sentence("fever of 38.5", tables, "en", age_years=30)
    assert "emergency, get help now" in infant and "emergency, get help now" not in adult
