"""A small set of knowledge cut from the real one: every table, few rows, quick to damage and to read again."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from configs.settings import ROOT
from tools.reader import seal

FOLDER = ROOT / "knowledge" / "tables"
TABLES = sorted(path.stem for path in FOLDER.glob("*.csv"))
DRUGS = {
    *("amoxicillin", "ampicillin", "benzylpenicillin", "clavulanic_acid", "amoxicillin_clavulanic_acid", "cefalexin", "cefixime"),
    *("azithromycin", "warfarin", "aspirin", "ibuprofen", "paracetamol", "metformin", "simvastatin", "clarithromycin", "propranolol"),
    *("isotretinoin", "codeine", "levofloxacin", "ofloxacin", "metronidazole", "sildenafil", "glyceryl_trinitrate", "omeprazole"),
}
Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def cut(target: Path) -> Path:
    """Write a small, consistent and sealed set of tables to ``target``."""
    target.mkdir()
    real = {table: rows_of(FOLDER / f"{table}.csv") for table in TABLES}
    drugs = {row["id"] for row in real["drugs"]}

    def kept(reference: str) -> bool:
        return reference not in drugs or reference in DRUGS

    flags = [row for row in real["red_flags"] if row["emergency"] in ("cardiac_arrest", "acs", "stroke", "anaphylaxis")]
    signs = {
        sign.strip("()") for row in flags for group in row["needs"].replace(" ", "").split("+") for sign in group.strip("()").split("|")
    }
    keeps: dict[str, Callable[[Row], bool]] = {
        "drugs": lambda r: r["id"] in DRUGS,
        "drug_names": lambda r: r["drug"] in DRUGS,
        "interactions": lambda r: kept(r["a"]) and kept(r["b"]),
        "contraindications": lambda r: kept(r["drug"]),
        "cross_reactions": lambda r: kept(r["to"]),
        "otc_limits": lambda r: kept(r["drug"]),
        "findings": lambda r: r["id"] in signs,
        "red_flags": lambda r: r in flags,
    }
    for table, rows in real.items():
        few = [row for row in rows if keeps.get(table, lambda _: True)(row)]
        if table == "allergy_groups":
            few = [row | {"members": ";".join(m for m in row["members"].split(";") if kept(m))} for row in few]
        if table in ("terms", "masks", "exemplars", "policies"):
            few = few[:40]
        write(target / f"{table}.csv", few)
    seal(target)
    return target
