"""Whatever happens to a table: the defect is named, the rest still works, and what depends on the table is said to be unverified."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.tools.small_tables import TABLES, Row, cut, rows_of, write
from tools.checks import check, check_question
from tools.errors import TableError
from tools.profile import Known, PatientProfile
from tools.reader import MANIFEST, Reader, checksum, seal
from tools.tables import Tables, load_tables
from tools.text import clean
from tools.triage import triage

PATIENT = PatientProfile(
    allergies=(Known("青霉素", frozenset({"group:penicillins"})),),
    medications=(Known("华法林", frozenset({"warfarin"})),),
    conditions=(Known("哮喘", frozenset({"condition:asthma"})),),
)
QUESTION = "头疼能吃布洛芬吗？"
CHEST_PAIN = "我胸口像压了块石头一样痛，出冷汗"
KINDS = {
    **dict.fromkeys(("allergy_groups", "cross_reactions"), "allergy"),
    **dict.fromkeys(("interactions", "substances"), "interaction"),
    **dict.fromkeys(("contraindications", "conditions"), "contraindication"),
    **dict.fromkeys(("findings", "red_flags", "emergencies"), "emergency"),
    "otc_limits": "dose",
}
ABOUT_DRUGS = {
    "drug_names",
    "allergy_groups",
    "cross_reactions",
    "interactions",
    "contraindications",
    "duplications",
    "otc_limits",
    "stems",
}
REFER_TO = {
    "classes": ABOUT_DRUGS | {"drugs"},
    "drugs": ABOUT_DRUGS,
    "substances": {"allergy_groups", "cross_reactions", "interactions", "contraindications", "otc_limits"},
    "allergy_groups": {"cross_reactions"},
    "conditions": {"contraindications"},
    "findings": {"red_flags"},
    "departments": {"emergencies", "red_flags", "selfcare"},
    "emergencies": {"red_flags"},
}
EDGES = [(table, other) for table, others in REFER_TO.items() for other in sorted(others)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut(tmp_path_factory.mktemp("knowledge") / "tables")


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "tables"))


def removed(path: Path) -> None:
    path.unlink()


def truncated(path: Path) -> None:
    content = path.read_bytes()
    middle = content.index(b",", len(content) // 2)
    path.write_bytes(content[:middle])


def changed(path: Path) -> None:
    head, _, tail = path.read_bytes().rpartition(b"false")
    path.write_bytes(head + b"falsE" + tail)


def edit(path: Path, change: Callable[[list[Row]], list[Row]]) -> None:
    write(path, change(rows_of(path)))


def allergic(drug: str, tables: Tables) -> set[str]:
    return {finding.severity for finding in check_question(PATIENT, f"能吃{drug}吗？", tables, "zh") if finding.kind == "allergy"}


def test_the_small_set_is_sound(folder: Path) -> None:
    tables = load_tables(folder, strict=True)
    assert tables.problems == {}
    assert triage(CHEST_PAIN, tables).level == "emergency"
    assert {finding.severity for finding in check(PATIENT, QUESTION, tables, "zh")} >= {"major"}
    assert "unverified" not in {finding.severity for finding in check(PATIENT, QUESTION, tables, "zh")}
    assert allergic("阿莫西林", tables) == {"contraindicated"} and allergic("阿奇霉素", tables) == set()


DAMAGES = [pytest.param(table, damage, id=f"{table}-{damage.__name__}") for table in TABLES for damage in (removed, truncated, changed)]


@pytest.mark.parametrize(("table", "damage"), DAMAGES)
def test_a_damaged_table_is_named_and_what_depends_on_it_is_unverified(folder: Path, table: str, damage: Callable[[Path], None]) -> None:
    damage(folder / f"{table}.csv")
    with pytest.raises(TableError, match=rf"{table}\.csv"):
        load_tables(folder, strict=True)
    tables = load_tables(folder, strict=False)
    assert f"{table}.csv" in tables.problems[table].message("zh") and f"{table}.csv" in tables.problems[table].message("en")
    assert set(tables.problems) - {table} <= (set() if damage is changed else REFER_TO.get(table, set()))
    for language in ("zh", "en"):
        (finding,) = (f for f in check(PATIENT, QUESTION, tables, language) if f.rule == f"table.{table}")
        assert (finding.kind, finding.severity, finding.stops) == (KINDS.get(table, "unknown_drug"), "unverified", True)
        assert table in finding.reason and finding.action
    triage(CHEST_PAIN, tables)


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_byte_takes_no_rule_away(folder: Path, table: str) -> None:
    before = load_tables(folder)
    changed(folder / f"{table}.csv")
    after = load_tables(folder, strict=False)
    assert set(after.problems) == {table}
    assert triage(CHEST_PAIN, after).level == "emergency"
    rules = {finding.rule for finding in check(PATIENT, QUESTION, before, "zh")}
    assert {finding.rule for finding in check(PATIENT, QUESTION, after, "zh")} == rules | {f"table.{table}"}


@pytest.mark.parametrize(("table", "kept"), [("terms", "interactions"), ("interactions", "allergy_groups"), ("hotlines", "red_flags")])
def test_tables_that_do_not_refer_to_the_missing_one_are_whole(folder: Path, sound: Path, table: str, kept: str) -> None:
    removed(folder / f"{table}.csv")
    whole, rest = load_tables(sound), load_tables(folder, strict=False)
    sizes = {"interactions": "interactions", "allergy_groups": "groups", "red_flags": "red_flags"}
    assert len(getattr(rest, sizes[kept])) == len(getattr(whole, sizes[kept])) > 0


@pytest.mark.parametrize("place", [0.1, 0.3, 0.7, 0.9])
@pytest.mark.parametrize("table", [pytest.param("classes"), "conditions", "drugs", "departments", "emergencies"])
def test_half_a_table_leaves_nothing_that_refers_to_the_other_half(folder: Path, table: str, place: float) -> None:
    path = folder / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: 1 + int(len(lines) * place)]), encoding="utf-8")
    tables = load_tables(folder, strict=False)
    assert table in tables.problems
    assert all(f"class:{key}" in tables.lineage for drug in tables.drugs.values() for key in drug.classes)
    assert all(part in tables.drugs for drug in tables.drugs.values() for part in drug.ingredients)
    assert all(flag.emergency in tables.emergencies for flag in tables.red_flags)
    assert check(PATIENT, QUESTION, tables, "zh") != []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (None, "manifest"),
        ("", "manifest"),
        ("not json", "manifest"),
        ("[]", "manifest"),
        ("null", "manifest"),
        ("{}", "manifest"),
        ('{"published": "2026-01-01"}', "manifest"),
        ('{"published": "yesterday", "sha256": {}}', "manifest"),
        ('{"published": 2026, "sha256": {}}', "manifest"),
        ('{"published": "2026-01-01", "sha256": 7}', "manifest"),
    ],
)
def test_a_missing_or_garbled_manifest_is_named(folder: Path, content: str | None, name: str) -> None:
    if content is None:
        (folder / MANIFEST).unlink()
    else:
        (folder / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(TableError, match=MANIFEST):
        load_tables(folder)
    tables = load_tables(folder, strict=False)
    assert set(tables.problems) == {name}
    assert "unverified" in {finding.severity for finding in check(PATIENT, QUESTION, tables, "zh")}
    assert load_tables(folder, sealed=False).problems == {}


@pytest.mark.parametrize(("days", "stale"), [(0, False), (729, False), (732, True), (4000, True)])
def test_knowledge_that_nobody_looked_at_for_two_years_is_stale(folder: Path, days: int, stale: bool) -> None:
    published = (datetime.now(UTC).date() - timedelta(days=days)).isoformat()
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8")) | {"published": published}
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    tables = load_tables(folder, strict=False)
    assert ("manifest" in tables.problems) == stale
    found = [finding for finding in check(PATIENT, QUESTION, tables, "zh") if finding.rule == "table.manifest"]
    assert len(found) == stale
    if stale:
        with pytest.raises(TableError, match=published):
            load_tables(folder)


def test_sealing_makes_the_present_files_the_right_ones(folder: Path) -> None:
    changed(folder / "drugs.csv")
    manifest = seal(folder)
    assert load_tables(folder).problems == {}
    assert manifest["sha256"]["drugs.csv"] == checksum(folder / "drugs.csv")
    assert checksum(folder / "no_such.csv") == ""


def twin(rows: list[Row]) -> list[Row]:
    return [*rows, rows[0]]


def contradicting(rows: list[Row]) -> list[Row]:
    return [*rows, rows[0] | {"severity": "minor" if rows[0]["severity"] != "minor" else "major", "id": "another"}]


def mirrored(rows: list[Row]) -> list[Row]:
    return [*rows, rows[0] | {"a": rows[0]["b"], "b": rows[0]["a"], "id": "another"}]


def without_id(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"id": ""}, *rows]


KEYED = ["drugs", "classes", "substances", "allergy_groups", "conditions", "findings", "emergencies", "departments"]


@pytest.mark.parametrize(
    ("table", "change"),
    [
        *((table, change) for table in KEYED for change in (twin, without_id)),
        *((table, twin) for table in ("interactions", "contraindications", "cross_reactions", "red_flags")),
        ("interactions", contradicting),
        ("interactions", mirrored),
        ("contraindications", contradicting),
        pytest.param("cross_reactions", lambda rows: [*rows, rows[0] | {"severity": "none"}], id="cross_reactions-contradicting"),
    ],
)
def test_two_rows_about_the_same_thing_are_a_defect(folder: Path, table: str, change: Callable[[list[Row]], list[Row]]) -> None:
    edit(folder / f"{table}.csv", change)
    with pytest.raises(TableError, match=rf"{table}\.csv"):
        load_tables(folder, sealed=False)
    tables = load_tables(folder, strict=False, sealed=False)
    assert set(tables.problems) == {table}


@pytest.mark.parametrize(
    ("table", "column", "links"),
    [
        ("classes", "parents", {"penicillins": "penicillins"}),
        ("classes", "parents", {"beta_lactams": "penicillins"}),
        ("classes", "parents", {"beta_lactams": "cephalosporins", "penicillins": "beta_lactams"}),
        ("conditions", "parents", {"asthma": "asthma"}),
        ("conditions", "parents", {"heart_disease": "coronary_heart_disease"}),
        pytest.param("drugs", "ingredients", {"amoxicillin": "amoxicillin"}),
        pytest.param("drugs", "ingredients", {"amoxicillin": "amoxicillin_clavulanic_acid"}),
    ],
)
def test_nothing_is_above_itself(folder: Path, table: str, column: str, links: dict[str, str]) -> None:
    edit(folder / f"{table}.csv", lambda rows: [row | ({column: links[row["id"]]} if row["id"] in links else {}) for row in rows])
    with pytest.raises(TableError, match=rf"{table}\.csv"):
        load_tables(folder, sealed=False)
    tables = load_tables(folder, strict=False, sealed=False)
    assert table in tables.problems
    assert "unverified" in {finding.severity for finding in check(PATIENT, "能吃阿莫西林克拉维酸钾吗？", tables, "zh")}


def test_a_cycle_between_others_is_no_endless_loop() -> None:
    read = Reader(Path(), strict=False)
    assert read.acyclic("classes", {"a": ("b",), "b": ("c",), "c": ("b",)})["a"] == ("b",)
    assert "classes" in read.problems
    assert Reader(Path(), strict=False).acyclic("classes", {"a": ("b", "c"), "b": ("d",), "c": ("d",), "d": ()})["a"] == ("b", "c")


ORIGIN = {"source": "our hospital", "year": "2026", "reviewed": "false"}
TEXTS = {
    f"{stem}_{language}": "文字" for stem in ("mechanism", "effect", "action", "reason", "use", "caution") for language in ("zh", "en")
}


def a_hospital(folder: Path) -> Path:
    """One drug of its own, what it must not meet, and who must not have it."""
    folder.mkdir()
    drug = {
        "id": "shensimab",
        "zh": "神思单抗",
        "en": "shensimab",
        "atc": "",
        "classes": "",
        "ingredients": "",
        "route": "injection",
        "rx": "rx",
    }
    texts = {key: value for key, value in TEXTS.items() if key.startswith(("use", "caution"))}
    write(folder / "drugs.csv", [drug | texts | ORIGIN])
    meets = {"id": "shensimab__warfarin", "a": "shensimab", "b": "warfarin", "severity": "contraindicated"}
    texts = {key: value for key, value in TEXTS.items() if key.startswith(("mechanism", "effect", "action"))}
    write(folder / "interactions.csv", [meets | texts | ORIGIN])
    group = {"id": "mouse_protein", "zh": "鼠蛋白", "en": "mouse protein", "names_zh": "小鼠蛋白", "names_en": "", "members": "shensimab"}
    write(folder / "allergy_groups.csv", [group | ORIGIN])
    return folder


def test_the_rows_of_a_hospital_are_added_and_work(folder: Path, tmp_path: Path) -> None:
    alone = load_tables(folder)
    tables = load_tables(folder, [a_hospital(tmp_path / "hospital")])
    assert set(tables.drugs) - set(alone.drugs) == {"shensimab"}
    assert set(tables.groups) - set(alone.groups) == {"mouse_protein"}
    assert len(tables.interactions) == len(alone.interactions) + 1
    found = check_question(PATIENT, "能用神思单抗吗？", tables, "zh")
    assert [(f.kind, f.severity) for f in found] == [("interaction", "contraindicated")]
    mouse = PatientProfile(allergies=(Known("小鼠蛋白", tables.names.references("小鼠蛋白")),))
    found = check_question(mouse, "Can I have Shensimab?", tables, "en")
    assert [(f.kind, f.severity, f.rule) for f in found] == [("allergy", "contraindicated", "allergy.mouse_protein")]
    assert allergic("阿莫西林", tables) == {"contraindicated"}


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("drugs.csv", "too,few"),
        ("interactions.csv", "x,warfarin,no_such_drug,major,a,b,a,b,a,b,s,2026,false"),
        ("interactions.csv", "x,warfarin,shensimab,dreadful,a,b,a,b,a,b,s,2026,false"),
        ("interactions.csv", "x,warfarin,shensimab,minor,a,b,a,b,a,b,s,2026,false"),
        ("allergy_groups.csv", "x,甲,a,,,no_such_drug,s,2026,false"),
        ("allergy_groups.csv", "x,甲,a,,,shensimab,,2026,false"),
    ],
)
def test_a_bad_row_of_a_hospital_is_named_and_its_good_rows_stay(folder: Path, tmp_path: Path, file: str, line: str) -> None:
    own = a_hospital(tmp_path / "hospital")
    with (own / file).open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    with pytest.raises(TableError, match=file.replace(".", r"\.")):
        load_tables(folder, [own])
    tables = load_tables(folder, [own], strict=False)
    assert set(tables.problems) == {file.removesuffix(".csv")}
    found = check_question(PATIENT, "能用神思单抗吗？", tables, "zh")
    assert {"contraindicated", "unverified"} <= {finding.severity for finding in found}


def test_a_hospital_may_not_contradict_a_row_of_ours(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "hospital"
    own.mkdir()
    ours = rows_of(folder / "interactions.csv")[0]
    write(own / "interactions.csv", [ours | {"severity": "minor", "id": "milder"}])
    with pytest.raises(TableError, match="two rows"):
        load_tables(folder, [own])
    kept = load_tables(folder, [own], strict=False).interactions[frozenset((ours["a"], ours["b"]))]
    assert kept.severity == ours["severity"]


def test_an_empty_folder_of_a_hospital_changes_nothing(folder: Path, tmp_path: Path) -> None:
    assert load_tables(folder, [tmp_path / "nowhere"]).drugs.keys() == load_tables(folder).drugs.keys()


@pytest.mark.parametrize(("table", "other"), EDGES)
def test_the_lists_of_this_test_name_tables_that_exist(table: str, other: str) -> None:
    assert {table, other} <= set(TABLES) and set(KINDS) <= set(TABLES)


def test_a_cleaned_question_is_read_in_both_scripts(folder: Path) -> None:
    tables = load_tables(folder)
    assert {f.rule for f in check(PATIENT, clean("頭疼能吃布洛芬嗎？"), tables, "zh")} == {
        f.rule for f in check(PATIENT, QUESTION, tables, "zh")
    }


def test_the_files_of_the_manifest_are_the_files_of_the_folder(sound: Path) -> None:
    assert set(json.loads((sound / MANIFEST).read_text(encoding="utf-8"))["sha256"]) == {path.name for path in sound.glob("*.csv")}
    with (sound / "drugs.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file))[0] == "id"
