"""Do two things meet that should not?"""

from __future__ import annotations

from itertools import product

import pytest

from tools.findings import worst_first
from tools.interactions import check_interactions, known_interaction
from tools.tables import Tables


def reference(tables: Tables, name: str) -> str:
    """The drug, the class or the food that the name stands for, in this order."""
    found = tables.names.references(name)
    return min(found, key=lambda r: ("class:" in r or "food:" in r, "group:" in r, r))


PAIRS = [
    ("华法林", "布洛芬", {"major", "contraindicated"}),
    ("warfarin", "aspirin", {"major", "contraindicated"}),
    ("华法林", "芬必得", {"major", "contraindicated"}),
    ("Coumadin", "Advil", {"major", "contraindicated"}),
    ("sildenafil", "硝酸甘油", {"contraindicated"}),
    ("万艾可", "硝酸甘油", {"contraindicated"}),
    ("Viagra", "glyceryl trinitrate", {"contraindicated"}),
    ("氟西汀", "司来吉兰", {"contraindicated"}),
    ("tramadol", "sertraline", {"major", "contraindicated"}),
    ("simvastatin", "clarithromycin", {"contraindicated"}),
    ("克拉霉素", "秋水仙碱", {"major", "contraindicated"}),
    ("methotrexate", "布洛芬", {"major"}),
    ("螺内酯", "依那普利", {"major", "moderate"}),
    ("digoxin", "amiodarone", {"major"}),
    ("阿司匹林", "布洛芬", {"major", "moderate"}),
    ("布洛芬", "萘普生", {"major"}),
]


@pytest.mark.parametrize(("a", "b", "grades"), PAIRS)
def test_a_dangerous_pair_is_found_by_any_of_its_names(tables: Tables, a: str, b: str, grades: set[str]) -> None:
    for first, second in ((a, b), (b, a)):
        found = check_interactions([reference(tables, first), reference(tables, second)], tables, "zh")
        (finding,) = (f for f in found if f.kind == "interaction")
        assert finding.severity in grades, finding
        assert finding.source and finding.rule.startswith("interaction.")


FOODS = [
    ("甲硝唑", "alcohol", {"major", "contraindicated"}),
    ("头孢哌酮", "alcohol", {"major", "contraindicated"}),
    ("二甲双胍", "alcohol", {"major", "moderate"}),
    ("辛伐他汀", "grapefruit", {"major", "contraindicated"}),
]


@pytest.mark.parametrize(("drug", "food", "grades"), FOODS)
def test_a_drug_meets_a_food(tables: Tables, drug: str, food: str, grades: set[str]) -> None:
    (finding,) = check_interactions([reference(tables, drug), f"food:{food}"], tables, "en")
    assert finding.severity in grades


@pytest.mark.parametrize("words", ["酒", "啤酒", "喝酒", "alcohol", "beer", "wine"])
def test_alcohol_has_many_names(tables: Tables, words: str) -> None:
    assert "food:alcohol" in tables.names.references(words)


def test_a_rule_for_classes_reaches_every_drug_in_them(tables: Tables) -> None:
    # Little of the cream or the eye drop of a drug reaches the blood.
    swallowed = [key for key, drug in tables.drugs.items() if not set(drug.route) <= {"topical", "eye"}]
    for row in tables.interactions.values():
        left = [drug for drug in swallowed if row.a in tables.lineage[drug]][:3]
        right = [drug for drug in swallowed if row.b in tables.lineage[drug]][:3]
        for a, b in product(left, right):
            if a != b and not tables.lineage[a] & {b} and not tables.lineage[b] & {a}:
                found = known_interaction(a, b, tables)
                order = ["contraindicated", "major", "moderate", "unverified", "minor"]
                assert found and order.index(found.severity) <= order.index(row.severity), (row.id, a, b)


@pytest.mark.parametrize(
    ("a", "b", "shared"),
    [
        ("泰诺", "对乙酰氨基酚", "paracetamol"),
        ("泰诺", "感康", "paracetamol"),
        ("白加黑", "泰诺", "paracetamol"),
        ("白加黑", "扑热息痛", "paracetamol"),
        ("Panadol", "维C银翘片", "paracetamol"),
        ("阿莫西林", "阿莫西林克拉维酸钾", "amoxicillin"),
    ],
)
def test_the_same_substance_twice_is_a_duplicate(tables: Tables, a: str, b: str, shared: str) -> None:
    (finding,) = check_interactions([reference(tables, a), reference(tables, b)], tables, "zh")
    assert (finding.kind, finding.severity, finding.stops) == ("duplicate", "major", True)
    assert shared in finding.rule


def test_one_drug_under_two_names_is_one_drug(tables: Tables) -> None:
    assert check_interactions([reference(tables, "布洛芬"), reference(tables, "芬必得")], tables, "zh") == []


@pytest.mark.parametrize(
    ("a", "b"),
    [("amoxicillin", "paracetamol"), ("amoxicillin", "ascorbic_acid"), ("paracetamol", "loratadine"), ("amoxicillin", "food:dairy")],
)
def test_without_a_rule_there_is_no_finding(tables: Tables, a: str, b: str) -> None:
    assert check_interactions([a, b], tables, "zh") == []


@pytest.mark.parametrize("references", [[], ["warfarin"], ["warfarin", "warfarin"]])
def test_one_thing_alone_meets_nothing(tables: Tables, references: list[str]) -> None:
    assert check_interactions(references, tables, "zh") == []


def test_a_drug_does_not_interact_with_the_class_it_belongs_to(tables: Tables) -> None:
    assert check_interactions(["ibuprofen", "class:nsaids"], tables, "zh") == []
    assert known_interaction("class:nsaids", "ibuprofen", tables) is None


def test_a_class_is_checked_like_a_drug(tables: Tables) -> None:
    (finding,) = check_interactions(["warfarin", "class:nsaids"], tables, "en")
    assert finding.severity in {"major", "contraindicated"}


def test_every_pair_of_three_is_checked(tables: Tables) -> None:
    found = check_interactions(["warfarin", "ibuprofen", "aspirin"], tables, "zh")
    assert {frozenset((f.drug, f.with_)) for f in found} == {
        frozenset(pair) for pair in (("华法林", "布洛芬"), ("华法林", "阿司匹林"), ("布洛芬", "阿司匹林"))
    }


def test_ingredients_go_down_to_the_single_substances(tables: Tables) -> None:
    assert tables.ingredients("paracetamol") == {"paracetamol"}
    assert "paracetamol" in tables.ingredients("compound_paracetamol_amantadine")
    assert tables.ingredients("class:nsaids") == frozenset() == tables.ingredients("food:alcohol")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_can_be_reported_in_both_languages(tables: Tables, language: str) -> None:
    for row in tables.interactions.values():
        if row.a != row.b:
            for finding in check_interactions([row.a, row.b], tables, language):
                assert finding.reason and finding.action and "{" not in finding.reason


def test_the_worst_finding_comes_first_and_each_once(tables: Tables) -> None:
    found = check_interactions(["warfarin", "ibuprofen", "sildenafil", "glyceryl_trinitrate"], tables, "zh")
    ordered = worst_first(found + found)
    assert ordered[0].severity == "contraindicated"
    assert len(ordered) == len(found) and len(found) >= 2
