"""Reading the knowledge tables: strict, so that a damaged row stops the program instead of silently weakening a check."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tools import rows
from tools.errors import TableError
from tools.names import NameIndex
from tools.records import (
    AllergyGroup,
    Condition,
    CrossReaction,
    Department,
    Drug,
    DrugClass,
    Emergency,
    Hotline,
    Interaction,
    Policy,
    RedFlag,
    Substance,
    Symptom,
)
from tools.rows import Row
from tools.text import clean, fold

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table, typed and cross-checked, with the indexes that the checks need."""

    drugs: dict[str, Drug]
    classes: dict[str, DrugClass]
    substances: dict[str, Substance]
    groups: dict[str, AllergyGroup]
    cross_reactions: tuple[CrossReaction, ...]
    interactions: dict[frozenset[str], Interaction]
    conditions: dict[str, Condition]
    symptoms: dict[str, Symptom]
    emergencies: dict[str, Emergency]
    red_flags: tuple[RedFlag, ...]
    departments: dict[str, Department]
    hotlines: dict[tuple[str, str], Hotline]
    policies: tuple[Policy, ...]
    terms: dict[str, str]
    names: NameIndex
    lineage: dict[str, frozenset[str]]
    """Drug or ``class:`` reference → everything that a rule about it may be written for: itself, ingredients, classes and their parents."""

    def name(self, reference: str, language: str) -> str:
        """Return what people call a reference (``amoxicillin``, ``class:penicillins``, ``food:alcohol``, ``group:penicillins``)."""
        kind, _, key = reference.rpartition(":")
        holders: dict[
            str, dict[str, DrugClass] | dict[str, Substance] | dict[str, AllergyGroup] | dict[str, Condition] | dict[str, Drug]
        ] = {
            "class": self.classes,
            "food": self.substances,
            "group": self.groups,
            "condition": self.conditions,
            "": self.drugs,
        }
        return holders[kind][key].name.in_(language)


def load_tables(folder: Path) -> Tables:
    """Read and cross-check every table in ``folder``.

    Raises:
        TableError: a file is missing, a row has the wrong number of cells, a value is not of its kind, or a reference points to nothing.
    """
    read = _Reader(folder)
    classes = read.keyed("classes", rows.drug_class)
    drugs = read.keyed("drugs", rows.drug)
    substances = read.keyed("substances", rows.substance)
    groups = read.keyed("allergy_groups", rows.group)
    conditions = read.keyed("conditions", rows.condition)
    crosses = tuple(read.rows("cross_reactions", rows.cross))
    interactions = tuple(read.rows("interactions", rows.interaction))
    names = NameIndex()
    known = set(drugs) | {f"class:{k}" for k in classes} | {f"food:{k}" for k in substances}
    known |= {f"group:{k}" for k in groups}
    read.check_references("classes", (f"class:{p}" for c in classes.values() for p in c.parents), known)
    read.check_references("drugs", (f"class:{k}" for d in drugs.values() for k in d.classes), known)
    read.check_references("drugs", (i for d in drugs.values() for i in d.ingredients), known)
    read.check_references("allergy_groups", (m for g in groups.values() for m in g.members), known)
    read.check_references("cross_reactions", (r for x in crosses for r in (f"group:{x.group}", x.to)), known)
    read.check_references("interactions", (r for x in interactions for r in (x.a, x.b)), known)
    _add_names(names, classes, drugs, substances, groups, conditions)
    for row in read.rows("drug_names", lambda r: r):
        read.check_references("drug_names", [row["drug"]], known)
        names.add(row["name"], row["drug"])
    for row in read.rows("masks", lambda r: r):
        names.mask(row["words"])
    symptoms = read.keyed("findings", rows.symptom)
    emergencies = read.keyed("emergencies", rows.emergency)
    departments = read.keyed("departments", rows.department)
    flags = tuple(read.rows("red_flags", rows.red_flag))
    read.check_references("red_flags", (f.emergency for f in flags), set(emergencies))
    read.check_references("red_flags", (s for f in flags for group in f.needs for s in group), set(symptoms))
    read.check_references("emergencies", (e.department for e in emergencies.values()), set(departments))
    return Tables(
        drugs=drugs,
        classes=classes,
        substances=substances,
        groups=groups,
        cross_reactions=crosses,
        interactions={frozenset((x.a, x.b)): x for x in interactions},
        conditions=conditions,
        symptoms=symptoms,
        emergencies=emergencies,
        red_flags=flags,
        departments=departments,
        hotlines={(h.region, h.call): h for h in read.rows("hotlines", rows.hotline)},
        policies=tuple(read.rows("policies", rows.policy)),
        terms={fold(clean(r["term"])): r["standard"] for r in read.rows("terms", lambda r: r)},
        names=names.freeze(),
        lineage=_lineage(drugs, classes),
    )


class _Reader:
    """Reads one folder of CSV files and says exactly where one is wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, table: str, build: Callable[[Row], T]) -> list[T]:
        path = self.folder / f"{table}.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                lines = list(csv.reader(file, strict=True))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise TableError("table_unreadable", table=path.name, reason=str(error)) from error
        if len(lines) < 2:
            raise TableError("table_unreadable", table=path.name, reason="no rows")
        header, built = lines[0], []
        for number, cells in enumerate(lines[1:], start=2):
            try:
                if len(cells) != len(header):
                    raise ValueError(f"{len(cells)} cells instead of {len(header)}")
                built.append(build(dict(zip(header, cells, strict=True))))
            except (ValueError, KeyError, re.error) as error:
                raise TableError("table_row", table=path.name, line=number, reason=repr(error)) from error
        return built

    def keyed(self, table: str, build: Callable[[Row], T]) -> dict[str, T]:
        built = {}
        for row in self.rows(table, lambda r: (r["id"], build(r))):
            if row[0] in built or not row[0]:
                raise TableError("table_row", table=f"{table}.csv", line=0, reason=f"id {row[0]!r} is empty or used twice")
            built[row[0]] = row[1]
        return built

    def check_references(self, table: str, references: Iterable[str], known: set[str]) -> None:
        for reference in references:
            if reference not in known:
                raise TableError("table_row", table=f"{table}.csv", line=0, reason=f"unknown reference {reference!r}")


def _add_names(
    names: NameIndex,
    classes: dict[str, DrugClass],
    drugs: dict[str, Drug],
    substances: dict[str, Substance],
    groups: dict[str, AllergyGroup],
    conditions: dict[str, Condition],
) -> None:
    for prefix, records in (("class:", classes), ("food:", substances), ("group:", groups), ("condition:", conditions)):
        for key, record in records.items():
            for name in (record.name.zh, record.name.en, *record.names):
                names.add(name, prefix + key)
    for key, drug in drugs.items():
        names.add(drug.name.zh, key)
        names.add(drug.name.en, key)


def _lineage(drugs: dict[str, Drug], classes: dict[str, DrugClass]) -> dict[str, frozenset[str]]:
    def above(class_id: str) -> set[str]:
        return {f"class:{class_id}"}.union(*(above(parent) for parent in classes[class_id].parents))

    def of(drug: Drug) -> set[str]:
        own = {drug.id}.union(*(above(key) for key in drug.classes))
        return own.union(*(of(drugs[part]) for part in drug.ingredients))

    lineage = {key: frozenset(of(drug)) for key, drug in drugs.items()}
    return lineage | {f"class:{key}": frozenset(above(key)) for key in classes}
