"""Reading the knowledge tables: strict, so that a damaged row stops the program instead of silently weakening a check."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, get_args

from tools.errors import TableError
from tools.names import NameIndex
from tools.records import (
    AllergyGroup,
    Bilingual,
    Condition,
    CrossReaction,
    Department,
    Drug,
    DrugClass,
    Emergency,
    Hotline,
    Interaction,
    Level,
    Origin,
    Policy,
    RedFlag,
    Severity,
    Substance,
    Symptom,
)
from tools.text import clean, fold

Row = dict[str, str]
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
    classes = read.keyed("classes", _drug_class)
    drugs = read.keyed("drugs", _drug)
    substances = read.keyed("substances", _substance)
    groups = read.keyed("allergy_groups", _group)
    conditions = read.keyed("conditions", _condition)
    crosses = tuple(read.rows("cross_reactions", _cross))
    interactions = tuple(read.rows("interactions", _interaction))
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
    symptoms = read.keyed("findings", _symptom)
    emergencies = read.keyed("emergencies", _emergency)
    departments = read.keyed("departments", _department)
    flags = tuple(read.rows("red_flags", _red_flag))
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
        hotlines={(h.region, h.call): h for h in read.rows("hotlines", _hotline)},
        policies=tuple(read.rows("policies", _policy)),
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


def _origin(row: Row) -> Origin:
    if not row["source"]:
        raise ValueError("a row without a source")
    return Origin(row["source"], int(row["year"]), row["reviewed"].lower() == "true")


def _both(row: Row, stem: str = "") -> Bilingual:
    texts = Bilingual(row[f"{stem}zh"].strip(), row[f"{stem}en"].strip())
    if not texts.zh or not texts.en:
        raise ValueError(f"{stem}zh and {stem}en are both needed")
    return texts


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part for raw in cell.split(";") if (part := raw.strip()))


def _named(row: Row) -> tuple[str, ...]:
    return _list(row["names_zh"]) + _list(row["names_en"])


def _months(cell: str) -> int | None:
    return int(cell) if cell else None


def _pattern(cell: str) -> re.Pattern[str] | None:
    parts = _list(cell)
    return re.compile("|".join(f"(?:{part})" for part in parts)) if parts else None


def _choice(cell: str, allowed: tuple[str, ...]) -> str:
    if cell not in allowed:
        raise ValueError(f"{cell!r} is none of {', '.join(allowed)}")
    return cell


def _drug_class(row: Row) -> DrugClass:
    return DrugClass(row["id"], _both(row), _named(row), _list(row["parents"]), _origin(row))


def _drug(row: Row) -> Drug:
    return Drug(
        id=row["id"],
        name=_both(row),
        atc=row["atc"],
        classes=_list(row["classes"]),
        ingredients=_list(row["ingredients"]),
        route=_list(row["route"]),
        rx=_choice(row["rx"], ("otc", "rx", "both")),  # type: ignore[arg-type]
        use=_both(row, "use_"),
        caution=_both(row, "caution_"),
        origin=_origin(row),
    )


def _substance(row: Row) -> Substance:
    return Substance(row["id"], _both(row), _named(row), _origin(row))


def _group(row: Row) -> AllergyGroup:
    return AllergyGroup(row["id"], _both(row), _named(row), _list(row["members"]), _origin(row))


def _condition(row: Row) -> Condition:
    return Condition(row["id"], _both(row), _named(row), row["icd10"], _origin(row))


def _cross(row: Row) -> CrossReaction:
    severity = _choice(row["severity"], (*get_args(Severity), "none"))
    return CrossReaction(row["group"], row["to"], severity, _both(row, "reason_"), _both(row, "action_"), _origin(row))  # type: ignore[arg-type]


def _interaction(row: Row) -> Interaction:
    severity = _choice(row["severity"], get_args(Severity))
    texts = (_both(row, "mechanism_"), _both(row, "effect_"), _both(row, "action_"))
    return Interaction(row["id"], row["a"], row["b"], severity, *texts, _origin(row))  # type: ignore[arg-type]


def _symptom(row: Row) -> Symptom:
    return Symptom(row["id"], _both(row), _pattern(row["patterns_zh"]), _pattern(row["patterns_en"]), _origin(row))


def _emergency(row: Row) -> Emergency:
    call = _choice(row["call"], ("ambulance", "crisis", "poison", "none"))
    return Emergency(row["id"], _both(row), _both(row, "advice_"), call, row["department"], _origin(row))  # type: ignore[arg-type]


def _red_flag(row: Row) -> RedFlag:
    needs = tuple(frozenset(group.strip().strip("()").split("|")) for group in row["needs"].replace(" ", "").split("+"))
    return RedFlag(
        id=row["id"],
        emergency=row["emergency"],
        needs=needs,
        age_min_months=_months(row["age_min_months"]),
        age_max_months=_months(row["age_max_months"]),
        population=row["population"] or "any",
        level=_choice(row["level"], get_args(Level)),  # type: ignore[arg-type]
        cn_level=_choice(row["cn_level"], ("I", "II", "III", "IV")),  # type: ignore[arg-type]
        origin=_origin(row),
    )


def _department(row: Row) -> Department:
    patterns = (_pattern(row["keywords_zh"]), _pattern(row["keywords_en"]))
    return Department(row["id"], _both(row), *patterns, _months(row["age_max_months"]), _both(row, "note_"), _origin(row))


def _hotline(row: Row) -> Hotline:
    return Hotline(row["region"], row["call"], row["number"], _both(row, "name_"), _origin(row))


def _policy(row: Row) -> Policy:
    return Policy(row["kind"], re.compile(row["pattern"]), _origin(row))
