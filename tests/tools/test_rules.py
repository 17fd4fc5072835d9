"""Each rule by a case of its own: whoever deletes a red flag, a class or an allergy group sees a test turn red."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools.small_tables import FOLDER, Row, rows_of, write
from tools.allergies import check_allergies
from tools.checks import known
from tools.profile import PatientProfile
from tools.tables import Tables, load_tables
from tools.text import clean
from tools.triage import triage

DATA = Path(__file__).parent / "data"
FLAGS, CLASSES, GROUPS = (rows_of(DATA / f"{name}.csv") for name in ("red_flag_cases", "class_members", "group_members"))
RULES = sorted({case["rule"] for case in FLAGS})
CHANCE = random.Random(20261121)
GONE_RULES = sorted(CHANCE.sample(RULES, 40))
GONE_CLASSES = sorted(CHANCE.sample([case["class"] for case in CLASSES], 40))
GONE_GROUPS = sorted(CHANCE.sample([case["group"] for case in GROUPS], 40))


def person(case: Row) -> PatientProfile:
    state = case["sex_or_state"]
    return PatientProfile(
        age_months=int(case["age_months"]) if case["age_months"] else None,
        sex=state if state in ("male", "female") else None,  # type: ignore[arg-type]
        pregnant=True if state == "pregnant" else None,
    )


def flag_fires(case: Row, tables: Tables) -> bool:
    return case["rule"] in {flag.id for flag in triage(clean(case["text"]), tables, person(case)).red_flags}


def class_holds(case: Row, tables: Tables) -> bool:
    return f"class:{case['class']}" in tables.lineage.get(case["drug"], ())


def group_holds(case: Row, tables: Tables) -> bool:
    found = check_allergies(PatientProfile(allergies=known([case["words"]], tables)), case["drug"], tables, "zh")
    # A finding without a source comes from the name of the drug alone.
    return (f"allergy.{case['group']}", "contraindicated") in {(finding.rule, finding.severity) for finding in found if finding.source}


@pytest.mark.parametrize("rule", RULES)
def test_the_messages_of_a_red_flag_raise_it(tables: Tables, rule: str) -> None:
    for case in FLAGS:
        assert case["rule"] != rule or flag_fires(case, tables), case["text"]


@pytest.mark.parametrize("case", CLASSES, ids=lambda case: case["class"])
def test_a_drug_is_in_its_class(tables: Tables, case: Row) -> None:
    assert class_holds(case, tables)


@pytest.mark.parametrize("case", GROUPS, ids=lambda case: case["group"])
def test_an_allergy_covers_the_drugs_of_its_group(tables: Tables, case: Row) -> None:
    assert group_holds(case, tables)


def test_every_rule_has_a_case_and_every_case_a_rule(tables: Tables) -> None:
    assert {flag.id for flag in tables.red_flags} == set(RULES)
    assert set(tables.classes) == {case["class"] for case in CLASSES}
    assert {key for key, group in tables.groups.items() if group.members} == {case["group"] for case in GROUPS}


def test_nearly_every_red_flag_is_told_in_both_languages() -> None:
    both = [rule for rule in RULES if {case["lang"] for case in FLAGS if case["rule"] == rule} == {"zh", "en"}]
    # Some rules rest on findings that only one of the languages has words for so far.
    assert len(both) >= 0.94 * len(RULES)


@pytest.mark.parametrize("rule", GONE_RULES)
def test_without_a_red_flag_its_case_is_red(tables: Tables, rule: str) -> None:
    without = replace(tables, red_flags=tuple(flag for flag in tables.red_flags if flag.id != rule))
    assert not any(flag_fires(case, without) for case in FLAGS if case["rule"] == rule)


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tables]:
    """The tables without the sampled rows and without anything that names them; what was above a class is then above what was below it."""
    loaded: dict[str, Tables] = {}

    def get(table: str) -> Tables:
        if table not in loaded:
            folder = Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("without") / "tables"))
            (no_classes if table == "classes" else no_groups)(folder)
            loaded[table] = load_tables(folder, sealed=False)
        return loaded[table]

    return get


def no_groups(folder: Path) -> None:
    write(folder / "allergy_groups.csv", [row for row in rows_of(folder / "allergy_groups.csv") if row["id"] not in GONE_GROUPS])
    write(folder / "cross_reactions.csv", [row for row in rows_of(folder / "cross_reactions.csv") if not lost(row, GONE_GROUPS, "group")])


def no_classes(folder: Path) -> None:
    parents = {row["id"]: row["parents"].split(";") if row["parents"] else [] for row in rows_of(folder / "classes.csv")}

    def spliced(keys: list[str]) -> list[str]:
        return [kept for key in keys for kept in (spliced(parents.get(key, [])) if key in GONE_CLASSES else [key])]

    for table, column in (("classes", "parents"), ("drugs", "classes")):
        rows = [row for row in rows_of(folder / f"{table}.csv") if table == "drugs" or row["id"] not in GONE_CLASSES]
        write(folder / f"{table}.csv", [row | {column: ";".join(dict.fromkeys(spliced(row[column].split(";"))))} for row in rows])
    members = rows_of(folder / "allergy_groups.csv")
    gone = {f"class:{key}" for key in GONE_CLASSES}
    write(
        folder / "allergy_groups.csv",
        [row | {"members": ";".join(m for m in row["members"].split(";") if m not in gone)} for row in members],
    )
    for table in ("cross_reactions", "interactions", "contraindications", "duplications", "otc_limits", "stems"):
        write(folder / f"{table}.csv", [row for row in rows_of(folder / f"{table}.csv") if not lost(row, GONE_CLASSES, "class")])


def lost(row: Row, gone: list[str], kind: str) -> bool:
    columns = (row.get(column, "") for column in ("a", "b", "drug", "to"))
    return any(cell.startswith(f"{kind}:") and cell.partition(":")[2] in gone for cell in columns) or row.get(kind) in gone


def test_a_class_or_a_group_that_was_not_deleted_keeps_its_case(without: Callable[[str], Tables]) -> None:
    for case in CLASSES:
        assert case["class"] in GONE_CLASSES or class_holds(case, without("classes")), case
    for case in GROUPS:
        assert case["group"] in GONE_GROUPS or group_holds(case, without("groups")), case


@pytest.mark.parametrize("key", GONE_CLASSES)
def test_without_a_class_its_case_is_red(without: Callable[[str], Tables], key: str) -> None:
    assert not any(class_holds(case, without("classes")) for case in CLASSES if case["class"] == key)


@pytest.mark.parametrize("key", GONE_GROUPS)
def test_without_an_allergy_group_its_case_is_red(without: Callable[[str], Tables], key: str) -> None:
    assert not any(group_holds(case, without("groups")) for case in GROUPS if case["group"] == key)


def test_the_data_have_no_case_twice() -> None:
    for rows in (FLAGS, CLASSES, GROUPS):
        assert len({tuple(row.values()) for row in rows}) == len(rows)
    with (DATA / "red_flag_cases.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["rule", "lang", "text", "age_months", "sex_or_state"]
