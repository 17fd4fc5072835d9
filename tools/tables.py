"""The knowledge tables, typed and cross-checked, with the indexes that the checks need."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tools import rows
from tools.errors import TableError
from tools.matcher import Matcher
from tools.names import NameIndex
from tools.reader import Reader
from tools.records import (
    AllergyGroup,
    Condition,
    Contraindication,
    CrossReaction,
    Drug,
    DrugClass,
    Duplication,
    Interaction,
    OtcLimit,
    Stem,
    Substance,
)
from tools.text import clean, fold
from tools.triage_records import Department, Emergency, Exemplar, Hotline, Policy, RedFlag, SelfCare, Symptom


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table. ``problems`` names the tables that are damaged, changed, stale or missing: nothing may be concluded from them."""

    drugs: dict[str, Drug]
    classes: dict[str, DrugClass]
    substances: dict[str, Substance]
    groups: dict[str, AllergyGroup]
    cross_reactions: tuple[CrossReaction, ...]
    interactions: dict[frozenset[str], Interaction]
    contraindications: dict[str, tuple[Contraindication, ...]]
    """By drug or ``class:`` reference."""
    duplications: dict[str, Duplication]
    """By ``class:`` reference."""
    otc_limits: dict[str, tuple[OtcLimit, ...]]
    conditions: dict[str, Condition]
    symptoms: dict[str, Symptom]
    signs_zh: Matcher
    """The expressions of the symptoms, under their ids."""
    signs_en: Matcher
    emergencies: dict[str, Emergency]
    red_flags: tuple[RedFlag, ...]
    selfcare: tuple[SelfCare, ...]
    exemplars: tuple[Exemplar, ...]
    departments: dict[str, Department]
    hotlines: dict[tuple[str, str], Hotline]
    policies: tuple[Policy, ...]
    stems: tuple[Stem, ...]
    terms: dict[str, str]
    names: NameIndex
    lineage: dict[str, frozenset[str]]
    """Drug or ``class:`` reference → everything that a rule about it may be written for: itself, ingredients, classes and their parents."""
    condition_lineage: dict[str, frozenset[str]]
    """``condition:`` reference → itself and the conditions that it is a kind of."""
    problems: Mapping[str, TableError]

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


def load_tables(folder: Path, extra: Sequence[Path] = (), *, strict: bool = True, sealed: bool = True) -> Tables:
    """Read and cross-check every table in ``folder``, and add the rows of the ``extra`` folders.

    Args:
        folder: the complete set, with its manifest.
        extra: folders with some tables of the same shape, a hospital's own for example.
        strict: raise at the first defect; otherwise the defects are in ``Tables.problems``.
        sealed: compare with the manifest.

    Raises:
        TableError: strict, and a file is missing, a row has the wrong number of cells, a value is not of its kind, a reference points to
            nothing, two rows are about the same thing, something is above itself, or a file is not the one that the manifest lists.
    """
    read = Reader(folder, extra, strict=strict)
    classes, drugs, substances = _things(read)
    known = {*drugs, *(f"class:{key}" for key in classes), *(f"food:{key}" for key in substances)}
    stored_groups = read.keyed("allergy_groups", rows.group)
    groups = {g.id: g for g in read.resolved("allergy_groups", stored_groups.values(), lambda g: g.members, known)}
    everything = known | {f"group:{key}" for key in groups}
    crosses = read.resolved("cross_reactions", read.rows("cross_reactions", rows.cross), lambda x: (f"group:{x.group}", x.to), everything)
    interactions = read.resolved("interactions", read.rows("interactions", rows.interaction), lambda x: (x.a, x.b), known)
    interactions = read.unique("interactions", interactions, lambda x: frozenset((x.a, x.b)))
    conditions = read.closed("conditions", read.keyed("conditions", rows.condition), lambda c: c.parents)
    symptoms, emergencies, flags, departments, selfcare = _triage(read)
    tables = Tables(
        drugs=drugs,
        classes=classes,
        substances=substances,
        groups=groups,
        cross_reactions=tuple(read.unique("cross_reactions", crosses, lambda x: (x.group, x.to))),
        interactions={frozenset((x.a, x.b)): x for x in interactions},
        contraindications=_contraindications(read, known, set(conditions)),
        duplications={
            f"class:{d.drug_class}": d
            for d in read.resolved("duplications", read.rows("duplications", rows.duplication), lambda d: [f"class:{d.drug_class}"], known)
        },
        otc_limits=_limits(read, known),
        conditions=conditions,
        symptoms=symptoms,
        signs_zh=Matcher((key, expression) for key, symptom in symptoms.items() for expression in symptom.zh),
        signs_en=Matcher((key, expression) for key, symptom in symptoms.items() for expression in symptom.en),
        emergencies=emergencies,
        red_flags=flags,
        selfcare=selfcare,
        exemplars=tuple(read.rows("exemplars", rows.exemplar)),
        departments=departments,
        hotlines={(h.region, h.call): h for h in read.rows("hotlines", rows.hotline)},
        policies=tuple(read.rows("policies", rows.policy)),
        stems=tuple(
            read.resolved("stems", read.rows("stems", rows.stem), lambda s: [f"class:{s.drug_class}"] if s.drug_class else [], known)
        ),
        terms={fold(clean(r["term"])): r["standard"] for r in read.rows("terms", rows.term)},
        names=_names(read, classes, drugs, substances, groups, conditions),
        lineage=_lineage(read, drugs, classes),
        condition_lineage=_condition_lineage(read, conditions),
        problems=read.problems,
    )
    if sealed:
        read.check_manifest()
    return tables


