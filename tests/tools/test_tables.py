"""The knowledge tables: enough of them, each row with its source, and no damage passes."""

from __future__ import annotations

import csv
import gc
import shutil
from pathlib import Path

import pytest

from configs.settings import ROOT
from tools.errors import TableError
from tools.records import SEVERITIES
from tools.tables import Tables, load_tables

FOLDER = ROOT / "knowledge" / "tables"
FILES = sorted(path.name for path in FOLDER.glob("*.csv"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "tables"))


def change(folder: Path, file: str, column: str, value: str, line: int = 0) -> None:
    rows = rows_of(folder / file)
    rows[line][column] = value
    with (folder / file).open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_there_are_enough_rows_of_each_kind(tables: Tables) -> None:
    assert len(tables.drugs) >= 120
    assert len(tables.interactions) >= 60
    assert len(tables.groups) >= 20
    assert len(tables.red_flags) >= 60
    assert len(tables.departments) >= 25
    assert len(tables.emergencies) >= 30


@pytest.mark.parametrize("file", FILES)
def test_every_row_says_where_it_comes_from_and_that_nobody_reviewed_it(file: str) -> None:
    rows = rows_of(FOLDER / file)
    assert rows
    for number, row in enumerate(rows, start=2):
        assert row["source"].strip(), f"{file}:{number}"
        assert row["year"].isdigit() and 1900 <= int(row["year"]) <= 2030, f"{file}:{number}"
        assert row["reviewed"] == "false", f"{file}:{number}"


def test_every_drug_class_and_group_is_found_by_both_its_names(tables: Tables) -> None:
    for prefix, records in (("", tables.drugs), ("class:", tables.classes), ("group:", tables.groups), ("food:", tables.substances)):
        for key, record in records.items():
            for name in (record.name.zh, record.name.en):
                assert prefix + key in tables.names.references(name), f"{prefix}{key}: {name}"


def test_the_lineage_holds_ingredients_and_the_classes_above(tables: Tables) -> None:
    assert {"amoxicillin", "class:penicillins", "class:beta_lactams"} <= tables.lineage["amoxicillin"]
    assert {"amoxicillin", "class:penicillins"} <= tables.lineage["amoxicillin_clavulanic_acid"]
    assert {"class:penicillins", "class:beta_lactams"} <= tables.lineage["class:penicillins"]
    assert "amoxicillin" not in tables.lineage["class:penicillins"]


def test_no_two_interaction_rows_are_for_the_same_pair() -> None:
    pairs = [frozenset((row["a"], row["b"])) for row in rows_of(FOLDER / "interactions.csv")]
    assert len(pairs) == len(set(pairs))


def test_no_two_cross_reaction_rows_are_for_the_same_pair() -> None:
    pairs = [(row["group"], row["to"]) for row in rows_of(FOLDER / "cross_reactions.csv")]
    assert len(pairs) == len(set(pairs))


def test_severities_are_ordered_from_the_worst() -> None:
    assert SEVERITIES[:3] == ("contraindicated", "major", "moderate")


def test_every_region_of_the_settings_has_an_ambulance_and_a_crisis_line(tables: Tables) -> None:
    for region in ("CN", "US", "UK", "EU"):
        assert (region, "ambulance") in tables.hotlines and (region, "crisis") in tables.hotlines


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(TableError) as caught:
        load_tables(copy)
    assert file in caught.value.message("zh") and file in caught.value.message("en")


@pytest.mark.parametrize("file", FILES[::3])
def test_a_row_with_a_cell_too_few_is_named_with_its_line(copy: Path, file: str) -> None:
    path = copy / file
    last = path.read_text(encoding="utf-8").count("\n") + 1
    with path.open("a", encoding="utf-8") as out:
        out.write("one,two\n")
    with pytest.raises(TableError) as caught:
        load_tables(copy)
    assert file in str(caught.value) and str(last) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"id,zh\n", b"\xff\xfe\x00bad", b'id,zh\n"open'])
def test_a_file_that_is_no_table_is_named(copy: Path, content: bytes) -> None:
    (copy / "classes.csv").write_bytes(content)
    with pytest.raises(TableError, match=r"classes\.csv"):
        load_tables(copy)


DAMAGE = [
    ("drugs.csv", "source", ""),
    ("drugs.csv", "zh", ""),
    ("drugs.csv", "year", "last year"),
    ("drugs.csv", "rx", "perhaps"),
    ("drugs.csv", "classes", "no_such_class"),
    ("drugs.csv", "ingredients", "no_such_drug"),
    ("drugs.csv", "id", "ampicillin"),
    ("classes.csv", "parents", "no_such_class"),
    ("allergy_groups.csv", "members", "no_such_drug"),
    ("cross_reactions.csv", "group", "no_such_group"),
    ("cross_reactions.csv", "severity", "mild"),
    ("interactions.csv", "a", "no_such_drug"),
    ("interactions.csv", "severity", "none"),
    ("drug_names.csv", "drug", "no_such_drug"),
    ("findings.csv", "patterns_zh", "(open"),
    ("emergencies.csv", "department", "no_such_department"),
    ("red_flags.csv", "needs", "no_such_finding"),
    ("red_flags.csv", "needs", ""),
    ("red_flags.csv", "level", "soon"),
    ("red_flags.csv", "age_max_months", "young"),
    ("policies.csv", "pattern", "[open"),
]


@pytest.mark.parametrize(("file", "column", "value"), DAMAGE)
def test_a_damaged_cell_stops_the_program_and_is_named(copy: Path, file: str, column: str, value: str) -> None:
    change(copy, file, column, value)
    with pytest.raises(TableError) as caught:
        load_tables(copy)
    # A renamed id is noticed where it is referred to.
    assert file in str(caught.value) or (column == "id" and ".csv" in str(caught.value))


def test_a_name_of_an_unknown_kind_is_a_programming_error(tables: Tables) -> None:
    with pytest.raises(KeyError):
        tables.name("moon:amoxicillin", "zh")
    assert tables.name("food:alcohol", "en") == "alcohol"


def test_a_second_number_for_the_same_line_is_an_error(copy: Path) -> None:
    file = copy / "hotlines.csv"
    second = next(line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("CN,ambulance")).replace("120", "999")
    file.write_text(file.read_text(encoding="utf-8") + second + "\n", encoding="utf-8")
    with pytest.raises(TableError, match="two rows"):
        load_tables(copy, sealed=False)


def test_reading_tables_leaves_the_garbage_collector_as_it_was(copy: Path) -> None:
    (copy / "drugs.csv").unlink()
    assert gc.isenabled()
    with pytest.raises(TableError):
        load_tables(copy)
    assert gc.isenabled()
