"""A finding names a drug as the tables do and as the person did."""

from __future__ import annotations

import pytest

from tools.checks import check_advice
from tools.persons import Person
from tools.tables import Tables


@pytest.mark.parametrize(
    ("taken", "sentence", "language", "drug", "other"),
    [
        ("华法林", "可以吃芬必得。", "zh", "布洛芬（芬必得）", "华法林"),
        ("Coumadin", "You can take Advil.", "en", "ibuprofen (Advil)", "warfarin (Coumadin)"),
        ("华法林", "可以吃布洛芬缓释胶囊。", "zh", "布洛芬", "华法林"),
        ("warfarin", "可以吃ibuprofen。", "zh", "布洛芬", "华法林"),
    ],
)
def test_a_brand_stands_beside_the_generic_name(tables: Tables, taken: str, sentence: str, language: str, drug: str, other: str) -> None:
    person = Person(medications=[taken]).profile(tables)
    finding = next(f for f in check_advice(person, sentence, tables, language) if f.kind == "interaction")
    assert {finding.drug, finding.with_} == {drug, other}
    assert drug in finding.reason
    assert other in finding.reason


def test_one_drug_under_two_names_is_still_found_twice(tables: Tables) -> None:
    found = check_advice(Person().profile(tables), "芬必得和布洛芬可以一起吃。", tables, "zh")
    assert any(finding.kind == "duplicate" for finding in found)