def _things(read: Reader) -> tuple[dict[str, DrugClass], dict[str, Drug], dict[str, Substance]]:
    classes = read.closed("classes", read.keyed("classes", rows.drug_class), lambda c: c.parents)
    above = {f"class:{key}" for key in classes}
    drugs = read.closed("drugs", read.keyed("drugs", rows.drug), lambda d: (*(f"class:{key}" for key in d.classes), *d.ingredients), above)
    parts = read.acyclic("drugs", {key: drug.ingredients for key, drug in drugs.items()})
    whole = {key: replace(drug, ingredients=parts[key]) for key, drug in drugs.items()}
    return classes, whole, read.keyed("substances", rows.substance)


def _triage(
    read: Reader,
) -> tuple[dict[str, Symptom], dict[str, Emergency], tuple[RedFlag, ...], dict[str, Department], tuple[SelfCare, ...]]:
    symptoms = {key: symptom for key, symptom in read.keyed("findings", rows.symptom).items() if _readable(read, symptom)}
    departments = read.keyed("departments", rows.department)
    stored = read.keyed("emergencies", rows.emergency)
    emergencies = {e.id: e for e in read.resolved("emergencies", stored.values(), lambda e: [e.department], set(departments))}
    flags = read.resolved("red_flags", read.rows("red_flags", rows.red_flag), lambda f: [f.emergency], set(emergencies))
    flags = read.resolved("red_flags", flags, lambda f: (s for group in f.needs for s in group), set(symptoms))
    selfcare = read.resolved("selfcare", read.rows("selfcare", rows.selfcare), lambda s: [s.department], set(departments))
    return symptoms, emergencies, tuple(read.unique("red_flags", flags, lambda f: f.id)), departments, tuple(selfcare)


def _readable(read: Reader, symptom: Symptom) -> bool:
    """Tell whether every expression of a symptom can be read; one that cannot is noted."""
    try:
        Matcher((symptom.id, expression) for expression in (*symptom.zh, *symptom.en))
    except re.error as error:
        read.note("findings", TableError("table_row", table="findings.csv", line=0, reason=f"{symptom.id}: {error}"))
        return False
    return True


def _contraindications(read: Reader, known: set[str], conditions: set[str]) -> dict[str, tuple[Contraindication, ...]]:
    allowed = known | {f"condition:{key}" for key in conditions} | {"age", "pregnancy", "lactation", "renal"}
    found = read.resolved(
        "contraindications", read.rows("contraindications", rows.contraindication), lambda c: (c.drug, c.against), allowed
    )
    found = read.unique("contraindications", found, lambda c: (c.drug, c.against, c.low, c.high))
    grouped: dict[str, list[Contraindication]] = {}
    for row in read.unique("contraindications", found, lambda c: c.id):
        grouped.setdefault(row.drug, []).append(row)
    return {key: tuple(group) for key, group in grouped.items()}


def _limits(read: Reader, known: set[str]) -> dict[str, tuple[OtcLimit, ...]]:
    grouped: dict[str, list[OtcLimit]] = {}
    for row in read.resolved("otc_limits", read.rows("otc_limits", rows.otc_limit), lambda o: [o.drug], known):
        grouped.setdefault(row.drug, []).append(row)
    return {key: tuple(group) for key, group in grouped.items()}


def _names(
    read: Reader,
    classes: dict[str, DrugClass],
    drugs: dict[str, Drug],
    substances: dict[str, Substance],
    groups: dict[str, AllergyGroup],
    conditions: dict[str, Condition],
) -> NameIndex:
    names = NameIndex()
    for prefix, records in (("class:", classes), ("food:", substances), ("group:", groups), ("condition:", conditions)):
        for key, record in records.items():
            for name in (record.name.zh, record.name.en, *record.names):
                names.add(name, prefix + key)
    spelled = [name for drug in drugs.values() for name in (drug.name.zh, drug.name.en)]
    for key, drug in drugs.items():
        names.add(drug.name.zh, key)
        names.add(drug.name.en, key)
    for row in read.resolved("drug_names", read.rows("drug_names", rows.drug_name), lambda r: [r["drug"]], set(drugs)):
        names.add(row["name"], row["drug"])
        spelled.append(row["name"])
    for words in read.rows("masks", lambda r: r["words"]):
        names.mask(words)
    wide = [name for c in classes.values() for name in (c.name.zh, c.name.en, *c.names)]
    return names.freeze(spelled, wide + [name for g in groups.values() for name in (g.name.zh, g.name.en, *g.names)])


def _lineage(read: Reader, drugs: dict[str, Drug], classes: dict[str, DrugClass]) -> dict[str, frozenset[str]]:
    parents = read.acyclic("classes", {key: c.parents for key, c in classes.items()})

    def above(class_id: str) -> set[str]:
        return {f"class:{class_id}"}.union(*(above(parent) for parent in parents[class_id]))

    def of(drug: Drug) -> set[str]:
        own = {drug.id}.union(*(above(key) for key in drug.classes))
        return own.union(*(of(drugs[part]) for part in drug.ingredients))

    lineage = {key: frozenset(of(drug)) for key, drug in drugs.items()}
    return lineage | {f"class:{key}": frozenset(above(key)) for key in classes}


def _condition_lineage(read: Reader, conditions: dict[str, Condition]) -> dict[str, frozenset[str]]:
    parents = read.acyclic("conditions", {key: c.parents for key, c in conditions.items()})

    def above(key: str) -> set[str]:
        return {f"condition:{key}"}.union(*(above(parent) for parent in parents[key] if parent in parents))

    return {f"condition:{key}": frozenset(above(key)) for key in conditions}
